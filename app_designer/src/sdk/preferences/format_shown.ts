import type { Kind, TagMeta, Value } from "../api/types";
import { type Signal, signalMeta } from "../bindings/signal";
import { formatValue, type ShownValue } from "../format/number";
import { type DisplayUnit, displayOfSignal, displayUnit, shownNumber, type UnitWishes } from "./display_unit";

type Words = Parameters<typeof formatValue>[3];

/** What is known of a value that is shown. */
interface Described {
  kind?: Kind | null;
  meta: TagMeta;
}

function formatBy(
  value: Value,
  of: Described,
  display: DisplayUnit | null,
  language: string,
  words: Words,
  decimals?: number,
): ShownValue {
  const { kind, meta } = of;
  const shown = formatValue(value, kind ? { kind, meta } : meta, language, words, decimals);
  if (!display || shown.word) return shown;
  const number = shownNumber(value, display);
  if (number === null) return value === null ? { ...shown, unit: display.unit } : shown;
  const stored = decimals ?? meta.decimals;
  const places = typeof stored === "number" ? display.decimals(stored) : undefined;
  return formatValue(number, { unit: display.unit }, language, words, places);
}

/** Formats values of a signal in the reader's language and unit; what does not depend on the value is found once. */
export function shownFormatter(
  signal: Signal,
  wishes: UnitWishes,
  language: string,
  words: Words,
  decimals?: number,
): (value: Value) => ShownValue {
  const of = { kind: signal.tag?.kind ?? null, meta: signalMeta(signal) };
  const display = displayOfSignal(signal, wishes);
  return (value) => formatBy(value, of, display, language, words, decimals);
}

/** A value of a signal in the reader's language and unit. */
export function formatShown(
  signal: Signal,
  value: Value,
  ...rest: [wishes: UnitWishes, language: string, words: Words, decimals?: number]
): ShownValue {
  return shownFormatter(signal, ...rest)(value);
}

/** A value as a tag keeps it, in the reader's language and unit. */
export function formatStored(
  value: Value,
  of: Described,
  wishes: UnitWishes,
  language: string,
  words: Words,
): ShownValue {
  return formatBy(value, of, displayUnit(of.meta.unit, wishes), language, words);
}

/** The unit in which values of a signal are shown. */
export const shownUnitOf = (signal: Signal, wishes: UnitWishes): string =>
  displayOfSignal(signal, wishes)?.unit ?? signalMeta(signal).unit ?? "";
