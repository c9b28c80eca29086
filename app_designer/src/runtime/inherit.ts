import type { Asset, RoleRow, Tag, TagMeta } from "@sdk/api/types";
import type { AssetType, SignalRole } from "../generated/documents.gen";

type Plain = Record<string, unknown>;

function isNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === "") return true;
  if (typeof value !== "object" || Array.isArray(value)) return false;
  return Object.values(value).every((entry) => entry === null || entry === undefined);
}

/** What a tag says itself, and for the rest what its role says for all machines of the type. */
export function inheritedMeta(meta: TagMeta, role: SignalRole): TagMeta {
  const merged: Plain = { ...meta };
  for (const key of ["unit", "decimals", "span", "limits", "texts", "texts_i18n", "colors"] as const) {
    if (isNothing(merged[key]) && !isNothing(role[key])) merged[key] = role[key];
  }
  if (!meta.description && !meta.description_i18n) merged.description_i18n = role.label;
  return merged as TagMeta;
}

/** The tags with the metadata of their roles where their own is silent. What inherits nothing stays the same object. */
export function withInheritedMeta(
  tags: ReadonlyMap<number, Tag>,
  rows: readonly RoleRow[],
  assets: ReadonlyMap<string, Asset>,
  types: ReadonlyMap<string, AssetType>,
): ReadonlyMap<number, Tag> {
  if (types.size === 0) return tags;
  const whole = new Map(tags);
  for (const row of rows) {
    const tag = tags.get(row.tag_id);
    const type = types.get(assets.get(row.asset)?.type ?? "");
    const role = type?.roles?.find((entry) => entry.role === row.role);
    if (tag && role) whole.set(tag.id, { ...tag, meta: inheritedMeta(tag.meta, role) });
  }
  return whole;
}
