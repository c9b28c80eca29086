import { useServices } from "@sdk";
import type { ApiClient } from "@sdk/api/client";
import { PlantApi, type RoleMapRow, type RoleSuggestion } from "@sdk/api/plant";
import type { Tag } from "@sdk/api/types";
import { useCallback, useEffect, useMemo, useState } from "react";
import type { Asset, AssetType } from "../generated/documents.gen";

const PAGE = 1000;
const TAGS_MAX = 50_000;
/** How often a plant without any mapped tag is read again: the first machines may just be arriving, ms. */
const ARRIVING_EVERY_MS = 3000;

export interface PlantData {
  assets: readonly Asset[];
  types: readonly AssetType[];
  roles: readonly RoleMapRow[];
  tags: ReadonlyMap<number, Tag>;
}

export type PlantState =
  | { kind: "loading" }
  | { kind: "error"; error: unknown }
  | { kind: "ready"; plant: PlantData };

async function allTags(api: ApiClient): Promise<Map<number, Tag>> {
  const tags = new Map<number, Tag>();
  let after: string | number | null = null;
  while (tags.size < TAGS_MAX) {
    const page = await api.tags({ limit: PAGE, after });
    for (const tag of page.tags) tags.set(tag.id, tag);
    if (page.next === null || page.next === undefined) break;
    after = page.next;
  }
  return tags;
}

/** The plant as it is now, read again until it has something; `reload` resolves when it is shown. */
export function usePlant(): { state: PlantState; reload: () => Promise<void>; plantApi: PlantApi } {
  const { api } = useServices();
  const plantApi = useMemo(() => new PlantApi(api), [api]);
  const [state, setState] = useState<PlantState>({ kind: "loading" });
  const reload = useCallback(async () => {
    try {
      const [assets, types, roles] = await Promise.all([
        plantApi.assets(),
        plantApi.types(),
        plantApi.roles(),
      ]);
      // After the roles, so that the tag of each is there.
      const tags = await allTags(api);
      setState({ kind: "ready", plant: { assets, types, roles, tags } });
    } catch (error) {
      setState((old) => (old.kind === "ready" ? old : { kind: "error", error }));
    }
  }, [api, plantApi]);
  useEffect(() => void reload(), [reload]);
  const empty = state.kind === "ready" && state.plant.roles.length === 0;
  useEffect(() => {
    if (!empty) return;
    const timer = setInterval(
      () => document.visibilityState !== "hidden" && void reload(),
      ARRIVING_EVERY_MS,
    );
    return () => clearInterval(timer);
  }, [empty, reload]);
  return { state, reload, plantApi };
}

/** A row of the mapping table: a role at an asset, its tag, and what is suggested for it. */
export interface MappingRow {
  key: string;
  asset: Asset;
  role: string;
  label: Record<string, string> | null;
  tag: Tag | null;
  suggestion: RoleSuggestion | null;
}

/** Of several rows of a role, the one that began last. */
function newest(roles: readonly RoleMapRow[]): Map<string, RoleMapRow> {
  const found = new Map<string, RoleMapRow>();
  for (const row of roles) {
    const key = `${row.asset}/${row.role}`;
    const before = found.get(key);
    if (!before || row.valid_from >= before.valid_from) found.set(key, row);
  }
  return found;
}

/** Every role of every asset: those of its type and those that are mapped besides. */
export function mappingRows(plant: PlantData, suggestions: readonly RoleSuggestion[]): MappingRow[] {
  const map = newest(plant.roles);
  const types = new Map(plant.types.map((type) => [type.id, type]));
  const best = new Map<string, RoleSuggestion>();
  for (const suggestion of suggestions) {
    const key = `${suggestion.asset}/${suggestion.role}`;
    if ((best.get(key)?.score ?? -1) < suggestion.score) best.set(key, suggestion);
  }
  return plant.assets.flatMap((asset) => {
    const specs = new Map((types.get(asset.type ?? "")?.roles ?? []).map((spec) => [spec.role, spec]));
    const mapped = [...map.values()].filter((row) => row.asset === asset.id).map((row) => row.role);
    return [...new Set([...specs.keys(), ...mapped])].map((role) => {
      const key = `${asset.id}/${role}`;
      const id = map.get(key)?.tag_id;
      const tag = id === undefined ? null : (plant.tags.get(id) ?? null);
      return {
        key,
        asset,
        role,
        label: specs.get(role)?.label ?? null,
        tag,
        suggestion: tag ? null : (best.get(key) ?? null),
      };
    });
  });
}

/** Suggestions that may be taken over together: nothing fits better, and they fit well enough. */
export const acceptable = (rows: readonly MappingRow[], score: number): MappingRow[] =>
  rows.filter((row) => !row.tag && row.suggestion?.best && row.suggestion.score >= score);

export type RowFilter = "all" | "unmapped" | "suggested";

/** The rows that match a search and a filter. */
export function filteredRows(rows: readonly MappingRow[], search: string, filter: RowFilter): MappingRow[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    if (filter === "unmapped" && row.tag) return false;
    if (filter === "suggested" && !row.suggestion) return false;
    const text = [
      row.asset.id,
      row.asset.name,
      ...Object.values(row.asset.name_i18n ?? {}),
      row.role,
      ...Object.values(row.label ?? {}),
      row.tag?.key ?? "",
      row.tag?.meta.unit ?? "",
    ]
      .join(" ")
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
