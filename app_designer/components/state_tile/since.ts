import { type Sample, type Signal, textKey, useServices, type Value } from "@sdk";
import { useEffect, useRef, useState } from "react";

/** When a state began, µs; not exact when it began before the history that was looked at. */
export interface StateSince {
  ts: number;
  exact: boolean;
}

const LOOK_BACK_US = 24 * 3600 * 1e6;
const POINTS = 1000;

/** The beginning of the last run of `value` in a course; null when the course does not end with it. */
export function runStart(track: { t: number[]; v: Value[] }, value: Value): StateSince | null {
  let start: StateSince | null = null;
  for (let index = track.t.length - 1; index >= 0; index -= 1) {
    if (textKey(track.v[index] ?? null) !== textKey(value)) {
      return start ? { ...start, exact: true } : null;
    }
    start = { ts: track.t[index] ?? 0, exact: false };
  }
  return start;
}

/** A time in which nobody looked at the tag: what happened in it is not known. */
interface Unseen {
  edge: string;
  connection: string | null;
  to: number;
}

/** A state is only known to last since the last time nobody looked; before that it may have been another. */
export function knownSince(
  since: StateSince,
  gaps: readonly Unseen[],
  tag: { edge: string; connection: string },
): StateSince {
  const ends = gaps
    .filter((gap) => gap.edge === tag.edge && (gap.connection === null || gap.connection === tag.connection))
    .map((gap) => gap.to);
  const last = Math.max(...ends, Number.NEGATIVE_INFINITY);
  return last > since.ts ? { ts: last, exact: false } : since;
}

/**
 * Since when the present state lasts. A change seen live gives it exactly; before that the history
 * is asked once, because repeated reports of the same state carry newer times than its beginning.
 */
export function useSince(signal: Signal, sample: Sample | null): StateSince | null {
  const { history, live } = useServices();
  const [since, setSince] = useState<StateSince | null>(null);
  const seen = useRef<{ key: string; history: unknown } | null>(null);
  const id = signal.tag?.id;
  const key = sample ? textKey(sample.v) : null;
  const value = sample?.v ?? null;
  const ts = sample?.ts ?? 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a change of the state counts, not each report.
  useEffect(() => {
    if (key === null || id === undefined) return;
    // After a jump to another moment the state before is that of another time: no change was seen.
    const before = seen.current?.history === history ? seen.current.key : null;
    seen.current = { key, history };
    if (before !== null && before !== key) {
      setSince({ ts, exact: true });
      return;
    }
    if (before === key) return;
    let gone = false;
    const now = Math.ceil(live.clock.now() / 1e6) * 1e6;
    history.load([id], now - LOOK_BACK_US, now, POINTS).then(
      (answer) => {
        const series = answer.series.find((entry) => entry.id === id);
        // A course that does not yet end with the present state: the state began with this very report.
        if (gone) return;
        const found = (series && runStart(series, value)) ?? { ts, exact: true };
        setSince(signal.tag ? knownSince(found, answer.gaps, signal.tag) : found);
      },
      () => setSince(null),
    );
    return () => {
      gone = true;
    };
  }, [id, key, history, live]);
  return key === null ? null : since;
}
