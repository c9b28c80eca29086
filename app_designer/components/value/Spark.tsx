import { isBad, type Signal, toPlot, useHistory, useRange, useWindow } from "@sdk";
import { useMemo } from "react";
import css from "./View.module.css";

const WIDTH = 120;
const HEIGHT = 30;
const POINTS = 120;
/** The part of the range that has to be known before a course is drawn. */
const SHARE_MIN = 0.1;

type Track = { t: number[]; v: Parameters<typeof toPlot>[0][]; q: number[] };

/** The path of a small line that holds each value until the next; it breaks where a value is bad. */
export function sparkPath(track: Track, window: { from: number; to: number }): string {
  const numbers = track.v.map((value, index) => (isBad(track.q[index] ?? 128) ? null : toPlot(value)));
  const known = numbers.filter((value) => value !== null);
  if (known.length === 0) return "";
  // Seconds on a range of an hour are a stroke that looks like an event, not a course.
  const begin = numbers.findIndex((value) => value !== null);
  if (window.to - Math.max(window.from, track.t[begin] ?? 0) < (window.to - window.from) * SHARE_MIN)
    return "";
  const min = Math.min(...known);
  const height = Math.max(...known) - min;
  let path = "";
  let broken = true;
  numbers.forEach((value, index) => {
    if (value === null) {
      broken = true;
      return;
    }
    const at = Math.max(window.from, track.t[index] ?? 0);
    const x = ((at - window.from) / (window.to - window.from)) * WIDTH;
    const y = height === 0 ? HEIGHT / 2 : HEIGHT - 2 - ((value - min) / height) * (HEIGHT - 4);
    path += broken ? `M${x.toFixed(1)} ${y.toFixed(1)}` : `H${x.toFixed(1)}V${y.toFixed(1)}`;
    broken = false;
  });
  // The last value holds until now: a mark takes the place of this line where it does not.
  return broken ? path : `${path}H${WIDTH}`;
}

/** The course of the page's time range, small and without axes. */
export function Spark({ signal }: { signal: Signal }) {
  const { choice } = useRange();
  const window = useWindow(choice, POINTS);
  const id = signal.tag?.id;
  const ids = useMemo(() => (id === undefined ? [] : [id]), [id]);
  const feed = useHistory(ids, choice, window, POINTS);
  const track = id === undefined ? undefined : feed.tracks.get(id);
  return (
    <svg
      className={css.spark}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path
        d={track ? sparkPath(track, window) : ""}
        fill="none"
        stroke="var(--text-3)"
        strokeWidth={1.25}
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}
