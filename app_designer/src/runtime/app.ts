import type { ApiClient, AppRelease } from "@sdk/api/client";
import type { InstalledBlock } from "@sdk/api/code_blocks";
import type { Asset, RoleRow, Tag } from "@sdk/api/types";
import type { AppDocument, AssetType, CompositeDocument, PageDocument } from "../generated/documents.gen";
import { loadFormulas, usesFormulas } from "./formula_engine";
import type { LoadedApp } from "./scope";

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

/** What a release brings beside its pages; an older platform sends neither. */
interface ReleaseExtras {
  blocks?: Record<string, CompositeDocument>;
  types?: AssetType[];
  code_blocks?: InstalledBlock[];
}

/** Loads the current release of an app. */
export async function loadApp(api: ApiClient, id: string): Promise<LoadedApp> {
  const release: AppRelease & ReleaseExtras = await api.currentRelease(id);
  const [tags] = await Promise.all([
    loadTags(api, new Set(release.roles.map((row) => row.tag_id))),
    usesFormulas(release) ? loadFormulas() : null,
  ]);
  return assemble({
    app: release.app as AppDocument,
    pages: release.pages as Record<string, PageDocument>,
    blocks: release.blocks ?? {},
    installed: release.code_blocks ?? [],
    release: release.release.no,
    roles: release.roles,
    assets: release.assets,
    types: release.types ?? [],
    tags,
  });
}

interface Parts extends Omit<LoadedApp, "assets" | "types"> {
  assets: readonly Asset[];
  types: readonly AssetType[];
}

function assemble(parts: Parts): LoadedApp {
  const assets = new Map(parts.assets.map((asset) => [asset.id, asset]));
  return { ...parts, assets, types: new Map(parts.types.map((type) => [type.id, type])) };
}

/** The files of a draft, as the designer holds them. */
export interface DraftFiles {
  readonly app: AppDocument;
  readonly pages: Readonly<Record<string, PageDocument>>;
  readonly blocks: Readonly<Record<string, CompositeDocument>>;
}

/** The plant, as the designer holds it. */
export interface PlantData {
  readonly assets: readonly Asset[];
  readonly types: readonly AssetType[];
  readonly roles: readonly RoleRow[];
  readonly tags: ReadonlyMap<number, Tag>;
}

/** A draft as an app that runs, without asking the platform. `installed` as in `LoadedApp`. */
export function appOfDraft(
  draft: DraftFiles,
  plant: PlantData,
  installed?: readonly InstalledBlock[],
): LoadedApp {
  return assemble({
    ...(installed ? { installed } : {}),
    app: draft.app,
    pages: draft.pages,
    blocks: draft.blocks,
    release: 0,
    roles: plant.roles,
    assets: plant.assets,
    types: plant.types,
    tags: plant.tags,
  });
}

export type { LoadedApp } from "./scope";
