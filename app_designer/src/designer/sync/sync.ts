import { ApiError } from "@sdk/api/problem";
import type { CompositeDocument } from "../../generated/documents.gen";
import { translate } from "../i18n/texts";
import type { Change, Conflict, Draft } from "../model/contract";
import { removeElements } from "../model/operations";
import { getAt, sameJson } from "../model/paths";
import type { DesignerModel } from "../model/store";
import type { FileEntry, FileSource } from "./draft_files";
import { draftOf, draftPath, type Files, filesOf } from "./files";
import type { Journal } from "./journal";
import { mergeFiles, withTheirs } from "./merge";

/** A change is on its way to the server at the latest so long after it was made. */
export const SAVE_WITHIN_MS = 2500;
const SAVE_AFTER_PAUSE_MS = 1000;
const JOURNAL_AFTER_MS = 300;
export const POLL_MS = 3000;
const RETRY_MS = 3000;
const MERGES_MAX = 8;

export interface Loaded {
  readonly draft: Draft;
  readonly base: Files;
  readonly etags: Readonly<Record<string, string>>;
  readonly conflicts: readonly Conflict[];
  readonly recovered: number | null;
  readonly adopted: readonly string[];
  readonly released: ReadonlySet<string>;
}

const PRECONDITION = 412;
const isStatus = (error: unknown, ...codes: number[]) =>
  error instanceof ApiError && codes.includes(error.status);

const isReleased = (error: unknown) => error instanceof ApiError && error.code === "block.released";

async function readAll(files: FileSource) {
  const base: Record<string, unknown> = {};
  const etags: Record<string, string> = {};
  const all = await files.all();
  for (const { path, etag, content } of all) {
    if (!draftPath(path)) continue;
    base[path] = content;
    etags[path] = etag;
  }
  return { base, etags, released: releasedOf(all) };
}

/** Versions of blocks among the files that a release contains, as the draft calls them. */
function releasedOf(files: readonly FileEntry[]): ReadonlySet<string> {
  const released = files.filter(({ release }) => release !== null);
  return new Set(released.flatMap(({ path }) => draftPath(path)?.[1] ?? []));
}

const present = (files: Files): Files =>
  Object.fromEntries(Object.entries(files).filter(([, document]) => document !== null));

/** Keeps a draft and the server's files the same: saves, merges what others did, and loses nothing on the way. */
export class Sync {
  private base: Files;
  private etags: Record<string, string>;
  private authors: Record<string, string> = {};
  private saving: Promise<void> | null = null;
  private saveTimer: ReturnType<typeof setTimeout> | undefined;
  private journalTimer: ReturnType<typeof setTimeout> | undefined;
  private pollTimer: ReturnType<typeof setTimeout> | undefined;
  private firstEdit: number | null = null;
  private closed = false;
  private offline = false;
  private polling: Promise<void> | null = null;
  /** Why saving failed, as the server said it; null: it did not. */
  problem: unknown = null;

  constructor(
    private readonly model: DesignerModel,
    private readonly files: FileSource,
    private readonly journal: Journal,
    private readonly loaded: Loaded,
  ) {
    this.base = loaded.base;
    this.etags = { ...loaded.etags };
    model.setReleased(loaded.released);
    if (loaded.conflicts.length > 0) model.adopt(loaded.draft, loaded.conflicts);
  }

  /** Reads the draft, and puts back in it what a crash left behind. */
  static async load(files: FileSource, journal: Journal): Promise<Loaded> {
    const { base, etags, released } = await readAll(files);
    if (!base["app.json"]) throw new ApiError(404, "http_404", "");
    const orphans = await journal.orphans();
    let mine = base;
    let conflicts: readonly Conflict[] = [];
    let recovered: number | null = null;
    for (const { entry } of orphans) {
      const files = Object.keys(entry.mine);
      // A file that was deleted in the lost session is null in what it left.
      const left = present({ ...mine, ...entry.mine });
      const merged = mergeFiles(present(entry.base), left, mine, files, "");
      conflicts = [...conflicts, ...merged.conflicts];
      if (!sameJson(merged.files, mine)) recovered = Math.max(recovered ?? 0, entry.ts);
      mine = merged.files;
    }
    const adopted = orphans.map(({ key }) => key);
    return { draft: draftOf(mine), base, etags, conflicts, recovered, adopted, released };
  }

  start(): void {
    this.model.onEdit = () => this.edited();
    document.addEventListener("visibilitychange", this.onVisible);
    globalThis.addEventListener?.("online", this.onVisible);
    void this.writeJournal().then(() => this.journal.forget(this.loaded.adopted));
    if (this.dirty().length > 0) this.edited();
    this.updateState();
    this.schedulePoll();
  }

