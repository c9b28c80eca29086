/** The types and limits of the expression language. Meaning: docs/reference/expressions.md. */

export type ExprScalar = number | string | boolean | null;
export interface ExprRecord {
  readonly [field: string]: ExprData;
}
export type ExprData = ExprScalar | ExprRecord | readonly (ExprScalar | ExprRecord)[];

/** What a name stands for. */
export interface ExprInput {
  v: ExprData;
  /** Quality code; where it is 128 or more, `v` is not looked at. */
  q: number;
  /** µs UTC; null for what has no time (a constant, a page parameter, the user): it makes no result older. */
  ts: number | null;
  unit?: string;
  /** The last good value, for `last_good()`. */
  good?: { v: ExprData; ts: number } | null;
}

/** The result of a formula. Bad (`q` ≥ 128) always has `v` null. */
export interface ExprValue {
  v: ExprData;
  q: number;
  /** µs UTC: the oldest of the inputs that were used; the time of evaluation where there are none. */
  ts: number;
  unit?: string;
  /** Why the formula itself gave a bad value (`division_by_zero`, `type`, …); not set where an input was bad. */
  why?: string;
}

export interface ExprContext {
  /** µs UTC. */
  now: number;
  /** IANA name of the zone of dates and clocks. */
  zone: string;
  /** Language of the reader: en, zh-CN. */
  language: string;
}

export type ExprVars = Readonly<Record<string, ExprInput>>;

/** A formula ready to run; it never throws. What cannot be compiled gives a bad value with the reason in `why`. */
export interface Compiled {
  (vars: ExprVars, context: ExprContext): ExprValue;
  readonly text: string;
  /** Names of variables it reads, in order of appearance. */
  readonly names: readonly string[];
  /** Why it cannot run; empty when it can. */
  readonly problems: readonly ExprProblem[];
}

/** Something wrong with a formula. Positions count UTF-16 units, as editors do. */
export interface ExprProblem {
  code: string;
  start: number;
  end: number;
  /** What the message names. */
  values: Readonly<Record<string, string>>;
}

export type TypeName = "number" | "string" | "boolean" | "null" | "list" | "record" | "any";

/** What is known of a variable while a formula is written. */
export interface VarType {
  type: TypeName;
  unit?: string;
  /** Of a list: what its elements are. */
  items?: VarType;
  /** Of a record: its fields; without them every field is allowed. */
  fields?: Readonly<Record<string, VarType>>;
}

export const SOURCE_MAX = 2048;
export const NODES_MAX = 200;
export const DEPTH_MAX = 32;
export const STEPS_MAX = 10_000;
/** Code points of a text. */
export const TEXT_MAX = 2048;
export const LIST_MAX = 1000;

/** Quality codes a formula gives of its own (schemas/quality.py). */
export const UNCERTAIN = 64;
export const BAD = 128;
export const NOT_A_NUMBER = 136;
export const TYPE_MISMATCH = 139;
export const OVERFLOW = 141;
