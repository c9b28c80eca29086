import {
  limitLines,
  type Reading,
  type Signal,
  Skeleton,
  signalMeta,
  sparkShape,
  useCourse,
  useLocale,
  useSize,
} from "@sdk";
import { useId } from "react";
import css from "./View.module.css";

const POINTS = 200;

interface CourseProps {
  signal: Signal;
  format: Reading["format"];
  band: boolean;
  range: boolean;
}

/** The line with its normal band, its extremes named at its side, and a dot where it is now. */
export function Course({ signal, format, band, range }: CourseProps) {
  const { t } = useLocale();
  const { window, feed, track, holes } = useCourse(signal, POINTS);
  const hatch = useId();
  const { ref, width, height } = useSize<HTMLSpanElement>();
  const shape = track ? sparkShape(track, window, width, height, holes) : null;
  const xOf = (t: number) => ((t - window.from) / (window.to - window.from)) * width;
  const limits = limitLines(signalMeta(signal).limits);
  const limit = (name: string) => limits.find((line) => line.name === name)?.value;
  const { min = null, max = null } = shape ?? {};
  const place = (value: number) =>
    min === null || max === null || max === min
      ? null
      : height - 2 - ((value - min) / (max - min)) * (height - 4);
  const [top, bottom] = [place(limit("hi") ?? Infinity), place(limit("lo") ?? -Infinity)];
  return (
    <span className={css.course} role="img" aria-label={t("chart.label", { series: format(min).text })}>
      <span className={css.field} ref={ref}>
        {feed.loading && !track ? <Skeleton width="100%" height="100%" /> : null}
        {feed.error && !track ? <span className={css.none}>{t("chart.error")}</span> : null}
        <svg width={width} height={height} aria-hidden="true">
          {band && limits.length > 0 && top !== null && bottom !== null ? (
            <rect
              x={0}
              width={width}
              y={Math.max(0, Math.min(height, top))}
              height={Math.max(0, Math.min(height, bottom) - Math.max(0, top))}
              fill="var(--surface-3)"
            />
          ) : null}
          <pattern id={hatch} width={5} height={5} patternUnits="userSpaceOnUse">
            <rect width={2} height={5} fill="var(--hatch)" />
          </pattern>
          {holes.map((hole) => (
            <rect
              key={`${hole.from} ${hole.to} ${hole.gap}`}
              data-hole
              x={xOf(hole.from)}
              width={Math.max(2, xOf(hole.to) - xOf(hole.from))}
              height={height}
              fill={`url(#${hatch})`}
            />
          ))}
          <path d={shape?.path ?? ""} fill="none" stroke="var(--series-1)" strokeWidth={1.5} />
          {shape?.end ? <circle cx={shape.end.x - 3} cy={shape.end.y} r={3} fill="var(--series-1)" /> : null}
        </svg>
      </span>
      {range && min !== null && max !== null ? (
        <span className={css.range} aria-hidden="true">
          <span>{format(max).text}</span>
          <span>{format(min).text}</span>
        </span>
      ) : null}
    </span>
  );
}
