import { type Signal, sparkShape, useHistory, useRange, useWindow } from "@sdk";
import { useMemo } from "react";
import css from "./View.module.css";

const WIDTH = 120;
const HEIGHT = 30;
const POINTS = 120;

/** The course of the page's time range, small and without axes. */
export function Spark({ signal }: { signal: Signal }) {
  const { choice } = useRange();
  const window = useWindow(choice, POINTS);
  const id = signal.tag?.id;
  const ids = useMemo(() => (id === undefined ? [] : [id]), [id]);
  const feed = useHistory(ids, choice, window, POINTS);
  const track = id === undefined ? undefined : feed.tracks.get(id);
  const shape = track ? sparkShape(track, window, WIDTH, HEIGHT) : null;
  return (
    <svg
      className={css.spark}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path
        d={shape?.path ?? ""}
        fill="none"
        stroke="var(--text-3)"
        strokeWidth={1.25}
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}
