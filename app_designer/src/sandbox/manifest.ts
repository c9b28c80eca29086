import type { ComponentManifest } from "../generated/documents.gen";

/** What is needed of the manifest of a sandboxed block; comes with it as its code. */
export interface SandboxManifest
  extends Pick<ComponentManifest, "id" | "version" | "runtime" | "events" | "outputs" | "i18n"> {
  name: Record<string, string>;
}
