import type { ApiClient } from "@sdk/api/client";
import type { SummaryFn, SummaryValue } from "@sdk/api/plant";
import type { History, HistorySeries, Tag, Value } from "@sdk/api/types";
import type { HistorySource, LiveLink, Services } from "@sdk/context";
import { toPlot } from "@sdk/format/number";
import { LiveStore } from "@sdk/live/store";
import type { Sample } from "@sdk/quality";
import { valueAt } from "./signal_model";

/** What a person holds a tag at, instead of its made-up course. */
export interface Forced {
  v: Value;
  q: number;
}

const PERIOD_MS = 1000;
const SUMMARY_POINTS = 400;
const LINK = { up: true, lost_since_ms: null };

/**
 * Services whose values are made up from what the tags say of themselves, so that an app can be looked at without a
 * plant: live store and history come from one course. `still` shows plausible values that stand.
 */
export class SimulatedWorld {
  readonly services: Services;
  private readonly store = new LiveStore();
  private readonly tags: ReadonlyMap<number, Tag>;
  private readonly forced = new Map<number, Forced>();
  private readonly still: boolean;
  private readonly now: () => number;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(api: ApiClient, tags: ReadonlyMap<number, Tag>, still: boolean, now = () => Date.now() * 1000) {
    this.tags = tags;
    this.still = still;
    const begin = now();
    this.now = still ? () => begin : now;
    const live: LiveLink = {
      clock: { now: this.now },
      linkState: () => LINK,
      subscribeLink: () => () => {},
      subscribeHoles: () => () => {},
    };
    const history: HistorySource = {
      load: async (ids, from, to, points) => this.history(ids, from, to, points),
      summary: async (id, from, to, fn) => this.summary(id, from, to, fn),
    };
    this.store.onWanted = (id) => this.put([id]);
    this.services = { api, store: this.store, live, history };
  }

  start(): void {
    this.put(this.store.wanted());
    if (!this.still) this.timer = setInterval(() => this.put(this.store.wanted()), PERIOD_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Holds a tag at a value and quality; null lets it go. */
  force(id: number, forced: Forced | null): void {
    if (forced) this.forced.set(id, forced);
    else this.forced.delete(id);
    this.put([id]);
  }

  sampleOf(tag: Tag, ts: number): Sample {
    const forced = this.forced.get(tag.id);
    const v = forced ? forced.v : valueAt(tag, ts);
    const q = forced?.q ?? 0;
    if (q < 128) return { v, q, ts, fresh: 0, good: null };
    return { v: null, q, ts, fresh: 0, good: { v: valueAt(tag, ts), ts: ts - 5e6 } };
  }

  private put(ids: readonly number[]): void {
    const now = this.now();
    const samples = ids.flatMap((id): [number, Sample][] => {
      const tag = this.tags.get(id);
      return tag ? [[id, this.sampleOf(tag, now)]] : [];
    });
    this.store.put(samples, now);
  }

  private history(ids: readonly number[], from: number, to: number, points: number): History {
    const end = Math.min(to, this.now());
    const step = Math.max(1e6, (end - from) / Math.max(2, points));
    const series = ids.flatMap((id): HistorySeries[] => {
      const tag = this.tags.get(id);
      if (!tag) return [];
      const t: number[] = [];
      for (let ts = from; ts < end; ts += step) t.push(Math.round(ts));
      const v = t.map((ts) => valueAt(tag, ts));
      return [{ id, kind: tag.kind, reduced: false, t, v, q: t.map(() => 0) }];
    });
    return { series, gaps: [] };
  }

  private summary(id: number, from: number, to: number, fn: SummaryFn): SummaryValue | null {
    const [series] = this.history([id], from, to, SUMMARY_POINTS).series;
    if (!series) return null;
    const numbers = series.v.flatMap((value) => toPlot(value) ?? []);
    return {
      id,
      v: numbers.length > 0 ? summarised(numbers, fn) : null,
      q: numbers.length > 0 ? 0 : 140,
      ts: series.t.at(-1) ?? null,
      n: numbers.length,
      coverage: 1,
      resets: 0,
    };
  }
}

function summarised(numbers: readonly number[], fn: SummaryFn): number {
  const first = numbers[0] ?? 0;
  const last = numbers.at(-1) ?? 0;
  const sum = numbers.reduce((total, value) => total + value, 0);
  switch (fn) {
    case "first":
      return first;
    case "last":
      return last;
    case "min":
      return Math.min(...numbers);
    case "max":
      return Math.max(...numbers);
    case "sum":
      return sum;
    case "mean":
      return sum / numbers.length;
    case "delta":
      return Math.max(0, last - first);
    default:
      return numbers.length;
  }
}
