/** The site's time zone: shifts, days and clocks on the screen are those of the factory, not of the reader's device. */

export interface WallTime {
  year: number;
  /** 1 to 12. */
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

let zone: string | undefined;
let clock: Intl.DateTimeFormat | null = null;

/** Sets the zone (IANA name); none, or one this browser does not know, means the zone of the device. */
export function setSiteZone(name: string | null | undefined): void {
  clock = null;
  zone = undefined;
  if (!name) return;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    zone = name;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
}

/** The zone that times are shown in; undefined means the zone of the device. */
export const siteZone = (): string | undefined => zone;

/** The site's zone where its clocks differ from that of the device at a moment, so that the reader can be told. */
export function foreignZone(us: number): string | null {
  if (!zone) return null;
  const here = new Date(us / 1000);
  const there = wallTime(us);
  const same = here.getDate() === there.day && here.getHours() === there.hour;
  return same && here.getMinutes() === there.minute ? null : zone;
}

/** What the clock on the factory's wall shows at a moment (µs UTC). */
export function wallTime(us: number): WallTime {
  clock ??= new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const parts = clock.formatToParts(new Date(us / 1000));
  const read = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((part) => part.type === type)?.value ?? 0);
  return {
    year: read("year"),
    month: read("month"),
    day: read("day"),
    hour: read("hour"),
    minute: read("minute"),
    second: read("second"),
  };
}

const asUtc_us = (at: WallTime): number =>
  Date.UTC(at.year, at.month - 1, at.day, at.hour, at.minute, at.second) * 1000;

/** The moment (µs UTC) when the factory's wall clock shows a time; days and hours may run over, as in `day: 0`. */
export function momentOf(wall: WallTime): number {
  const wanted = asUtc_us(wall);
  let guess = wanted;
  // The second round settles moments near a change of the clocks.
  for (let round = 0; round < 2; round += 1) guess += wanted - asUtc_us(wallTime(guess));
  return guess;
}
