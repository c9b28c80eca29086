import type { ApiClient } from "@sdk/api/client";
import { changeInStep } from "../data/requirements";
import { draftFiles, type FileSource } from "../sync/draft_files";
import { type Journal, openJournal } from "../sync/journal";
import { Sync } from "../sync/sync";
import type { DesignerStore } from "./contract";
import { loadPlant } from "./plant";
import { DesignerModel } from "./store";

/** The store of an open app, and how to end it. */
export interface DesignerSession extends DesignerStore {
  /** Names of what undo and redo would take. */
  labels(): { undo: string | null; redo: string | null };
  /** Time (ms) of unsaved work that a crash left behind and that is in the draft again; null: none. */
  readonly recovered: number | null;
  /** Why the server refused what was written last; null: it did not. */
  problem(): unknown;
  /** Stops saving and listening; what waits is written first. */
  close(): Promise<void>;
}

interface Options {
  files?: FileSource;
  journal?: Journal;
}

/** Opens the draft of an app. Throws `ApiError` when the draft cannot be read. */
export async function createDesigner(
  api: ApiClient,
  appId: string,
  options: Options = {},
): Promise<DesignerSession> {
  const files = options.files ?? draftFiles(appId);
  const journal = options.journal ?? (await openJournal(appId));
  const [loaded, plant] = await Promise.all([Sync.load(files, journal), loadPlant(api)]);
  const model = new DesignerModel({ appId, draft: loaded.draft, plant });
  const sync = new Sync(model, files, journal, loaded);
  sync.start();
  return {
    getState: model.getState,
    subscribe: model.subscribe,
    change: changeInStep(model),
    undo: model.undo,
    redo: model.redo,
    select: model.select,
    open: model.open,
    setBreakpoint: model.setBreakpoint,
    setZoom: model.setZoom,
    setParam: model.setParam,
    resolve: sync.resolve,
    reloadPlant: async () => model.setPlant(await loadPlant(api)),
    flush: sync.flush,
    labels: () => model.labels(),
    problem: () => sync.problem,
    recovered: loaded.recovered,
    close: () => sync.close(),
  };
}
