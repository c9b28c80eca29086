import type { SlotOptions } from "@sdk/component";
import { createContext, type ReactNode } from "react";
import type { RuntimeScope } from "./scope";

/** What a slot's content is drawn from: the holding element, the slot, and the scope its elements live in. */
export interface SlotRequest {
  element: string;
  slot: string;
  /** `<element>/<slot>`: its area in the layout. */
  holder: string;
  /** With the parameters the container gives, where it gives any. */
  scope: RuntimeScope;
  options: SlotOptions;
}

export type SlotRenderer = (request: SlotRequest) => ReactNode;

/** How the content of slots is drawn. `AreaView` provides itself where nobody else does; the designer its canvas. */
export const SlotRenderContext = createContext<SlotRenderer | null>(null);
