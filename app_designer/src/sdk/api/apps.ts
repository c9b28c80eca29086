import type { AssetType } from "../../generated/documents.gen";
import type { ApiClient } from "./client";
import type { BlockInspection, Signature } from "./code_blocks";
import { raw } from "./raw";
import type { AppSummary } from "./types";

export type Text = Record<string, string>;

export interface DraftFile {
  path: string;
  etag: string;
  updated_ts: number;
  updated_by: string;
}
export interface DraftContent extends DraftFile {
  content: Record<string, unknown>;
}
export interface Finding {
  severity: "error" | "warning";
  code: string;
  /** JSON pointer into `{"app.json": …, "pages/<id>.json": …}`. */
  path: string;
  file: string;
  page: string | null;
  block: string | null;
  test: string | null;
  element: string | null;
  message: Text;
  hint: Text;
}
export interface Check {
  errors: number;
  warnings: number;
  findings: Finding[];
}
export type Scalar = number | boolean | string | null;
export interface TestResult {
  id: string;
  name: string;
  ok: boolean;
  failures: { path: string; message: Text; expected: Scalar; found: Scalar }[];
  /** Pointers to what only a browser can judge; `ok` says nothing of it. */
  browser: string[];
}
export interface Release {
  no: number;
  hash: string;
  note: string;
  ts: number;
  author: string;
  origin: "publish" | "install" | "package";
  /** Of a package: the trusted publisher who signed it. */
  signer: string;
}
export interface ReleaseFiles extends Release {
  files: Record<string, Record<string, unknown>>;
}
export interface Change {
  op: "added" | "removed" | "changed" | "moved";
  subject: string;
  path: string;
  page: string | null;
  block: string | null;
  element: string | null;
  before: unknown;
  after: unknown;
  text: Text;
}
export interface Snapshot {
  no: number;
  reason: "restore" | "package" | "migration";
  hash: string;
  ts: number;
  author: string;
}
export interface Presence {
  name: string;
  client: string;
  page: string;
  element: string | null;
}
export interface Medium {
  /** `<sha256>.<svg|png|jpg|webp>`: what documents name. */
  name: string;
  title: string;
  /** Bytes. */
  size: number;
  width: number;
  height: number;
  ts: number;
  author: string;
  /** Named by the draft or by a release; only others may be removed. */
  used: boolean;
}
export interface Inspection {
  /** To be given to `installPackage`; forgotten after 10 minutes. */
  upload: string;
  app: { id: string; name: Text; version: string };
  hash: string;
  files: number;
  media: number;
  size: number;
  signature: Signature;
  existing: { release: number | null; draft_edited: boolean } | null;
  check: Check;
  missing: {
    components: string[];
    media: string[];
    assets: string[];
    signals: { asset: string; role: string }[];
    asset_types: AssetType["id"][];
  };
  /** Blocks of other makers that are in it. */
  code_blocks: BlockInspection[];
}
export interface InstallOptions {
  /** Another id than the package's. */
  as_app?: string;
  /** `release`: people see it at once. */
  mode: "release" | "draft";
  /** Names in the package → names here. */
  assets?: Record<string, string>;
  roles?: Record<string, string>;
  /** Assets to make, and tags that play roles here. */
  create_assets?: string[];
  signals?: { asset: string; role: string; tag_id: number }[];
  /** Of an edited draft (a snapshot is kept). */
  replace_draft?: boolean;
  /** Needed unless the signature is trusted. */
  confirm_untrusted?: boolean;
  /** Needed when it brings blocks of other makers that are not here. */
  confirm_blocks?: boolean;
}
export type Version = "draft" | "current" | number;

const BASE = "/api/v1";

/** Where a picture of an app is read; for `src` of images. */
export function mediaUrl(app: string, name: string): string {
  return `${BASE}/apps/${encodeURIComponent(app)}/media/${encodeURIComponent(name)}`;
}

