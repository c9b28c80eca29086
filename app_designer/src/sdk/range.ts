import { momentOf, wallTime } from "./format/zone";

/** The page's time range: what the URL says, and the window it means now. Windows are [from, to) in µs UTC. */

export const SPANS = ["10m", "1h", "8h", "shift", "day"] as const;
export type Span = (typeof SPANS)[number];
/** What a binding may ask for beside the choices of a page. */
export type LiveSpan = Span | "7d" | "30d";
export type RangeChoice = { kind: "live"; span: LiveSpan } | { kind: "fixed"; from: number; to: number };
export interface TimeWindow {
  from: number;
  to: number;
  /** The window moves on with the clock. */
  live: boolean;
}

const MINUTE = 60_000_000;
export const HOUR = 60 * MINUTE;
const LENGTH = {
  "10m": 10 * MINUTE,
  "1h": HOUR,
  "8h": 8 * HOUR,
  "7d": 7 * 24 * HOUR,
  "30d": 30 * 24 * HOUR,
} as const;
const WINDOW_MIN = 1_000_000;
const WINDOW_MAX = 400 * 24 * HOUR;
/** Shifts begin at 06:00, 14:00 and 22:00 in the site's zone. */
const SHIFT_STARTS_H = [6, 14, 22];

export function isSpan(text: string | null): text is Span {
  return SPANS.some((span) => span === text);
}

/** Reads a range from URL parameters; anything senseless gives the fallback. */
export function rangeFromParams(params: URLSearchParams, fallback: Span): RangeChoice {
  const from = Date.parse(params.get("from") ?? "") * 1000;
  const to = Date.parse(params.get("to") ?? "") * 1000;
  if (Number.isFinite(from) && Number.isFinite(to) && to - from >= WINDOW_MIN && to - from <= WINDOW_MAX) {
    return { kind: "fixed", from, to };
  }
  const span = params.get("range");
  return { kind: "live", span: isSpan(span) ? span : fallback };
}

/** Writes a range into URL parameters (the others stay as they are). */
export function rangeToParams(choice: RangeChoice, params: URLSearchParams): void {
  params.delete("range");
  params.delete("from");
  params.delete("to");
  if (choice.kind === "live") params.set("range", choice.span);
  else {
    params.set("from", new Date(choice.from / 1000).toISOString());
    params.set("to", new Date(choice.to / 1000).toISOString());
  }
}

function shiftStart(now_us: number): number {
  const wall = wallTime(now_us);
  const start = [...SHIFT_STARTS_H].reverse().find((begin) => begin <= wall.hour);
  const day = start === undefined ? wall.day - 1 : wall.day;
  return momentOf({ ...wall, day, hour: start ?? 22, minute: 0, second: 0 });
}

function dayStart(now_us: number): number {
  return momentOf({ ...wallTime(now_us), hour: 0, minute: 0, second: 0 });
}

/** The window a choice means at `now_us` (µs UTC). */
export function resolveRange(choice: RangeChoice, now_us: number): TimeWindow {
  if (choice.kind === "fixed") return { from: choice.from, to: choice.to, live: false };
  const { span } = choice;
  if (span === "shift") return { from: shiftStart(now_us), to: Math.max(now_us, WINDOW_MIN), live: true };
  if (span === "day") return { from: dayStart(now_us), to: now_us, live: true };
  return { from: now_us - LENGTH[span], to: now_us, live: true };
}

/** A window cut to sensible limits: at least one second, at most 400 days, never in the future alone. */
export function clampWindow(from: number, to: number, now_us: number): { from: number; to: number } {
  const length = Math.min(WINDOW_MAX, Math.max(WINDOW_MIN, to - from));
  const end = Math.min(Math.max(to, from + length), now_us);
  return { from: Math.round(end - length), to: Math.round(end) };
}
