import type { HistoryGap, HistorySeries, Value } from "../api/types";
import type { HistorySource } from "../context";
import type { LiveStore } from "../live/store";
import { isBad, type Sample } from "../quality";

/** Where a tag is read: what a gap of the history names. */
export interface TagPlace {
  edge: string;
  connection: string;
}

/** What is loaded ahead lasts so long while it plays, µs of playing time. */
const AHEAD_US = 20e6;
/** Samples of a tag in one piece; of more, the extremes. */
const POINTS = 300;
/** So many samples of a tag are shown one by one between two pictures; of more, the newest. */
const ROUNDS_MAX = 40;

interface Piece {
  from: number;
  to: number;
  series: readonly HistorySeries[];
  gaps: readonly HistoryGap[];
}

interface Row {
  ts: number;
  v: Value;
  q: number;
}

/** Rows of a course with `from` < ts ≤ `to`, oldest first. */
function rowsBetween(series: HistorySeries, from: number, to: number): Row[] {
  const rows: Row[] = [];
  series.t.forEach((ts, index) => {
    if (ts > from && ts <= to) rows.push({ ts, v: series.v[index] ?? null, q: series.q[index] ?? 128 });
  });
  return rows;
}

/** The course of the tags in view, loaded piece by piece ahead of the moment that is shown. */
export class Reel {
  private pieces: Piece[] = [];
  private loading = false;
  private generation = 0;
  private readonly source: HistorySource;
  private readonly place: (id: number) => TagPlace | null;

  constructor(source: HistorySource, place: (id: number) => TagPlace | null) {
    this.source = source;
    this.place = place;
  }

  /** Forgets what was loaded: another moment, or other tags. */
  clear(): void {
    this.generation += 1;
    this.pieces = [];
    this.loading = false;
  }

  /** Up to when (µs) all is loaded, seen from `moment`. */
  private loadedUntil(moment: number): number {
    return this.pieces.reduce(
      (until, piece) => (piece.from <= until ? Math.max(until, piece.to) : until),
      moment,
    );
  }

  /** The latest moment ≤ `wanted` that can be shown now; loads what comes after it. Fails as the history does. */
  async ready(
    ids: readonly number[],
    moment: number,
    wanted: number,
    speed: number,
    end: number,
  ): Promise<number> {
    this.pieces = this.pieces.filter((piece) => piece.to > moment);
    const until = this.loadedUntil(moment);
    const low = until - moment < (AHEAD_US * speed) / 2;
    if (low && until < end && !this.loading) {
      const next = this.load(ids, until, Math.min(end, until + AHEAD_US * speed));
      // Only when there is nothing to show is it waited for.
      if (until < wanted) await next;
      else next.catch(() => undefined);
    }
    return Math.min(wanted, this.loadedUntil(moment));
  }

  private async load(ids: readonly number[], from: number, to: number): Promise<void> {
    const { generation } = this;
    this.loading = true;
    try {
      const empty = { series: [], gaps: [] };
      const found = ids.length > 0 ? await this.source.load([...ids], from, to + 1, POINTS) : empty;
      if (generation === this.generation) this.pieces.push({ from, to, ...found });
    } finally {
      if (generation === this.generation) this.loading = false;
    }
  }

  /** Puts into the store what was measured after `from` until `to`, in the order it was measured. */
  show(store: LiveStore, from: number, to: number): void {
    const courses = new Map<number, Row[]>();
    for (const { series } of this.pieces) {
      for (const one of series) {
        const rows = rowsBetween(one, from, to);
        if (rows.length > 0) courses.set(one.id, [...(courses.get(one.id) ?? []), ...rows]);
      }
    }
    const lists = [...courses].map(([id, rows]) => [id, rows.slice(-ROUNDS_MAX)] as const);
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      const changes = lists.flatMap(([id, rows]): [number, Sample][] => {
        const row = rows[round];
        return row ? [[id, sampleAfter(store.get(id), row)]] : [];
      });
      if (changes.length === 0) break;
      store.put(changes, to);
    }
    this.mark(store, to);
  }

  /** Marks the tags of which nothing was read at a moment. */
  private mark(store: LiveStore, moment: number): void {
    const gaps = this.pieces
      .flatMap((piece) => piece.gaps)
      .filter((gap) => gap.from <= moment && moment < gap.to);
    if (gaps.length === 0) return;
    const changes = store.wanted().flatMap((id): [number, Sample][] => {
      const sample = store.get(id);
      const place = this.place(id);
      const inGap = gaps.some(
        (gap) =>
          gap.edge === place?.edge &&
          (gap.connection === null || gap.connection === place.connection) &&
          (sample?.ts ?? 0) < gap.from,
      );
      return sample && inGap && sample.fresh !== 2 ? [[id, { ...sample, fresh: 2 }]] : [];
    });
    store.put(changes, moment);
  }
}

function sampleAfter(before: Sample | null, { ts, v, q }: Row): Sample {
  const good = before && !isBad(before.q) ? { v: before.v, ts: before.ts } : (before?.good ?? null);
  return { ts, v, q, fresh: 0, good: isBad(q) ? good : null };
}
