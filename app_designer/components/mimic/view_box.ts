/** How a drawing is moved and enlarged inside its frame: px of the frame, 1 = fits. */
export interface ViewBox {
  x: number;
  y: number;
  scale: number;
}

export const FIT: ViewBox = { x: 0, y: 0, scale: 1 };
export const SCALE_MAX = 8;

/** Keeps the drawing in its frame: no smaller than the frame, and no edge of it inside. */
export function bounded({ x, y, scale }: ViewBox, width: number, height: number): ViewBox {
  const s = Math.min(SCALE_MAX, Math.max(1, scale));
  const clamp = (at: number, room: number) => Math.min(0, Math.max(room * (1 - s), at)) || 0;
  return { x: clamp(x, width), y: clamp(y, height), scale: s };
}

/** Enlarged by a factor; the point of the frame (px, py) stays where it is. */
export function zoomed(view: ViewBox, factor: number, px: number, py: number): ViewBox {
  const scale = Math.min(SCALE_MAX, Math.max(1, view.scale * factor));
  const real = scale / view.scale;
  return { x: px - (px - view.x) * real, y: py - (py - view.y) * real, scale };
}

const STEP = 1.4;
const MOVE_PX = 60;

/** What a key does; null when it is not ours. */
export function keyed(view: ViewBox, key: string, width: number, height: number): ViewBox | null {
  if (key === "+" || key === "=") return zoomed(view, STEP, width / 2, height / 2);
  if (key === "-") return zoomed(view, 1 / STEP, width / 2, height / 2);
  if (key === "0" || key === "Home") return FIT;
  if (view.scale === 1) return null;
  if (key === "ArrowLeft") return { ...view, x: view.x + MOVE_PX };
  if (key === "ArrowRight") return { ...view, x: view.x - MOVE_PX };
  if (key === "ArrowUp") return { ...view, y: view.y + MOVE_PX };
  return key === "ArrowDown" ? { ...view, y: view.y - MOVE_PX } : null;
}
