import type { ComponentManifest } from "../../generated/documents.gen";
import type { ApiClient } from "./client";
import { raw } from "./raw";

export type Capability = NonNullable<ComponentManifest["capabilities"]>[number];

/** A block of another maker as a page shows it. */
export interface InstalledBlock {
  /** Of its files: its address under /sandbox/. */
  hash: string;
  granted: readonly Capability[];
  manifest: ComponentManifest;
}

export interface Signature {
  state: "trusted" | "untrusted" | "unsigned";
  key_id: string;
  publisher: string;
  /** Of a package that is looked at: the key itself, base64. */
  public_key: string;
}

/** An installed version. */
export interface CodeBlock extends InstalledBlock {
  id: string;
  version: string;
  size: number;
  signature: Signature;
  /** What it asks for. */
  capabilities: Capability[];
  ts: number;
  author: string;
  /** Apps whose draft or a release uses it; then it stays. */
  apps: string[];
}

/** A block in a package; nothing was written. */
export interface BlockInspection {
  /** Empty: part of an app's package. */
  upload: string;
  id: string;
  version: string;
  hash: string;
  name: Record<string, string>;
  summary: Record<string, string>;
  size: number;
  signature: Signature;
  capabilities: Capability[];
  /** `here`: the same files are installed; `other`: other files of this version are. */
  here: "new" | "here" | "other";
  licence: string;
}

const at = (block: Pick<CodeBlock, "id" | "version">) =>
  `/code-blocks/${encodeURIComponent(block.id)}/${encodeURIComponent(block.version)}`;

/** Blocks of other makers; see docs/reference/code-blocks.md. */
export class CodeBlocksApi {
  constructor(private readonly api: ApiClient) {}

  list = () => this.api.request<CodeBlock[]>("GET", "/code-blocks");
  /** Nothing is written. */
  inspect = async (file: Blob) =>
    (
      await raw("POST", "/code-blocks/inspect", new Blob([file], { type: "application/zip" }))
    ).json() as Promise<BlockInspection>;
  install = (upload: string, confirmUntrusted: boolean) =>
    this.api.request<{ id: string; version: string; hash: string }>(
      "POST",
      `/code-blocks/${upload}/install`,
      { confirm_untrusted: confirmUntrusted },
    );
  grant = (block: Pick<CodeBlock, "id" | "version">, granted: readonly Capability[]) =>
    this.api.request<void>("PUT", `${at(block)}/capabilities`, { granted });
  remove = (block: Pick<CodeBlock, "id" | "version">) => this.api.request<void>("DELETE", at(block));
}
