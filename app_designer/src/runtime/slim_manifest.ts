/** What every page needs to know of every block before it draws one; the rest comes with the block's code. */
const FACTS = ["id", "version", "props_version", "kind", "layout"] as const;
const SLOT_FACTS = ["allow", "items_max", "layout", "provides", "repeats"] as const;
/** What the frame of a sandboxed block holds what it is told against. */
const SANDBOX = ["id", "version", "runtime", "i18n", "events", "outputs"] as const;

export type Json = Record<string, unknown>;

function kept(from: Json, keys: readonly string[]): Json {
  return Object.fromEntries(keys.flatMap((key) => (key in from ? [[key, from[key]]] : [])));
}

export function each(specs: unknown, change: (spec: Json) => unknown): Json {
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

/** What the frame of a sandboxed block needs to know of it. */
export const sandboxFacts = (manifest: Json): Json => ({
  ...kept(manifest, SANDBOX),
  name: nameOf(manifest),
});
