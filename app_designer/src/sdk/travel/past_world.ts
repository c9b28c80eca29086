import { type MomentValue, PlantApi, type SummaryFn, type SummaryValue } from "../api/plant";
import type { History } from "../api/types";
import type { HistorySource, LiveLink, Services } from "../context";
import { LiveStore } from "../live/store";
import type { Sample } from "../quality";
import { Reel, type TagPlace } from "./reel";

/** Speeds of playing. */
export const SPEEDS = [1, 5, 10, 30, 60] as const;
export type Speed = (typeof SPEEDS)[number];

export interface PastState {
  /** The moment that is shown, µs UTC. */
  moment: number;
  /** Null while it stands. */
  playing: Speed | null;
  /** Values of another moment are on their way. */
  seeking: boolean;
  /** Why the last moment asked for is not shown; null when it is. */
  error: unknown;
}

const TICK_MS = 250;
const IDS_MAX = 1000;

const sampleAt = ({ v, q, ts, fresh }: MomentValue): Sample => ({ v, q, ts, fresh, good: null });

/**
 * The plant as it was at a moment: what a page takes for its live values, its clock and its history, so that the
 * same page shows the past. The moment changes only once its values are there: no picture mixes two moments.
 */
export class PastWorld {
  readonly store = new LiveStore();
  private state: PastState;
  private shown: Services;
  private readonly real: Services;
  private readonly plant: PlantApi;
  private readonly reel: Reel;
  private readonly listeners = new Set<() => void>();
  private readonly holes = new Set<(ids: number[] | null) => void>();
  private readonly wanted = new Set<number>();
  private timer: ReturnType<typeof setInterval> | undefined;
  private turn = 0;
  private busy = false;
  private fetching = 0;
  private last_ms = 0;

  constructor(real: Services, at_us: number, place: (id: number) => TagPlace | null) {
    this.real = real;
    this.plant = new PlantApi(real.api);
    this.reel = new Reel(real.history, place);
    const moment = Math.min(at_us, real.live.clock.now());
    this.state = { moment, playing: null, seeking: false, error: null };
    this.store.onWanted = (id) => this.want(id);
    this.shown = this.servicesNow();
  }

  snapshot = (): PastState => this.state;
  /** Renewed with every jump, so that courses begin anew; while it plays it stays. */
  services = (): Services => this.shown;
  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** The latest moment that can be shown, µs UTC. */
  end = (): number => this.real.live.clock.now();

  /** Goes to a moment: shown once its values have come. The future is now. */
  async seek(at_us: number): Promise<void> {
    const at = Math.round(Math.min(at_us, this.end()));
    const turn = this.beginTurn();
    this.publish({ seeking: true, error: null });
    try {
      const values = await this.valuesAt(this.store.wanted(), at);
      if (turn !== this.turn) return;
      this.state = { ...this.state, moment: at };
      this.store.put(values, at);
      this.shown = this.servicesNow();
      this.publish({ seeking: false });
    } catch (error) {
      if (turn === this.turn) this.publish({ seeking: false, error });
    }
  }

  play(speed: Speed): void {
    clearInterval(this.timer);
    if (this.state.playing !== speed) this.reel.clear();
    this.last_ms = Date.now();
    this.timer = setInterval(() => void this.tick(), TICK_MS);
    this.publish({ playing: speed, error: null });
  }

  /** Stands still, exactly: reduced courses of a fast play give way to the values of the moment. */
  pause(): void {
    clearInterval(this.timer);
    if (this.state.playing === null) return;
    this.publish({ playing: null });
    void this.seek(this.state.moment);
  }

  stop(): void {
    clearInterval(this.timer);
    this.turn += 1;
    this.state = { ...this.state, playing: null };
  }

  private beginTurn(): number {
    this.reel.clear();
    this.last_ms = Date.now();
    this.turn += 1;
    return this.turn;
  }

  private async tick(): Promise<void> {
    const { playing, moment, seeking } = this.state;
    if (playing === null || seeking || this.busy || this.fetching > 0) return;
    const passed_ms = Date.now() - this.last_ms;
    const { turn } = this;
    this.busy = true;
    try {
      const wanted = Math.min(this.end(), moment + passed_ms * 1000 * playing);
      const to = Math.round(await this.reel.ready(this.store.wanted(), moment, wanted, playing, this.end()));
      if (turn !== this.turn || this.state.playing === null) return;
      // What was waited for is not caught up: the picture goes on where it stood.
      this.last_ms = Date.now();
      this.state = { ...this.state, moment: to };
      this.reel.show(this.store, moment, to);
      this.publish({ error: null });
      if (to >= this.end() - 1e6 && playing > 1) this.pause();
    } catch (error) {
      this.last_ms = Date.now();
      if (turn === this.turn) this.publish({ error });
    } finally {
      this.busy = false;
    }
  }

  private want(id: number): void {
    if (this.wanted.size === 0) queueMicrotask(() => void this.fetchWanted());
    this.wanted.add(id);
  }

  private async fetchWanted(): Promise<void> {
    const ids = [...this.wanted];
    this.wanted.clear();
    const { turn } = this;
    const { moment } = this.state;
    this.fetching += 1;
    try {
      const values = await this.valuesAt(ids, moment);
      this.reel.clear();
      // The moment has moved on meanwhile: values of the old one would stand beside those of the new.
      if (moment === this.state.moment) this.store.put(values, moment);
      else for (const id of ids) this.want(id);
    } catch (error) {
      if (turn === this.turn) this.publish({ error });
    } finally {
      this.fetching -= 1;
    }
  }

  private async valuesAt(ids: readonly number[], at: number): Promise<[number, Sample][]> {
    const parts: Promise<MomentValue[]>[] = [];
    for (let start = 0; start < ids.length; start += IDS_MAX)
      parts.push(this.plant.valuesAt(ids.slice(start, start + IDS_MAX), at));
    return (await Promise.all(parts)).flat().map((value) => [value.id, sampleAt(value)]);
  }

  private servicesNow(): Services {
    const { holes } = this;
    const live: LiveLink = {
      clock: { now: () => this.state.moment },
      linkState: () => LINKED,
      subscribeLink: () => () => {},
      subscribeHoles: (listener) => {
        holes.add(listener);
        return () => holes.delete(listener);
      },
    };
    return { api: this.real.api, store: this.store, live, history: this.history(), past: true };
  }

  /** The history as far as it had happened. */
  private history(): HistorySource {
    const { history } = this.real;
    const until = (to: number) => Math.min(to, this.state.moment + 1);
    return {
      load: async (ids, from, to, points): Promise<History> =>
        from < until(to) ? history.load(ids, from, until(to), points) : { series: [], gaps: [] },
      summary: async (id: number, from: number, to: number, fn: SummaryFn): Promise<SummaryValue | null> =>
        from < until(to) ? history.summary(id, from, until(to), fn) : null,
    };
  }

  private publish(change: Partial<PastState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}

const LINKED = { up: true, lost_since_ms: null };
