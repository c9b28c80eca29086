import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plugin } from "vite";
import { each, type Json, sandboxFacts, slimManifest } from "../src/runtime/slim_manifest.ts";

/** What the inputs and writes of a block are called. */
export function blockLabels(manifest: Json): Json {
  const label = (spec: Json) => spec.label ?? {};
  return { inputs: each(manifest.inputs, label), writes: each(manifest.writes, label) };
}

/** A block as one module: its view and its texts, or, where it runs in a frame, what the frame needs. */
export function blockModule(manifest: Json, view: string | null): string {
  const texts = `export const texts = ${JSON.stringify(manifest.i18n ?? {})};`;
  if (view !== null) return `export { default } from ${JSON.stringify(view)};\n${texts}`;
  return `${texts}\nexport const sandboxed = ${JSON.stringify(sandboxFacts(manifest))};`;
}

function moduleFor(asked: string, path: string): string {
  const manifest = JSON.parse(readFileSync(path, "utf8")) as Json;
  if (asked === "slim") return `export default ${JSON.stringify(slimManifest(manifest))};`;
  if (asked === "labels") return `export default ${JSON.stringify(blockLabels(manifest))};`;
  const view = join(dirname(path), "View.tsx");
  return blockModule(manifest, existsSync(view) ? view : null);
}

const ASKED = /component\.json\?(slim|block|labels)$/;

/**
 * `component.json?slim`: the manifest without texts, examples, tests, property schema and documentation.
 * `component.json?block`: the code of the block with its texts.
 * `component.json?labels`: what its inputs and writes are called.
 */
export function slimManifests(): Plugin {
  return {
    name: "interlock-slim-manifests",
    enforce: "pre",
    load(id) {
      const asked = ASKED.exec(id)?.[1];
      if (!asked) return null;
      const path = id.replace(/\?.*$/, "");
      this.addWatchFile(path);
      return { code: moduleFor(asked, path), moduleType: "js" };
    },
  };
}
