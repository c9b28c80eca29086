import type { ComponentManifest } from "../generated/documents.gen";

const found = import.meta.glob<ComponentManifest>("../../components/*/component.json", {
  eager: true,
  import: "default",
});

/** Every whole manifest, by id. Loaded only through `loadManifests`. */
export const manifests: ComponentManifest[] = Object.values(found).sort((a, b) => (a.id < b.id ? -1 : 1));
