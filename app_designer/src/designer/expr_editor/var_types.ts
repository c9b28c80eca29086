import type { Bound } from "@runtime/binding";
import type { Kind } from "@sdk/api/types";
import type { TypeName, VarType } from "@sdk/expr";
import type { Expression } from "../../generated/documents.gen";
import { elementsOf } from "../model/canvas_key";
import type { DesignerState } from "../model/contract";
import { paramsOf, paramValue } from "../pickers/design_scope";
import type { Manifests } from "../pickers/manifests";
import { indexOf } from "../pickers/plant_index";

export type Vars = NonNullable<Expression["vars"]>;

const BY_KIND: Record<Kind, TypeName> = { f: "number", i: "number", u: "number", b: "boolean", s: "string" };
const BY_ROLE: Record<string, TypeName> = {
  number: "number",
  boolean: "boolean",
  text: "string",
  any: "any",
};
const BY_VALUE: Record<string, TypeName> = {
  number: "number",
  integer: "number",
  boolean: "boolean",
  string: "string",
  text: "string",
};

function tagType(state: DesignerState, bound: Extract<Bound, { source: "tag" | "history" }>): VarType {
  const id = typeof bound.asset === "string" ? bound.asset : paramValue(state, bound.asset.param);
  const at = indexOf(state.plant)
    .rolesAt.get(id)
    ?.find((entry) => entry.role === bound.role);
  const unit = at?.tag?.meta.unit || at?.spec?.unit;
  const fn = bound.source === "history" ? bound.fn : null;
  const numeric = fn !== null && fn !== undefined && fn !== "last" && fn !== "first";
  const type = numeric
    ? "number"
    : at?.tag
      ? BY_KIND[at.tag.kind]
      : (BY_ROLE[at?.spec?.kind ?? "any"] ?? "any");
  return type === "number" && unit && fn !== "count" ? { type, unit } : { type };
}

/** What is known of a binding's value before there is one: its type and unit. */
export function varTypeOf(bound: Bound, state: DesignerState, manifests: Manifests): VarType {
  const plain = plainType(bound, state, manifests);
  // A step may change type or unit; what comes out of a table is not known.
  const steps = bound.transforms ?? [];
  if (steps.some((step) => step.op === "map")) return { type: "any" };
  return steps.some((step) => step.op === "scale") ? { type: plain.type } : plain;
}

function plainType(bound: Bound, state: DesignerState, manifests: Manifests): VarType {
  const { draft, canvas } = state;
  switch (bound.source) {
    case "tag":
    case "history":
      return tagType(state, bound);
    case "state": {
      const page = draft.pages[canvas]?.state?.[bound.name] ?? draft.app.state?.[bound.name];
      return { type: BY_VALUE[page?.type ?? ""] ?? "any" };
    }
    case "param": {
      const type = paramsOf(draft, canvas)[bound.param]?.type;
      return { type: type === "number" || type === "boolean" ? type : "string" };
    }
    case "user":
      return { type: "string" };
    case "output": {
      const type = elementsOf(draft, canvas)[bound.element]?.type ?? "";
      return { type: BY_VALUE[manifests.get(type)?.outputs?.[bound.output]?.type ?? ""] ?? "any" };
    }
    case "static":
      return { type: bound.value === null ? "null" : (BY_VALUE[typeof bound.value] ?? "any") };
    default:
      return { type: "any" };
  }
}
