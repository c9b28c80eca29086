import {
  type FieldDraft,
  type FieldDrafts,
  type FieldSpec,
  initialDraft,
  type TagMeta,
  type UnitWishes,
} from "@sdk";

const PREFIX = "interlock.form.";

/** What was typed and not yet submitted, as this browser tab keeps it; empty where it keeps nothing. */
export function loadDrafts(key: string): FieldDrafts {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(PREFIX + key) ?? "{}");
    if (typeof kept !== "object" || kept === null || Array.isArray(kept)) return {};
    return Object.fromEntries(Object.entries(kept).filter(([, value]) => isDraft(value)));
  } catch {
    // Private windows may refuse storage, and somebody may have written something else there.
    return {};
  }
}

export function saveDrafts(key: string, drafts: FieldDrafts): void {
  try {
    if (Object.keys(drafts).length === 0) sessionStorage.removeItem(PREFIX + key);
    else sessionStorage.setItem(PREFIX + key, JSON.stringify(drafts));
  } catch {
    // Without storage the form works as before, only a reload empties it.
  }
}

export function initialDrafts(
  fields: readonly FieldSpec[],
  metaOf: (field: FieldSpec) => TagMeta,
  wishes: UnitWishes,
): FieldDrafts {
  return Object.fromEntries(fields.map((spec) => [spec.id, initialDraft(spec, metaOf(spec), wishes)]));
}

const isDraft = (value: unknown): value is FieldDraft =>
  value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean";
