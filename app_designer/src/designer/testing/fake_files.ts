import { ApiError } from "@sdk/api/problem";
import type { Draft } from "../model/contract";
import { DesignerModel } from "../model/store";
import type { FileSource } from "../sync/draft_files";
import { draftOf, filesOf } from "../sync/files";
import { type Journal, memoryJournal } from "../sync/journal";
import { Sync } from "../sync/sync";
import { NO_PLANT } from "./fixtures";

/** The platform's rules for files of a draft: an ETag per content, and no write over what one has not read. */
export class FakeFiles implements FileSource {
  readonly files = new Map<string, { text: string; etag: string; by: string }>();
  /** Paths of blocks that a release contains. */
  readonly released = new Set<string>();
  writes = 0;
  online = true;
  private serial = 0;

  constructor(draft: Draft) {
    for (const [path, document] of Object.entries(filesOf(draft))) this.put(path, document, "start");
  }

  private put(path: string, document: unknown, by: string): string {
    this.serial += 1;
    const etag = `"${this.serial}"`;
    this.files.set(path, { text: JSON.stringify(document), etag, by });
    return etag;
  }

  private reach(): void {
    if (!this.online) throw new ApiError(0, "unreachable", "");
  }

  draft(): Draft {
    return draftOf(Object.fromEntries([...this.files].map(([path, { text }]) => [path, JSON.parse(text)])));
  }

  async all() {
    this.reach();
    return [...this.files].map(([path, { text, etag, by }]) => ({
      path,
      etag,
      updated_by: by,
      release: this.released.has(path) ? 1 : null,
      content: JSON.parse(text) as unknown,
    }));
  }

  async list() {
    this.reach();
    return [...this.files].map(([path, { etag, by }]) => ({
      path,
      etag,
      updated_by: by,
      release: this.released.has(path) ? 1 : null,
    }));
  }

  async read(path: string) {
    this.reach();
    const found = this.files.get(path);
    if (!found) throw new ApiError(404, "http_404", "");
    return { document: JSON.parse(found.text) as unknown, etag: found.etag };
  }

  async write(path: string, document: unknown, etag: string | null): Promise<string> {
    this.reach();
    if ((this.files.get(path)?.etag ?? null) !== etag) throw new ApiError(412, "document.changed", "");
    if (this.released.has(path)) throw new ApiError(409, "block.released", "");
    this.writes += 1;
    return this.put(path, document, "other");
  }

  async remove(path: string, etag: string): Promise<void> {
    this.reach();
    if (this.files.get(path)?.etag !== etag) throw new ApiError(412, "document.changed", "");
    this.files.delete(path);
  }
}

export interface Editor {
  readonly model: DesignerModel;
  readonly sync: Sync;
  readonly recovered: number | null;
}

/** A person with the designer open. */
export async function openEditor(files: FileSource, journal: Journal = memoryJournal()): Promise<Editor> {
  const loaded = await Sync.load(files, journal);
  const model = new DesignerModel({ appId: "line", draft: loaded.draft, plant: NO_PLANT });
  const sync = new Sync(model, files, journal, loaded);
  sync.start();
  return { model, sync, recovered: loaded.recovered };
}