  async close(): Promise<void> {
    this.closed = true;
    document.removeEventListener("visibilitychange", this.onVisible);
    globalThis.removeEventListener?.("online", this.onVisible);
    clearTimeout(this.pollTimer);
    clearTimeout(this.saveTimer);
    clearTimeout(this.journalTimer);
    await this.flush().catch(() => undefined);
    await this.writeJournal();
    this.model.onEdit = () => {};
    this.journal.close();
  }

  private readonly onVisible = () => {
    if (document.visibilityState === "hidden") void this.writeJournal();
    else if (!this.closed) {
      void this.poll();
      if (this.offline) void this.save();
    }
  };

  private mine(): Files {
    return filesOf(this.model.getState().draft);
  }

  /** What the server shall hold: mine, but where a conflict is open, theirs. */
  private wanted(file: string, mine: Files): unknown {
    return withTheirs(file, mine[file], this.model.getState().conflicts);
  }

  private dirty(): string[] {
    const mine = this.mine();
    const names = new Set([...Object.keys(mine), ...Object.keys(this.base)]);
    return [...names].filter((file) => !sameJson(this.wanted(file, mine), this.base[file]));
  }

  private edited(): void {
    this.firstEdit ??= Date.now();
    if (!this.offline) this.updateState();
    const left = this.firstEdit + SAVE_WITHIN_MS - Date.now();
    clearTimeout(this.saveTimer);
    this.saveTimer = setTimeout(() => void this.save(), Math.max(0, Math.min(SAVE_AFTER_PAUSE_MS, left)));
    this.journalTimer ??= setTimeout(() => void this.writeJournal(), JOURNAL_AFTER_MS);
  }

  private async writeJournal(): Promise<void> {
    clearTimeout(this.journalTimer);
    this.journalTimer = undefined;
    const mine = this.mine();
    const names = [...new Set([...Object.keys(mine), ...Object.keys(this.base)])];
    const changed = names.filter(
      (file) => mine[file] !== this.base[file] && !sameJson(mine[file], this.base[file]),
    );
    const pick = (files: Files) => Object.fromEntries(changed.map((file) => [file, files[file] ?? null]));
    const entry = changed.length > 0 ? { ts: Date.now(), base: pick(this.base), mine: pick(mine) } : null;
    await this.journal.write(entry).catch(() => undefined);
  }

  /** Writes all that waits. Rejects when the server cannot be reached or refuses. */
  flush = async (): Promise<void> => {
    await this.save();
    if (this.problem !== null) throw this.problem;
  };

  private save(): Promise<void> {
    clearTimeout(this.saveTimer);
    this.saving ??= this.saveAll().finally(() => {
      this.saving = null;
      this.updateState();
      if (this.dirty().length > 0 && this.problem === null && !this.closed) this.edited();
    });
    return this.saving;
  }

  private async saveAll(): Promise<void> {
    await this.polling;
    this.firstEdit = null;
    try {
      for (let round = 0; round < MERGES_MAX; round += 1) {
        const dirty = ordered(this.dirty());
        if (dirty.length === 0) break;
        this.model.setSave("saving");
        for (const file of dirty) await this.saveFile(file);
      }
      this.problem = null;
      this.offline = false;
    } catch (error) {
      this.failed(error);
    }
    await this.writeJournal();
  }

  private failed(error: unknown): void {
    this.problem = error;
    this.offline = isStatus(error, 0, 502, 503, 504);
    const again = this.offline || isStatus(error, 429, 500);
    if (again && !this.closed) this.saveTimer = setTimeout(() => void this.save(), RETRY_MS);
  }

  private async saveFile(file: string): Promise<void> {
    const content = this.wanted(file, this.mine());
    const etag = this.etags[file] ?? null;
    try {
      if (content === undefined) {
        if (etag !== null) await this.files.remove(file, etag);
        this.forgetFile(file);
      } else {
        this.etags[file] = await this.files.write(file, content, etag);
        this.base = { ...this.base, [file]: content };
      }
    } catch (error) {
      if (isReleased(error)) return this.saveAsSuccessor(file);
      if (isStatus(error, PRECONDITION, 404) === false) throw error;
      await this.mergeIn([file]);
    }
  }

  /** Somebody published the version of a block that is edited here: it stays, and the edits become the next one. */
  private saveAsSuccessor(file: string): void {
    const key = draftPath(file)?.[1];
    if (key !== undefined) this.model.moveToSuccessor(key, this.base[file] as CompositeDocument | undefined);
  }

  private forgetFile(file: string): void {
    const { [file]: _etag, ...etags } = this.etags;
    const { [file]: _document, ...base } = this.base;
    this.etags = etags;
    this.base = base;
  }

