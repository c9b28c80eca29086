import type uPlot from "uplot";

export interface Gestures {
  /** Two fingers are moving: show this window for now (seconds). */
  onPreview: (min: number, max: number) => void;
  /** They were lifted: keep it (seconds). */
  onZoom: (min: number, max: number) => void;
}

/** The window that keeps the moments under two fingers under them; all in seconds and px. */
export function pinchWindow(
  start: { a: number; b: number; min: number; max: number; width: number },
  now: { a: number; b: number },
): { min: number; max: number } {
  const scale = (start.max - start.min) / start.width;
  const momentA = start.min + start.a * scale;
  const momentB = start.min + start.b * scale;
  const apart = Math.max(24, Math.abs(now.b - now.a)) * (start.b >= start.a ? 1 : -1);
  const next = Math.abs((momentB - momentA) / apart);
  const middle = (momentA + momentB) / 2;
  const middlePx = (now.a + now.b) / 2;
  return { min: middle - middlePx * next, max: middle + (start.width - middlePx) * next };
}

/** Touch for a chart: one finger reads, two zoom; the mouse stays with uPlot. Returns how to detach. */
export function attachTouch(u: uPlot, gestures: Gestures): () => void {
  const fingers = new Map<number, number>();
  let start: Parameters<typeof pinchWindow>[0] | null = null;
  let window: { min: number; max: number } | null = null;
  const place = (event: PointerEvent) => event.clientX - u.over.getBoundingClientRect().left;

  const down = (event: PointerEvent) => {
    if (event.pointerType === "mouse") return;
    fingers.set(event.pointerId, place(event));
    const [a, b] = [...fingers.values()];
    if (a !== undefined && b !== undefined) {
      const { min = 0, max = 1 } = u.scales.x ?? {};
      start = { a, b, min: min ?? 0, max: max ?? 1, width: u.over.clientWidth };
    } else u.setCursor({ left: place(event), top: 10 });
  };
  const move = (event: PointerEvent) => {
    if (!fingers.has(event.pointerId)) return;
    fingers.set(event.pointerId, place(event));
    const [a, b] = [...fingers.values()];
    if (start && a !== undefined && b !== undefined) {
      window = pinchWindow(start, { a, b });
      gestures.onPreview(window.min, window.max);
    } else if (fingers.size === 1) u.setCursor({ left: place(event), top: 10 });
  };
  const up = (event: PointerEvent) => {
    if (!fingers.delete(event.pointerId)) return;
    if (start && window) gestures.onZoom(window.min, window.max);
    start = null;
    window = null;
  };
  u.over.addEventListener("pointerdown", down);
  u.over.addEventListener("pointermove", move);
  for (const name of ["pointerup", "pointercancel"] as const) document.addEventListener(name, up);
  return () => {
    u.over.removeEventListener("pointerdown", down);
    u.over.removeEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel"] as const) document.removeEventListener(name, up);
  };
}
