import type { Transform } from "../../generated/documents.gen";
import type { Value } from "../api/types";
import { applyTransforms } from "../bindings/transforms";
import { toPlot } from "../format/number";
import type { Track } from "../history/track";
import { isBad } from "../quality";
import { type Hole, holeAt } from "./holes";

/** x in seconds, y null where the line must break. */
export type Points = [x: number[], y: (number | null)[]];

export interface PointOptions {
  transforms: readonly Transform[];
  holes: readonly Hole[];
  /** A longer silence than this is drawn as the value held, not as a slope. µs. */
  hold_us: number;
  /** Up to here the last value is known to hold (µs); −∞ when it is not. */
  holdUntil: number;
}

const plotted = (value: Value, transforms: readonly Transform[]) =>
  toPlot(applyTransforms(value, transforms));

/** The drawn points of a track: held across silence, broken at holes, never sloped over either. */
export function pointsOf(track: Track, options: PointOptions): Points {
  const x: number[] = [];
  const y: (number | null)[] = [];
  let held: number | null = null;
  const put = (t: number, value: number | null) => {
    x.push(t / 1e6);
    y.push(value);
  };
  const breaks = options.holes.filter((hole) => hole.quality === null).map((hole) => hole.from);
  let nextBreak = 0;
  track.t.forEach((t, index) => {
    while (nextBreak < breaks.length && (breaks[nextBreak] ?? 0) <= t) {
      const at = breaks[nextBreak] ?? 0;
      nextBreak += 1;
      if (held === null || (index > 0 && at <= (track.t[index - 1] ?? 0))) continue;
      put(at - 1, held);
      put(at, null);
      held = null;
    }
    const value = isBad(track.q[index] ?? 128) ? null : plotted(track.v[index] ?? null, options.transforms);
    const before = track.t[index - 1];
    const silent = before !== undefined && t - before > options.hold_us;
    if (held !== null && !track.reduced && (silent || value === null)) put(t - 1, held);
    put(t, value);
    held = value;
  });
  closeEnd(put, held, track, options, breaks.slice(nextBreak));
  return [x, y];
}

function closeEnd(
  put: (t: number, value: number | null) => void,
  held: number | null,
  track: Track,
  options: PointOptions,
  breaks: number[],
): void {
  const last = track.t[track.t.length - 1];
  if (held === null || last === undefined) return;
  const end = Math.min(options.holdUntil, breaks.find((at) => at > last) ?? Number.POSITIVE_INFINITY);
  if (end <= last) return;
  put(end, held);
  put(end + 1, null);
}

/** What a track says at a moment: the value that held then, its quality, or the hole it lies in. */
export function valueAt(
  track: Track,
  holes: readonly Hole[],
  t: number,
): { v: Value; q: number; ts: number; hole: Hole | null } | null {
  let low = 0;
  let high = track.t.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((track.t[middle] ?? 0) <= t) low = middle + 1;
    else high = middle;
  }
  if (low === 0) return null;
  const index = low - 1;
  return {
    v: track.v[index] ?? null,
    q: track.q[index] ?? 128,
    ts: track.t[index] ?? 0,
    hole: holeAt(holes, t),
  };
}
