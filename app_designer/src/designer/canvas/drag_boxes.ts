import type { PlacedBox } from "@sdk/context";
import { useSyncExternalStore } from "react";

/** How far elements are dragged from their places at this moment, in units of their free canvas. */
export interface Dragged {
  readonly ids: ReadonlySet<string>;
  readonly dx: number;
  readonly dy: number;
}

let dragged: Dragged | null = null;
const listeners = new Set<() => void>();

/** Says what is dragged, so that pipes follow before anything is stored; null: nothing any more. */
export function showDragged(next: Dragged | null): void {
  if (next === dragged) return;
  dragged = next;
  for (const listener of [...listeners]) listener();
}

export function useDragged(): Dragged | null {
  return useSyncExternalStore(subscribe, () => dragged);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The boxes with those that are dragged where the pointer has them; the same map where none of them is. */
export function shifted(
  boxes: ReadonlyMap<string, PlacedBox>,
  drag: Dragged | null,
): ReadonlyMap<string, PlacedBox> {
  if (!drag || ![...drag.ids].some((id) => boxes.has(id))) return boxes;
  const moved = (id: string, box: PlacedBox) =>
    drag.ids.has(id) ? { ...box, x: box.x + drag.dx, y: box.y + drag.dy } : box;
  return new Map([...boxes].map(([id, box]) => [id, moved(id, box)]));
}
