import type { RoleNeed } from "../../generated/documents.gen";
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

/**
 * What `app.json` has to say besides: the roles the app asks for and the components it is made of. Roles that a
 * person described further (not required, another unit) stay as they are; roles nothing uses any more go.
 */
export function requirementChanges(draft: Draft, plant: Plant): Change[] {
  const changes: Change[] = [];
  const known = new Map((draft.app.roles ?? []).map((need) => [need.role, need]));
  const roles = [...usedRoles(draft)].sort().map((role) => known.get(role) ?? needOf(role, plant));
  if (
    !sameJson(
      roles,
      [...known.values()].sort((a, b) => (a.role < b.role ? -1 : 1)),
    )
  )
    changes.push({ path: ["app", "roles"], value: roles });
  const requires = requiredComponents(draft);
  if (!sameJson(requires, draft.app.requires ?? {}))
    changes.push({ path: ["app", "requires"], value: requires });
  return changes;
}

/** Changes together with what they make necessary in `app.json`. */
export function withRequirements(draft: Draft, plant: Plant, changes: readonly Change[]): Change[] {
  const { root } = applyChanges(draft, changes);
  return [...changes, ...requirementChanges(root, plant)];
}

/** The `change` of a store that keeps `app.json` in step, whoever makes the change and however: one step of undo. */
export function changeInStep(store: Pick<DesignerStore, "getState" | "change">): DesignerStore["change"] {
  return (label, changes, options) => {
    const { draft, plant } = store.getState();
    store.change(label, withRequirements(draft, plant, changes), options);
  };
}
