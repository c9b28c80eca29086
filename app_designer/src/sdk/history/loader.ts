import type { ApiClient } from "../api/client";
import type { History } from "../api/types";
import type { HistorySource } from "../context";

interface Pending {
  ids: Set<number>;
  waiters: { resolve: (answer: History) => void; reject: (error: unknown) => void }[];
}

const GATHER_MS = 15;
const IDS_MAX = 50;

/** Joins what the charts of a page ask for at the same moment into one request per window. */
export class HistoryLoader implements HistorySource {
  private readonly api: Pick<ApiClient, "history">;
  private readonly pending = new Map<string, Pending>();

  constructor(api: Pick<ApiClient, "history">) {
    this.api = api;
  }

  /** The history of these tags in [from, to), at most two samples per `points`. */
  load(ids: number[], from: number, to: number, points: number): Promise<History> {
    const key = `${from}|${to}|${points}`;
    return new Promise((resolve, reject) => {
      let entry = this.pending.get(key);
      if (!entry) {
        entry = { ids: new Set(), waiters: [] };
        this.pending.set(key, entry);
        setTimeout(() => void this.send(key, from, to, points), GATHER_MS);
      }
      for (const id of ids) entry.ids.add(id);
      entry.waiters.push({ resolve, reject });
    });
  }

  private async send(key: string, from: number, to: number, points: number): Promise<void> {
    const entry = this.pending.get(key);
    this.pending.delete(key);
    if (!entry) return;
    const ids = [...entry.ids];
    const parts: Promise<History>[] = [];
    for (let start = 0; start < ids.length; start += IDS_MAX) {
      parts.push(this.api.history({ ids: ids.slice(start, start + IDS_MAX), from, to, points }));
    }
    try {
      const answers = await Promise.all(parts);
      const whole = {
        series: answers.flatMap((answer) => answer.series),
        gaps: answers.flatMap((answer) => answer.gaps ?? []),
      };
      for (const waiter of entry.waiters) waiter.resolve(whole);
    } catch (error) {
      for (const waiter of entry.waiters) waiter.reject(error);
    }
  }
}
