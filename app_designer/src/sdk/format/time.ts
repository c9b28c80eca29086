import { siteZone, wallTime } from "./zone";

type Words = (
  key: "time.seconds" | "time.minutes" | "time.hours" | "time.days",
  values: { n: string },
) => string;

/** How long something lasted, in one short unit: 12 s, 3 min, 5 h, 2 d. */
export function formatDuration(us: number, t: Words): string {
  const seconds = Math.max(0, us / 1e6);
  if (seconds < 99.5) return t("time.seconds", { n: String(Math.round(seconds)) });
  if (seconds < 5940) return t("time.minutes", { n: String(Math.round(seconds / 60)) });
  if (seconds < 172_800) return t("time.hours", { n: String(Math.round(seconds / 3600)) });
  return t("time.days", { n: String(Math.round(seconds / 86_400)) });
}

const formats = new Map<string, Intl.DateTimeFormat>();

function dateFormat(locale: string, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const timeZone = siteZone();
  const key = `${locale}|${name}|${timeZone}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(locale, { hourCycle: "h23", timeZone, ...options });
    formats.set(key, format);
  }
  return format;
}

function sameDay(a_us: number, b_us: number): boolean {
  const [a, b] = [wallTime(a_us), wallTime(b_us)];
  return a.day === b.day && a.month === b.month && a.year === b.year;
}

/** A moment: the time alone for today, with its date for another day. Times are µs UTC, shown in the site's zone. */
export function formatMoment(us: number, now_us: number, locale: string): string {
  const at = new Date(us / 1000);
  const clock = { hour: "2-digit", minute: "2-digit", second: "2-digit" } as const;
  if (sameDay(us, now_us)) {
    return dateFormat(locale, "clock", clock).format(at);
  }
  return dateFormat(locale, "full", { month: "short", day: "numeric", ...clock }).format(at);
}

/** Labels of a time axis: the finer the step, the finer the label. */
export function formatAxisTime(ms: number, step_ms: number, locale: string): string {
  const at = new Date(ms);
  if (step_ms >= 86_400_000) return dateFormat(locale, "day", { month: "short", day: "numeric" }).format(at);
  if (step_ms >= 60_000) {
    const { hour, minute } = wallTime(ms * 1000);
    if (hour === 0 && minute === 0) {
      return dateFormat(locale, "day", { month: "short", day: "numeric" }).format(at);
    }
    return dateFormat(locale, "minute", { hour: "2-digit", minute: "2-digit" }).format(at);
  }
  if (step_ms >= 1000) {
    return dateFormat(locale, "clock", { hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(at);
  }
  return dateFormat(locale, "ms", { minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 }).format(
    at,
  );
}
