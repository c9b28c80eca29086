import { forgetFrame, nextFrame } from "./frame";

/**
 * A clock for everything that shows an age. All of it is drawn in one frame, and in that of the values that came
 * meanwhile: a timer for each would have the page drawn as often as it has ages.
 */
export class Ticker {
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setInterval> | undefined;
  private count = 0;

  constructor(private readonly period_ms: number) {}

  /** How often it has ticked: another number after each tick. */
  readonly ticks = (): number => this.count;

  readonly subscribe = (listener: () => void): (() => void) => {
    if (this.listeners.size === 0) this.timer = setInterval(() => nextFrame(this.tick), this.period_ms);
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size > 0) return;
      clearInterval(this.timer);
      forgetFrame(this.tick);
    };
  };

  private readonly tick = (): void => {
    this.count += 1;
    for (const listener of [...this.listeners]) listener();
  };
}

const tickers = new Map<number, Ticker>();

/** The one clock of a period, ms. */
export function tickerOf(period_ms: number): Ticker {
  const known = tickers.get(period_ms);
  if (known) return known;
  const made = new Ticker(period_ms);
  tickers.set(period_ms, made);
  return made;
}
