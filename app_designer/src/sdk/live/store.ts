import type { Sample } from "../quality";

/** A value is called stale no sooner than this after it was last confirmed. */
const STALE_US = 2_000_000;

type Listener = () => void;

/**
 * The newest sample of each tag, outside React: a change wakes only the leaves that show that tag.
 * `onWanted` / `onUnwanted` tell the connection which tags somebody looks at.
 */
export class LiveStore {
  onWanted: (id: number) => void = () => {};
  onUnwanted: (id: number) => void = () => {};

  private readonly samples = new Map<number, Sample>();
  private readonly doubtful = new Map<number, number>();
  private readonly listeners = new Map<number, Set<Listener>>();

  subscribe(id: number, listener: Listener): () => void {
    let set = this.listeners.get(id);
    if (!set) {
      set = new Set();
      this.listeners.set(id, set);
      this.onWanted(id);
    }
    set.add(listener);
    return () => {
      const current = this.listeners.get(id);
      if (!current?.delete(listener) || current.size > 0) return;
      this.listeners.delete(id);
      this.onUnwanted(id);
    };
  }

  get(id: number): Sample | null {
    return this.samples.get(id) ?? null;
  }

  /** Every tag somebody looks at now. */
  wanted(): number[] {
    return [...this.listeners.keys()];
  }

  /** Up to when (µs) the value of a tag is known to hold; +∞ while it is fresh. */
  knownUntil(id: number): number {
    return this.doubtful.get(id) ?? Number.POSITIVE_INFINITY;
  }

  /** Puts new samples, seen at `now` (µs, server's clock), and wakes their listeners once all of them are in. */
  put(changes: Iterable<readonly [number, Sample]>, now: number): void {
    const touched: number[] = [];
    for (const [id, sample] of changes) {
      const before = this.samples.get(id);
      if (sample.fresh === 0) this.doubtful.delete(id);
      else if (!this.doubtful.has(id))
        this.doubtful.set(id, before ? Math.max(sample.ts, now - STALE_US) : sample.ts);
      this.samples.set(id, sample);
      touched.push(id);
    }
    for (const id of touched) {
      for (const listener of this.listeners.get(id) ?? []) listener();
    }
  }

  /** Drops a tag nobody looks at, so that an old number cannot come back as new. */
  forget(id: number): void {
    if (this.listeners.has(id)) return;
    this.samples.delete(id);
    this.doubtful.delete(id);
  }

  /** Forgets everything, as at a change of user. */
  clear(): void {
    this.samples.clear();
    this.doubtful.clear();
  }
}
