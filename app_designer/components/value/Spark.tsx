import { type Signal, sparkShape, useCourse } from "@sdk";
import css from "./View.module.css";

const WIDTH = 120;
const HEIGHT = 30;
const POINTS = 120;

/** The course of the page's time range, small and without axes. */
export function Spark({ signal }: { signal: Signal }) {
  const { track, window, holes } = useCourse(signal, POINTS);
  const shape = track ? sparkShape(track, window, WIDTH, HEIGHT, holes) : null;
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
