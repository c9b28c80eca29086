import type { ApiClient } from "../api/client";
import type { SummaryFn, SummaryValue } from "../api/plant";
import type { History } from "../api/types";
import type { HistorySource } from "../context";

const GATHER_MS = 15;
const IDS_MAX = 50;

interface Entry<T> {
  ids: Set<number>;
  waiters: { resolve: (answers: T[]) => void; reject: (error: unknown) => void }[];
}

/** Joins what is asked at the same moment and differs only in its tags. */
class Gatherer<T> {
  private readonly pending = new Map<string, Entry<T>>();

  ask(key: string, ids: readonly number[], send: (ids: number[]) => Promise<T>): Promise<T[]> {
    return new Promise((resolve, reject) => {
      let entry = this.pending.get(key);
      if (!entry) {
        entry = { ids: new Set(), waiters: [] };
        this.pending.set(key, entry);
        setTimeout(() => void this.send(key, send), GATHER_MS);
      }
      for (const id of ids) entry.ids.add(id);
      entry.waiters.push({ resolve, reject });
    });
  }

  private async send(key: string, send: (ids: number[]) => Promise<T>): Promise<void> {
    const entry = this.pending.get(key);
    this.pending.delete(key);
    if (!entry) return;
    const ids = [...entry.ids];
    const parts: Promise<T>[] = [];
    for (let start = 0; start < ids.length; start += IDS_MAX)
      parts.push(send(ids.slice(start, start + IDS_MAX)));
    try {
      const answers = await Promise.all(parts);
      for (const waiter of entry.waiters) waiter.resolve(answers);
    } catch (error) {
      for (const waiter of entry.waiters) waiter.reject(error);
    }
  }
}

/** Joins what the charts and numbers of a page ask for at the same moment into one request per window. */
export class HistoryLoader implements HistorySource {
  private readonly api: Pick<ApiClient, "history" | "request">;
  private readonly courses = new Gatherer<History>();
  private readonly numbers = new Gatherer<{ values: SummaryValue[] }>();

  constructor(api: Pick<ApiClient, "history" | "request">) {
    this.api = api;
  }

  /** The history of these tags in [from, to), at most two samples per `points`. */
  async load(ids: number[], from: number, to: number, points: number): Promise<History> {
    const answers = await this.courses.ask(`${from}|${to}|${points}`, ids, (part) =>
      this.api.history({ ids: part, from, to, points }),
    );
    return {
      series: answers.flatMap((answer) => answer.series),
      gaps: answers.flatMap((answer) => answer.gaps ?? []),
    };
  }

  /** One number of the range [from, to) for a tag; null when the tag is not known. */
  async summary(id: number, from: number, to: number, fn: SummaryFn): Promise<SummaryValue | null> {
    const answers = await this.numbers.ask(`${from}|${to}|${fn}`, [id], (ids) =>
      this.api.request("POST", "/values/summary", { ids, from, to, fn }),
    );
    return answers.flatMap((answer) => answer.values).find((value) => value.id === id) ?? null;
  }
}
