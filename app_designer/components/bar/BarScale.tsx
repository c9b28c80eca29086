import { type Reading, type Scale, shareOf } from "@sdk";
import type { CSSProperties } from "react";
import css from "./View.module.css";

interface BarScaleProps {
  scale: Scale;
  value: number | null;
  limits: boolean;
  format: Reading["format"];
}

/** Where something lies along the bar, whichever way that runs. */
const along = (from: number, to = from): CSSProperties =>
  ({ "--from": from.toFixed(4), "--size": (to - from).toFixed(4) }) as CSSProperties;

/** The bar: normal band behind, the value before it, limits across, ends named. */
export function BarScale({ scale, value, limits, format }: BarScaleProps) {
  const share = value === null ? null : shareOf(scale, value);
  // A bar grows from zero where the scale has one.
  const base = shareOf(scale, Math.min(scale.max, Math.max(scale.min, 0)));
  const banded = limits && (scale.lo !== null || scale.hi !== null);
  const band = [shareOf(scale, scale.lo ?? scale.min), shareOf(scale, scale.hi ?? scale.max)] as const;
  return (
    <>
      <span className={css.field} aria-hidden="true">
        {banded ? <span className={css.band} style={along(...band)} /> : null}
        {share === null ? null : (
          <span className={css.fill} style={along(Math.min(base, share), Math.max(base, share))} />
        )}
        {limits
          ? scale.limits.map(({ name, value: limit }) => (
              <span key={name} className={css.tick} data-limit={name} style={along(shareOf(scale, limit))} />
            ))
          : null}
        {share === null ? null : <span className={css.head} style={along(share)} />}
      </span>
      <span className={css.ends} aria-hidden="true">
        <span>{format(scale.min).text}</span>
        <span>{format(scale.max).text}</span>
      </span>
    </>
  );
}
