import { createContext, useCallback, useContext, useState } from "react";

/**
 * Tells apart what one element keeps in several places: the runtime gives `<app>/<page>?<params>`, a repeater adds
 * its item. Without it the element's id alone counts.
 */
export const KeepScopeContext = createContext("");
export const useKeepScope = (): string => useContext(KeepScopeContext);

const kept = new Map<string, unknown>();
/** A wall screen runs for months: the oldest entries go first. */
const KEPT_MAX = 500;

/** State that outlives a change of page, until the app is closed: a started timer, a half-done checklist. */
export function useKept<T>(id: string, initial: T): [T, (value: T) => void] {
  const key = `${useKeepScope()}#${id}`;
  const [held, setHeld] = useState<{ key: string; value: T } | null>(null);
  const value = held?.key === key ? held.value : ((kept.get(key) as T | undefined) ?? initial);
  const set = useCallback(
    (next: T) => {
      kept.delete(key);
      kept.set(key, next);
      if (kept.size > KEPT_MAX) kept.delete(kept.keys().next().value ?? "");
      setHeld({ key, value: next });
    },
    [key],
  );
  return [value, set];
}

/** Forgets everything: between tests. */
export function forgetKept(): void {
  kept.clear();
}
