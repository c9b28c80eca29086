import { DIMENSIONS, UNITS } from "../../generated/units.gen";

/** Exponents of base units; units nobody knows stand for themselves (`#carton`). */
type Vector = Readonly<Record<string, number>>;

/** A unit, known by the table or put together. */
export interface Unit {
  /** As people read it. */
  text: string;
  /** Dimension of a known unit; null for one that was put together or that nobody knows. */
  dimension: string | null;
  vector: Vector;
  /** Value in base units = (x + pre) × num / den. */
  pre: number;
  num: number;
  den: number;
}

/** x → (x + pre) × num / den − post. */
export interface Conversion {
  pre: number;
  num: number;
  den: number;
  post: number;
}

const TEXT_MAX = 40;
const EXPONENTS: Readonly<Record<string, number>> = { "²": 2, "³": 3, "2": 2, "3": 3 };
const known = new Map<string, Unit>();
const folded = new Map<string, Unit | null>();
const byVector = new Map<string, Unit[]>();
const parsed = new Map<string, Unit | null>();
const PARSED_MAX = 500;

for (const [id, dimension, num, den, pre, aliases] of UNITS) {
  const unit: Unit = { text: id, dimension, vector: DIMENSIONS[dimension] ?? {}, pre, num, den };
  for (const name of [id, ...aliases]) {
    known.set(name, unit);
    const small = name.toLowerCase();
    const other = folded.get(small);
    // mW and MW differ by case alone: such a text must be exact.
    folded.set(small, other === undefined || other === unit ? unit : null);
  }
  const key = keyOf(unit.vector);
  byVector.set(key, [...(byVector.get(key) ?? []), unit]);
}

function keyOf(vector: Vector): string {
  return Object.keys(vector)
    .sort()
    .map((base) => `${base}${vector[base]}`)
    .join(",");
}

/** The unit a text names; null for none. A text nobody knows is a unit of its own. */
export function parseUnit(text: string | null | undefined): Unit | null {
  const wanted = (text ?? "").trim();
  if (wanted === "") return null;
  const direct = known.get(wanted) ?? folded.get(wanted.toLowerCase());
  if (direct) return direct;
  const before = parsed.get(wanted);
  if (before !== undefined) return before;
  const unit = putTogether(wanted);
  if (parsed.size >= PARSED_MAX) parsed.clear();
  parsed.set(wanted, unit);
  return unit;
}

function putTogether(text: string): Unit | null {
  let unit: Unit | null = null;
  for (const [i, part] of text.split("/").entries()) {
    for (const atom of part.split(/[·*]/)) unit = times(unit, atomOf(atom.trim()), i === 0 ? 1 : -1);
  }
  return unit === null || unit.dimension !== null ? unit : { ...unit, text };
}

function atomOf(text: string): Unit | null {
  if (text === "" || text === "1") return null;
  const direct = known.get(text) ?? folded.get(text.toLowerCase());
  if (direct) return direct;
  const exponent = EXPONENTS[text.slice(-1)];
  const base = exponent ? text.slice(0, -1).replace(/\^$/, "") : "";
  const powered = base ? (known.get(base) ?? folded.get(base.toLowerCase())) : null;
  if (exponent && powered) return power(powered, exponent);
  return { text, dimension: null, vector: { [`#${text}`]: 1 }, pre: 0, num: 1, den: 1 };
}

export const isKnown = (unit: Unit): boolean =>
  !Object.keys(unit.vector).some((base) => base.startsWith("#"));

/** a × b (sign 1) or a ÷ b (sign −1); null stands for a plain number. */
export function times(a: Unit | null, b: Unit | null, sign: 1 | -1): Unit | null {
  if (b === null) return a;
  const vector: Record<string, number> = { ...(a?.vector ?? {}) };
  for (const [base, exponent] of Object.entries(b.vector)) {
    const sum = (vector[base] ?? 0) + sign * exponent;
    if (sum === 0) delete vector[base];
    else vector[base] = sum;
  }
  const num = (a?.num ?? 1) * (sign === 1 ? b.num : b.den);
  const den = (a?.den ?? 1) * (sign === 1 ? b.den : b.num);
  const joined = sign === 1 ? `${a ? `${a.text}·` : ""}${b.text}` : `${a?.text ?? "1"}/${b.text}`;
  return named(joined, vector, num, den);
}

/** The unit to the power of a whole number from -3 to 3. */
export function power(unit: Unit, exponent: number): Unit | null {
  let out: Unit | null = null;
  for (let i = 0; i < Math.abs(exponent); i += 1) out = times(out, unit, exponent > 0 ? 1 : -1);
  return out;
}

/** The unit whose square it is, where there is one. */
export function root(unit: Unit): Unit | null {
  const vector: Record<string, number> = {};
  for (const [base, exponent] of Object.entries(unit.vector)) vector[base] = exponent / 2;
  return lookUp(vector, Math.sqrt(unit.num / unit.den));
}

function named(text: string, vector: Vector, num: number, den: number): Unit | null {
  const scale = num / den;
  if (Object.keys(vector).length === 0 && near(scale, 1)) return null;
  const found = lookUp(vector, scale);
  if (found) return found;
  return { text: text.length <= TEXT_MAX ? text : "", dimension: null, vector, pre: 0, num, den };
}

function lookUp(vector: Vector, scale: number): Unit | null {
  for (const unit of byVector.get(keyOf(vector)) ?? []) {
    if (unit.dimension !== "temperature" && near(unit.num / unit.den, scale)) return unit;
  }
  return null;
}

const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.abs(b);

/** Whether two units measure the same thing. */
export function sameDimension(a: Unit, b: Unit): boolean {
  if (a.dimension !== null && b.dimension !== null) return a.dimension === b.dimension;
  return keyOf(a.vector) === keyOf(b.vector);
}

/** Whether numbers in the two units may be compared and added as they are. */
export function sameUnit(a: Unit, b: Unit): boolean {
  if (a === b || a.text === b.text) return true;
  return sameDimension(a, b) && a.pre === b.pre && near(a.num / a.den, b.num / b.den);
}

/** How to convert; null where the units measure different things. */
export function conversion(from: Unit, to: Unit): Conversion | null {
  if (!sameDimension(from, to)) return null;
  if (sameUnit(from, to)) return { pre: 0, num: 1, den: 1, post: 0 };
  return { pre: from.pre, num: from.num * to.den, den: from.den * to.num, post: to.pre };
}

export function apply(x: number, by: Conversion): number {
  return ((x + by.pre) * by.num) / by.den - by.post;
}

/** A number in another unit; null where that is impossible. */
export function convertValue(x: number, from: string, to: string): number | null {
  const a = parseUnit(from);
  const b = parseUnit(to);
  const by = a && b ? conversion(a, b) : null;
  return by ? apply(x, by) : null;
}

/** Known units of the same dimension as a unit, itself among them; empty where nobody knows it. */
export function unitsLike(text: string): string[] {
  const unit = parseUnit(text);
  if (!unit || unit.dimension === null) return unit && isKnown(unit) ? [unit.text] : [];
  return UNITS.filter(([, dimension]) => dimension === unit.dimension).map(([id]) => id);
}

/** The dimension a unit text belongs to; null where nobody knows it. */
export const dimensionOf = (text: string): string | null => parseUnit(text)?.dimension ?? null;
