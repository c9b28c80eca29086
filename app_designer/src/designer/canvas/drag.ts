import type { Asset, Tag } from "@sdk/api/types";
import { type PointerEvent as ReactPointerEvent, useCallback, useSyncExternalStore } from "react";
import type { AssetType } from "../../generated/documents.gen";

/** What can be dragged onto the canvas. */
export type DragPayload =
  | { kind: "component"; type: string; props?: Readonly<Record<string, unknown>> }
  | { kind: "composite"; id: string; version: number }
  | { kind: "tag"; tag: Tag }
  | { kind: "asset"; asset: Asset }
  | { kind: "asset_type"; type: AssetType }
  | { kind: "role"; asset: Asset; role: string };

/** A drag that is going on. Coordinates are those of the window. */
export interface ActiveDrag {
  readonly payload: DragPayload;
  readonly label: string;
  readonly x: number;
  readonly y: number;
}

const FAR_PX = 5;
const LONG_PRESS_MS = 350;

let active: ActiveDrag | null = null;
const listeners = new Set<() => void>();
const drops = new Set<(drag: ActiveDrag) => boolean>();

function set(next: ActiveDrag | null): void {
  active = next;
  for (const listener of [...listeners]) listener();
}

/** The drag that is going on; null: none. */
export function useActiveDrag(): ActiveDrag | null {
  return useSyncExternalStore(subscribeDrag, activeDrag);
}

export const activeDrag = (): ActiveDrag | null => active;

export function subscribeDrag(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Registers a place where things are dropped; the first that takes it (returns true) has it. */
export function onDrop(take: (drag: ActiveDrag) => boolean): () => void {
  drops.add(take);
  return () => drops.delete(take);
}

function swallowClick(): void {
  const swallow = (event: Event) => {
    event.stopPropagation();
    event.preventDefault();
  };
  addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", swallow, { capture: true }), 50);
}

interface Start {
  readonly payload: DragPayload;
  readonly label: string;
  readonly pointerId: number;
  readonly x: number;
  readonly y: number;
  readonly touch: boolean;
}

/** Follows one pointer from its press to its release. A finger has to rest first, so that lists still scroll. */
function follow(start: Start): void {
  const begin = (x: number, y: number) => {
    document.documentElement.dataset.dragging = "true";
    getSelection()?.removeAllRanges();
    set({ payload: start.payload, label: start.label, x, y });
  };
  const timer = start.touch ? setTimeout(() => begin(start.x, start.y), LONG_PRESS_MS) : undefined;
  const move = (event: PointerEvent) => {
    if (event.pointerId !== start.pointerId) return;
    const far = Math.hypot(event.clientX - start.x, event.clientY - start.y) > FAR_PX;
    if (!active) {
      if (!far) return;
      if (start.touch) return end();
      begin(event.clientX, event.clientY);
    }
    event.preventDefault();
    if (active) set({ ...active, x: event.clientX, y: event.clientY });
  };
  const up = (event: PointerEvent) => {
    if (event.pointerId !== start.pointerId) return;
    const drag = active;
    end();
    if (!drag) return;
    swallowClick();
    if (event.type === "pointerup") for (const take of [...drops]) if (take(drag)) break;
  };
  const key = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !active) return;
    event.preventDefault();
    event.stopPropagation();
    end();
  };
  // A browser that begins to scroll takes the pointer away; while something is dragged it must not.
  const stay = (event: TouchEvent) => {
    if (active) event.preventDefault();
  };
  const end = () => {
    clearTimeout(timer);
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", up);
    removeEventListener("pointercancel", up);
    removeEventListener("keydown", key, true);
    removeEventListener("touchmove", stay);
    delete document.documentElement.dataset.dragging;
    set(null);
  };
  addEventListener("pointermove", move);
  addEventListener("pointerup", up);
  addEventListener("pointercancel", up);
  addEventListener("keydown", key, true);
  addEventListener("touchmove", stay, { passive: false });
}

/** Props that make an element of a list draggable onto the canvas. `label` is shown at the pointer. */
export function useDragSource(payload: DragPayload, label = "") {
  const onPointerDown = useCallback(
    (event: ReactPointerEvent<HTMLElement>) => {
      if (event.button !== 0 || !event.isPrimary) return;
      const touch = event.pointerType === "touch";
      if (!touch) event.preventDefault();
      event.currentTarget.focus({ preventScroll: true });
      const shown = label || (event.currentTarget.textContent ?? "").trim().slice(0, 60);
      follow({
        payload,
        label: shown,
        pointerId: event.pointerId,
        x: event.clientX,
        y: event.clientY,
        touch,
      });
    },
    [payload, label],
  );
  return { onPointerDown, "data-drag-source": payload.kind } as const;
}
