import type { HistorySeries, Kind, SeriesStats, Value } from "../api/types";
import type { Sample } from "../quality";

/** The known course of one tag in a window, oldest first. */
export interface Track {
  id: number;
  kind: Kind;
  /** Points are bucket extremes rather than every stored sample. */
  reduced: boolean;
  t: number[];
  v: Value[];
  q: number[];
  stats: SeriesStats | null;
}

export function trackOf(series: HistorySeries): Track {
  return { ...series, t: [...series.t], v: [...series.v], q: [...series.q], stats: series.stats ?? null };
}

export function lastTime(track: Track): number {
  return track.t[track.t.length - 1] ?? Number.NEGATIVE_INFINITY;
}

/** Adds a live sample behind the last one; returns false for one that is not newer. */
export function appendSample(track: Track, sample: Sample): boolean {
  if (sample.ts <= lastTime(track)) return false;
  track.t.push(sample.ts);
  track.v.push(sample.v);
  track.q.push(sample.q);
  return true;
}

/** A fresh answer, with the live samples that came while it was on its way. */
export function withTail(fresh: Track, old: Track | undefined): Track {
  if (!old) return fresh;
  const end = lastTime(fresh);
  old.t.forEach((t, index) => {
    if (t <= end) return;
    fresh.t.push(t);
    fresh.v.push(old.v[index] ?? null);
    fresh.q.push(old.q[index] ?? 128);
  });
  return fresh;
}

/** Drops what lies before the window, but for the one sample that holds at its beginning. */
export function trimBefore(track: Track, from: number): void {
  let first = 0;
  while (first + 1 < track.t.length && (track.t[first + 1] ?? 0) <= from) first += 1;
  if (first < 256) return;
  track.t.splice(0, first);
  track.v.splice(0, first);
  track.q.splice(0, first);
}
