import type { Pins } from "@runtime/installed";
import { blocks } from "@runtime/registry";
import type { RoleNeed } from "../../generated/documents.gen";
import { ontoSuccessors } from "../model/block_versions";
import type { Change, DesignerStore, Draft, Plant } from "../model/contract";
import { applyChanges, sameJson } from "../model/paths";
import { indexOf } from "../pickers/plant_index";
import { holdersOf, visitNodes } from "./usage";

const COMPOSITE = "composite.";

/** Component → version of its props, for every element of the app. */
export function requiredComponents(draft: Draft): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { elements } of holdersOf(draft)) {
    for (const element of Object.values(elements)) {
      if (element.type.startsWith(COMPOSITE)) continue;
      found[element.type] = Math.max(found[element.type] ?? 0, element.props_version);
    }
  }
  return found;
}

/** Every role some binding or action names. */
export function usedRoles(draft: Draft): Set<string> {
  const roles = new Set<string>();
  visitNodes(draft, (node) => {
    const tagLike = node.source === "tag" || node.source === "history" || node.action === "write_tag";
    if (tagLike && typeof node.role === "string" && node.role !== "*") roles.add(node.role);
  });
  return roles;
}

const KINDS = { number: "number", boolean: "b", text: "s", any: "any" } as const;

/** What the app asks of a role: as the asset types say, else as the tags that play it are. */
function needOf(role: string, plant: Plant): RoleNeed {
  const entries = [...indexOf(plant).rolesAt.values()].flat().filter((at) => at.role === role);
  const spec = entries.find((at) => at.spec)?.spec;
  const tag = entries.find((at) => at.tag)?.tag;
  const kinds = new Set(entries.flatMap((at) => (at.tag ? [at.tag.kind] : [])));
  const numeric = kinds.size > 0 && [...kinds].every((kind) => kind !== "b" && kind !== "s");
  const only = kinds.size === 1 ? [...kinds][0] : undefined;
  const kind = spec
    ? KINDS[spec.kind ?? "any"]
    : numeric
      ? "number"
      : only === "b" || only === "s"
        ? only
        : "any";
  const unit = spec?.unit || tag?.meta.unit || "";
  return unit && kind === "number" ? { role, kind, unit } : { role, kind };
}

/** The roles listed after an edit: new ones are added, those it used up go; what else is listed stays as it is. */
function listedRoles(before: Draft, after: Draft, plant: Plant): readonly RoleNeed[] {
  const listed = after.app.roles ?? [];
  const [had, has] = [usedRoles(before), usedRoles(after)];
  const kept = listed.filter(({ role }) => has.has(role) || !had.has(role));
  const known = new Set(kept.map(({ role }) => role));
  const added = [...has].filter((role) => !had.has(role) && !known.has(role)).sort();
  return kept.length === listed.length && added.length === 0
    ? listed
    : [...kept, ...added.map((role) => needOf(role, plant))];
}

/** The components listed after an edit, in the same way. */
function listedComponents(before: Draft, after: Draft): Record<string, number> {
  const [had, has] = [requiredComponents(before), requiredComponents(after)];
  const listed = Object.entries(after.app.requires ?? {}).filter(([type]) => type in has || !(type in had));
  const added = Object.entries(has).filter(([type, version]) => had[type] !== version);
  return Object.fromEntries([...listed, ...added]);
}

/**
 * The exact versions of blocks of other makers, in the same way: a new one is named as it is shown now, one that is named
 * stays as it is whatever is installed since.
 */
function namedCodeBlocks(before: Draft, after: Draft): Pins {
  const [had, has] = [requiredComponents(before), requiredComponents(after)];
  const named = Object.entries(after.app.code_blocks ?? {}).filter(([type]) => type in has || !(type in had));
  const known = new Set(named.map(([type]) => type));
  const added = Object.keys(has).flatMap((type) => {
    const installed = known.has(type) ? undefined : blocks.get(type)?.installed;
    return installed ? [[type, { version: installed.manifest.version, hash: installed.hash }] as const] : [];
  });
  return Object.fromEntries([...named, ...added]);
}

/**
 * What `app.json` has to say besides, once `before` has become `after`: the roles the app asks for and the components it
 * is made of. An edit that needs nothing new leaves `app.json` alone: an app may list what only `*` or a later page uses.
 */
export function requirementChanges(before: Draft, after: Draft, plant: Plant): Change[] {
  const changes: Change[] = [];
  const roles = listedRoles(before, after, plant);
  if (!sameJson(roles, after.app.roles ?? [])) changes.push({ path: ["app", "roles"], value: roles });
  const requires = listedComponents(before, after);
  if (!sameJson(requires, after.app.requires ?? {})) {
    changes.push({ path: ["app", "requires"], value: requires });
  }
  const pins = namedCodeBlocks(before, after);
  if (!sameJson(pins, after.app.code_blocks ?? {}))
    changes.push({ path: ["app", "code_blocks"], value: pins });
  return changes;
}

/** Changes together with what they make necessary in `app.json`. */
export function withRequirements(draft: Draft, plant: Plant, changes: readonly Change[]): Change[] {
  const { root } = applyChanges(draft, changes);
  return [...changes, ...requirementChanges(draft, root, plant)];
}

/** The `change` of a store that keeps `app.json` in step, whoever makes the change and however: one step of undo. */
export function changeInStep(store: Pick<DesignerStore, "getState" | "change">): DesignerStore["change"] {
  return (label, changes, options) => {
    const state = store.getState();
    const { draft, plant } = state;
    // Before anything is counted: a version in use stays, with all it needs.
    const redirected = ontoSuccessors(state, options?.page ?? state.canvas, changes);
    const page = redirected.canvas === state.canvas ? options?.page : redirected.canvas;
    const all = withRequirements(draft, plant, redirected.changes);
    store.change(label, all, page === undefined ? options : { ...options, page });
  };
}
