import { signalName, signalOfTag, type Tag, useLocale } from "@sdk";
import { type RefObject, useEffect, useRef, useState } from "react";

interface Ghost {
  name: string;
  x: number;
  y: number;
}

const FAR_PX = 8;

const inside = (box: DOMRect | undefined, x: number, y: number) =>
  box !== undefined && x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;

/** Drags a tag onto the trend by mouse or pen; a finger scrolls the list and uses the + button. */
export function useTagDrag(target: RefObject<HTMLElement | null>, drop: (id: number) => void) {
  const { language } = useLocale();
  const [ghost, setGhost] = useState<Ghost | null>(null);
  const [over, setOver] = useState(false);
  const stop = useRef<() => void>(() => {});
  const latestDrop = useRef(drop);
  latestDrop.current = drop;
  useEffect(() => () => stop.current(), []);

  const start = (event: React.PointerEvent, tag: Tag) => {
    if (event.pointerType === "touch" || event.button !== 0) return;
    const begin = { x: event.clientX, y: event.clientY };
    const name = signalName(signalOfTag(tag), language);
    let moving = false;
    const move = (moved: PointerEvent) => {
      moving ||= Math.hypot(moved.clientX - begin.x, moved.clientY - begin.y) > FAR_PX;
      if (!moving) return;
      moved.preventDefault();
      setGhost({ name, x: moved.clientX, y: moved.clientY });
      setOver(inside(target.current?.getBoundingClientRect(), moved.clientX, moved.clientY));
    };
    const up = (moved: PointerEvent) => {
      stop.current();
      if (!moving) return;
      if (inside(target.current?.getBoundingClientRect(), moved.clientX, moved.clientY))
        latestDrop.current(tag.id);
      // The press that began the drag must not also open the details.
      addEventListener("click", swallow, { capture: true, once: true });
      setTimeout(() => removeEventListener("click", swallow, { capture: true }), 50);
    };
    stop.current = () => {
      document.removeEventListener("pointermove", move);
      document.removeEventListener("pointerup", up);
      document.removeEventListener("pointercancel", up);
      setGhost(null);
      setOver(false);
    };
    document.addEventListener("pointermove", move);
    document.addEventListener("pointerup", up);
    document.addEventListener("pointercancel", up);
  };
  return { start, ghost, over };
}

function swallow(event: Event): void {
  event.stopPropagation();
  event.preventDefault();
}
