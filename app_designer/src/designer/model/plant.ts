import type { ApiClient } from "@sdk/api/client";
import { PlantApi } from "@sdk/api/plant";
import type { Tag } from "@sdk/api/types";
import type { Plant } from "./contract";

const PAGE = 1000;
export const TAGS_MAX = 50_000;

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

/** Assets, types, role map and tags as bindings see them. */
export async function loadPlant(api: ApiClient): Promise<Plant> {
  const [assets, roles, types] = await Promise.all([api.assets(), api.roles(), new PlantApi(api).types()]);
  // After the roles: the tag of a role that arrives meanwhile would look like one that may not be seen.
  const tags = await allTags(api);
  return { assets, roles, tags, types };
}
