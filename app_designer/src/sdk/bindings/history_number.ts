import type { HistorySeries, Value } from "../api/types";
import type { Services } from "../context";
import { toPlot } from "../format/number";
import { isBad, type Sample } from "../quality";
import type { TimeWindow } from "../range";
import type { CellSource } from "./cells";

export type HistoryFn = "last" | "first" | "min" | "max" | "mean" | "sum" | "delta" | "count";

/** The window a number is made over, and word of a change of it. */
export interface WindowSource {
  window: (now_us: number) => TimeWindow;
  subscribe: (listener: () => void) => () => void;
}

const POINTS = 100;
const RELOAD_MIN_MS = 5000;
const RELOAD_MAX_MS = 300_000;
const RETRY_MS = 5000;
const BAD = 128;

interface Figures {
  n: number;
  min: number | null;
  max: number | null;
  mean: number | null;
  first: Value;
  last: Value;
  last_t: number;
}

function figuresOf(series: HistorySeries | undefined, window: TimeWindow): Figures | null {
  if (!series) return null;
  const good = series.t.flatMap((t, index) => {
    const v = series.v[index] ?? null;
    return v !== null && t >= window.from && t < window.to && !isBad(series.q[index] ?? BAD)
      ? [{ t, v }]
      : [];
  });
  const { stats } = series;
  const last = good[good.length - 1];
  return {
    n: stats?.n ?? good.length,
    min: stats?.min ?? null,
    max: stats?.max ?? null,
    mean: stats?.mean ?? null,
    first: good[0]?.v ?? null,
    last: last?.v ?? null,
    last_t: stats?.last_t ?? last?.t ?? window.to,
  };
}

function difference(last: Value, first: Value): Value {
  const [a, b] = [toPlot(last), toPlot(first)];
  return a === null || b === null ? null : a - b;
}

function numberOf(fn: HistoryFn, figures: Figures): Value {
  if (fn === "count") return figures.n;
  if (fn === "sum") return figures.mean === null ? null : figures.mean * figures.n;
  if (fn === "delta") return difference(figures.last, figures.first);
  return figures[fn];
}

/**
 * One number of a tag's history over a range. Loaded, loaded again as the window moves on or the stream may have
 * left a hole, and in between grown by live samples where that is exact (extremes, last, difference).
 */
export class HistoryNumber implements CellSource {
  private readonly services: Pick<Services, "history" | "live" | "store">;
  private readonly id: number;
  private readonly fn: HistoryFn;
  private readonly range: WindowSource;
  private sample: Sample | null = null;
  private figures: Figures | null = null;
  private changed: () => void = () => {};
  private timer: ReturnType<typeof setTimeout> | undefined;
  private generation = 0;

  constructor(
    services: Pick<Services, "history" | "live" | "store">,
    id: number,
    fn: HistoryFn,
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
      const answer = await this.services.history.load([this.id], window.from, window.to, POINTS);
      if (generation !== this.generation) return;
      this.figures = figuresOf(
        answer.series.find((series) => series.id === this.id),
        window,
      );
      this.show();
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

  private grow(): void {
    const sample = this.services.store.get(this.id);
    const { figures } = this;
    if (!sample || !figures || isBad(sample.q) || sample.ts <= figures.last_t) return;
    if (!this.window().live) return;
    const number = toPlot(sample.v);
    this.figures = {
      ...figures,
      last: sample.v,
      last_t: sample.ts,
      min: number === null ? figures.min : Math.min(number, figures.min ?? number),
      max: number === null ? figures.max : Math.max(number, figures.max ?? number),
    };
    this.show();
  }

  private show(): void {
    const { figures } = this;
    const v = figures ? numberOf(this.fn, figures) : null;
    const ts = figures?.last_t ?? this.services.live.clock.now();
    this.sample = { v, q: v === null ? BAD : 0, ts, fresh: 0, good: null };
    this.changed();
  }
}
