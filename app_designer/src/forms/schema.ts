import type { LocalText } from "@sdk";
import { COMPONENT_TYPES, TYPES_URI } from "../generated/component_types.gen";

/** A condition on the props: data, never code. Exactly one of the tests is given. */
export interface Condition {
  prop: string;
  equals?: unknown;
  in?: unknown[];
  not_empty?: boolean;
}

type Words = Record<string, string>;

export type Widget =
  | "text"
  | "multiline"
  | "number"
  | "slider"
  | "switch"
  | "select"
  | "segmented"
  | "color"
  | "icon"
  | "list"
  | "bands"
  | "options"
  | "columns"
  | "fields"
  | "page"
  | "asset"
  | "asset_type"
  | "role"
  | "media"
  | "anchor"
  | "markdown"
  | "object"
  | "union"
  | "scalar";

/** The closed vocabulary `x-ui` of a property. */
export interface UiHints {
  label?: Words;
  help?: Words;
  group?: string;
  order?: number;
  level?: "basic" | "advanced";
  widget?: Widget;
  visible_when?: Condition;
  enabled_when?: Condition;
  unit_of?: string;
  bindable?: boolean;
  placeholder?: Words | string;
  options?: Record<string, Words>;
}

/** JSON Schema in the closed subset manifests may use. */
export interface PropSchema {
  type?: string | string[];
  properties?: Record<string, PropSchema>;
  required?: string[];
  additionalProperties?: boolean | PropSchema;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  description?: string;
  minimum?: number;
  maximum?: number;
  multipleOf?: number;
  pattern?: string;
  format?: string;
  minLength?: number;
  maxLength?: number;
  items?: PropSchema;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  $ref?: string;
  oneOf?: PropSchema[];
  anyOf?: PropSchema[];
  "x-discriminator"?: string;
  "x-ui"?: UiHints;
}

/** The name of the shared type a property refers to, for example `tone`. */
export function typeName(schema: PropSchema): string | null {
  const prefix = `${TYPES_URI}#/`;
  return schema.$ref?.startsWith(prefix) ? schema.$ref.slice(prefix.length) : null;
}

/** The same schema with the shared type it refers to put in its place. */
export function inlined(schema: PropSchema): PropSchema {
  const name = typeName(schema);
  const known = name === null ? undefined : (COMPONENT_TYPES[name] as PropSchema | undefined);
  if (!known) return schema;
  const { $ref: _, ...rest } = schema;
  return { ...known, ...rest };
}

const BY_TYPE: Record<string, Widget> = {
  text: "text",
  color: "color",
  tone: "color",
  icon: "icon",
  page: "page",
  asset: "asset",
  asset_type: "asset_type",
  role: "role",
  media: "media",
  scalar: "scalar",
};
/** Up to so many short choices stand side by side. */
const SEGMENTS_MAX = 3;

/** Which editor a property gets where its manifest does not say. */
export function widgetOf(schema: PropSchema): Widget {
  const given = schema["x-ui"]?.widget;
  if (given) return given;
  const name = typeName(schema);
  const known = name === null ? undefined : BY_TYPE[name];
  if (known) return known;
  const plain = inlined(schema);
  if (plain.oneOf) return "union";
  if (plain.enum) return plain.enum.length <= SEGMENTS_MAX ? "segmented" : "select";
  if (Array.isArray(plain.type)) return "scalar";
  if (plain.type === "boolean") return "switch";
  if (plain.type === "number" || plain.type === "integer") return "number";
  if (plain.type === "array") return "list";
  return plain.type === "object" ? "object" : "text";
}

function memberAt(value: unknown, pointer: string): unknown {
  let at = value;
  for (const key of pointer.split("/").slice(1)) {
    if (typeof at !== "object" || at === null) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return at;
}

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === "" ||
  value === false ||
  (typeof value === "object" && Object.keys(value).length === 0);

/** Whether a condition holds; a property that is not set counts with its default. */
export function conditionHolds(
  condition: Condition | undefined,
  props: unknown,
  whole?: PropSchema,
): boolean {
  if (!condition) return true;
  const set = memberAt(props, condition.prop);
  const value = set === undefined ? defaultAt(whole, condition.prop) : set;
  if (condition.in) return condition.in.includes(value);
  if (condition.not_empty !== undefined) return isEmpty(value) !== condition.not_empty;
  return value === condition.equals;
}

function defaultAt(whole: PropSchema | undefined, pointer: string): unknown {
  let at: PropSchema | undefined = whole;
  for (const key of pointer.split("/").slice(1)) at = at ? inlined(at).properties?.[key] : undefined;
  return at?.default;
}

/** The least value of a schema, to begin a new list entry with. */
export function emptyOf(given: PropSchema): unknown {
  const schema = inlined(given);
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.oneOf) return emptyOf(schema.oneOf[0] ?? {});
  if (schema.anyOf) return "";
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === "object") {
    const members = (schema.required ?? []).map((name) => [name, emptyOf(schema.properties?.[name] ?? {})]);
    return Object.fromEntries(members);
  }
  if (type === "array")
    return Array.from({ length: schema.minItems ?? 0 }, () => emptyOf(schema.items ?? {}));
  if (type === "boolean") return false;
  if (type === "number" || type === "integer")
    return Math.max(schema.minimum ?? 0, Math.min(0, schema.maximum ?? 0));
  return "";
}

export interface NamedProp {
  name: string;
  schema: PropSchema;
  group: string;
  advanced: boolean;
}

/** The order of the groups in the inspector; others come after them. */
export const GROUPS = ["content", "scale", "look", "behaviour", "data"] as const;

/** The properties in the order of the inspector: by group, by `order`, by name. */
export function orderedProps(schema: PropSchema): NamedProp[] {
  const rank = (group: string) => {
    const at = (GROUPS as readonly string[]).indexOf(group);
    return at < 0 ? GROUPS.length : at;
  };
  return Object.entries(schema.properties ?? {})
    .map(([name, prop]) => ({
      name,
      schema: prop,
      group: prop["x-ui"]?.group ?? "content",
      advanced: prop["x-ui"]?.level === "advanced",
    }))
    .sort(
      (a, b) =>
        rank(a.group) - rank(b.group) ||
        (a.schema["x-ui"]?.order ?? 1000) - (b.schema["x-ui"]?.order ?? 1000) ||
        a.name.localeCompare(b.name),
    );
}

export const bindable = (schema: PropSchema): boolean => schema["x-ui"]?.bindable !== false;

/** What a person reads of a value in a list: its label, else what it holds. */
export function summaryText(value: unknown): LocalText | string {
  if (typeof value !== "object" || value === null) return value === undefined ? "" : String(value);
  const members = value as Record<string, unknown>;
  for (const key of ["label", "title", "name", "text", "field", "value", "id", "to"]) {
    const member = members[key];
    if (member !== undefined && member !== null && member !== "") {
      return typeof member === "object" ? (member as LocalText) : String(member);
    }
  }
  return "";
}
