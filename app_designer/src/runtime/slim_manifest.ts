/** What of a manifest the running app needs; the rest serves designer, gallery and documentation. */
const KEPT = ["id", "version", "props_version", "kind", "layout", "i18n", "runtime", "capabilities"] as const;
const SPECS = ["inputs", "writes", "outputs", "events", "methods", "slots"] as const;

type Json = Record<string, unknown>;

function withoutDescriptions(specs: Json): Json {
  const kept = Object.entries(specs).map(([name, spec]) => {
    const { description: _left_out, ...rest } = spec as Json;
    return [name, rest];
  });
  return Object.fromEntries(kept);
}

/** Top-level properties that have a default, so that a view never has to know it. */
function defaultsOf(props: Json): Json {
  const properties = Object.entries((props.properties ?? {}) as Record<string, Json>);
  return Object.fromEntries(
    properties.flatMap(([name, spec]) => ("default" in spec ? [[name, spec.default]] : [])),
  );
}

/** A manifest cut down for the runtime. */
export function slimManifest(manifest: Json): Json {
  const slim: Json = {};
  for (const key of KEPT) if (key in manifest) slim[key] = manifest[key];
  for (const key of SPECS) slim[key] = withoutDescriptions((manifest[key] ?? {}) as Json);
  slim.name = (manifest.meta as Json | undefined)?.name ?? {};
  slim.category = (manifest.meta as Json | undefined)?.category ?? "";
  slim.defaults = defaultsOf((manifest.props ?? {}) as Json);
  return slim;
}
