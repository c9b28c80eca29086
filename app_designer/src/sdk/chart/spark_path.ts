import { toPlot } from "../format/number";
import type { Track } from "../history/track";
import { isBad } from "../quality";

/** The part of the range that has to be known before a course is drawn. */
const SHARE_MIN = 0.1;

export interface SparkShape {
  /** SVG path in a field of `width` × `height`; empty where too little is known. */
  path: string;
  /** Smallest and largest good value; null where there is none. */
  min: number | null;
  max: number | null;
  /** Where the last good value lies, in the field; null where the course does not reach its end. */
  end: { x: number; y: number } | null;
}

const NOTHING: SparkShape = { path: "", min: null, max: null, end: null };

/** A small line that holds each value until the next and breaks where a value is bad. */
export function sparkShape(
  track: Pick<Track, "t" | "v" | "q">,
  window: { from: number; to: number },
  width: number,
  height: number,
): SparkShape {
  const numbers = track.v.map((value, index) => (isBad(track.q[index] ?? 128) ? null : toPlot(value)));
  const known = numbers.filter((value) => value !== null);
  if (known.length === 0) return NOTHING;
  const min = known.reduce((a, b) => Math.min(a, b));
  const max = known.reduce((a, b) => Math.max(a, b));
  const length = window.to - window.from;
  // Seconds on a range of an hour are a stroke that looks like an event, not a course.
  const begin = numbers.findIndex((value) => value !== null);
  if (window.to - Math.max(window.from, track.t[begin] ?? 0) < length * SHARE_MIN)
    return { ...NOTHING, min, max };
  let path = "";
  let last: number | null = null;
  numbers.forEach((value, index) => {
    if (value === null) {
      last = null;
      return;
    }
    const x = ((Math.max(window.from, track.t[index] ?? 0) - window.from) / length) * width;
    const y = max === min ? height / 2 : height - 2 - ((value - min) / (max - min)) * (height - 4);
    path += last === null ? `M${x.toFixed(1)} ${y.toFixed(1)}` : `H${x.toFixed(1)}V${y.toFixed(1)}`;
    last = y;
  });
  // The last value holds until now: a mark takes the place of this line where it does not.
  if (last === null) return { path, min, max, end: null };
  return { path: `${path}H${width}`, min, max, end: { x: width, y: last } };
}
