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

/** A wall screen shows about so many px of content from top to bottom, whatever its resolution. */
const WALL_HEIGHT = 680;
const WALL_ZOOM_MAX = 4;

/** How much larger than on a desk a page for a wall is drawn. */
export function wallZoom(height: number): number {
  return Math.min(WALL_ZOOM_MAX, Math.max(1, Math.round((height / WALL_HEIGHT) * 20) / 20));
}

export function useWallZoom(): number {
  return useSyncExternalStore(subscribe, () => wallZoom(window.innerHeight));
}
