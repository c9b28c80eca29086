import type { Asset, AssetType, TagMeta } from "../../generated/documents.gen";
import type { ApiClient } from "./client";
import type { ProblemDetail } from "./problem";
import type { Kind, Micros, Tag, Value } from "./types";

export type Text = Record<string, string>;
export type Role = "viewer" | "operator" | "builder" | "admin";

export interface RoleMapRow {
  asset: string;
  role: string;
  tag_id: number;
  valid_from: Micros;
}
/** Its path is `/rows/<n>/…`, or `/lines/<number>/<column>` of a file. */
export type RowProblem = ProblemDetail;
export interface RoleDifference {
  added: RoleMapRow[];
  changed: (RoleMapRow & { before: number })[];
  same: number;
  errors: RowProblem[];
  written: boolean;
}
export interface RoleSuggestion {
  asset: string;
  role: string;
  tag_id: number;
  key: string;
  score: number;
  reasons: Text[];
  /** Nothing fits this role and this tag better. */
  best: boolean;
}

export interface ManualTag {
  asset: string;
  role: string;
  kind: Kind;
  meta?: Partial<TagMeta>;
  replace?: boolean;
}
export interface TypedValue {
  id: number;
  v: Value;
  ts?: Micros | null;
}
export interface StoredValues {
  stored: { id: number; v: Value; q: number; ts: Micros }[];
  repeated: boolean;
}

export interface MomentValue {
  id: number;
  v: Value;
  /** 140: there was no sample yet. */
  q: number;
  ts: Micros;
  /** 2: nothing was read at that moment. */
  fresh: 0 | 2;
}
export type SummaryFn = "last" | "first" | "min" | "max" | "mean" | "sum" | "delta" | "count";
export interface SummaryValue {
  id: number;
  v: Value;
  q: number;
  ts: Micros | null;
  n: number;
  /** Share of the range in which a value was in force, 0 to 1. */
  coverage: number;
  /** delta: how often the counter began anew. */
  resets: number;
}

export type Confirm = "dialog" | "hold" | "none";
/** Which element of which release writes what; `write`, or `event` with `step`. */
export interface WriteRequest {
  app: string;
  release: number;
  page: string;
  element: string;
  write?: string;
  event?: string;
  step?: number;
  asset: string;
  role: string;
  value: Value;
}
export type WriteApproval = "none" | "password" | "second_person";
export interface PreparedWrite {
  token: string;
  expires_in_s: number;
  tag: { id: number; key: string; kind: Kind };
  asset: string;
  asset_name: string;
  role: string;
  unit: string;
  decimals: number | null;
  old: { v?: Value; q?: number; ts?: Micros; fresh?: 0 | 1 | 2 };
  new: Value;
  confirm: Confirm;
  /** Who vouches for it by a password. */
  approval: WriteApproval;
  target: "device" | "manual";
}
export interface WrittenValue {
  outcome: "done" | "refused" | "unknown";
  reason: string;
  /** The agent's word for a refusal, as `command.limit`; empty where it is not an agent's. */
  code: string;
  value: Value;
  tag_id: number;
}

export interface PageMark {
  app: string;
  page?: string | null;
  params?: Record<string, string>;
  ts?: Micros;
}
export interface Preferences {
  favourites: PageMark[];
  last_opened: PageMark[];
  /** Dimension → unit shown. */
  units: Record<string, string>;
  zone: string;
  language: "" | "en" | "zh-CN";
  theme: "" | "light" | "dark";
}

export interface AuditQuery {
  action?: string;
  actor?: string;
  outcome?: string;
  resource?: string;
  from?: Micros;
  to?: Micros;
  before?: number;
  limit?: number;
}
export interface AuditRow {
  n: number;
  ts: Micros;
  actor: string;
  action: string;
  resource: string;
  outcome: string;
  address: string;
  detail: string;
  body: Record<string, unknown>;
  hash: string;
}

