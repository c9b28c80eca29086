import { type Reading, type Scale, type SteadyReading, type SteadySource, shareOf, useDrawn } from "@sdk";
import { type CSSProperties, useCallback } from "react";
import css from "./View.module.css";

interface BarScaleProps {
  scale: Scale;
  reading: SteadyReading;
  limits: boolean;
}

/** Where something lies along the bar, whichever way that runs. */
const along = (from: number, to = from): CSSProperties =>
  ({ "--from": from.toFixed(4), "--size": (to - from).toFixed(4) }) as CSSProperties;

/** The bar: normal band behind, the value before it, limits across, ends named. */
export function BarScale({ scale, reading, limits }: BarScaleProps) {
  const { number, format, steady } = reading;
  const banded = limits && (scale.lo !== null || scale.hi !== null);
  const band = [shareOf(scale, scale.lo ?? scale.min), shareOf(scale, scale.hi ?? scale.max)] as const;
  return (
    <>
      <span className={css.field} aria-hidden="true">
        {banded ? <span className={css.band} style={along(...band)} /> : null}
        {number === null ? null : <Fill scale={scale} source={steady} />}
        {limits
          ? scale.limits.map(({ name, value: limit }) => (
              <span key={name} className={css.tick} data-limit={name} style={along(shareOf(scale, limit))} />
            ))
          : null}
      </span>
      <span className={css.ends} aria-hidden="true">
        <span>{format(scale.min).text}</span>
        <span>{format(scale.max).text}</span>
      </span>
    </>
  );
}

/**
 * The value with its head, both backgrounds of one element as long as the bar: a new value is painted, nothing is laid
 * out, cut or moved. (A moved or cut element has the browser look through its surroundings for what sticks out.)
 */
function Fill({ scale, source }: { scale: Scale; source: SteadySource }) {
  const draw = useCallback(
    (fill: HTMLSpanElement, { number }: Reading) => {
      if (number === null) return;
      const share = shareOf(scale, number);
      // A bar grows from zero where the scale has one.
      const base = shareOf(scale, Math.min(scale.max, Math.max(scale.min, 0)));
      fill.style.setProperty("--from", Math.min(base, share).toFixed(4));
      fill.style.setProperty("--to", Math.max(base, share).toFixed(4));
      fill.style.setProperty("--at", share.toFixed(4));
    },
    [scale],
  );
  return <span ref={useDrawn(source, draw)} className={css.value} />;
}
