import { readFileSync } from "node:fs";
import type { Plugin } from "vite";
import { slimManifest } from "../src/runtime/slim_manifest.ts";

const SLIM = /component\.json\?slim$/;

/** `component.json?slim`: the manifest without examples, tests, property schema and documentation. */
export function slimManifests(): Plugin {
  return {
    name: "interlock-slim-manifests",
    enforce: "pre",
    load(id) {
      if (!SLIM.test(id)) return null;
      const path = id.replace(/\?slim$/, "");
      this.addWatchFile(path);
      const slim = JSON.stringify(
        slimManifest(JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>),
      );
      return { code: `export default ${slim};`, moduleType: "js" };
    },
  };
}
