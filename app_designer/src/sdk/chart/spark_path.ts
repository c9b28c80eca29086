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

/** A small line that holds each value until the next, and breaks where a value is bad or a hole begins. */
export function sparkShape(
  track: Pick<Track, "t" | "v" | "q">,
  window: { from: number; to: number },
  width: number,
  height: number,
  holes: readonly { from: number; to: number }[] = [],
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
  const xOf = (t: number) => ((Math.max(window.from, t) - window.from) / length) * width;
  const yOf = (value: number) =>
    max === min ? height / 2 : height - 2 - ((value - min) / (max - min)) * (height - 4);
  let path = "";
  let isOpen = false;
  let end: SparkShape["end"] = null;
  numbers.forEach((value, index) => {
    if (value === null) {
      isOpen = false;
      return;
    }
    const from = Math.max(window.from, track.t[index] ?? 0);
    const next = track.t[index + 1] ?? window.to;
    const hole = holes.find((one) => one.from < next && one.from >= from && one.to > from);
    const until = hole ? hole.from : next;
    const y = yOf(value);
    path += isOpen ? `V${y.toFixed(1)}` : `M${xOf(from).toFixed(1)} ${y.toFixed(1)}`;
    if (until > from) path += `H${xOf(until).toFixed(1)}`;
    isOpen = until === next;
    // Its mark stands where the line reaches the present.
    if (until >= window.to) end = { x: width, y };
  });
  return { path, min, max, end };
}
