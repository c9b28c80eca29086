import type { Conversion } from "../units/units";
import { type ExprVars, LIST_MAX, OVERFLOW, TEXT_MAX, TYPE_MISMATCH } from "./types";

/** A list at work: elements with their own quality and time, where they have any beside that of the whole. */
export class List {
  constructor(
    readonly items: readonly Raw[],
    readonly q: readonly number[] | null = null,
    readonly ts: readonly number[] | null = null,
  ) {}
}
export interface Rec {
  readonly [field: string]: unknown;
}
export type Raw = number | string | boolean | null | List | Rec;

/** What the units of this evaluation's inputs lead to; made anew only when a unit changes. */
export interface UnitPlan {
  unit: string | undefined;
  /** Code of a contradiction, or null. */
  problem: string | null;
  /** Per place in the text: `convert` (x → ((x + pre) · num / den) − post) or the text of `unit()`. */
  conversions: ReadonlyMap<number, Conversion>;
  texts: ReadonlyMap<number, string>;
}

/**
 * One evaluation. Quality and time gather here while values travel as plain JavaScript values, so
 * that an evaluation makes no objects: `q` is the worst, `ts` the oldest (µs) of all that was used.
 */
export class Run {
  q = 0;
  ts = Number.POSITIVE_INFINITY;
  why: string | null = null;
  steps = 0;
  vars: ExprVars = {};
  /** µs UTC. */
  now = 0;
  zone = "UTC";
  language = "en";
  plan: UnitPlan | null = null;
  /** Variables of macros, by nesting. */
  readonly localV: Raw[] = [];
  readonly localQ: number[] = [];
  readonly localTs: number[] = [];
}

export type Code = (run: Run) => Raw;

/** Makes the evaluation bad; the first reason stays. */
export function fault(run: Run, q: number, why: string): null {
  if (q > run.q) run.q = q;
  run.why ??= why;
  return null;
}

export const wrongType = (run: Run): null => fault(run, TYPE_MISMATCH, "type");

/** A number that is one: infinity is an overflow, never a result. */
export function finite(run: Run, value: number): Raw {
  if (Number.isFinite(value)) return value;
  return fault(run, OVERFLOW, "overflow");
}

/** What a function of a text costs: a step for 16 of its units, so that long texts end a macro sooner. */
export function chargeText(run: Run, units: number): void {
  run.steps += units >> 4;
}

/** A text within the limit. */
export function shortText(run: Run, value: string): Raw {
  if (value.length <= TEXT_MAX || codePoints(value) <= TEXT_MAX) return value;
  return fault(run, OVERFLOW, "text_too_long");
}

export function codePoints(value: string): number {
  let count = 0;
  for (let at = 0; at < value.length; at += 1) {
    const unit = value.charCodeAt(at);
    if (unit >= 0xd800 && unit < 0xdc00) {
      const low = value.charCodeAt(at + 1);
      if (low >= 0xdc00 && low < 0xe000) at += 1;
    }
    count += 1;
  }
  return count;
}

/** The value of an input, checked: what is no number, too long or of no known kind is bad. */
export function fromData(run: Run, v: unknown): Raw {
  if (typeof v === "number") return Number.isFinite(v) ? v : fault(run, 136, "not_a_number");
  if (typeof v === "string") return shortText(run, v);
  if (typeof v === "boolean") return v;
  if (v === null || v === undefined) return null;
  if (Array.isArray(v)) {
    if (v.length > LIST_MAX) return fault(run, OVERFLOW, "list_too_long");
    return new List(v as Raw[]);
  }
  return typeof v === "object" ? (v as Rec) : wrongType(run);
}

/** A part of an evaluation apart from the rest; what it used is in `run` afterwards, to be kept or not. */
export function alone(run: Run, code: Code): Raw {
  run.q = 0;
  run.ts = Number.POSITIVE_INFINITY;
  run.why = null;
  const value = code(run);
  return run.q >= 128 ? null : value;
}

/** Adds what was used before (`q`, `ts`, `why`) to what `run` holds now. */
export function join(run: Run, q: number, ts: number, why: string | null): void {
  if (q > run.q) run.q = q;
  if (ts < run.ts) run.ts = ts;
  if (why !== null) run.why = why;
}

/** Element `i` of a list, its quality and time taken into account. */
export function element(run: Run, list: List, i: number): Raw {
  if (list.q !== null && list.ts !== null) {
    const q = list.q[i] ?? 0;
    const ts = list.ts[i] ?? Number.POSITIVE_INFINITY;
    if (q > run.q) run.q = q;
    if (ts < run.ts) run.ts = ts;
    if (q >= 128) return null;
    return list.items[i] ?? null;
  }
  return fromElement(run, list.items[i]);
}

function fromElement(run: Run, v: unknown): Raw {
  if (typeof v === "number" && Number.isFinite(v)) return v;
  const value = fromData(run, v);
  return value instanceof List ? wrongType(run) : value;
}
