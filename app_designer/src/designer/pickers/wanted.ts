import { inlined, type PropSchema } from "@forms/schema";
import type { Kind, TagMeta } from "@sdk/api/types";
import type { InputSpec, WriteSpec } from "../../generated/documents.gen";

export type Source = InputSpec["from"][number];
export type ValueType = InputSpec["type"];
export type Target = NonNullable<WriteSpec["targets"]>[number];

/** What a place takes: an input, a write, a property, or visible/enabled/tone. */
export interface Wanted {
  type: ValueType;
  shape: InputSpec["shape"];
  /** Unit dimension; `any`: all. */
  dimension: string;
  from: readonly Source[];
  /** Of a write: what it may be bound to. */
  targets?: readonly Target[];
}

const EVERY_SCALAR: readonly Source[] = [
  "tag",
  "history",
  "state",
  "output",
  "param",
  "user",
  "expression",
  "static",
];

export const wantedByInput = (spec: InputSpec): Wanted => ({
  type: spec.type,
  shape: spec.shape,
  dimension: spec.dimension ?? "any",
  from: spec.from,
});

/** A command goes to a tag or to a state of the app. */
export const wantedByWrite = (spec: WriteSpec): Wanted => {
  const targets = spec.targets ?? ["device", "manual", "state"];
  const tags = targets.includes("device") || targets.includes("manual");
  return {
    type: spec.type,
    shape: "scalar",
    dimension: "any",
    from: [...(tags ? (["tag"] as const) : []), ...(targets.includes("state") ? (["state"] as const) : [])],
    targets,
  };
};

const TYPES: Record<string, ValueType> = {
  number: "number",
  integer: "integer",
  boolean: "boolean",
  string: "string",
};

/** A property takes any single value of its type; its constant is its own editor's business. */
export function wantedByProp(schema: PropSchema): Wanted {
  const { type } = inlined(schema);
  return {
    type: typeof type === "string" ? (TYPES[type] ?? "any") : "any",
    shape: "scalar",
    dimension: "any",
    from: EVERY_SCALAR.filter((source) => source !== "static"),
  };
}

export const WANTED_BOOLEAN: Wanted = {
  type: "boolean",
  shape: "scalar",
  dimension: "any",
  from: ["expression", "tag", "state", "output", "param", "user"],
};
export const WANTED_TONE: Wanted = {
  type: "any",
  shape: "scalar",
  dimension: "any",
  from: ["expression", "tag", "state", "output"],
};
export const WANTED_VARIABLE: Wanted = {
  type: "any",
  shape: "scalar",
  dimension: "any",
  from: ["tag", "history", "state", "output", "param", "user", "static"],
};
/** The value of an action: whatever may be written or handed on. */
export const WANTED_VALUE: Wanted = { type: "any", shape: "scalar", dimension: "any", from: EVERY_SCALAR };

/** The edge of the platform itself: its tags are typed by people. */
const MANUAL_EDGE = "manual";

/** Why something does not fit; null: it fits. */
export type Misfit = { reason: "number" | "boolean" | "unit" | "shape" | "writable"; has: string } | null;

/** Whether a tag fits. `dimensionOf` tells the dimension of a unit, null where it is not known. */
export function misfitOf(
  wanted: Wanted,
  tag: { kind: Kind | null; meta: TagMeta; edge?: string; writable?: boolean | null },
  dimensionOf: (unit: string) => string | null,
): Misfit {
  if (wanted.shape === "rows" || wanted.shape === "record") return { reason: "shape", has: "" };
  const { kind } = tag;
  const unit = tag.meta.unit ?? "";
  if (wanted.targets !== undefined) {
    // What people type goes to manual tags only; of a device's tags the server tells which may be written.
    const isTyped = !wanted.targets.includes("device") && tag.edge !== undefined && tag.edge !== MANUAL_EDGE;
    if (isTyped || tag.writable === false) return { reason: "writable", has: unit };
  }
  if ((wanted.type === "number" || wanted.type === "integer") && kind === "s")
    return { reason: "number", has: unit };
  if (wanted.type === "boolean" && (kind === "s" || kind === "f")) return { reason: "boolean", has: unit };
  if (wanted.dimension !== "any") {
    const dimension = unit ? dimensionOf(unit) : null;
    if (dimension !== wanted.dimension) return { reason: "unit", has: unit };
  }
  return null;
}
