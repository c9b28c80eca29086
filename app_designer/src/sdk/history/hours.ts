import { toPlot } from "../format/number";
import { momentOf, wallTime } from "../format/zone";
import { isBad } from "../quality";
import type { Track } from "./track";

export type HourFn = "max" | "min" | "mean" | "changes";

/** One hour of the site's clock; `value` null: nothing good is known. */
export interface HourCell {
  /** µs UTC. */
  from: number;
  to: number;
  hour: number;
  value: number | null;
}

export interface DayRow {
  /** Midnight, µs UTC. */
  day: number;
  hours: HourCell[];
}

/** From the midnight `days` - 1 days ago to the next midnight, on the site's clock. Times µs UTC. */
export function dayWindow(now_us: number, days: number): { from: number; to: number } {
  const today = { ...wallTime(now_us), hour: 0, minute: 0, second: 0 };
  return {
    from: momentOf({ ...today, day: today.day - days + 1 }),
    to: momentOf({ ...today, day: today.day + 1 }),
  };
}

/** The days and hours of a window on the site's clock, each without a value yet. */
function frame(window: { from: number; to: number }): DayRow[] {
  const rows: DayRow[] = [];
  const first = { ...wallTime(window.from), hour: 0, minute: 0, second: 0 };
  for (let n = 0; ; n += 1) {
    const day = momentOf({ ...first, day: first.day + n });
    if (day >= window.to) return rows;
    const hours = Array.from({ length: 24 }, (_, hour) => ({
      from: momentOf({ ...first, day: first.day + n, hour }),
      to: momentOf({ ...first, day: first.day + n, hour: hour + 1 }),
      hour,
      value: null,
    }));
    rows.push({ day, hours });
  }
}

interface Gathered {
  max: number;
  min: number;
  area: number;
  time: number;
  changes: number;
}

/**
 * A course by hour and day of the site's clock. Extremes are exact also for a reduced course; a mean weighs each
 * value by how long it held, and is near, not exact, where the course was reduced (say so beside it).
 */
export function hourRows(
  track: Pick<Track, "t" | "v" | "q">,
  window: { from: number; to: number },
  until: number,
  fn: HourFn,
): DayRow[] {
  const rows = frame(window);
  const cells = rows.flatMap((row) => row.hours);
  const found = new Map<HourCell, Gathered>();
  let place = 0;
  let before: number | null = null;
  track.t.forEach((t, index) => {
    const value = isBad(track.q[index] ?? 128) ? null : toPlot(track.v[index] ?? null);
    const end = Math.min(track.t[index + 1] ?? until, until);
    const changed = before !== null && value !== null && value !== before;
    before = value ?? before;
    if (value === null) return;
    while (place < cells.length && (cells[place]?.to ?? 0) <= t) place += 1;
    for (let at = place; at < cells.length; at += 1) {
      const cell = cells[at] as HourCell;
      if (cell.from >= end && cell.from > t) break;
      const held = Math.max(0, Math.min(cell.to, end) - Math.max(cell.from, t));
      const own = t >= cell.from && t < cell.to;
      if (held === 0 && !own) continue;
      gather(found, cell, value, held, own && changed);
    }
  });
  for (const [cell, sum] of found) cell.value = result(sum, fn);
  return rows;
}

function gather(
  found: Map<HourCell, Gathered>,
  cell: HourCell,
  value: number,
  held: number,
  changed: boolean,
): void {
  const sum = found.get(cell) ?? { max: value, min: value, area: 0, time: 0, changes: 0 };
  sum.max = Math.max(sum.max, value);
  sum.min = Math.min(sum.min, value);
  sum.area += value * held;
  sum.time += held;
  if (changed) sum.changes += 1;
  found.set(cell, sum);
}

function result(sum: Gathered, fn: HourFn): number {
  if (fn === "mean") return sum.time > 0 ? sum.area / sum.time : sum.max;
  return sum[fn];
}
