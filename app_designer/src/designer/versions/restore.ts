import { useCallback } from "react";
import { useDesigner, useDesignerStore } from "../model/hooks";
import { useApps } from "./ask";

/** Waits until everything is saved before the draft is replaced, so that the kept one is whole. */
export function useRestore() {
  const apps = useApps();
  const store = useDesignerStore();
  const appId = useDesigner((state) => state.appId);
  return useCallback(
    async (to: { no: number } | { snapshot: number }) => {
      await store.flush();
      await apps.restore(appId, to);
    },
    [apps, store, appId],
  );
}
