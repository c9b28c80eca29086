import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from "react";
import { bounded, FIT, keyed, type ViewBox, zoomed } from "./view_box";

/** A finger moves this far, px, before it is a move and no longer a press. */
const SLOP_PX = 6;

interface Finger {
  x: number;
  y: number;
}

/** Drag with one finger or the mouse, pinch with two, Ctrl and the wheel, and keys. */
export function usePanZoom(active: boolean) {
  const frame = useRef<HTMLDivElement>(null);
  const fingers = useRef(new Map<number, Finger>());
  const moved = useRef(false);
  const [view, setView] = useState<ViewBox>(FIT);
  const change = (next: (before: ViewBox) => ViewBox) => {
    const box = frame.current;
    if (box && active) setView((before) => bounded(next(before), box.clientWidth, box.clientHeight));
  };
  const latest = useRef(change);
  latest.current = change;
  useEffect(() => {
    const box = frame.current;
    if (!box) return;
    // React listens to the wheel passively; the page must not zoom as well.
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const rect = box.getBoundingClientRect();
      latest.current((before) =>
        zoomed(before, Math.exp(-event.deltaY / 300), event.clientX - rect.left, event.clientY - rect.top),
      );
    };
    box.addEventListener("wheel", wheel, { passive: false });
    return () => box.removeEventListener("wheel", wheel);
  }, []);
  const handlers = {
    onPointerDown: (event: PointerEvent) => {
      fingers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
      if (fingers.current.size === 1) moved.current = false;
    },
    onPointerMove: (event: PointerEvent) => {
      const before = fingers.current.get(event.pointerId);
      if (!before) return;
      const now = { x: event.clientX, y: event.clientY };
      const far = Math.hypot(now.x - before.x, now.y - before.y);
      if (!moved.current && fingers.current.size === 1 && far < SLOP_PX) return;
      moved.current = true;
      const other = [...fingers.current].find(([id]) => id !== event.pointerId)?.[1];
      fingers.current.set(event.pointerId, now);
      const rect = frame.current?.getBoundingClientRect();
      change((view) => moveOf(view, before, now, other, rect));
    },
    onPointerUp: (event: PointerEvent) => fingers.current.delete(event.pointerId),
    onPointerCancel: (event: PointerEvent) => fingers.current.delete(event.pointerId),
    onPointerLeave: (event: PointerEvent) => fingers.current.delete(event.pointerId),
    onClickCapture: (event: { stopPropagation: () => void; preventDefault: () => void }) => {
      // The press at the end of a drag is not meant for the symbol under it.
      if (!moved.current) return;
      moved.current = false;
      event.stopPropagation();
      event.preventDefault();
    },
    onKeyDown: (event: KeyboardEvent) => {
      const box = frame.current;
      if (!box || event.target !== box) return;
      const next = keyed(view, event.key, box.clientWidth, box.clientHeight);
      if (!next) return;
      event.preventDefault();
      change(() => next);
    },
  };
  const press = (key: string) => {
    const box = frame.current;
    if (box) change((before) => keyed(before, key, box.clientWidth, box.clientHeight) ?? before);
  };
  return { frame, view, handlers: active ? handlers : {}, press };
}

function moveOf(
  view: ViewBox,
  before: Finger,
  now: Finger,
  other: Finger | undefined,
  rect: DOMRect | undefined,
): ViewBox {
  const [dx, dy] = [now.x - before.x, now.y - before.y];
  if (!other || !rect) return { ...view, x: view.x + dx, y: view.y + dy };
  const [was, is] = [distance(before, other), distance(now, other)];
  const middle = { x: (now.x + other.x) / 2 - rect.left, y: (now.y + other.y) / 2 - rect.top };
  const next = zoomed(view, was > 0 ? is / was : 1, middle.x, middle.y);
  return { ...next, x: next.x + dx / 2, y: next.y + dy / 2 };
}

const distance = (a: Finger, b: Finger): number => Math.hypot(a.x - b.x, a.y - b.y);
