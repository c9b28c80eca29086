import type { Limits, Tag } from "../api/types";
import type { Signal } from "../bindings/signal";

export interface LimitLine {
  value: number;
  name: "lo_lo" | "lo" | "hi" | "hi_hi";
}

const NAMES = ["lo_lo", "lo", "hi", "hi_hi"] as const;

export function limitLines(limits: Limits | null | undefined): LimitLine[] {
  if (!limits) return [];
  return NAMES.flatMap((name) => {
    const value = limits[name];
    return typeof value === "number" ? [{ value, name }] : [];
  });
}

/** The limits to draw for a chart: those of its tags when they all have one unit and the same limits. */
export function sharedLimits(signals: readonly Signal[]): LimitLine[] {
  const tags = signals.flatMap((signal) => (signal.tag ? [signal.tag] : []));
  const keys = new Set(tags.map((tag) => JSON.stringify([tag.meta.unit ?? "", limitLines(tag.meta.limits)])));
  return keys.size === 1 ? limitLines(tags[0]?.meta.limits) : [];
}

/** Whether a tag is a state: a few named values rather than a quantity. */
export function isState(tag: Tag | null): boolean {
  if (!tag) return false;
  return tag.kind === "b" || Object.keys(tag.meta.texts ?? {}).length > 0;
}

/** A limit within this part of the data's own height is drawn; a farther one would flatten the data. */
const NEAR = 0.5;

/**
 * A calm value axis: the data with some air; limits that lie near are included, noise in the last
 * digit is not blown up to the full height.
 */
export function yRange(
  min: number | null,
  max: number | null,
  limits: readonly LimitLine[],
  decimals: number | null,
  fixed: { min?: number | undefined; max?: number | undefined },
): [number, number] {
  let low = min ?? fixed.min ?? 0;
  let high = max ?? fixed.max ?? 1;
  const [top, bottom, span] = [high, low, high - low];
  for (const { value } of limits) {
    if (value > top && value - top <= span * NEAR) high = Math.max(high, value);
    if (value < bottom && bottom - value <= span * NEAR) low = Math.min(low, value);
  }
  const smallest = Math.max(10 ** -(decimals ?? 2) * 5, Math.abs(high) * 1e-6);
  if (high - low < smallest) {
    const middle = (high + low) / 2;
    low = middle - smallest / 2;
    high = middle + smallest / 2;
  }
  const air = (high - low) * 0.08;
  const floor = min !== null && min >= 0 && low - air < 0 ? Math.min(0, low) : low - air;
  return [fixed.min ?? floor, fixed.max ?? high + air];
}

export const SERIES_MAX = 8;
export const seriesColor = (index: number): string => `--series-${(index % SERIES_MAX) + 1}`;
