import { ApiError, problemFrom } from "./problem";
import type {
  AppSummary,
  Asset,
  DeadLetters,
  Health,
  History,
  HistoryQuery,
  RoleRow,
  Session,
  Tag,
  TagPage,
} from "./types";

const BASE = "/api/v1";
const CSRF_COOKIE = /(?:^|;\s*)(?:__Host-)?interlock[_-]csrf=([^;]*)/i;

/** The token the platform left in a readable cookie; sent back on every call that changes something. */
export function csrfToken(cookies: string): string {
  return decodeURIComponent(CSRF_COOKIE.exec(cookies)?.[1] ?? "");
}

type Method = "GET" | "POST" | "PUT" | "DELETE";

export interface AppRelease {
  app: unknown;
  pages: Record<string, unknown>;
  release: { no: number; hash: string; note?: string | null; ts: number };
  roles: RoleRow[];
  assets: Asset[];
}

export interface LatestAnswer {
  now: number;
  values: { id: number; v: Tag["id"] | string | boolean | null; q: number; ts: number; fresh: 0 | 1 | 2 }[];
}

/** Typed calls to the platform. Every failure is an `ApiError`; 401 also calls `onSignedOut`. */
export class ApiClient {
  onSignedOut: () => void = () => {};

  private async call<T>(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
    const headers: Record<string, string> = { Accept: "application/json" };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (method !== "GET") headers["X-Interlock-CSRF"] = csrfToken(document.cookie);
    const init: RequestInit = { method, headers, credentials: "same-origin", cache: "no-store" };
    if (body !== undefined) init.body = JSON.stringify(body);
    if (signal) init.signal = signal;
    let response: Response;
    try {
      response = await fetch(BASE + path, init);
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") throw error;
      throw new ApiError(0, "unreachable", "");
    }
    if (!response.ok) {
      const problem = await problemFrom(response);
      if (response.status === 401 && !path.startsWith("/auth/")) this.onSignedOut();
      throw problem;
    }
    return (response.status === 204 ? undefined : await response.json()) as T;
  }

  /** For parts that are loaded with their own screens and bring their own shapes. */
  request = <T>(method: Method, path: string, body?: unknown): Promise<T> => this.call<T>(method, path, body);

  setupNeeded = () => this.call<{ needed: boolean }>("GET", "/auth/setup");
  setup = (token: string, name: string, password: string) =>
    this.call<unknown>("POST", "/auth/setup", { token, name, password });
  login = (name: string, password: string) => this.call<unknown>("POST", "/auth/login", { name, password });
  session = () => this.call<Session>("GET", "/auth/session");
  logout = () => this.call<void>("DELETE", "/auth/session");

  apps = async () => listOf<AppSummary>(await this.call("GET", "/apps"), "apps");
  /** Makes a draft with an empty first page. */
  createApp = (id: string, name: Record<string, string>) =>
    this.call<AppSummary>("POST", "/apps", { id, name });
  currentRelease = (id: string) =>
    this.call<AppRelease>("GET", `/apps/${encodeURIComponent(id)}/releases/current`);

  tags(query: { search?: string; limit?: number; after?: string | number | null }, signal?: AbortSignal) {
    const params = new URLSearchParams();
    if (query.search) params.set("search", query.search);
    if (query.limit) params.set("limit", String(query.limit));
    if (query.after !== undefined && query.after !== null) params.set("after", String(query.after));
    return this.call<TagPage>("GET", `/tags?${params}`, undefined, signal);
  }
  tag = (id: number) => this.call<Tag>("GET", `/tags/${id}`);

  history = (query: HistoryQuery, signal?: AbortSignal) =>
    this.call<History>("POST", "/values/history", query, signal);
  latest = (ids: number[]) => this.call<LatestAnswer>("POST", "/values/latest", { ids });
  assets = async () => listOf<Asset>(await this.call("GET", "/assets"), "assets");
  roles = async () => listOf<RoleRow>(await this.call("GET", "/roles"), "roles");
  health = (signal?: AbortSignal) => this.call<Health>("GET", "/health", undefined, signal);
  deadLetters = (signal?: AbortSignal) =>
    this.call<DeadLetters>("GET", "/health/dead-letters", undefined, signal);
}

function listOf<T>(answer: unknown, field: string): T[] {
  if (Array.isArray(answer)) return answer as T[];
  return ((answer as Record<string, T[]>)[field] ?? []) as T[];
}
