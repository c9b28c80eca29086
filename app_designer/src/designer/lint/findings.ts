import { useServices } from "@sdk";
import { AppsApi, type Check, type Finding } from "@sdk/api/apps";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useDesigner, useDesignerStore } from "../model/hooks";

export type CheckState =
  | { kind: "checking"; last: Check | null }
  | { kind: "done"; check: Check }
  | { kind: "failed"; error: unknown; last: Check | null };

const AFTER_SAVE_MS = 400;

/** The server's check of the draft: asked when the panel opens, and again a moment after each save. */
export function useCheck(): { state: CheckState; again: () => void } {
  const { api } = useServices();
  const apps = useMemo(() => new AppsApi(api), [api]);
  const store = useDesignerStore();
  const appId = useDesigner((state) => state.appId);
  const saved = useDesigner((state) => state.save === "saved");
  const draft = useDesigner((state) => state.draft);
  const [state, setState] = useState<CheckState>({ kind: "checking", last: null });
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `draft` and `attempt` ask again.
  useEffect(() => {
    if (!saved) return;
    let gone = false;
    const timer = setTimeout(() => {
      setState((now) => ({ kind: "checking", last: lastOf(now) }));
      apps.check(appId).then(
        (check) => !gone && setState({ kind: "done", check }),
        (error) => !gone && setState((now) => ({ kind: "failed", error, last: lastOf(now) })),
      );
    }, AFTER_SAVE_MS);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [apps, appId, saved, draft, attempt]);
  const again = useCallback(() => {
    void store.flush().finally(() => setAttempt((n) => n + 1));
  }, [store]);
  return { state, again };
}

export function lastOf(state: CheckState): Check | null {
  return state.kind === "done" ? state.check : state.last;
}

export interface FindingGroup {
  key: string;
  findings: Finding[];
}

/** Findings by the page or block they are on (the app's own first), errors before warnings. */
export function grouped(findings: readonly Finding[]): FindingGroup[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = finding.page ?? (finding.block ? `block:${finding.block}` : "");
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  const rank = { error: 0, warning: 1 };
  return [...groups.entries()]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([key, list]) => ({
      key,
      findings: [...list].sort((a, b) => rank[a.severity] - rank[b.severity]),
    }));
}
