import type { Value } from "./api/types";
import type { MessageKey } from "./i18n/catalogue";

/** What a reader must see about a value. Everything but `good` is marked by shape, pattern and word. */
export type Level =
  | "good"
  | "uncertain"
  | "stale"
  | "bad"
  | "offline"
  | "no_link"
  | "waiting"
  | "no_data"
  | "no_permission"
  | "unmapped";

export interface Sample {
  v: Value;
  q: number;
  /** µs UTC, server's clock. */
  ts: number;
  /** 0 fresh, 1 stale, 2 offline: as the platform derived it from heartbeats. */
  fresh: 0 | 1 | 2;
  /** The last good value, kept for bad ones. */
  good: { v: Value; ts: number } | null;
}

export interface Assessment {
  level: Level;
  /** The word for it, null when nothing needs saying. */
  word: MessageKey | null;
  /** True when the number itself may be shown as the present value. */
  current: boolean;
}

const WORDS: Record<number, MessageKey> = {
  1: "quality.manual",
  64: "quality.uncertain",
  65: "quality.clock",
  66: "quality.out_of_range",
  128: "quality.bad",
  129: "quality.no_communication",
  130: "quality.timeout",
  131: "quality.device_error",
  132: "quality.bad_address",
  133: "quality.not_supported",
  134: "quality.sensor",
  135: "quality.not_implemented",
  136: "quality.nan",
  137: "quality.out_of_service",
  138: "quality.access_denied",
  139: "quality.type_mismatch",
  140: "quality.waiting",
  141: "quality.overflow",
};

export const isBad = (q: number): boolean => q >= 128;
export const isUncertain = (q: number): boolean => q >= 64 && q < 128;

/** The word for a quality code; an unknown one (the list may grow) falls back to its class. */
export function qualityWord(q: number): MessageKey {
  const known = WORDS[q];
  if (known) return known;
  if (isBad(q)) return "quality.bad";
  return isUncertain(q) ? "quality.uncertain" : "quality.good";
}

/**
 * Judges a sample. `linked` is false when nothing came from the platform for longer than its
 * beat allows: then no number on the screen can be called current.
 */
export function assess(sample: Sample | null, linked: boolean): Assessment {
  if (!sample) return linked ? say("no_data", "state.no_data") : say("no_link", "state.no_link");
  if (sample.q === 140 || (sample.ts === 0 && sample.v === null)) return say("waiting", "quality.waiting");
  if (!linked) return say("no_link", "state.no_link");
  // A bad value says more than that its source is away: which connection, which fault.
  if (isBad(sample.q)) return say("bad", qualityWord(sample.q));
  if (sample.fresh === 2) return say("offline", "state.offline");
  if (sample.fresh === 1) return say("stale", "state.stale");
  if (isUncertain(sample.q)) return { level: "uncertain", word: qualityWord(sample.q), current: true };
  return { level: "good", word: sample.q === 0 ? null : qualityWord(sample.q), current: true };
}

const say = (level: Level, word: MessageKey): Assessment => ({ level, word, current: false });
