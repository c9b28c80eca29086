import type { ComponentView, Value } from "@sdk";
import type { InstalledBlock } from "@sdk/api/code_blocks";
import { lazy } from "react";
import type { ComponentManifest } from "../generated/documents.gen";
import { slimManifest } from "./slim_manifest";

/** What the running app knows of a block: made of `component.json` when the product is built. */
export interface SlimManifest
  extends Pick<
    ComponentManifest,
    | "id"
    | "version"
    | "props_version"
    | "kind"
    | "layout"
    | "i18n"
    | "runtime"
    | "capabilities"
    | "inputs"
    | "writes"
    | "outputs"
    | "events"
    | "methods"
    | "slots"
  > {
  name: Record<string, string>;
  /** What kind of block it is: what slots take depends on it. */
  category?: string;
  /** Properties that have a default in the schema. */
  defaults: Record<string, unknown>;
}

/** A block: its slim manifest at once, its code when first shown. */
export interface Block {
  manifest: SlimManifest;
  /** Of a block of another maker that is installed: its address and what it was given. */
  installed?: InstalledBlock;
  View: ComponentView;
  /** Fetches its code before it is shown. A failure is told when it is shown. */
  preload?: () => void;
}

const slim = import.meta.glob<SlimManifest>("../../components/*/component.json", {
  eager: true,
  import: "default",
  query: "?slim",
});
const views = import.meta.glob<{ default: ComponentView<never> }>("../../components/*/View.tsx");

type Load = () => Promise<{ default: ComponentView }>;

/** A block of a third party has no code in this page: its view is the frame it runs in. */
function loadOf(path: string, manifest: SlimManifest): Load | null {
  if (manifest.runtime?.isolation === "iframe") {
    return async () => ({ default: (await import("../sandbox/sandbox_view")).sandboxView(manifest) });
  }
  return (views[path.replace(/component\.json.*$/, "View.tsx")] as Load | undefined) ?? null;
}

function discover(): Map<string, Block> {
  const found = new Map<string, Block>();
  for (const [path, manifest] of Object.entries(slim)) {
    const load = loadOf(path, manifest);
    if (!load) continue;
    const preload = () => void load().catch(() => {});
    found.set(manifest.id, { manifest, View: lazy(load) as unknown as ComponentView, preload });
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
  const { hash, granted } = installed;
  const manifest = slimManifest(installed.manifest as unknown as Record<string, unknown>);
  const slimmed = manifest as unknown as SlimManifest;
  const load: Load = async () => ({
    default: (await import("../sandbox/sandbox_view")).sandboxView({ ...slimmed, hash, granted }),
  });
  const View = lazy(load) as unknown as ComponentView;
  const block: Block = { manifest: slimmed, installed, View, preload: () => void load().catch(() => {}) };
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

/** A text of a block's own `i18n`; a missing one falls back to English, then to its key. */
export function blockText(
  manifest: Pick<SlimManifest, "i18n">,
  language: string,
  key: string,
  values: Readonly<Record<string, string>> = {},
): string {
  const text = manifest.i18n?.[language]?.[key] ?? manifest.i18n?.en?.[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (hole, name: string) => values[name] ?? hole);
}

export type Payload = Readonly<Record<string, Value>>;
