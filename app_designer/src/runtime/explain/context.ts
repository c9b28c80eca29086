import { createContext, useContext } from "react";
import type { RuntimeScope } from "../scope";

/** An element whose values are to be explained. */
export interface ExplainTarget {
  id: string;
  scope: RuntimeScope;
}

/** Opens explanations. Provided around an open page; null in the designer and the gallery. */
export interface ExplainControl {
  open: (target: ExplainTarget) => void;
  /** While the reader chooses what to explain, each value offers itself. */
  picking: boolean;
  setPicking: (picking: boolean) => void;
}

export const ExplainContext = createContext<ExplainControl | null>(null);
export const useExplain = (): ExplainControl | null => useContext(ExplainContext);
