import type { TagMeta, Value } from "../api/types";
import { type Signal, signalMeta } from "../bindings/signal";
import { toPlot } from "../format/number";
import { late } from "../late";
import type { Conversion } from "../units/units";

/** Dimension → unit the reader wants to see. */
export type UnitWishes = Readonly<Record<string, string>>;

export interface DisplayUnit {
  /** Unit that is shown. */
  unit: string;
  convert: (value: number) => number;
  /** The number to type for one that is stored. */
  show: (stored: number) => number;
  /** The number to store for one that was typed: the shortest that is shown as just that. */
  store: (shown: number) => number;
  /** Value shown = value stored × factor + offset. */
  factor: number;
  offset: number;
  /** Digits after the point that say as much as these do in the stored unit. */
  decimals: (stored: number) => number;
}

/** The table of units and what reckons with it: for readers with other wishes alone. */
const units = late(() => import("../units/units"));
/** Fetches what wishes need. Rejects when the code does not arrive. */
export const loadUnits = units.load;
/** The units without waiting, for a screen that brings them along in its own code. */
export const provideUnits = units.provide;

export const wishesAnything = (wishes: UnitWishes): boolean => Object.keys(wishes).length > 0;

const DECIMALS_MAX = 6;
const found = new WeakMap<UnitWishes, Map<string, DisplayUnit | null>>();

/** More digits than a person types, fewer than a conversion there and back disturbs. */
const TYPED_DIGITS = 12;
const DOUBLE_DIGITS = 17;

/** A number that came out of others of about this size, without the digits that are noise of the calculation. */
function withoutNoise(value: number, size: number): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const place = (x: number) => Math.floor(Math.log10(Math.abs(x)));
  const digits = TYPED_DIGITS + place(value) - place(Math.max(size, Math.abs(value)));
  return digits < 1 ? 0 : Number(value.toPrecision(digits));
}

function displayOf(by: Conversion, back: Conversion, unit: string): DisplayUnit {
  const { apply } = units.now();
  const factor = by.num / by.den;
  const offset = by.pre * factor - by.post;
  const show = (stored: number) => withoutNoise(apply(stored, by), Math.abs(offset));
  const finer = Math.floor(Math.log10(Math.abs(factor)) + 1e-9);
  return {
    unit,
    convert: (value) => apply(value, by),
    show,
    store: (shown) => {
      const exact = apply(shown, back);
      const wanted = withoutNoise(shown, Math.abs(offset));
      for (let digits = 1; digits < DOUBLE_DIGITS; digits += 1) {
        const short = Number(exact.toPrecision(digits));
        if (show(short) === wanted) return short;
      }
      return exact;
    },
    factor,
    offset,
    decimals: (stored) => Math.min(DECIMALS_MAX, Math.max(0, stored - finer)),
  };
}

/**
 * How numbers in a unit are shown to a reader with these wishes; null: as they are. What draws waits for the units
 * where they are not here yet.
 */
export function displayUnit(text: string | null | undefined, wishes: UnitWishes): DisplayUnit | null {
  if (!text || !wishesAnything(wishes)) return null;
  const known = found.get(wishes) ?? new Map<string, DisplayUnit | null>();
  found.set(wishes, known);
  const before = known.get(text);
  if (before !== undefined) return before;
  const { conversion, parseUnit } = units.now();
  const from = parseUnit(text);
  const wish = from?.dimension ? wishes[from.dimension] : undefined;
  const to = parseUnit(wish);
  const by = from && to && from.text !== to.text ? conversion(from, to) : null;
  const back = from && to && by ? conversion(to, from) : null;
  const display = by && back && to ? displayOf(by, back, to.text) : null;
  known.set(text, display);
  return display;
}

/** Numbers that are differences or products of others: a scale with another zero would make them wrong. */
function isDerived({ origin, cell }: Signal): boolean {
  return (
    cell?.formula !== undefined ||
    (origin?.kind === "history" && ["delta", "sum", "count"].includes(origin.fn))
  );
}

/** How the values of a signal are shown; null where they must stay as they are. */
export function displayOfSignal(signal: Signal, wishes: UnitWishes): DisplayUnit | null {
  const display = displayUnit(signalMeta(signal).unit, wishes);
  if (!display) return null;
  // After a scaling or a table of the app's own the stored unit is not that of the number any more.
  if (signal.transforms.some(({ op }) => op === "scale" || op === "map")) return null;
  return display.offset !== 0 && isDerived(signal) ? null : display;
}

/** A value in the unit that is shown; texts, truth values and long integers stay. */
export function shownNumber(value: Value, display: DisplayUnit): number | null {
  const number = typeof value === "number" ? toPlot(value) : null;
  return number === null ? null : display.convert(number);
}

function metaIn(meta: TagMeta, display: DisplayUnit): TagMeta {
  const { convert } = display;
  const span = meta.span ? ([convert(meta.span[0]), convert(meta.span[1])] as [number, number]) : null;
  const limits = Object.entries(meta.limits ?? {}).map(([name, value]) => [
    name,
    typeof value === "number" ? convert(value) : value,
  ]);
  const decimals =
    typeof meta.decimals === "number" ? display.decimals(meta.decimals) : (meta.decimals ?? null);
  return { ...meta, unit: display.unit, decimals, span, limits: Object.fromEntries(limits) };
}

/** A signal as a chart draws it: values, limits and span in the unit that is shown. */
export function signalIn(signal: Signal, wishes: UnitWishes): Signal {
  const display = displayOfSignal(signal, wishes);
  if (!display || !signal.tag) return signal;
  const { factor, offset } = display;
  return {
    ...signal,
    tag: { ...signal.tag, meta: metaIn(signal.tag.meta, display) },
    transforms: [...signal.transforms, { op: "scale", factor, offset }],
  };
}
