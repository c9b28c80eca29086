import type { HistoryGap } from "../api/types";
import type { HistorySource, LiveLink } from "../context";
import type { LiveStore } from "../live/store";
import type { TimeWindow } from "../range";
import { appendSample, type Track, trackOf, trimBefore, withTail } from "./track";

export interface FeedState {
  tracks: ReadonlyMap<number, Track>;
  gaps: readonly HistoryGap[];
  loading: boolean;
  error: unknown;
  /** Grows with every change of the tracks. */
  version: number;
}

const REFETCH_MIN_MS = 1000;
const RETRY_MS = 5000;
const RELOAD_MIN_MS = 15_000;
const RELOAD_MAX_MS = 300_000;

/**
 * The tracks of some tags over a moving or fixed window: loaded once, grown by live samples, loaded
 * again where the stream may have left a hole (a reconnect, a `gap` message, a device that slept).
 */
export class HistoryFeed {
  private readonly loader: HistorySource;
  private readonly client: LiveLink;
  private readonly store: LiveStore;
  private readonly ids: number[];
  private readonly points: number;
  private window: TimeWindow | null = null;
  private length = 0;
  private identity = "";
  private state: FeedState = { tracks: new Map(), gaps: [], loading: true, error: null, version: 0 };
  private readonly tracks = new Map<number, Track>();
  private readonly listeners = new Set<() => void>();
  private readonly stops: (() => void)[] = [];
  private generation = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private lastLoad_ms = 0;

  constructor(loader: HistorySource, client: LiveLink, store: LiveStore, ids: number[], points: number) {
    this.loader = loader;
    this.client = client;
    this.store = store;
    this.ids = ids;
    this.points = points;
  }

  /** Begins to listen; returns how to stop. */
  start(): () => void {
    for (const id of this.ids) this.stops.push(this.store.subscribe(id, () => this.grow(id)));
    this.stops.push(this.client.subscribeHoles((ids) => this.hole(ids)));
    return () => {
      this.generation += 1;
      this.identity = "";
      clearTimeout(this.timer);
      for (const stop of this.stops.splice(0)) stop();
    };
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): FeedState => this.state;

  /** Sets the window; loads unless it only moved on with the clock. */
  setWindow(window: TimeWindow, identity: string): void {
    const changed = identity !== this.identity;
    this.identity = identity;
    this.window = window;
    this.length = window.to - window.from;
    if (changed) this.reload(0);
  }

  /** Loads again, not sooner than `delay_ms`. */
  reload(delay_ms: number): void {
    clearTimeout(this.timer);
    this.generation += 1;
    if (delay_ms <= 0) void this.load();
    else this.timer = setTimeout(() => void this.load(), delay_ms);
  }

  private async load(): Promise<void> {
    if (!this.window || this.ids.length === 0) return;
    this.generation += 1;
    const generation = this.generation;
    const window = this.currentWindow();
    this.lastLoad_ms = Date.now();
    this.publish({ loading: true });
    try {
      const answer = await this.loader.load(this.ids, window.from, window.to, this.points);
      if (generation !== this.generation) return;
      for (const series of answer.series) {
        if (!this.ids.includes(series.id)) continue;
        const old = window.live ? this.tracks.get(series.id) : undefined;
        this.tracks.set(series.id, withTail(trackOf(series), old));
      }
      this.publish({ gaps: answer.gaps, loading: false, error: null });
      if (window.live) this.loadLater(this.reloadEvery_ms());
    } catch (error) {
      if (generation !== this.generation) return;
      this.publish({ loading: false, error });
      this.timer = setTimeout(() => void this.load(), RETRY_MS);
    }
  }

  /** Loads again after a while; a page nobody sees waits until it is looked at. */
  private loadLater(delay_ms: number): void {
    this.timer = setTimeout(() => {
      if (document.visibilityState === "hidden") this.loadLater(delay_ms);
      else void this.load();
    }, delay_ms);
  }

  private currentWindow(): TimeWindow {
    const window = this.window as TimeWindow;
    if (!window.live) return window;
    // Whole seconds, so that the charts of a page ask for the same window and share a request.
    const to = Math.ceil(this.client.clock.now() / 1e6) * 1e6;
    return { from: to - Math.ceil(this.length / 1e6) * 1e6, to, live: true };
  }

  private reloadEvery_ms(): number {
    return Math.min(RELOAD_MAX_MS, Math.max(RELOAD_MIN_MS, this.length / 1000 / 60));
  }

  private grow(id: number): void {
    const sample = this.store.get(id);
    const track = this.tracks.get(id);
    if (!sample || !track || !this.window?.live) return;
    if (!appendSample(track, sample)) return;
    trimBefore(track, this.client.clock.now() - this.length);
    this.publish({});
  }

  private hole(ids: number[] | null): void {
    if (ids && !ids.some((id) => this.ids.includes(id))) return;
    const since_ms = Date.now() - this.lastLoad_ms;
    this.reload(Math.max(0, REFETCH_MIN_MS - since_ms));
  }

  private publish(change: Partial<FeedState>): void {
    this.state = { ...this.state, ...change, tracks: this.tracks, version: this.state.version + 1 };
    for (const listener of this.listeners) listener();
  }
}
