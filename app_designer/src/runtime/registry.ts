import type { ComponentView, Value } from "@sdk";
import { lazy } from "react";
import type { ComponentManifest } from "../generated/documents.gen";

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

/** A block found in `components/`: its slim manifest at once, its code when first shown. */
export interface Block {
  manifest: SlimManifest;
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

/** Every block there is, by id. Adding a folder adds a block; nothing else has to change. */
export const blocks: ReadonlyMap<string, Block> = discover();

/** Every whole manifest, for designer and gallery: a chunk of its own that no page of an app loads. */
export async function loadManifests(): Promise<ComponentManifest[]> {
  return (await import("./manifests")).manifests;
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
