import { useEffect } from "react";
import { useDesignerStore } from "../model/hooks";

interface Span {
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

/** The middle of two fingers, and how far they are apart. */
export function spanOf(touches: TouchList): Span | null {
  const [a, b] = [touches[0], touches[1]];
  if (!a || !b) return null;
  return {
    x: (a.clientX + b.clientX) / 2,
    y: (a.clientY + b.clientY) / 2,
    size: Math.max(1, Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY)),
  };
}

/** Two fingers zoom the canvas and pan it; `begin` ends what one finger had begun. */
export function usePinch(viewport: React.RefObject<HTMLDivElement | null>, begin: () => void): void {
  const store = useDesignerStore();
  useEffect(() => {
    const box = viewport.current;
    if (!box) return;
    let last: Span | null = null;
    const start = (event: TouchEvent) => {
      last = spanOf(event.touches);
      if (!last) return;
      event.preventDefault();
      begin();
    };
    const move = (event: TouchEvent) => {
      const now = spanOf(event.touches);
      const before = last;
      if (!before || !now) return;
      event.preventDefault();
      last = now;
      const { zoom } = store.getState();
      store.setZoom((zoom * now.size) / before.size);
      const factor = store.getState().zoom / zoom;
      const rect = box.getBoundingClientRect();
      const [left, top] = [box.scrollLeft + before.x - rect.left, box.scrollTop + before.y - rect.top];
      requestAnimationFrame(() =>
        box.scrollTo(left * factor - (now.x - rect.left), top * factor - (now.y - rect.top)),
      );
    };
    const end = (event: TouchEvent) => {
      last = spanOf(event.touches);
    };
    box.addEventListener("touchstart", start, { passive: false });
    box.addEventListener("touchmove", move, { passive: false });
    box.addEventListener("touchend", end);
    box.addEventListener("touchcancel", end);
    return () => {
      box.removeEventListener("touchstart", start);
      box.removeEventListener("touchmove", move);
      box.removeEventListener("touchend", end);
      box.removeEventListener("touchcancel", end);
    };
  }, [store, viewport, begin]);
}
