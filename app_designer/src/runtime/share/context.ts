import { createContext, useContext } from "react";

/** Hands on what is shown. Null where there is no address (designer, gallery). */
export interface ShareControl {
  open: () => void;
}

export const ShareContext = createContext<ShareControl | null>(null);
export const useShare = (): ShareControl | null => useContext(ShareContext);
