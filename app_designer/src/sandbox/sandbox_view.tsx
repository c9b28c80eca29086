import type { ComponentView } from "@sdk";
import type { SandboxManifest } from "./manifest";
import { SandboxFrame } from "./SandboxFrame";

/** The view of a block whose manifest says `runtime.isolation: "iframe"`: it has no code in this page. */
export function sandboxView(manifest: SandboxManifest): ComponentView {
  return function SandboxView(given) {
    return <SandboxFrame manifest={manifest} given={given} />;
  };
}
