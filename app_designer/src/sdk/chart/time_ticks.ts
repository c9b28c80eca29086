import { formatAxisTime } from "../format/time";
import { momentOf, wallTime } from "../format/zone";

const STEPS_S = [
  1, 5, 10, 30, 60, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400, 172_800, 604_800,
];

export interface TimeTick {
  /** Place in the window, 0 to 1. */
  share: number;
  label: string;
}

/** Moments of a window at round times of the site's clock, at most `most` of them. */
export function timeTicks(window: { from: number; to: number }, most: number, locale: string): TimeTick[] {
  const length = window.to - window.from;
  const step_s = STEPS_S.find((step) => length / 1e6 / step <= Math.max(1, most)) ?? 2_592_000;
  const begin = wallTime(window.from);
  const midnight = momentOf({ ...begin, hour: 0, minute: 0, second: 0 });
  const step = step_s * 1e6;
  const ticks: TimeTick[] = [];
  for (let at = midnight + Math.ceil((window.from - midnight) / step) * step; at < window.to; at += step) {
    ticks.push({
      share: (at - window.from) / length,
      label: formatAxisTime(at / 1000, step_s * 1000, locale),
    });
  }
  return ticks;
}
