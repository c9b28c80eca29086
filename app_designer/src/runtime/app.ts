import type { ApiClient, AppRelease } from "@sdk/api/client";
import type { Asset, RoleRow, Tag } from "@sdk/api/types";
import type { AppDocument, PageDocument } from "../generated/documents.gen";

/** An app as it runs: its documents, the role map of this factory, and the tags behind it. */
export interface LoadedApp {
  app: AppDocument;
  pages: Record<string, PageDocument>;
  release: number;
  roles: RoleRow[];
  assets: Map<string, Asset>;
  tags: Map<number, Tag>;
}

const PAGE = 1000;
const TAGS_MAX = 20_000;

/** The metadata of the tags an app uses. */
async function loadTags(api: ApiClient, wanted: Set<number>): Promise<Map<number, Tag>> {
  const tags = new Map<number, Tag>();
  if (wanted.size <= 20) {
    const found = await Promise.allSettled([...wanted].map((id) => api.tag(id)));
    for (const answer of found) if (answer.status === "fulfilled") tags.set(answer.value.id, answer.value);
    return tags;
  }
  let after: string | number | null = null;
  for (let read = 0; read < TAGS_MAX; read += PAGE) {
    const page = await api.tags({ limit: PAGE, after });
    for (const tag of page.tags) if (wanted.has(tag.id)) tags.set(tag.id, tag);
    if (page.next === null || page.next === undefined || tags.size === wanted.size) break;
    after = page.next;
  }
  return tags;
}

/** Loads the current release of an app. */
export async function loadApp(api: ApiClient, id: string): Promise<LoadedApp> {
  const release: AppRelease = await api.currentRelease(id);
  const tags = await loadTags(api, new Set(release.roles.map((row) => row.tag_id)));
  return {
    app: release.app as AppDocument,
    pages: release.pages as Record<string, PageDocument>,
    release: release.release.no,
    roles: release.roles,
    assets: new Map(release.assets.map((asset) => [asset.id, asset])),
    tags,
  };
}
