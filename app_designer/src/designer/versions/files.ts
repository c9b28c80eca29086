import type { AppDocument, CompositeDocument, PageDocument } from "../../generated/documents.gen";

/** The documents of one version, by id. */
export interface AppFiles {
  readonly app: AppDocument;
  readonly pages: Readonly<Record<string, PageDocument>>;
  readonly blocks: Readonly<Record<string, CompositeDocument>>;
}

/** Sorts the files of a release, which the server has checked. */
export function filesOf(files: Readonly<Record<string, unknown>>): AppFiles {
  const pages: Record<string, PageDocument> = {};
  const blocks: Record<string, CompositeDocument> = {};
  for (const [path, content] of Object.entries(files)) {
    const [, kind, id] = /^(pages|blocks)\/(.+)\.json$/.exec(path) ?? [];
    if (kind === "pages" && id) pages[id] = content as PageDocument;
    if (kind === "blocks" && id) blocks[id] = content as CompositeDocument;
  }
  return { app: files["app.json"] as AppDocument, pages, blocks };
}
