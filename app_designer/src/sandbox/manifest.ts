import type { ComponentManifest } from "../generated/documents.gen";

/** What is needed of the manifest of a sandboxed block: the running app's slim manifests have all of it. */
export interface SandboxManifest
  extends Pick<ComponentManifest, "id" | "version" | "runtime" | "events" | "outputs" | "i18n"> {
  name: Record<string, string>;
}
