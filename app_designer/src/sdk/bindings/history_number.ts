import type { SummaryFn, SummaryValue } from "../api/plant";
import type { Services } from "../context";
import { toPlot } from "../format/number";
import { isBad, type Sample } from "../quality";
import type { TimeWindow } from "../range";
import type { CellSource } from "./cells";

/** The window a number is made over, and word of a change of it. */
export interface WindowSource {
  window: (now_us: number) => TimeWindow;
  subscribe: (listener: () => void) => () => void;
}

const RELOAD_MIN_MS = 5000;
const RELOAD_MAX_MS = 300_000;
const RETRY_MS = 5000;
const UNCERTAIN = 64;
const WAITING = 140;
/** Below this share of the range with a value, a number made of all of it is not to be relied on. */
const COVERAGE_MIN = 0.95;

/** A number with more of its range missing than may be is uncertain, however good its samples are. */
function qualityOf({ q, coverage }: SummaryValue, fn: SummaryFn): number {
  const whole = fn === "first" || fn === "last" || coverage >= COVERAGE_MIN;
  return whole ? q : Math.max(q, UNCERTAIN);
}

/**
 * One number of a tag's history over a range. Loaded, loaded again as the window moves on or the stream may have
 * left a hole, and in between grown by live samples where that is exact (extremes, last, difference).
 */
export class HistoryNumber implements CellSource {
  private readonly services: Pick<Services, "history" | "live" | "store">;
  private readonly id: number;
  private readonly fn: SummaryFn;
  private readonly range: WindowSource;
  private sample: Sample | null = null;
  private changed: () => void = () => {};
  private timer: ReturnType<typeof setTimeout> | undefined;
  private generation = 0;

  constructor(
    services: Pick<Services, "history" | "live" | "store">,
    id: number,
    fn: SummaryFn,
    range: WindowSource,
  ) {
    this.services = services;
    this.id = id;
    this.fn = fn;
    this.range = range;
  }

  read = (): Sample | null => this.sample;

  listen = (changed: () => void): (() => void) => {
    const { store, live } = this.services;
    this.changed = changed;
    const stops = [
      store.subscribe(this.id, () => this.grow()),
      live.subscribeHoles((ids) => (ids === null || ids.includes(this.id)) && this.again(1000)),
      this.range.subscribe(() => this.again(0)),
    ];
    void this.load();
    return () => {
      this.generation += 1;
      clearTimeout(this.timer);
      this.changed = () => {};
      for (const stop of stops) stop();
    };
  };

  private again(delay_ms: number): void {
    clearTimeout(this.timer);
    this.generation += 1;
    this.timer = setTimeout(() => void this.load(), delay_ms);
  }

  /** Loads again after a while; a page nobody sees waits until it is looked at. */
  private loadLater(delay_ms: number): void {
    this.timer = setTimeout(() => {
      if (document.visibilityState === "hidden") this.loadLater(delay_ms);
      else void this.load();
    }, delay_ms);
  }

  private window(): TimeWindow {
    const now = this.services.live.clock.now();
    const window = this.range.window(now);
    if (!window.live) return window;
    // Whole seconds, so that the numbers of a page ask for the same window and share a request.
    const to = Math.ceil(now / 1e6) * 1e6;
    return { from: to - Math.ceil((window.to - window.from) / 1e6) * 1e6, to, live: true };
  }

  private async load(): Promise<void> {
    this.generation += 1;
    const generation = this.generation;
    const window = this.window();
    try {
      const found = await this.services.history.summary(this.id, window.from, window.to, this.fn);
      if (generation !== this.generation) return;
      this.show(found);
      if (window.live) {
        const every_ms = (window.to - window.from) / 1000 / 60;
        this.loadLater(Math.min(RELOAD_MAX_MS, Math.max(RELOAD_MIN_MS, every_ms)));
      }
    } catch {
      // Not told as an error of its own: the banner says that the platform is away, and the number goes stale.
      if (generation !== this.generation) return;
      if (this.sample) this.sample = { ...this.sample, fresh: 1 };
      this.changed();
      this.again(RETRY_MS);
    }
  }

  /** Extremes and the last value follow the live stream exactly; all else waits for the next load. */
  private grow(): void {
    const live = this.services.store.get(this.id);
    const { sample, fn } = this;
    if (!live || !sample || isBad(live.q) || live.ts <= sample.ts || !this.window().live) return;
    const [now, before] = [toPlot(live.v), toPlot(sample.v)];
    const beaten =
      fn === "last" ||
      (now !== null && fn === "max" && (before === null || now > before)) ||
      (now !== null && fn === "min" && (before === null || now < before));
    if (!beaten) return;
    this.sample = {
      ...sample,
      v: live.v,
      q: Math.max(live.q, isBad(sample.q) ? 0 : sample.q),
      ts: live.ts,
      fresh: 0,
    };
    this.changed();
  }

  private show(found: SummaryValue | null): void {
    const ts = found?.ts ?? this.services.live.clock.now();
    const [v, q] = found ? [found.v, qualityOf(found, this.fn)] : [null, WAITING];
    this.sample = { v: isBad(q) ? null : v, q, ts, fresh: 0, good: null };
    this.changed();
  }
}