/** A key for one entry: kept until its answer has come, so that sending again stores it once. */
export function entryKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function query(values: object): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== null && value !== "") params.set(name, String(value));
  }
  const text = params.toString();
  return text ? `?${text}` : "";
}

const seg = encodeURIComponent;

/** The plant, values of moments, typed values, writes, preferences; see docs/reference/roles-and-types.md, writes.md. */
export class PlantApi {
  constructor(private readonly api: ApiClient) {}

  assets = () => this.api.request<Asset[]>("GET", "/assets");
  putAsset = (asset: Asset) => this.api.request<Asset>("PUT", `/assets/${seg(asset.id)}`, asset);
  /** 409 while something is inside or mapped, unless `cascade`. */
  deleteAsset = (id: string, cascade = false) =>
    this.api.request<{ assets: string[]; roles: number }>(
      "DELETE",
      `/assets/${seg(id)}${query({ cascade })}`,
    );

  types = () => this.api.request<AssetType[]>("GET", "/asset-types");
  type = (id: string) => this.api.request<AssetType>("GET", `/asset-types/${seg(id)}`);
  putType = (type: AssetType) => this.api.request<AssetType>("PUT", `/asset-types/${seg(type.id)}`, type);
  deleteType = (id: string) => this.api.request<void>("DELETE", `/asset-types/${seg(id)}`);

  roles = (only: { asset?: string; role?: string } = {}) =>
    this.api.request<RoleMapRow[]>("GET", `/roles${query(only)}`);
  /** All rows, or none: an `ApiError` then names every wrong one. */
  putRoles = (rows: readonly RoleMapRow[]) => this.api.request<RoleDifference>("PUT", "/roles", { rows });
  removeRole = (asset: string, role: string, validFrom?: Micros) =>
    this.api.request<{ removed: number }>(
      "DELETE",
      `/roles/${seg(asset)}/${seg(role)}${query({ valid_from: validFrom })}`,
    );
  suggestions = (asset?: string, limit?: number) =>
    this.api.request<RoleSuggestion[]>("GET", `/roles/suggestions${query({ asset, limit })}`);
  /** Address of the CSV file, for a link that saves it. */
  readonly exportUrl = "/api/v1/roles/export";
  importRoles = (text: string, dryRun = true) =>
    this.api.request<RoleDifference>("POST", "/roles/import", { text, dry_run: dryRun });

  makeManualTag = (tag: ManualTag) => this.api.request<Tag>("POST", "/tags/manual", tag);
  /** Durable when it resolves; send again with the same key when it is not known (503). */
  storeValues = (key: string, values: readonly TypedValue[]) =>
    this.api.request<StoredValues>("POST", "/values/manual", { key, values });

  valuesAt = async (ids: readonly number[], ts: Micros) =>
    (await this.api.request<{ ts: Micros; values: MomentValue[] }>("POST", "/values/at", { ids, ts })).values;
  summary = async (ids: readonly number[], from: Micros, to: Micros, fn: SummaryFn, counter?: boolean) =>
    (
      await this.api.request<{ values: SummaryValue[] }>("POST", "/values/summary", {
        ids,
        from,
        to,
        fn,
        counter: counter ?? null,
      })
    ).values;

  prepareWrite = (asked: WriteRequest) => this.api.request<PreparedWrite>("POST", "/writes/prepare", asked);
  executeWrite = (token: string, confirmed: Confirm) =>
    this.api.request<WrittenValue>("POST", `/writes/${seg(token)}`, { confirmed });

  preferences = () => this.api.request<Preferences>("GET", "/preferences");
  putPreferences = (document: Preferences) => this.api.request<Preferences>("PUT", "/preferences", document);

  audit = (asked: AuditQuery = {}) =>
    this.api.request<{ rows: AuditRow[]; next: number | null }>("GET", `/audit${query(asked)}`);
  verifyAudit = () =>
    this.api.request<{ rows: number; last_hash: string; broken_at: number | null }>("GET", "/audit/verify");
}
