import type { TagMeta, Value } from "../api/types";
import { roundHalfAway } from "../bindings/transforms";
import type { FieldText } from "./texts";

/** What may be entered, and from where on a value is unusual. */
export interface EntryLimits {
  min: number | null;
  max: number | null;
  /** Limits of the tag: beyond them a value is allowed, with a warning. */
  lo: number | null;
  hi: number | null;
  step: number;
  decimals: number | null;
  unit: string;
}

export interface EntrySettings {
  min?: number;
  max?: number;
  step?: number;
  decimals?: number;
  unit?: string;
}

/** Why a value is not taken; `values` fill the text. */
export interface EntryProblem {
  text: FieldText;
  values?: Record<string, string>;
}

const tightest = (pick: typeof Math.max, ...given: (number | null | undefined)[]): number | null => {
  const known = given.filter((value): value is number => typeof value === "number");
  return known.length > 0 ? pick(...known) : null;
};

/** The tag's span and unit, narrowed by the block's own settings; they can never widen what the tag allows. */
export function entryLimits(meta: TagMeta, settings: EntrySettings): EntryLimits {
  const decimals = settings.decimals ?? meta.decimals ?? null;
  return {
    min: tightest(Math.max, settings.min, meta.span?.[0]),
    max: tightest(Math.min, settings.max, meta.span?.[1]),
    lo: tightest(Math.max, meta.limits?.lo, meta.limits?.lo_lo),
    hi: tightest(Math.min, meta.limits?.hi, meta.limits?.hi_hi),
    step: settings.step && settings.step > 0 ? settings.step : 10 ** -(decimals ?? 0),
    decimals,
    unit: settings.unit || meta.unit || "",
  };
}

/** The hard limit a number breaks, told as `told` has it; null when it may be sent. */
export function limitProblem(value: number, limits: EntryLimits, told = limits): EntryProblem | null {
  if (limits.min !== null && value < limits.min)
    return { text: "below_min", values: { limit: shown(told.min, told) } };
  if (limits.max !== null && value > limits.max)
    return { text: "above_max", values: { limit: shown(told.max, told) } };
  return null;
}

/** What is unusual about a number that may be sent, told as `told` has it. */
export function limitWarning(value: number, limits: EntryLimits, told = limits): EntryProblem | null {
  if (limits.lo !== null && value < limits.lo)
    return { text: "below_lo", values: { limit: shown(told.lo, told) } };
  if (limits.hi !== null && value > limits.hi)
    return { text: "above_hi", values: { limit: shown(told.hi, told) } };
  return null;
}

/** One step up or down from a number, on the grid of the step and within the limits. */
export function stepped(value: number, by: 1 | -1, limits: EntryLimits): number {
  const next = roundHalfAway(value + by * limits.step, 10);
  return Math.min(limits.max ?? Infinity, Math.max(limits.min ?? -Infinity, next));
}

/** Whether what the machine shows is what was sent, within half of the last digit. */
export function isSame(shownValue: Value, sent: Value, decimals: number | null): boolean {
  if (shownValue === null || sent === null) return shownValue === sent;
  const [a, b] = [numeric(shownValue), numeric(sent)];
  if (a === null || b === null) return String(shownValue) === String(sent);
  const tolerance = decimals === null ? Math.abs(b) * 1e-6 + 1e-9 : 0.5 * 10 ** -decimals + 1e-9;
  return Math.abs(a - b) <= tolerance;
}

function numeric(value: Value): number | null {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "number") return value;
  return typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value))
    ? Number(value)
    : null;
}

const shown = (value: number | null, limits: EntryLimits): string =>
  limits.unit ? `${value} ${limits.unit}` : String(value);
