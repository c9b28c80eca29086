import type { Value } from "@sdk/api/types";
import type { CompositeDocument, CompositeParam, Element } from "../../generated/documents.gen";
import { type Instance, updatableInstances, versionKey } from "../model/block_versions";
import { elementsOf } from "../model/canvas_key";
import type { Change, DesignerState, Draft } from "../model/contract";
import { elementPath } from "../model/operations";
import { sameJson } from "../model/paths";

type Binding = NonNullable<Element["bind"]>[string];

/** What a newer version means for one place that shows the block, beside what is drawn. */
export type InstanceChange =
  /** A parameter it does not know yet: `value` is what it gets. */
  | { readonly kind: "added"; readonly param: string; readonly value: Value }
  /** A parameter that has no default and that nothing sets: it is empty until somebody does. */
  | { readonly kind: "unset"; readonly param: string }
  /** A parameter that is gone, and that set nothing here. */
  | { readonly kind: "removed"; readonly param: string }
  | { readonly kind: "value_lost"; readonly param: string; readonly value: Value }
  | { readonly kind: "binding_lost"; readonly param: string; readonly binding: Binding }
  /** Set by nothing here, so it follows the default. */
  | { readonly kind: "default"; readonly param: string; readonly before: Value; readonly value: Value }
  /** Of another type now: a value that does not fit goes. */
  | { readonly kind: "type_lost"; readonly param: string; readonly value: Value };

const FITS: Readonly<Record<CompositeParam["type"], (value: unknown) => boolean>> = {
  asset: (value) => typeof value === "string",
  text: (value) => typeof value === "string",
  number: (value) => typeof value === "number",
  boolean: (value) => typeof value === "boolean",
};

type Params = Readonly<Record<string, CompositeParam>>;

const defaultOf = (spec: CompositeParam | undefined): Value => (spec?.default ?? null) as Value;

function ofParam(name: string, element: Element, before: Params, after: Params): InstanceChange[] {
  const value = element.props?.[name] as Value | undefined;
  const binding = element.bind?.[`/${name}`];
  const [was, is] = [before[name], after[name]];
  if (!is) {
    const lost: InstanceChange[] = [];
    if (value !== undefined) lost.push({ kind: "value_lost", param: name, value });
    if (binding) lost.push({ kind: "binding_lost", param: name, binding });
    return lost.length > 0 ? lost : [{ kind: "removed", param: name }];
  }
  if (binding) return [];
  if (value !== undefined && value !== null && !FITS[is.type](value))
    return [{ kind: "type_lost", param: name, value }];
  if (value !== undefined) return [];
  const now = defaultOf(is);
  if (!was)
    return [now === null ? { kind: "unset", param: name } : { kind: "added", param: name, value: now }];
  const old = defaultOf(was);
  return sameJson(old, now) ? [] : [{ kind: "default", param: name, before: old, value: now }];
}

/** What taking a newer version of its block changes for an instance, by parameter. */
export function instanceChanges(
  element: Element,
  before: CompositeDocument,
  after: CompositeDocument,
): InstanceChange[] {
  const [old, next] = [before.params ?? {}, after.params ?? {}];
  const names = [...new Set([...Object.keys(old), ...Object.keys(next)])];
  return names.flatMap((name) => ofParam(name, element, old, next));
}

/** The element as it is with a newer version: without what that has no place for. */
export function updatedElement(
  element: Element,
  before: CompositeDocument | undefined,
  after: CompositeDocument,
): Element {
  const params = after.params ?? {};
  const fits = (name: string, value: unknown) => {
    const spec = params[name];
    return spec !== undefined && (value === null || FITS[spec.type](value));
  };
  const props = Object.entries(element.props ?? {}).filter(([name, value]) => fits(name, value));
  // Only what was a parameter can be lost: visibility and the like are bindings of the element itself.
  const gone = (target: string) => {
    const name = target.slice(1);
    return before?.params?.[name] !== undefined && !params[name];
  };
  const bind = Object.entries(element.bind ?? {}).filter(([target]) => !gone(target));
  const { props: _props, bind: _bind, ...rest } = element;
  return {
    ...rest,
    props_version: after.version,
    ...(props.length > 0 ? { props: Object.fromEntries(props) } : {}),
    ...(bind.length > 0 ? { bind: Object.fromEntries(bind) } : {}),
  };
}

/** The places that still show an older version than the newest one. */
export function instancesBehind(draft: Draft, block: string, version: number): Instance[] {
  return updatableInstances(draft, block).filter((instance) => instance.version < version);
}

/** One name for a place, as long as the review is open. */
export const instanceKey = ({ canvas, id }: Pick<Instance, "canvas" | "id">): string => `${canvas}/${id}`;

/** Takes a version of a block for some places, member by member: the rest of the element is not touched. */
export function updateInstances(
  draft: Draft,
  instances: readonly Instance[],
  after: CompositeDocument,
): Change[] {
  return instances.flatMap(({ canvas, id, version }) => {
    const element = elementsOf(draft, canvas)[id];
    if (!element) return [];
    const next = updatedElement(element, draft.blocks[versionKey(after.id, version)], after);
    const changes: Change[] = [{ path: elementPath(canvas, id, "props_version"), value: next.props_version }];
    for (const member of ["props", "bind"] as const) {
      if (!sameJson(element[member], next[member]))
        changes.push({ path: elementPath(canvas, id, member), value: next[member] });
    }
    return changes;
  });
}

/** Notes of the versions after one, up to another; oldest first. */
export function notesBetween(
  { draft }: Pick<DesignerState, "draft">,
  block: string,
  from: number,
  to: number,
): { version: number; note: string }[] {
  return Object.values(draft.blocks)
    .filter(({ id, version, note }) => id === block && version > from && version <= to && note)
    .sort((a, b) => a.version - b.version)
    .map(({ version, note = "" }) => ({ version, note }));
}
