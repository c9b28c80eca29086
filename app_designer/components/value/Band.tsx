import { type Scale, shareOf } from "@sdk";
import css from "./View.module.css";

const percent = (share: number) => `${(share * 100).toFixed(2)}%`;

/** A bar with its normal band and a pointer: more than a gauge says, in less room. */
export function Band({ scale, value }: { scale: Scale; value: number | null }) {
  const from = shareOf(scale, scale.lo ?? scale.min);
  const to = shareOf(scale, scale.hi ?? scale.max);
  const banded = scale.lo !== null || scale.hi !== null;
  return (
    <span className={css.band} aria-hidden="true">
      <span className={css.track} />
      {banded ? (
        <span className={css.normal} style={{ insetInlineStart: percent(from), width: percent(to - from) }} />
      ) : null}
      {scale.limits.map(({ name, value: limit }) => (
        <span
          key={name}
          className={css.tick}
          data-limit={name}
          style={{ insetInlineStart: percent(shareOf(scale, limit)) }}
        />
      ))}
      {value !== null ? (
        <span className={css.pointer} style={{ insetInlineStart: percent(shareOf(scale, value)) }}>
          <svg width={10} height={8} viewBox="0 0 10 8" aria-hidden="true">
            <path d="M0 0h10L5 8Z" fill="currentColor" />
          </svg>
        </span>
      ) : null}
    </span>
  );
}
