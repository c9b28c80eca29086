import { useSyncExternalStore } from "react";

type Taken = (element: string) => void;
let taker: Taken | null = null;
const listeners = new Set<() => void>();

function set(next: Taken | null): void {
  taker = next;
  if (next) document.documentElement.dataset.picking = "true";
  else delete document.documentElement.dataset.picking;
  for (const listener of [...listeners]) listener();
}

/** The element under the pointer, as the canvas marks it. */
function elementAt(target: EventTarget | null): string | null {
  if (!(target instanceof Element)) return null;
  const marked = target.closest<HTMLElement>("[data-element-id], [data-element], [data-el]");
  return marked?.dataset.elementId ?? marked?.dataset.element ?? marked?.dataset.el ?? null;
}

function swallow(event: Event): void {
  event.preventDefault();
  event.stopPropagation();
}

/**
 * Waits for one press on an element of the canvas and hands its id over; nothing else happens to that press.
 * Returns how to stop waiting.
 */
export function pickOnCanvas(take: Taken): () => void {
  const press = (event: PointerEvent) => {
    const id = elementAt(event.target);
    if (id === null) return;
    swallow(event);
    stop();
    addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", swallow, { capture: true }), 50);
    take(id);
  };
  const key = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    swallow(event);
    stop();
  };
  const stop = () => {
    removeEventListener("pointerdown", press, true);
    removeEventListener("keydown", key, true);
    set(null);
  };
  addEventListener("pointerdown", press, true);
  addEventListener("keydown", key, true);
  set(take);
  return stop;
}

/** Whether an element is being picked on the canvas now. */
export function usePicking(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => taker !== null,
  );
}
