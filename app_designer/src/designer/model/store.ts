import type { CompositeDocument } from "../../generated/documents.gen";
import { movedHistory, ontoSuccessors, withSuccessor } from "./block_versions";
import { documentOf, elementsOf, firstCanvas } from "./canvas_key";
import type {
  Breakpoint,
  CanvasKey,
  Change,
  ChangeOptions,
  Conflict,
  DesignerState,
  Draft,
  Plant,
  SaveState,
} from "./contract";
import { closed, type History, NO_HISTORY, record, type Step, takeRedo, takeUndo } from "./history";
import { applyChanges, getAt } from "./paths";

export const ZOOM_MIN = 0.1;
export const ZOOM_MAX = 4;

/** Depth at which the member of a path lives only inside something a person made: an element, a page, a block. */
function holderOf(change: Change): readonly string[] | null {
  const { path } = change;
  if (path[0] === "app") return null;
  if (path[2] === "elements" && path.length > 4) return path.slice(0, 4);
  return path.length > 2 ? path.slice(0, 2) : null;
}

/** Changes of a step that still have a place; another person may have deleted what they change. */
function placed(draft: Draft, changes: readonly Change[]): Change[] {
  return changes.filter((change) => {
    const holder = holderOf(change);
    return (
      holder === null || getAt(draft, holder) !== undefined || changes.some((other) => madeBy(other, holder))
    );
  });
}

function madeBy(other: Change, holder: readonly string[]): boolean {
  return (
    other.value !== undefined &&
    other.path.length <= holder.length &&
    other.path.every((name, index) => name === holder[index])
  );
}

interface Given {
  appId: string;
  draft: Draft;
  plant: Plant;
}

/** State and history of what is designed, without a server. `onEdit` is called after each change by this person. */
export class DesignerModel {
  private state: DesignerState;
  private history: History = NO_HISTORY;
  private readonly listeners = new Set<() => void>();
  onEdit: () => void = () => {};

  constructor({ appId, draft, plant }: Given) {
    this.state = {
      appId,
      draft,
      plant,
      canvas: firstCanvas(draft),
      selection: [],
      breakpoint: "lg",
      zoom: 1,
      save: "saved",
      conflicts: [],
      canUndo: false,
      canRedo: false,
      released: new Set(),
      params: {},
    };
  }

  getState = (): DesignerState => this.state;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private set(change: Partial<DesignerState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of [...this.listeners]) listener();
  }

  change = (label: string, changes: readonly Change[], options: ChangeOptions = {}): void => {
    const { draft, canvas, selection } = this.state;
    const redirected = ontoSuccessors(this.state, options.page ?? canvas, changes);
    const { root, forward, inverse } = applyChanges(draft, redirected.changes);
    const open = redirected.canvas;
    const after = options.select ?? this.present(root, open, selection);
    if (forward.length === 0) {
      this.set({ canvas: open, selection: after });
      return;
    }
    const step: Step = {
      label,
      forward,
      inverse,
      canvas: open,
      from: canvas,
      before: selection,
      after,
      coalesce: options.coalesce,
    };
    this.history = record(this.history, step);
    this.set({ draft: root, canvas: this.shown(root, open), selection: after, ...this.can() });
    this.onEdit();
  };

  undo = (): void => this.walk("undo");
  redo = (): void => this.walk("redo");

  private walk(way: "undo" | "redo"): void {
    const taken = way === "undo" ? takeUndo(this.history) : takeRedo(this.history);
    if (!taken) return;
    const { step, history } = taken;
    this.history = history;
    const changes = way === "undo" ? step.inverse : step.forward;
    const { root } = applyChanges(this.state.draft, placed(this.state.draft, changes));
    const canvas = this.shown(root, documentOf(root, step.canvas) ? step.canvas : step.from);
    const selection = this.present(root, canvas, way === "undo" ? step.before : step.after);
    this.set({ draft: root, canvas, selection, ...this.can() });
    this.onEdit();
  }

  private can() {
    return { canUndo: this.history.done.length > 0, canRedo: this.history.undone.length > 0 };
  }

  /** Names of the steps, oldest first; for the history list and the titles of undo and redo. */
  labels(): { undo: string | null; redo: string | null } {
    return {
      undo: this.history.done.at(-1)?.label ?? null,
      redo: this.history.undone.at(-1)?.label ?? null,
    };
  }

  private shown(draft: Draft, canvas: CanvasKey): CanvasKey {
    return documentOf(draft, canvas) ? canvas : firstCanvas(draft);
  }

  private present(draft: Draft, canvas: CanvasKey, ids: readonly string[]): readonly string[] {
    const elements = elementsOf(draft, canvas);
    const kept = ids.filter((id) => elements[id]);
    return kept.length === ids.length ? ids : kept;
  }

  select = (ids: readonly string[]): void => {
    const { selection } = this.state;
    if (ids.length === selection.length && ids.every((id, index) => id === selection[index])) return;
    this.history = closed(this.history);
    this.set({ selection: [...ids] });
  };

  open = (canvas: CanvasKey): void => {
    if (canvas === this.state.canvas || !documentOf(this.state.draft, canvas)) return;
    this.history = closed(this.history);
    this.set({ canvas, selection: [] });
  };

  setBreakpoint = (breakpoint: Breakpoint): void => this.set({ breakpoint });
  setZoom = (zoom: number): void => this.set({ zoom: Math.min(ZOOM_MAX, Math.max(ZOOM_MIN, zoom)) });
  setParam = (name: string, value: string): void =>
    this.set({ params: { ...this.state.params, [name]: value } });
  setPlant = (plant: Plant): void => this.set({ plant });
  setReleased = (released: ReadonlySet<string>): void => {
    const before = this.state.released;
    if (released.size !== before.size || [...released].some((key) => !before.has(key)))
      this.set({ released });
  };

  /** A version that was edited turned out to be part of a release: the edits, and their steps, are a successor's. */
  moveToSuccessor(key: string, was: CompositeDocument | undefined): void {
    const found = withSuccessor(this.state, key, was);
    if (!found) return;
    const { draft, next } = found;
    this.history = movedHistory(this.history, key, next);
    const canvas = this.state.canvas === `block:${key}` ? `block:${next}` : this.state.canvas;
    this.set({ draft, canvas, released: new Set([...this.state.released, key]) });
  }

  setSave = (save: SaveState): void => {
    if (save !== this.state.save) this.set({ save });
  };

  /** Takes what came from elsewhere; it is no step of this person's history. */
  adopt(draft: Draft, conflicts: readonly Conflict[]): void {
    const canvas = this.shown(draft, this.state.canvas);
    this.set({ draft, canvas, conflicts, selection: this.present(draft, canvas, this.state.selection) });
  }
}
