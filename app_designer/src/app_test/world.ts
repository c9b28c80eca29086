import { appOfDraft, type DraftFiles } from "@runtime/app";
import type { LoadedApp } from "@runtime/scope";
import { ApiClient, type ApiClient as Client } from "@sdk/api/client";
import { ApiError } from "@sdk/api/problem";
import type { Asset, Kind, RoleRow, Tag, TagMeta, Value } from "@sdk/api/types";
import type { HistorySource, LiveLink, Services } from "@sdk/context";
import { LiveStore } from "@sdk/live/store";
import type { Sample } from "@sdk/quality";
import type { AppDocument, AppTestDocument, GivenValue, PageParam } from "../generated/documents.gen";

/** A test's time, µs UTC: 2026-01-01 00:00, as on the platform. */
const NOW_US = Date.UTC(2026, 0, 1) * 1000;
const BAD = 128;
const LINK = { up: true, lost_since_ms: null };
const WRITE = /^\/writes\/(\d+)$/;
const KIND_OF: Record<string, Kind> = { number: "f", boolean: "b", string: "s" };

interface Ask {
  asset: string;
  role: string;
  value: Value;
}

function kindOf(app: AppDocument, { role, v }: GivenValue): Kind {
  const wanted = app.roles?.find((need) => need.role === role)?.kind ?? "any";
  if (wanted !== "any" && wanted !== "number") return wanted;
  return KIND_OF[typeof v] ?? "f";
}

function tagFor(app: AppDocument, given: GivenValue, id: number): Tag {
  const { asset, role } = given;
  const meta = (given.meta ?? {}) as TagMeta;
  const key = `${asset}/${role}`;
  return { id, key, edge: "test", connection: "test", kind: kindOf(app, given), meta, asset, role };
}

/** The assets a test speaks of; each fits the parameter that names it. */
function assetsOf({ app, pages }: DraftFiles, test: AppTestDocument): Asset[] {
  const found = new Map<string, Asset>();
  for (const { asset } of test.given ?? []) found.set(asset, { id: asset });
  const specs = [app, ...Object.values(pages)].flatMap(({ params }) => Object.entries(params ?? {}));
  for (const [name, spec] of specs as [string, PageParam][]) {
    if (spec.type !== "asset") continue;
    for (const id of [test.params?.[name], spec.default]) {
      if (typeof id !== "string" || id === "") continue;
      found.set(id, { id, type: spec.asset_type ?? null, ...(spec.level ? { level: spec.level } : {}) });
    }
  }
  return [...found.values()];
}

/**
 * A plant of nothing but the values a test gives: live store, history of one value each, and a platform that notes what
 * would be written and knows nothing else.
 */
export class GivenWorld {
  readonly services: Services;
  readonly loaded: LoadedApp;
  /** The last value written, by `asset.role`. */
  readonly writes = new Map<string, Value>();
  private readonly samples = new Map<number, Sample>();
  private readonly asked: Ask[] = [];

  constructor(files: DraftFiles, test: AppTestDocument, installed?: LoadedApp["installed"]) {
    const tags = new Map<number, Tag>();
    const roles: RoleRow[] = [];
    for (const [n, given] of (test.given ?? []).entries()) {
      const id = n + 1;
      const q = given.q ?? 0;
      tags.set(id, tagFor(files.app, given, id));
      roles.push({ asset: given.asset, role: given.role, tag_id: id, valid_from: 0 });
      this.samples.set(id, { v: q < BAD ? (given.v ?? null) : null, q, ts: NOW_US, fresh: 0, good: null });
    }
    const plant = { assets: assetsOf(files, test), types: [], roles, tags };
    // A release, so that a write goes its whole way to this world's platform.
    this.loaded = { ...appOfDraft(files, plant, installed), release: 1 };
    this.services = { api: this.platform(), store: this.store(), live: this.live(), history: this.history() };
  }

  private store(): LiveStore {
    const store = new LiveStore();
    store.onWanted = (id) => {
      const sample = this.samples.get(id);
      if (sample) store.put([[id, sample]], NOW_US);
    };
    return store;
  }

  private live(): LiveLink {
    const none = () => () => {};
    return { clock: { now: () => NOW_US }, linkState: () => LINK, subscribeLink: none, subscribeHoles: none };
  }

  private history(): HistorySource {
    return {
      load: async (ids) => ({
        series: ids.flatMap((id) => {
          const [tag, sample] = [this.loaded.tags.get(id), this.samples.get(id)];
          if (!tag || !sample) return [];
          return [{ id, kind: tag.kind, reduced: false, t: [NOW_US], v: [sample.v], q: [sample.q] }];
        }),
        gaps: [],
      }),
      summary: async (id, _from, _to, fn) => {
        const sample = this.samples.get(id);
        if (!sample) return null;
        const known = sample.v !== null;
        const v = fn === "count" ? Number(known) : fn === "delta" && known ? 0 : sample.v;
        return { id, v, q: sample.q, ts: NOW_US, n: Number(known), coverage: 1, resets: 0 } as never;
      },
    };
  }

  /** Answers a write as the platform does, without asking anybody; everything else does not answer. */
  private platform(): Client {
    const api = new ApiClient();
    api.request = async <T>(_method: string, path: string, body?: unknown): Promise<T> => {
      if (path === "/writes/prepare") return this.prepared(body as Ask) as T;
      const ask = this.asked[Number(WRITE.exec(path)?.[1] ?? -1)];
      if (!ask) throw new ApiError(0, "unreachable", "");
      this.writes.set(`${ask.asset}.${ask.role}`, ask.value);
      return { outcome: "done", reason: "", code: "", value: ask.value, tag_id: 0 } as T;
    };
    const nothing = async () => Promise.reject(new ApiError(0, "unreachable", ""));
    return Object.assign(api, { history: nothing, tag: nothing, tags: nothing, assets: async () => [] });
  }

  private prepared(ask: Ask): object {
    const { asset, role, value } = ask;
    const row = this.loaded.roles.find((one) => one.asset === asset && one.role === role);
    const tag = this.loaded.tags.get(row?.tag_id ?? 0);
    const { unit, decimals } = tag?.meta ?? {};
    const about = { id: row?.tag_id ?? 0, key: `${asset}/${role}`, kind: tag?.kind ?? "f" };
    return {
      token: String(this.asked.push(ask) - 1),
      expires_in_s: 60,
      tag: about,
      asset,
      asset_name: asset,
      role,
      unit: unit ?? "",
      decimals: decimals ?? null,
      old: {},
      new: value,
      confirm: "none",
      target: "manual",
    };
  }
}
