import { useServices } from "@sdk";
import { AppsApi, type Release, type Snapshot } from "@sdk/api/apps";
import type { AppSummary } from "@sdk/api/types";
import { useCallback, useEffect, useMemo, useState } from "react";

export type Asked<T> = { kind: "loading" } | { kind: "here"; value: T } | { kind: "failed"; error: unknown };

export function useApps(): AppsApi {
  const { api } = useServices();
  return useMemo(() => new AppsApi(api), [api]);
}

/** What the server answers to `ask`; asked again when `ask` is another function, or by `again`. */
export function useAsked<T>(ask: () => Promise<T>): { asked: Asked<T>; again: () => void } {
  const [asked, setAsked] = useState<Asked<T>>({ kind: "loading" });
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` asks again.
  useEffect(() => {
    let gone = false;
    ask().then(
      (value) => !gone && setAsked({ kind: "here", value }),
      (error) => !gone && setAsked({ kind: "failed", error }),
    );
    return () => {
      gone = true;
    };
  }, [ask, attempt]);
  return { asked, again: useCallback(() => setAttempt((n) => n + 1), []) };
}

export interface Versions {
  releases: Release[];
  snapshots: Snapshot[];
  /** Number of the one people see. */
  live: number | null;
}

/** Number of the release people see; null when nothing is published. */
export function liveOf(list: readonly AppSummary[], appId: string): number | null {
  const found = list.find((app) => app.id === appId)?.release ?? null;
  return typeof found === "number" || found === null ? found : found.no;
}
