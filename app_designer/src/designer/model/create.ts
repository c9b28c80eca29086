import { chosenBlocks, offerBlocks } from "@runtime/installed";
import { showInstalled } from "@runtime/registry";
import type { ApiClient } from "@sdk/api/client";
import { type CodeBlock, CodeBlocksApi } from "@sdk/api/code_blocks";
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

/** Shows the blocks of other makers in the versions the draft names, from now on; returns how to stop. */
function showChosen(model: DesignerModel, offered: readonly CodeBlock[]): () => void {
  offerBlocks(offered);
  let named: unknown = null;
  const show = () => {
    const pins = model.getState().draft.app.code_blocks;
    if (pins === named) return;
    named = pins;
    showInstalled(chosenBlocks(offered, pins));
  };
  show();
  return model.subscribe(show);
}

/** Opens the draft of an app. Throws `ApiError` when the draft cannot be read. */
export async function createDesigner(
  api: ApiClient,
  appId: string,
  options: Options = {},
): Promise<DesignerSession> {
  const files = options.files ?? draftFiles(appId);
  const journal = options.journal ?? (await openJournal(appId));
  const [loaded, plant, offered] = await Promise.all([
    Sync.load(files, journal),
    loadPlant(api),
    new CodeBlocksApi(api).list().catch(() => []),
  ]);
  const model = new DesignerModel({ appId, draft: loaded.draft, plant });
  const stopShowing = showChosen(model, offered);
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
    close: () => {
      stopShowing();
      return sync.close();
    },
  };
}
