import { type Scale, type SteadySource, shareOf } from "@sdk";
import { type CSSProperties, useLayoutEffect, useMemo, useRef } from "react";
import css from "./View.module.css";

const percent = (share: number) => `${(share * 100).toFixed(1)}%`;

/** The bar: what is normal on it, and where the limits are. Painted, not built of elements: it never moves. */
function groundOf(scale: Scale): CSSProperties {
  const from = percent(shareOf(scale, scale.lo ?? scale.min));
  const to = percent(shareOf(scale, scale.hi ?? scale.max));
  const banded = scale.lo !== null || scale.hi !== null;
  const bar = banded
    ? `linear-gradient(90deg, var(--surface-3) ${from}, var(--band) ${from} ${to}, var(--surface-3) ${to})`
    : "linear-gradient(var(--surface-3), var(--surface-3))";
  const ticks = scale.limits.map(({ name, value }) => {
    const color = name === "lo_lo" || name === "hi_hi" ? "var(--alarm)" : "var(--band-edge)";
    return `linear-gradient(${color}, ${color}) ${percent(shareOf(scale, value))} 5px / 1.5px 9px no-repeat`;
  });
  return { background: [...ticks, `${bar} 0 7px / 100% 5px no-repeat`].join(", ") };
}

/**
 * A bar with its normal band and a pointer: more than a gauge says, in less room. A new value moves a background and
 * lays nothing out: a screen may hold hundreds of them.
 */
export function Band({ scale, source }: { scale: Scale; source: SteadySource }) {
  const pointer = useRef<HTMLSpanElement>(null);
  const ground = useMemo(() => groundOf(scale), [scale]);
  useLayoutEffect(() => {
    let drawn: string | null = null;
    return source.follow(({ number }) => {
      const at = number === null ? "" : percent(shareOf(scale, number));
      if (at === drawn || !pointer.current) return;
      pointer.current.style.backgroundPositionX = at;
      drawn = at;
    });
  }, [scale, source]);
  return (
    <span className={css.band} style={ground} aria-hidden="true">
      <span ref={pointer} className={css.pointer} />
    </span>
  );
}