  /** Reads files again and merges what others made of them. */
  private async mergeIn(changed: readonly string[]): Promise<void> {
    const read: Record<string, { document: unknown; etag: string } | null> = {};
    for (const file of changed) {
      try {
        read[file] = await this.files.read(file);
      } catch (error) {
        if (!isStatus(error, 404)) throw error;
        read[file] = null;
      }
    }
    const theirs: Record<string, unknown> = {};
    for (const file of changed) theirs[file] = read[file]?.document;
    const by = changed.map((file) => this.authors[file] ?? "").find((name) => name) ?? "";
    const { files, conflicts } = mergeFiles(this.base, this.mine(), theirs, changed, by);
    for (const file of changed) {
      const found = read[file];
      this.forgetFile(file);
      if (!found) continue;
      this.etags[file] = found.etag;
      this.base = { ...this.base, [file]: found.document };
    }
    this.model.adopt(draftOf(files), joinConflicts(this.model.getState().conflicts, conflicts));
    await this.writeJournal();
  }

  private schedulePoll(): void {
    clearTimeout(this.pollTimer);
    if (!this.closed) this.pollTimer = setTimeout(() => void this.poll(), POLL_MS);
  }

  /** Takes in what others changed. */
  poll(): Promise<void> {
    if (this.polling) return this.polling;
    if (this.saving || document.visibilityState === "hidden") {
      this.schedulePoll();
      return Promise.resolve();
    }
    this.polling = this.pollOnce().finally(() => {
      this.polling = null;
      this.schedulePoll();
    });
    return this.polling;
  }

  private async pollOnce(): Promise<void> {
    try {
      const entries = (await this.files.list()).filter((entry) => draftPath(entry.path));
      const known = { ...this.etags };
      this.model.setReleased(releasedOf(entries));
      const changed = entries.filter((entry) => known[entry.path] !== entry.etag).map((entry) => entry.path);
      for (const entry of entries) this.authors[entry.path] = entry.updated_by;
      const listed = new Set(entries.map((entry) => entry.path));
      const gone = Object.keys(known).filter((path) => !listed.has(path));
      if (changed.length + gone.length > 0) await this.mergeIn([...changed, ...gone]);
      if (this.offline) this.back();
    } catch (error) {
      if (isStatus(error, 0, 502, 503, 504)) {
        this.offline = true;
      } else if (!isStatus(error, 429)) {
        this.problem = error;
      }
    }
    this.updateState();
  }

  private back(): void {
    this.offline = false;
    this.problem = null;
    if (this.dirty().length > 0) this.edited();
  }

  resolve = (conflict: Conflict, choice: "mine" | "theirs"): void => {
    const { draft, conflicts } = this.model.getState();
    const left = conflicts.filter((other) => !sameJson(other.path, conflict.path));
    this.model.adopt(draft, left);
    if (choice === "theirs") {
      const language = globalThis.document?.documentElement.lang.startsWith("zh") ? "zh-CN" : "en";
      this.model.change(translate(language)("conflict.resolve"), theirSide(draft, conflict));
    }
    this.edited();
  };

  private updateState(): void {
    const { conflicts } = this.model.getState();
    if (this.offline) this.model.setSave("offline");
    else if (this.problem !== null) this.model.setSave("error");
    else if (conflicts.length > 0) this.model.setSave("conflict");
    else if (this.saving) this.model.setSave("saving");
    else this.model.setSave(this.dirty().length > 0 ? "waiting" : "saved");
  }
}

/** The changes that take the others' side; an element they deleted goes with its places and its inside. */
function theirSide(draft: Draft, { path, theirs }: Conflict): Change[] {
  const [root, document, part, element] = path;
  if (part === "elements" && theirs === undefined && element) {
    const canvas = root === "blocks" ? `block:${document}` : (document ?? "");
    return removeElements({ draft, canvas }, [element]);
  }
  return [{ path, value: theirs }];
}

/** Pages and blocks before the app that names them; what is deleted after it. */
function ordered(files: string[]): string[] {
  return [...files].sort((a, b) => Number(a === "app.json") - Number(b === "app.json"));
}

/** Open questions of before stay; one that came up again has the newest side of the others and the oldest base. */
export function joinConflicts(open: readonly Conflict[], found: readonly Conflict[]): Conflict[] {
  const same = (a: Conflict, b: Conflict) => sameJson(a.path, b.path);
  const kept = open.filter((conflict) => !found.some((other) => same(conflict, other)));
  const renewed = found.map((conflict) => {
    const before = open.find((other) => same(conflict, other));
    return before ? { ...conflict, base: before.base } : conflict;
  });
  return [...kept, ...renewed];
}

/** The present side of this person in an open conflict, which may have been edited since. */
export const mineOf = (draft: Draft, conflict: Conflict): unknown => getAt(draft, conflict.path);
