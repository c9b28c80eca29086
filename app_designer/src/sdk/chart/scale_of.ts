import type { TagMeta } from "../api/types";
import { type LimitLine, limitLines } from "./scales";

/** The scale of a quantity: its ends, its normal band and its outer limits. */
export interface Scale {
  min: number;
  max: number;
  /** Ends of the normal band; null where there is no such limit. */
  lo: number | null;
  hi: number | null;
  /** Every limit within the scale, from low to high. */
  limits: LimitLine[];
}

export type LimitLevel = "normal" | "lo_lo" | "lo" | "hi" | "hi_hi";

/** What a value is against limits; without limits everything is normal. */
export function limitLevel(value: number | null, limits: readonly LimitLine[]): LimitLevel {
  if (value === null) return "normal";
  const at = (name: LimitLine["name"]) => limits.find((limit) => limit.name === name)?.value;
  const [loLo, lo, hi, hiHi] = [at("lo_lo"), at("lo"), at("hi"), at("hi_hi")];
  if (hiHi !== undefined && value >= hiHi) return "hi_hi";
  if (hi !== undefined && value >= hi) return "hi";
  if (loLo !== undefined && value <= loLo) return "lo_lo";
  if (lo !== undefined && value <= lo) return "lo";
  return "normal";
}

/**
 * The scale of a tag: the ends given, else its span, else some air around limits on both sides.
 * Null where none of them is known: a scale is never invented.
 */
export function scaleOf(
  meta: TagMeta | null,
  fixed: { min?: number | undefined; max?: number | undefined } = {},
): Scale | null {
  const limits = limitLines(meta?.limits);
  const find = (name: LimitLine["name"]) => limits.find((limit) => limit.name === name)?.value ?? null;
  const [lo, hi] = [find("lo"), find("hi")];
  let [min, max] = meta?.span ?? [null, null];
  if (min === null && lo !== null && hi !== null && hi > lo) {
    const air = (hi - lo) * 0.25;
    const values = limits.map((limit) => limit.value);
    [min, max] = [Math.min(lo - air, ...values), Math.max(hi + air, ...values)];
  }
  min = fixed.min ?? min;
  max = fixed.max ?? max;
  if (min === null || max === null || !(max > min)) return null;
  const [low, high] = [min, max];
  return { min, max, lo, hi, limits: limits.filter(({ value }) => value >= low && value <= high) };
}

/** Where a value lies on a scale, 0 to 1; beyond the ends it stays at the end. */
export function shareOf(scale: Pick<Scale, "min" | "max">, value: number): number {
  return Math.min(1, Math.max(0, (value - scale.min) / (scale.max - scale.min)));
}
