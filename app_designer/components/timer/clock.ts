/** A stopwatch as it is kept: what it had counted, and since when it runs (ms of the page's monotonic clock). */
export interface Clock {
  carried_ms: number;
  since_ms: number | null;
  /** The end of a countdown was reported. */
  told: boolean;
}

export const STILL: Clock = { carried_ms: 0, since_ms: null, told: false };

export const spent = (clock: Clock, now_ms: number): number =>
  clock.carried_ms + (clock.since_ms === null ? 0 : Math.max(0, now_ms - clock.since_ms));

export const started = (clock: Clock, now_ms: number): Clock =>
  clock.since_ms === null ? { ...clock, since_ms: now_ms } : clock;

export const stopped = (clock: Clock, now_ms: number): Clock => ({
  ...clock,
  carried_ms: spent(clock, now_ms),
  since_ms: null,
});

/** `65` → `1:05`, `3665` → `1:01:05`; a time below zero has its sign. */
export function clockText(seconds: number): string {
  const whole = Math.abs(Math.trunc(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const two = (n: number) => String(n).padStart(2, "0");
  const text = h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
  return seconds <= -1 ? `-${text}` : text;
}

/** Whole seconds shown: a countdown stays at 0:01 until its last second is over. */
export function shownSeconds(spent_ms: number, duration_s: number | null): number {
  if (duration_s === null) return Math.floor(spent_ms / 1000);
  return Math.ceil(duration_s - spent_ms / 1000);
}
