import { type Scale, shareOf } from "@sdk";
import { memo } from "react";
import css from "./View.module.css";

const percent = (share: number) => `${(share * 100).toFixed(2)}%`;

/** What of a band stays while the value moves. */
const Ground = memo(function Ground({ scale }: { scale: Scale }) {
  const from = shareOf(scale, scale.lo ?? scale.min);
  const to = shareOf(scale, scale.hi ?? scale.max);
  const banded = scale.lo !== null || scale.hi !== null;
  return (
    <>
      <rect className={css.track} y={7} width="100%" height={5} rx={2.5} />
      {banded ? (
        <rect className={css.normal} x={percent(from)} y={7} width={percent(to - from)} height={5} />
      ) : null}
      {scale.limits.map(({ name, value }) => (
        <svg key={name} x={percent(shareOf(scale, value))} className={css.at} aria-hidden="true">
          <rect className={css.tick} data-limit={name} x={-1} y={5} width={1.5} height={9} />
        </svg>
      ))}
    </>
  );
});

/**
 * A bar with its normal band and a pointer: more than a gauge says, in less room. One drawing, of which a new value
 * moves one place: a screen may hold hundreds of them.
 */
export function Band({ scale, value }: { scale: Scale; value: number | null }) {
  return (
    <svg className={css.band} aria-hidden="true">
      <Ground scale={scale} />
      {value !== null ? (
        <svg x={percent(shareOf(scale, value))} className={css.at} aria-hidden="true">
          <path className={css.pointer} d="M-5 0h10L0 8Z" />
        </svg>
      ) : null}
    </svg>
  );
}