/** What the designer asks of the platform about apps; see docs/reference/packages.md and app-checks.md. */
export class AppsApi {
  constructor(private readonly api: ApiClient) {}

  private at(app: string, rest = ""): string {
    return `/apps/${encodeURIComponent(app)}${rest}`;
  }

  list = (archived = false) =>
    this.api.request<AppSummary[]>("GET", archived ? "/apps?archived=true" : "/apps");
  create = (id: string, name: Text) => this.api.request<AppSummary>("POST", "/apps", { id, name });
  copy = (app: string, id: string, name?: Text) =>
    this.api.request<AppSummary>("POST", this.at(app, "/copy"), { id, name: name ?? null });
  archive = (app: string, archived: boolean) =>
    this.api.request<void>("PUT", this.at(app, "/archived"), { archived });
  /** Only an app that was never published (409 otherwise). */
  remove = (app: string) => this.api.request<void>("DELETE", this.at(app));

  draft = async (app: string) =>
    (await this.api.request<{ files: DraftContent[] }>("GET", this.at(app, "/draft"))).files;
  draftFiles = (app: string) => this.api.request<DraftFile[]>("GET", this.at(app, "/draft/files"));
  check = (app: string) => this.api.request<Check>("POST", this.at(app, "/check"));
  runTests = (app: string, only?: string) =>
    this.api.request<TestResult[]>(
      "POST",
      this.at(app, `/tests/run${only ? `?only=${encodeURIComponent(only)}` : ""}`),
    );
  presence = (app: string, mine: { client: string; page: string; element: string | null }) =>
    this.api.request<Presence[]>("POST", this.at(app, "/draft/presence"), mine);
  snapshots = (app: string) => this.api.request<Snapshot[]>("GET", this.at(app, "/draft/snapshots"));
  restore = async (app: string, to: { no: number } | { snapshot: number }) =>
    (await this.api.request<{ files: DraftContent[] }>("POST", this.at(app, "/draft/restore"), to)).files;

  releases = (app: string) => this.api.request<Release[]>("GET", this.at(app, "/releases"));
  release = (app: string, no: number) =>
    this.api.request<ReleaseFiles>("GET", this.at(app, `/releases/${no}`));
  publish = (app: string, note: string) =>
    this.api.request<Release>("POST", this.at(app, "/releases"), { note });
  choose = (app: string, no: number) =>
    this.api.request<Release>("PUT", this.at(app, "/releases/current"), { no });
  diff = async (app: string, from: Version = "current", to: Version = "draft") =>
    (await this.api.request<{ changes: Change[] }>("GET", this.at(app, `/diff?from=${from}&to=${to}`)))
      .changes;

  /** Between two versions of a block of the draft. */
  blockDiff = async (app: string, block: string, from: number, to: number) =>
    (
      await this.api.request<{ changes: Change[] }>(
        "GET",
        this.at(app, `/blocks/${encodeURIComponent(block)}/diff?from=${from}&to=${to}`),
      )
    ).changes;

  media = (app: string) => this.api.request<Medium[]>("GET", this.at(app, "/media"));
  uploadMedium = async (app: string, file: Blob, title: string) =>
    (
      await raw("POST", this.at(app, `/media?title=${encodeURIComponent(title)}`), file)
    ).json() as Promise<Medium>;
  removeMedium = (app: string, name: string) =>
    this.api.request<void>("DELETE", this.at(app, `/media/${encodeURIComponent(name)}`));

  /** The package as a file, to be saved by the browser. */
  exportPackage = async (app: string, of: Version = "current") =>
    (await raw("GET", this.at(app, `/package?of=${of}`))).blob();
  /** Nothing is written. */
  inspectPackage = async (file: Blob) =>
    (
      await raw("POST", "/packages/inspect", new Blob([file], { type: "application/zip" }))
    ).json() as Promise<Inspection>;
  installPackage = (upload: string, options: InstallOptions) =>
    this.api.request<{ app: string; release: number | null }>("POST", `/packages/${upload}/install`, options);
}
