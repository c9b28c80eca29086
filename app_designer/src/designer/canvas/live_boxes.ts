import type { PlacedBox } from "@sdk/context";
import { useSyncExternalStore } from "react";
import type { FreeItem } from "../../generated/documents.gen";

/** The place an element has while it is resized or turned, before anything is stored. */
export interface Reshaped {
  readonly id: string;
  readonly item: FreeItem;
}

let reshaped: Reshaped | null = null;
const listeners = new Set<() => void>();

/** Says what is resized or turned, so that pipes follow; null: nothing any more. */
export function showReshaped(next: Reshaped | null): void {
  if (next === reshaped) return;
  reshaped = next;
  for (const listener of [...listeners]) listener();
}

export function useReshaped(): Reshaped | null {
  return useSyncExternalStore(subscribe, () => reshaped);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The boxes with the one that is reshaped as the pointer has it; the same map where it is not among them. */
export function withReshaped(
  boxes: ReadonlyMap<string, PlacedBox>,
  change: Reshaped | null,
): ReadonlyMap<string, PlacedBox> {
  const box = change ? boxes.get(change.id) : undefined;
  if (!change || !box) return boxes;
  const { x, y, w, h, r = 0 } = change.item;
  return new Map(boxes).set(change.id, { ...box, x, y, w, h, r });
}
