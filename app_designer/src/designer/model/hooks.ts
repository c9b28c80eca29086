import { createContext, useContext, useRef, useSyncExternalStore } from "react";
import type { DesignerState, DesignerStore } from "./contract";

export const DesignerContext = createContext<DesignerStore | null>(null);

/** The store of the open app. */
export function useDesignerStore(): DesignerStore {
  const store = useContext(DesignerContext);
  if (!store) throw new Error("DesignerContext is missing around this component");
  return store;
}

/** A document without a member gives `{}` anew at each look; that is no change. */
const isEmpty = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;

function alike(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (isEmpty(a) && isEmpty(b)) return true;
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  return a.every((item, index) => Object.is(item, b[index]));
}

/** A part of the state; the component draws again only when that part is another one (lists: item by item). */
export function useDesigner<T>(selector: (state: DesignerState) => T): T {
  const store = useDesignerStore();
  const last = useRef<{ value: T } | null>(null);
  return useSyncExternalStore(store.subscribe, () => {
    const value = selector(store.getState());
    if (last.current && alike(last.current.value, value)) return last.current.value;
    last.current = { value };
    return value;
  });
}
