// Put behind the chunk of manifests by `test_attack_gallery.py`, which replaces MANIFESTS: each block gets one example
// for every attack of a batch, with an attack in every string its properties may have and in every text of its data.
const { attacks, begin, end } = globalThis.__given;
// Each of these is a frame of its own.
const FRAMED_MAX = 16;

function isText(schema) {
  return schema.$ref !== undefined || [schema.type].flat().includes("string");
}

/** The value with its texts replaced; texts it does not have yet are added. What a closed list allows stays. */
function filled(schema, value, next) {
  if (!schema || schema.enum || schema.const !== undefined) return value;
  if (schema.type === "array") {
    const items = Array.isArray(value) && value.length > 0 ? value : [undefined];
    return items.map((item) => filled(schema.items, item, next)).filter((item) => item !== undefined);
  }
  if (schema.type === "object" && schema.properties) {
    const members = Object.entries(schema.properties)
      .map(([name, inner]) => [name, filled(inner, value?.[name], next)])
      .filter(([, inner]) => inner !== undefined);
    return { ...value, ...Object.fromEntries(members) };
  }
  return isText(schema) ? next() : value;
}

/** Example data with its names, units, value texts and text values replaced; kinds and colours are closed lists. */
function replaced(data, next) {
  if (typeof data === "string") return next();
  if (Array.isArray(data)) return data.map((item) => replaced(item, next));
  if (data === null || typeof data !== "object") return data;
  const members = Object.entries(data).map(([name, item]) => {
    return [name, name === "kind" || name === "colors" ? item : replaced(item, next)];
  });
  return Object.fromEntries(members);
}

for (const manifest of MANIFESTS) {
  const given = manifest.examples;
  const last = manifest.runtime?.isolation === "iframe" ? begin + FRAMED_MAX : end;
  manifest.examples = attacks.slice(begin, last).map((attack, number) => {
    let place = begin + number;
    const next = () => attacks[place++ % attacks.length];
    const example = given[number % given.length];
    return {
      ...example,
      name: { en: `${attack}${number}`, "zh-CN": attack },
      props: filled(manifest.props, example.props ?? {}, next),
      data: replaced(example.data ?? {}, next),
    };
  });
  manifest.meta.summary = { en: attacks[0], "zh-CN": attacks[0] };
}
