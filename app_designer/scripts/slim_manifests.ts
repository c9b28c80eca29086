import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plugin } from "vite";

/** What every page needs to know of every block before it draws one; the rest comes with the block's code. */
const FACTS = ["id", "version", "props_version", "kind", "layout"] as const;
const SLOT_FACTS = ["allow", "items_max", "layout", "provides", "repeats"] as const;
/** What the frame of a sandboxed block holds what it is told against. */
const SANDBOX = ["id", "version", "runtime", "i18n", "events", "outputs"] as const;

type Json = Record<string, unknown>;

function kept(from: Json, keys: readonly string[]): Json {
  return Object.fromEntries(keys.flatMap((key) => (key in from ? [[key, from[key]]] : [])));
}

function each(specs: unknown, change: (spec: Json) => unknown): Json {
  return Object.fromEntries(
    Object.entries((specs ?? {}) as Record<string, Json>).map(([name, spec]) => [name, change(spec)]),
  );
}

const nameOf = (manifest: Json): unknown => (manifest.meta as Json | undefined)?.name ?? {};

/** Top-level properties that have a default, so that a view never has to know it. */
function defaultsOf(props: Json): Json {
  const properties = Object.entries((props.properties ?? {}) as Record<string, Json>);
  return Object.fromEntries(
    properties.flatMap(([name, spec]) => ("default" in spec ? [[name, spec.default]] : [])),
  );
}

/** A manifest cut down to what the runtime knows of a block it does not draw. */
export function slimManifest(manifest: Json): Json {
  return {
    ...kept(manifest, FACTS),
    name: nameOf(manifest),
    category: (manifest.meta as Json | undefined)?.category ?? "",
    defaults: defaultsOf((manifest.props ?? {}) as Json),
    inputs: each(manifest.inputs, () => ({})),
    writes: each(manifest.writes, () => ({})),
    slots: each(manifest.slots, (slot) => kept(slot, SLOT_FACTS)),
  };
}

/** What the inputs and writes of a block are called. */
export function blockLabels(manifest: Json): Json {
  const label = (spec: Json) => spec.label ?? {};
  return { inputs: each(manifest.inputs, label), writes: each(manifest.writes, label) };
}

/** A block as one module: its view and its texts, or, where it runs in a frame, what the frame needs. */
export function blockModule(manifest: Json, view: string | null): string {
  const texts = `export const texts = ${JSON.stringify(manifest.i18n ?? {})};`;
  if (view !== null) return `export { default } from ${JSON.stringify(view)};\n${texts}`;
  const sandboxed = { ...kept(manifest, SANDBOX), name: nameOf(manifest) };
  return `${texts}\nexport const sandboxed = ${JSON.stringify(sandboxed)};`;
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
