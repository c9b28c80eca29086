import { type ComponentView, Skeleton, type Value } from "@sdk";
import type { InstalledBlock } from "@sdk/api/code_blocks";
import { lateComponent } from "@sdk/late_component";
import { type ComponentType, createElement } from "react";
import type { ComponentManifest } from "../generated/documents.gen";
import type { SandboxManifest } from "../sandbox/manifest";
import { type Json, sandboxFacts, slimManifest } from "./slim_manifest";

/** What the running app knows of every block: made of `component.json` when the product is built. */
export interface SlimManifest
  extends Pick<ComponentManifest, "id" | "version" | "props_version" | "kind" | "layout"> {
  name: Record<string, string>;
  /** What kind of block it is: what slots take depends on it. */
  category?: string;
  /** Properties that have a default in the schema. */
  defaults: Record<string, unknown>;
  inputs: Record<string, object>;
  writes: Record<string, object>;
  slots: Record<string, Omit<NonNullable<ComponentManifest["slots"]>[string], "label" | "description">>;
}

/** The texts a block brings, by language. */
export type BlockTexts = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A block: its slim manifest at once, its code and its texts when first shown. */
export interface Block {
  manifest: SlimManifest;
  /** Of a block of another maker that is installed: its address and what it was given. */
  installed?: InstalledBlock;
  View: ComponentView;
  /** Null until its code is here. */
  texts: BlockTexts | null;
  /** Fetches its code before it is shown. A failure is told when it is shown. */
  preload?: () => void;
}

/** The module made of a block. One of a third party has no code in this page: its view is the frame it runs in. */
type BlockCode = { texts: BlockTexts } & ({ default: ComponentView } | { sandboxed: SandboxManifest });

const slim = import.meta.glob<SlimManifest>("../../components/*/component.json", {
  eager: true,
  import: "default",
  query: "?slim",
});
const code = import.meta.glob<BlockCode>("../../components/*/component.json", { query: "?block" });

async function viewOf(found: BlockCode): Promise<ComponentView> {
  if ("default" in found) return found.default;
  return (await import("../sandbox/sandbox_view")).sandboxView(found.sandboxed);
}

/** A block that is not here yet takes its place all the same. */
const WHOLE = { width: "100%", height: "100%" };

function blockOf(manifest: SlimManifest, load: () => Promise<BlockCode>): Block {
  const View = lateComponent(
    async () => {
      const found = await load();
      block.texts = found.texts;
      return viewOf(found) as Promise<ComponentType<object>>;
    },
    createElement(Skeleton, WHOLE),
  );
  const block: Block = {
    manifest,
    View: View as unknown as ComponentView,
    texts: null,
    preload: View.preload,
  };
  return block;
}

function discover(): Map<string, Block> {
  const found = new Map<string, Block>();
  for (const [path, manifest] of Object.entries(slim)) {
    const load = code[path];
    if (load) found.set(manifest.id, blockOf(manifest, load));
  }
  return found;
}

const all = discover();

/**
 * Every block there is, by id: those found in `components/` (adding a folder adds a block; nothing else has to change),
 * and the installed ones of other makers that are shown now.
 */
export const blocks: ReadonlyMap<string, Block> = all;

let shown: readonly InstalledBlock[] = [];
const made = new Map<string, Block>();
const listeners = new Set<() => void>();

/** The same files with the same capabilities are the same view: what is drawn keeps its frame. */
function installedBlock(installed: InstalledBlock): Block {
  const key = [installed.hash, ...installed.granted].join(" ");
  const known = made.get(key);
  if (known) return known;
  const { hash, granted, manifest } = installed;
  const facts = manifest as unknown as Json;
  const sandboxed = { ...sandboxFacts(facts), hash, granted } as unknown as SandboxManifest;
  const load = async () => ({ texts: (manifest.i18n ?? {}) as BlockTexts, sandboxed });
  const block = blockOf(slimManifest(facts) as unknown as SlimManifest, load);
  block.installed = installed;
  made.set(key, block);
  return block;
}

/** Shows these blocks of other makers, and no others: one version of each. A built-in block is never replaced. */
export function showInstalled(next: readonly InstalledBlock[]): void {
  const text = (list: readonly InstalledBlock[]) =>
    JSON.stringify(list.map(({ hash, granted }) => [hash, ...granted]));
  if (text(next) === text(shown)) return;
  for (const { manifest } of shown) if (all.get(manifest.id)?.installed) all.delete(manifest.id);
  shown = next;
  for (const one of next) if (!all.has(one.manifest.id)) all.set(one.manifest.id, installedBlock(one));
  for (const listener of listeners) listener();
}

/**
 * The block an app draws. `own`: its blocks of other makers, each in the version it names, as two versions of an app
 * beside each other need; without, those that are shown now.
 */
export function blockIn(type: string, own: readonly InstalledBlock[] | undefined): Block | undefined {
  const found = all.get(type);
  if (!own || (found && !found.installed)) return found;
  const named = own.find(({ manifest }) => manifest.id === type);
  return named && installedBlock(named);
}

/** The blocks of other makers that are shown now; the same list as long as they are the same. */
export const shownInstalled = (): readonly InstalledBlock[] => shown;

/** Calls when other blocks are shown; returns how to stop. */
export function onInstalled(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Every whole manifest, for designer and gallery: a chunk of its own that no page of an app loads. */
export async function loadManifests(): Promise<ComponentManifest[]> {
  const { manifests } = await import("./manifests");
  const installed = shown.map(({ manifest }) => manifest).filter(({ id }) => all.get(id)?.installed);
  return [...manifests, ...installed];
}

/** The whole manifest of a block. Fails with an `Error` when there is no such block. */
export async function loadManifest(id: string): Promise<ComponentManifest> {
  const found = (await loadManifests()).find((manifest) => manifest.id === id);
  if (!found) throw new Error(`There is no block “${id}”.`);
  return found;
}

/** A text of a block's own; a missing one falls back to English, then to its key. */
export function blockText(
  texts: BlockTexts | null | undefined,
  language: string,
  key: string,
  values: Readonly<Record<string, string>> = {},
): string {
  const text = texts?.[language]?.[key] ?? texts?.en?.[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (hole, name: string) => values[name] ?? hole);
}

export type Payload = Readonly<Record<string, Value>>;
