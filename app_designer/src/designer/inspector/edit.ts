import { useCallback } from "react";
import type { Change, ChangeOptions, Path } from "../model/contract";
import { useDesignerStore } from "../model/hooks";
import { setMember } from "../model/operations";

/** Applies changes as one step of undo; with `coalesce`, together with those of the same key before it. */
export function useChange(): (label: string, changes: readonly Change[], coalesce?: string) => void {
  const store = useDesignerStore();
  return useCallback(
    (label, changes, coalesce) => {
      const options: ChangeOptions = coalesce ? { coalesce } : {};
      store.change(label, changes, options);
    },
    [store],
  );
}

export type SetMember = (label: string, inside: Path, value: unknown, typing?: boolean) => void;

/** Sets a member of elements, such as `["props", "title"]`; while somebody types, the changes are one step. */
export function useSetMember(ids: readonly string[]): SetMember {
  const store = useDesignerStore();
  const change = useChange();
  const key = ids.join(",");
  return useCallback(
    (label, inside, value, typing = false) => {
      const chosen = key === "" ? [] : key.split(",");
      change(
        label,
        setMember(store.getState(), chosen, inside, value),
        typing ? `${key}:${inside.join("/")}` : undefined,
      );
    },
    [store, change, key],
  );
}
