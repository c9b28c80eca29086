import type { Capability } from "@sdk/api/code_blocks";
import type { ComponentManifest } from "../generated/documents.gen";

/** What is needed of the manifest of a sandboxed block; comes with it as its code. */
export interface SandboxManifest
  extends Pick<ComponentManifest, "id" | "version" | "runtime" | "events" | "outputs" | "i18n"> {
  name: Record<string, string>;
  /** Of its files, when it is installed: its address. A built-in block has its version there. */
  hash?: string;
  /** What it may do beyond drawing; nothing unless somebody gave it. */
  granted?: readonly Capability[];
}
