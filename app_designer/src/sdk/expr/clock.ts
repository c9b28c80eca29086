import { type Code, fault, finite, type Raw, type Run, wrongType } from "./run";
import { BAD } from "./types";

/** 1970 to 2199: before, zones were kept in other ways; later, nobody knows. */
const TIME_END_S = 7258118400;
/** To ask for the offset of a zone takes longer than to add. */
const ZONE_STEPS = 24;
const QUARTER_S = 900;
const PATTERN_MAX = 40;
const ZONE = /^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+){0,2}$/;
const TOKEN = /yyyy|MM|dd|HH|mm|ss|EEE/g;
const DAYS: Readonly<Record<string, string>> = {
  en: "Mon Tue Wed Thu Fri Sat Sun",
  "zh-CN": "周一 周二 周三 周四 周五 周六 周日",
};

interface Zone {
  format: Intl.DateTimeFormat;
  /** Quarter of an hour since 1970 → offset from UTC, s: changes of the clocks happen between them. */
  offsets: Map<number, number>;
}

const zones = new Map<string, Zone | null>();
const ZONES_MAX = 64;
const OFFSETS_MAX = 512;

function zoneOf(name: string): Zone | null {
  const known = zones.get(name);
  if (known !== undefined) return known;
  if (zones.size >= ZONES_MAX) zones.clear();
  const made = makeZone(name);
  zones.set(name, made);
  return made;
}

function makeZone(name: string): Zone | null {
  if (name.length > 40 || !ZONE.test(name)) return null;
  try {
    const format = new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    return { format, offsets: new Map() };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return null;
  }
}

function offset_s(zone: Zone, at_s: number): number {
  const quarter = Math.floor(at_s / QUARTER_S);
  const known = zone.offsets.get(quarter);
  if (known !== undefined) return known;
  const start = quarter * QUARTER_S;
  const part: Record<string, number> = {};
  for (const { type, value } of zone.format.formatToParts(new Date(start * 1000))) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  const offset = Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - start;
  if (zone.offsets.size >= OFFSETS_MAX) zone.offsets.clear();
  zone.offsets.set(quarter, offset);
  return offset;
}

/** What the clock of a zone shows, as if it were UTC; null after a fault. */
function wall(run: Run, at_s: number, zoneName: string): Date | null {
  if (!(at_s >= 0 && at_s < TIME_END_S)) return fault(run, BAD, "time_range");
  run.steps += ZONE_STEPS;
  const zone = zoneOf(zoneName);
  if (!zone) return fault(run, BAD, "zone");
  const whole = Math.floor(at_s);
  return new Date((whole + offset_s(zone, whole)) * 1000);
}

const weekday = (date: Date): number => ((date.getUTCDay() + 6) % 7) + 1;

function field(args: readonly Code[], of: (date: Date) => number): Code {
  const [time, zone] = args as [Code, Code?];
  return (run) => {
    const at_s = time(run);
    const name = zone ? zone(run) : run.zone;
    if (typeof at_s === "number" && typeof name === "string") {
      const date = wall(run, at_s, name);
      return date === null ? null : of(date);
    }
    return at_s === null || name === null ? null : wrongType(run);
  };
}

const two = (value: number): string => String(value).padStart(2, "0");

function written(date: Date, pattern: string, language: string): string {
  const days = (DAYS[language] ?? DAYS.en ?? "").split(" ");
  return pattern.replace(TOKEN, (token) => {
    switch (token) {
      case "yyyy":
        return String(date.getUTCFullYear());
      case "MM":
        return two(date.getUTCMonth() + 1);
      case "dd":
        return two(date.getUTCDate());
      case "HH":
        return two(date.getUTCHours());
      case "mm":
        return two(date.getUTCMinutes());
      case "ss":
        return two(date.getUTCSeconds());
      default:
        return days[weekday(date) - 1] ?? "";
    }
  });
}

function formatTimeCode(args: readonly Code[]): Code {
  const [time, pattern, zone] = args as [Code, Code, Code?];
  return (run) => {
    const at_s = time(run);
    const wanted = pattern(run);
    const name = zone ? zone(run) : run.zone;
    if (typeof at_s !== "number" || typeof wanted !== "string" || typeof name !== "string") {
      return at_s === null || wanted === null || name === null ? null : wrongType(run);
    }
    if (Array.from(wanted).length > PATTERN_MAX) return fault(run, BAD, "pattern");
    const date = wall(run, at_s, name);
    return date === null ? null : written(date, wanted, run.language);
  };
}

function span(args: readonly Code[], seconds: number): Code {
  const [count] = args as [Code];
  return (run): Raw => {
    const n = count(run);
    if (typeof n === "number") return finite(run, n * seconds);
    return n === null ? null : wrongType(run);
  };
}

export const TIME: Readonly<Record<string, (args: readonly Code[]) => Code>> = {
  now: () => (run) => run.now / 1e6,
  year: (args) => field(args, (date) => date.getUTCFullYear()),
  month: (args) => field(args, (date) => date.getUTCMonth() + 1),
  day: (args) => field(args, (date) => date.getUTCDate()),
  hour: (args) => field(args, (date) => date.getUTCHours()),
  minute: (args) => field(args, (date) => date.getUTCMinutes()),
  second: (args) => field(args, (date) => date.getUTCSeconds()),
  weekday: (args) => field(args, weekday),
  seconds: (args) => span(args, 1),
  minutes: (args) => span(args, 60),
  hours: (args) => span(args, 3600),
  days: (args) => span(args, 86400),
  format_time: formatTimeCode,
};
