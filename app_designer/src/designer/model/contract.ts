import type { Asset, RoleRow, Tag } from "@sdk/api/types";
import type {
  AppDocument,
  AppTestDocument,
  AssetType,
  CompositeDocument,
  Element,
  PageDocument,
} from "../../generated/documents.gen";

/** The files of a draft as the designer holds them; the key of a block is `<id>.<version>`. */
export interface Draft {
  readonly app: AppDocument;
  readonly pages: Readonly<Record<string, PageDocument>>;
  readonly blocks: Readonly<Record<string, CompositeDocument>>;
  readonly tests: Readonly<Record<string, AppTestDocument>>;
}

/** Where in the draft: `["pages", "overview", "elements", "el_…", "props", "title"]`. */
export type Path = readonly string[];
/** One member set (`undefined`: removed). Members on the way that are missing are made. */
export interface Change {
  readonly path: Path;
  readonly value: unknown;
}

export interface ChangeOptions {
  /** Changes in a row with the same key are one step of undo (typing, dragging). */
  coalesce?: string;
  /** What is selected afterwards, and again when the step is undone or redone. */
  select?: readonly string[];
  /** Page to show when this is undone or redone; the open page if not given. */
  page?: string;
}

/** What is being edited: a page, or the inside of a block (`block:<id>.<version>`). */
export type CanvasKey = string;
export type Breakpoint = "lg" | "md" | "sm";
export type SaveState = "saved" | "waiting" | "saving" | "offline" | "conflict" | "error";

/** The plant as bindings see it. */
export interface Plant {
  readonly assets: readonly Asset[];
  readonly types: readonly AssetType[];
  readonly roles: readonly RoleRow[];
  readonly tags: ReadonlyMap<number, Tag>;
}

/** The same element changed here and elsewhere: both are kept until a person chooses. */
export interface Conflict {
  readonly path: Path;
  readonly base: unknown;
  readonly mine: unknown;
  readonly theirs: unknown;
  readonly by: string;
}

export interface DesignerState {
  readonly appId: string;
  readonly draft: Draft;
  readonly plant: Plant;
  readonly canvas: CanvasKey;
  readonly selection: readonly string[];
  readonly breakpoint: Breakpoint;
  readonly zoom: number;
  readonly save: SaveState;
  readonly conflicts: readonly Conflict[];
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** Versions of blocks (`<id>.<version>`) that a release contains: they never change. */
  readonly released: ReadonlySet<string>;
  /** Parameters of the page while it is designed, as the runtime would have them from the URL. */
  readonly params: Readonly<Record<string, string>>;
}

/** The one way to read and change what is designed. Every change goes through `change`, so every change is undone. */
export interface DesignerStore {
  getState(): DesignerState;
  subscribe(listener: () => void): () => void;
  /** Applies changes as one undoable step; `label` is its name in the history, in the reader's language. */
  change(label: string, changes: readonly Change[], options?: ChangeOptions): void;
  undo(): void;
  redo(): void;
  select(ids: readonly string[]): void;
  open(canvas: CanvasKey): void;
  setBreakpoint(breakpoint: Breakpoint): void;
  setZoom(zoom: number): void;
  setParam(name: string, value: string): void;
  resolve(conflict: Conflict, choice: "mine" | "theirs"): void;
  /** Reads assets, types, roles and tags again after a mapping was made. */
  reloadPlant(): Promise<void>;
  /** Writes what waits now; resolves when all is with the server. */
  flush(): Promise<void>;
}

export type Elements = Readonly<Record<string, Element>>;
