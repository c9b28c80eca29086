import { useSyncExternalStore } from "react";

/** Widths a page is laid out for: phone, tablet, PC. */
export type Breakpoint = "lg" | "md" | "sm";

/** Below these widths (px) a page is a tablet's, a phone's. */
export const MD_BELOW = 1080;
export const SM_BELOW = 720;

export function breakpointOf(width: number): Breakpoint {
  if (width < SM_BELOW) return "sm";
  return width < MD_BELOW ? "md" : "lg";
}

function subscribe(listener: () => void): () => void {
  window.addEventListener("resize", listener);
  return () => window.removeEventListener("resize", listener);
}

/** The breakpoint of the window. */
export function useBreakpoint(): Breakpoint {
  return useSyncExternalStore(subscribe, () => breakpointOf(window.innerWidth));
}
