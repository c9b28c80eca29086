import { type PointerEvent as ReactPointerEvent, type RefObject, useRef } from "react";
import { bestSlot } from "../canvas/insert";
import { areaOfElement } from "../model/areas";
import { elementsOf } from "../model/canvas_key";
import { useDesignerStore } from "../model/hooks";
import { moveInTree, moveTo } from "./tree";

const FAR_PX = 6;

/** Drags a line onto another: into a container, else to the place of that line. */
export function useTreeDrag(tree: RefObject<HTMLDivElement | null>, label: string) {
  const store = useDesignerStore();
  const stop = useRef<() => void>(() => {});
  const onPointerDown = (event: ReactPointerEvent) => {
    const row = rowAt(event.target);
    const id = row?.dataset.row;
    if (!id || event.button !== 0 || event.pointerType === "touch") return;
    if (event.target instanceof HTMLElement && event.target.closest("button, input")) return;
    const begin = { x: event.clientX, y: event.clientY };
    let over: HTMLElement | null = null;
    const mark = (next: HTMLElement | null) => {
      if (over) delete over.dataset.over;
      over = next;
      if (over) over.dataset.over = "true";
    };
    const move = (moved: PointerEvent) => {
      if (Math.hypot(moved.clientX - begin.x, moved.clientY - begin.y) < FAR_PX) return;
      moved.preventDefault();
      document.documentElement.dataset.dragging = "true";
      const found = rowAt(document.elementFromPoint(moved.clientX, moved.clientY));
      mark(found && found.dataset.row !== id && tree.current?.contains(found) ? found : null);
    };
    const up = (moved: PointerEvent) => {
      const target = over?.dataset.row;
      stop.current();
      if (moved.type !== "pointerup" || !target) return;
      const changes = dropOn(store.getState(), id, target);
      if (changes.length > 0) store.change(label, changes, { select: [id] });
    };
    stop.current = () => {
      mark(null);
      delete document.documentElement.dataset.dragging;
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", up);
      removeEventListener("pointercancel", up);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", up);
    addEventListener("pointercancel", up);
  };
  return { onPointerDown };
}

function rowAt(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>("[data-row]") : null;
}

function dropOn(state: Parameters<typeof moveTo>[0], id: string, target: string) {
  const elements = elementsOf(state.draft, state.canvas);
  const [moved, other] = [elements[id], elements[target]];
  if (!moved || !other || moved.locked) return [];
  const slot = bestSlot(state, target, moved.type);
  if (slot && areaOfElement(moved) !== slot) return moveTo(state, id, slot);
  if (areaOfElement(moved) !== areaOfElement(other)) return moveTo(state, id, areaOfElement(other));
  return moveInTree(state, id, isBefore(state, id, target) ? "down" : "up");
}

function isBefore(state: Parameters<typeof moveTo>[0], id: string, target: string): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")].map((row) => row.dataset.row);
  return state.canvas !== "" && rows.indexOf(id) < rows.indexOf(target);
}
