import { ApiClient } from "@sdk/api/client";
import { ApiError } from "@sdk/api/problem";
import type { History, HistoryQuery, HistorySeries, Tag, Value } from "@sdk/api/types";
import type { Signal, SignalProblem } from "@sdk/bindings/signal";
import type { Services } from "@sdk/context";
import { HistoryLoader } from "@sdk/history/loader";
import { LiveClient, type SocketLike } from "@sdk/live/client";
import { LiveStore } from "@sdk/live/store";
import type { Sample } from "@sdk/quality";
import type { ExampleData } from "../generated/documents.gen";

/** Every state a block can be in. */
export const BLOCK_STATES = [
  "good",
  "loading",
  "waiting",
  "empty",
  "uncertain",
  "stale",
  "bad",
  "offline",
  "no_link",
  "unmapped",
  "no_permission",
  "error",
  "disabled",
] as const;
export type BlockState = (typeof BLOCK_STATES)[number];

export type ExampleInputs = Readonly<Record<string, ExampleData | ExampleData[]>>;

const SCAN_MS = 1000;
const AGE_US = 40e6;

/** A socket that never opens: examples have no platform. */
const nowhere = (): SocketLike => ({
  readyState: 0,
  onopen: null,
  onmessage: null,
  onclose: null,
  send: () => {},
  close: () => {},
});

/**
 * Services that answer from the example data of manifests, for gallery, preview and tests: a live store filled with
 * samples of made-up tags (their ids are negative, no real tag has one), and a history made of `points`.
 */
export class ExampleWorld {
  readonly services: Services;
  private readonly points = new Map<number, { tag: Tag; data: ExampleData }>();
  private readonly state: BlockState;
  private readonly now_us: number;
  private next = -1;

  constructor(state: BlockState = "good", now_us = Date.now() * 1000) {
    this.state = state;
    this.now_us = now_us;
    const store = new LiveStore();
    const live = new LiveClient(store, nowhere);
    if (state === "no_link") {
      const link = { up: false, lost_since_ms: now_us / 1000 - AGE_US / 1000 };
      live.linkState = () => link;
    }
    const api = new ApiClient();
    api.history = (query) => this.history(query);
    api.tag = async (id) => this.tagOf(id);
    api.assets = async () => [];
    this.services = { api, store, live, history: new HistoryLoader(api) };
  }

  /** The signals of an element's inputs, or of its writes; in the state `empty` there are none. */
  signals(inputs: ExampleInputs | undefined): Record<string, Signal[]> {
    const made: Record<string, Signal[]> = {};
    for (const [name, given] of Object.entries(inputs ?? {})) {
      if (this.state === "empty") continue;
      made[name] = [given].flat().map((data, index) => this.signal(`${name}/${index}`, data));
    }
    return made;
  }

  private signal(key: string, data: ExampleData): Signal {
    const problem = this.problem();
    const tag = problem ? null : this.tag(data);
    return {
      key,
      asset: "example",
      assetName: null,
      role: data.name || "value",
      ...(problem && data.name ? { label: { en: data.name, "zh-CN": data.name_zh || data.name } } : {}),
      tag,
      problem,
      transforms: [],
    };
  }

  private problem(): SignalProblem | null {
    return this.state === "unmapped" || this.state === "no_permission" ? this.state : null;
  }

  private tag(data: ExampleData): Tag {
    const id = this.next;
    this.next -= 1;
    const tag = tagFor(id, data);
    this.points.set(id, { tag, data });
    const sample = this.sample(data);
    if (sample) this.services.store.put([[id, sample]], this.now_us);
    return tag;
  }

  private sample(data: ExampleData): Sample | null {
    const v = data.v ?? null;
    const q = data.q ?? 0;
    const ts = this.now_us;
    const good = { v: data.v ?? lastPoint(data), ts: ts - AGE_US };
    const plain: Sample = { v: q >= 128 ? null : v, q, ts, fresh: 0, good: q >= 128 ? good : null };
    switch (this.state) {
      case "loading":
        return null;
      case "waiting":
        return { v: null, q: 140, ts: 0, fresh: 0, good: null };
      case "uncertain":
        return { ...plain, q: 64 };
      case "bad":
        return { v: null, q: 129, ts, fresh: 0, good };
      case "stale":
        return { ...plain, fresh: 1, ts: ts - AGE_US };
      case "offline":
        return { ...plain, fresh: 2, ts: ts - AGE_US };
      default:
        return plain;
    }
  }

  private tagOf(id: number): Tag {
    const found = this.points.get(id)?.tag;
    if (!found) throw new ApiError(404, "not_found", "");
    return found;
  }

  private async history(query: HistoryQuery): Promise<History> {
    if (this.state === "loading") return new Promise(() => {});
    if (this.state === "error") throw new ApiError(0, "unreachable", "");
    return { series: query.ids.flatMap((id) => this.series(id, query)), gaps: [] };
  }

  private series(id: number, { from, to }: HistoryQuery): HistorySeries[] {
    const known = this.points.get(id);
    if (!known || this.state === "waiting") return [];
    const all = (known.data.points ?? []) as [number, Value, number][];
    const points = all.map(([age_s, v, q]) => ({ t: Math.round(this.now_us - age_s * 1e6), v, q }));
    if (this.state === "bad")
      points.splice(0, points.length, ...points.filter((point) => point.t < this.now_us - AGE_US));
    if (this.state === "bad") points.push({ t: this.now_us - AGE_US, v: null, q: 129 });
    // As the platform does: what held at the beginning comes along.
    const before = points.findLast((point) => point.t < from);
    const shown = [...(before ? [before] : []), ...points.filter((point) => point.t >= from && point.t < to)];
    shown.sort((a, b) => a.t - b.t);
    const column = <T>(pick: (point: (typeof points)[number]) => T) => shown.map(pick);
    return [
      {
        id,
        kind: known.tag.kind,
        reduced: false,
        t: column((point) => point.t),
        v: column((point) => point.v),
        q: column((point) => point.q),
      },
    ];
  }
}

function lastPoint(data: ExampleData): Value {
  const points = (data.points ?? []) as [number, Value, number][];
  return points.findLast(([, v]) => v !== null)?.[1] ?? 0;
}

function tagFor(id: number, data: ExampleData): Tag {
  const name = data.name || "value";
  const texts = data.texts ?? {};
  return {
    id,
    key: name,
    edge: "example",
    connection: "example",
    kind: data.kind ?? "f",
    meta: {
      description: name,
      description_i18n: data.name_zh ? { en: name, "zh-CN": data.name_zh } : null,
      unit: data.unit ?? "",
      decimals: data.decimals ?? null,
      span: (data.span as [number, number] | null | undefined) ?? null,
      limits: data.limits ?? null,
      texts,
      texts_i18n: data.texts_zh ? { "zh-CN": data.texts_zh } : null,
      colors: data.colors ?? {},
      scan_ms: SCAN_MS,
    },
  };
}

/** The states worth showing of a block: `disabled` only where it can be used, data states only where it takes data. */
export function statesOf(manifest: {
  inputs?: object;
  writes?: object;
  events?: object;
}): readonly BlockState[] {
  const data = Object.keys(manifest.inputs ?? {}).length + Object.keys(manifest.writes ?? {}).length > 0;
  const used = Object.keys(manifest.writes ?? {}).length + Object.keys(manifest.events ?? {}).length > 0;
  return BLOCK_STATES.filter((state) => {
    if (state === "good") return true;
    return state === "disabled" ? used : data;
  });
}
