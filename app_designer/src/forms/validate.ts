import { type OutputUnit, Validator } from "@cfworker/json-schema";
import type { AreaTranslate } from "@sdk/i18n/area";
import { inlined, type PropSchema } from "./schema";
import type { FormText } from "./texts";

/** What is wrong with one property, in the reader's language. `path` is a JSON pointer into the props. */
export interface FieldProblem {
  path: string;
  message: string;
}

const DEPTH_MAX = 12;

/** The schema as the validator takes it: shared types in place, hints and unknown members left out. */
function plain(schema: PropSchema, depth = 0): Record<string, unknown> {
  const {
    "x-ui": _ui,
    "x-discriminator": _discriminator,
    description: _text,
    default: _default,
    ...rest
  } = inlined(schema);
  const out: Record<string, unknown> = { ...rest };
  if (depth > DEPTH_MAX) return {};
  if (rest.properties) {
    out.properties = Object.fromEntries(
      Object.entries(rest.properties).map(([name, prop]) => [name, plain(prop, depth + 1)]),
    );
  }
  if (rest.items) out.items = plain(rest.items, depth + 1);
  if (rest.oneOf) out.oneOf = rest.oneOf.map((one) => plain(one, depth + 1));
  if (rest.anyOf) out.anyOf = rest.anyOf.map((one) => plain(one, depth + 1));
  if (typeof rest.additionalProperties === "object")
    out.additionalProperties = plain(rest.additionalProperties, depth + 1);
  return out;
}

interface Checked {
  validator: Validator;
  schema: Record<string, unknown>;
}
const known = new WeakMap<PropSchema, Checked>();

function validatorOf(schema: PropSchema): Checked {
  const found = known.get(schema);
  if (found) return found;
  const flat = plain(schema);
  const made = { schema: flat, validator: new Validator(flat, "2020-12", false) };
  known.set(schema, made);
  return made;
}

function limitAt(schema: Record<string, unknown>, location: string): string {
  let at: unknown = schema;
  for (const key of location.replace(/^#\/?/, "").split("/")) {
    if (typeof at !== "object" || at === null) return "";
    at = (at as Record<string, unknown>)[decodeURIComponent(key.replace(/~1/g, "/").replace(/~0/g, "~"))];
  }
  return typeof at === "object" ? JSON.stringify(at) : String(at);
}

const BY_KEYWORD: Record<string, FormText> = {
  minimum: "problem.minimum",
  maximum: "problem.maximum",
  multipleOf: "problem.multiple_of",
  minLength: "problem.min_length",
  maxLength: "problem.max_length",
  minItems: "problem.min_items",
  maxItems: "problem.max_items",
  uniqueItems: "problem.unique",
  pattern: "problem.pattern",
  enum: "problem.enum",
  const: "problem.enum",
  required: "problem.required",
  additionalProperties: "problem.unknown",
};
const BY_VALUE_TYPE: Record<string, FormText> = {
  number: "problem.number",
  integer: "problem.integer",
  string: "problem.text",
  boolean: "problem.boolean",
};

function messageOf(unit: OutputUnit, schema: Record<string, unknown>, t: AreaTranslate<FormText>): string {
  const limit = limitAt(schema, unit.keywordLocation);
  if (unit.keyword === "type") return t(BY_VALUE_TYPE[limit] ?? "problem.value");
  return t(BY_KEYWORD[unit.keyword] ?? "problem.value", { limit });
}

/** Everything that is wrong with these props: at most one problem per place, the deepest ones. */
export function problemsOf(schema: PropSchema, value: unknown, t: AreaTranslate<FormText>): FieldProblem[] {
  const { validator, schema: flat } = validatorOf(schema);
  const { valid, errors } = validator.validate(value);
  if (valid) return [];
  const byPath = new Map<string, FieldProblem>();
  for (const unit of errors) {
    if (unit.keyword === "properties" || unit.keyword === "items" || unit.keyword === "false") continue;
    const path = decodeURIComponent(unit.instanceLocation.replace(/^#/, ""));
    if (!byPath.has(path)) byPath.set(path, { path, message: messageOf(unit, flat, t) });
  }
  const paths = [...byPath.keys()];
  const inner = (path: string) => paths.some((other) => other !== path && other.startsWith(`${path}/`));
  return [...byPath.values()].filter(({ path }) => !inner(path));
}
