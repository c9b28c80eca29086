import type { Finding } from "@sdk/api/apps";
import type { Change, Draft, Path } from "../model/contract";
import { getAt } from "../model/paths";
import { draftPath } from "./goto";

/** What one press mends, and by which words. */
export interface Fix {
  text: "fix_role" | "fix_bind" | "fix_requires" | "fix_confirm";
  values: Record<string, string>;
  changes: Change[];
}

const DEAD_BINDINGS = new Set([
  "binding.target",
  "binding.source",
  "binding.many",
  "binding.property_source",
  "binding.write_source",
]);

function roleFix(draft: Draft, path: Path): Fix | null {
  const role = getAt(draft, path);
  if (typeof role !== "string") return null;
  const needs = draft.app.roles ?? [];
  const value = [...needs, { role, kind: "any", unit: "", required: true }];
  return { text: "fix_role", values: { role }, changes: [{ path: ["app", "roles"], value }] };
}

function requiresFix(draft: Draft): Fix | null {
  const documents = [...Object.values(draft.pages), ...Object.values(draft.blocks)];
  const used = documents.flatMap((document) => Object.values(document.elements ?? {}));
  const value: Record<string, number> = { ...draft.app.requires };
  for (const { type, props_version } of used) {
    if (!type.startsWith("composite.")) value[type] ??= props_version;
  }
  return { text: "fix_requires", values: {}, changes: [{ path: ["app", "requires"], value }] };
}

function bindFix(draft: Draft, path: Path): Fix | null {
  const at = path.indexOf("bind");
  const binding = path.slice(0, at + 2);
  if (at < 0 || getAt(draft, binding) === undefined) return null;
  return { text: "fix_bind", values: {}, changes: [{ path: binding, value: undefined }] };
}

/** The confirmation of a step: lists are changed as a whole. */
function confirmFix(draft: Draft, path: Path): Fix | null {
  const at = path.indexOf("events") + 2;
  const event = path.slice(0, at);
  const steps = getAt(draft, event);
  const [place, member] = path.slice(at);
  if (member === undefined || !Array.isArray(steps)) {
    return { text: "fix_confirm", values: {}, changes: [{ path, value: "dialog" }] };
  }
  const value = steps.map((step, n) => (String(n) === place ? { ...step, confirm: "dialog" } : step));
  return { text: "fix_confirm", values: {}, changes: [{ path: event, value }] };
}

/** The safe way to mend a finding in one step; null where a person has to decide. */
export function fixOf(draft: Draft, finding: Finding): Fix | null {
  const path = draftPath(finding.path);
  if (finding.code === "reference.role") return roleFix(draft, path);
  if (finding.code === "reference.requires") return requiresFix(draft);
  if (finding.code === "lint.confirm") return confirmFix(draft, path);
  return DEAD_BINDINGS.has(finding.code) ? bindFix(draft, path) : null;
}
