import type { ComponentView } from "@sdk";
import { lazy } from "react";
import type { ComponentManifest } from "../generated/documents.gen";

/** A block found in `components/`: its manifest at once, its code when first shown. */
export interface Block {
  manifest: ComponentManifest;
  View: ComponentView<never>;
}

const manifests = import.meta.glob<ComponentManifest>("../../components/*/component.json", {
  eager: true,
  import: "default",
});
const views = import.meta.glob<{ default: ComponentView<never> }>("../../components/*/View.tsx");

function discover(): Map<string, Block> {
  const found = new Map<string, Block>();
  for (const [path, manifest] of Object.entries(manifests)) {
    const load = views[path.replace("component.json", "View.tsx")];
    if (load) found.set(manifest.id, { manifest, View: lazy(load) as unknown as ComponentView<never> });
  }
  return found;
}

/** Every block there is, by id. Adding a folder adds a block; nothing else has to change. */
export const blocks: ReadonlyMap<string, Block> = discover();
