import type { TagMeta } from "../api/types";
import { type Signal, signalMeta } from "../bindings/signal";
import { useUnitWishes } from "../preferences/context";
import { type DisplayUnit, displayOfSignal, displayUnit, type UnitWishes } from "../preferences/display_unit";
import {
  type EntryLimits,
  type EntryProblem,
  type EntrySettings,
  entryLimits,
  limitProblem,
  limitWarning,
} from "./entry_limits";
import { readNumber } from "./number_text";
import type { useFieldTexts } from "./texts";

/** What is typed into: in the reader's unit on the screen, in the tag's unit for everything else. */
export interface Entry {
  /** What may be typed, in the unit it is typed in. */
  limits: EntryLimits;
  /** The same, in the unit that is stored. */
  stored: EntryLimits;
  /** The number to store for one that was typed. */
  store: (typed: number) => number;
  /** The number to type for one that is stored. */
  show: (stored: number) => number;
  /** The hard limit a typed number breaks. */
  problem: (typed: number) => EntryProblem | null;
  /** What is unusual about a typed number that may be stored. */
  warning: (typed: number) => EntryProblem | null;
}

/** Digits of a limit whose tag says nothing about decimals. */
const LIMIT_DIGITS = 6;
const SHOWN_DIGITS = 12;

/** A limit as it is shown: rounded inwards, so that the number that is read may also be typed. */
function inward(limit: number | null, decimals: number | null, round: (x: number) => number): number | null {
  if (limit === null || limit === 0) return limit;
  const exact = Number(limit.toPrecision(SHOWN_DIGITS));
  const places = decimals ?? Math.max(0, LIMIT_DIGITS - 1 - Math.floor(Math.log10(Math.abs(exact))));
  const grid = 10 ** Math.min(SHOWN_DIGITS, places);
  return round(Number((exact * grid).toPrecision(SHOWN_DIGITS))) / grid;
}

const NICE = [1, 2, 5, 10];

/** The step nearest to a converted one that people count in: 1, 2 or 5 of some digit. */
function niceStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const share = step / power;
  const nearest = NICE.reduce((a, b) => (Math.abs(b - share) < Math.abs(a - share) ? b : a));
  return Number((nearest * power).toPrecision(1));
}

function shownLimits(stored: EntryLimits, display: DisplayUnit, hasStep: boolean): EntryLimits {
  const decimals = stored.decimals === null ? null : display.decimals(stored.decimals);
  const to = (limit: number | null, round: (x: number) => number) =>
    limit === null ? null : inward(display.convert(limit), decimals, round);
  return {
    min: to(stored.min, Math.ceil),
    max: to(stored.max, Math.floor),
    lo: to(stored.lo, Math.ceil),
    hi: to(stored.hi, Math.floor),
    decimals,
    step: hasStep ? niceStep(Math.abs(stored.step * display.factor)) : 10 ** -(decimals ?? 0),
    unit: display.unit,
  };
}

const asItIs = (value: number): number => value;

function entryIn(stored: EntryLimits, display: DisplayUnit | null, settings: EntrySettings): Entry {
  const limits = display ? shownLimits(stored, display, Boolean(settings.step)) : stored;
  const whole = stored.decimals === 0;
  const store = display
    ? (typed: number) => (whole ? Math.round(display.store(typed)) : display.store(typed))
    : asItIs;
  const show = display?.show ?? asItIs;
  return {
    limits,
    stored,
    store,
    show,
    problem: (typed) => limitProblem(store(typed), stored, limits),
    warning: (typed) => limitWarning(store(typed), stored, limits),
  };
}

/** An entry by what is known of its target. */
export function entryOf(meta: TagMeta, settings: EntrySettings, wishes: UnitWishes): Entry {
  const stored = entryLimits(meta, settings);
  return entryIn(stored, displayUnit(stored.unit, wishes), settings);
}

/** What is known of a target for entering: one that counts takes whole numbers, whether it says so or not. */
export function entryMeta(signal: Signal | undefined): TagMeta {
  if (!signal) return {};
  const counts = signal.tag?.kind === "i" || signal.tag?.kind === "u";
  return counts ? { ...signalMeta(signal), decimals: 0 } : signalMeta(signal);
}

/** An entry for a signal, shown in the unit its value stands in beside it. */
export function useEntry(signal: Signal | undefined, settings: EntrySettings): Entry {
  const wishes = useUnitWishes();
  const meta = entryMeta(signal);
  if (!signal || settings.unit) return entryOf(meta, settings, wishes);
  return entryIn(entryLimits(meta, settings), displayOfSignal(signal, wishes), settings);
}

const TOLD_DIGITS = 6;

/** What will be stored of a typed number, in words; empty where it is stored as it was typed. */
export function storedText(entry: Entry, text: string, t: ReturnType<typeof useFieldTexts>): string {
  const typed = readNumber(text);
  const { unit } = entry.stored;
  if (typed.kind !== "number" || unit === entry.limits.unit) return "";
  const value = Number(entry.store(typed.value).toPrecision(TOLD_DIGITS));
  return t("stored_as", { value: `${value} ${unit}` });
}
