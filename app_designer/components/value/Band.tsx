import { limitLines, type TagMeta } from "@sdk";
import css from "./View.module.css";

export interface ValueBand {
  min: number;
  max: number;
  lo: number | null;
  hi: number | null;
  outer: number[];
}

/** The bar of a tag: its span, or one around its limits; none where it has neither. */
export function bandOf(meta: TagMeta | null): ValueBand | null {
  const limits = limitLines(meta?.limits);
  const find = (name: string) => limits.find((limit) => limit.name === name)?.value ?? null;
  const lo = find("lo");
  const hi = find("hi");
  const outer = limits
    .filter((limit) => limit.name === "lo_lo" || limit.name === "hi_hi")
    .map((limit) => limit.value);
  const span = meta?.span;
  if (span && span[1] > span[0]) return { min: span[0], max: span[1], lo, hi, outer };
  if (lo === null || hi === null || hi <= lo) return null;
  const air = (hi - lo) * 0.25;
  return { min: Math.min(lo - air, ...outer), max: Math.max(hi + air, ...outer), lo, hi, outer };
}

const WIDTH = 200;

/** A bar with its normal band and a pointer: more than a gauge says, in less room. */
export function Band({ band, value }: { band: ValueBand; value: number | null }) {
  const place = (at: number) => {
    const share = (at - band.min) / (band.max - band.min);
    return Math.min(1, Math.max(0, share)) * WIDTH;
  };
  const from = place(band.lo ?? band.min);
  const to = place(band.hi ?? band.max);
  const outside =
    value !== null && ((band.lo !== null && value < band.lo) || (band.hi !== null && value > band.hi));
  const x = value === null ? 0 : place(value);
  return (
    <svg className={css.band} viewBox={`0 0 ${WIDTH} 16`} preserveAspectRatio="none" aria-hidden="true">
      <rect x={0} y={7} width={WIDTH} height={5} rx={2} fill="var(--surface-3)" />
      {band.lo !== null || band.hi !== null ? (
        <rect x={from} y={7} width={Math.max(0, to - from)} height={5} fill="var(--band)" />
      ) : null}
      {[band.lo, band.hi].map((limit) =>
        limit === null ? null : (
          <rect key={limit} x={place(limit) - 0.75} y={5} width={1.5} height={9} fill="var(--band-edge)" />
        ),
      )}
      {band.outer.map((limit) => (
        <rect
          key={`outer${limit}`}
          x={place(limit) - 0.75}
          y={5}
          width={1.5}
          height={9}
          fill="var(--alarm)"
        />
      ))}
      {value !== null ? (
        <path d={`M${x - 4} 0h8l-4 7Z`} fill={outside ? "var(--warn-line)" : "var(--pointer)"} />
      ) : null}
    </svg>
  );
}
