import type { InstalledBlock } from "@sdk/api/code_blocks";
import type { Asset, RoleRow, Tag, Value } from "@sdk/api/types";
import { CellGraph } from "@sdk/bindings/cells";
import type { Signal } from "@sdk/bindings/signal";
import type { ElementMode, Method, WriteOutcome } from "@sdk/component";
import type { Services } from "@sdk/context";
import type { Language } from "@sdk/i18n/catalogue";
import type { UnitWishes } from "@sdk/preferences/display_unit";
import type { RangeChoice } from "@sdk/range";
import { NamedCells } from "@sdk/state/named_cells";
import type {
  AppDocument,
  AssetType,
  CompositeDocument,
  Element,
  PageDocument,
  PageLayout,
  StateSpec,
} from "../generated/documents.gen";
import type { Breakpoint } from "./breakpoint";

/** An app as it runs: its documents, the role map of this factory, and the tags behind it. */
export interface LoadedApp {
  app: AppDocument;
  pages: Readonly<Record<string, PageDocument>>;
  /** Blocks of the app by `<id>.<version>`. */
  blocks: Readonly<Record<string, CompositeDocument>>;
  /** Blocks of other makers, each in the version the app names; none for a draft that shows those shown now. */
  installed?: readonly InstalledBlock[];
  /** Number of the release; 0 for a draft. */
  release: number;
  roles: readonly RoleRow[];
  assets: ReadonlyMap<string, Asset>;
  types: ReadonlyMap<string, AssetType>;
  tags: ReadonlyMap<number, Tag>;
}

export type Role = "viewer" | "operator" | "builder" | "admin";
export interface User {
  name: string;
  role: Role;
  tenant: string;
}

/** One step of an event, or several. */
export type Steps = NonNullable<Element["events"]>[string];

/** What an event brings: who reported it, and with what. */
export interface EventSource {
  element: string;
  event: string;
  payload: Readonly<Record<string, Value>>;
}

/** Where a scope's actions and writes go. The default does nothing: design and gallery need no other. */
export interface ScopeRunner {
  /** Runs steps in order; errors are told to the reader, never thrown. */
  dispatch(scope: RuntimeScope, steps: Steps, from: EventSource): void;
  write(scope: RuntimeScope, element: string, name: string, value: Value): Promise<WriteOutcome>;
}

/** The page's time range as something one can listen to. */
export interface RangeSource {
  get(): RangeChoice;
  subscribe(listener: () => void): () => void;
}

/** What an app's own test sees of the app it runs: by the path of an element, with the blocks around it. */
export interface AppWatch {
  /** Last values of outputs, by `<path>.<output>`. */
  readonly outputs: Map<string, Value>;
  /** Where each element stands. */
  readonly places: Map<string, { element: Element; scope: RuntimeScope }>;
}

/** What lives as long as a page is open, and outlives a change of its parameters. */
export interface PageMemory {
  graph: CellGraph;
  /** States of the page, above those of the app. */
  states: NamedCells;
  /** Outputs by `<element>.<output>`. */
  outputs: NamedCells;
  /** Methods the elements offer, by element. */
  methods: Map<string, Readonly<Record<string, Method>>>;
  /** Of a test that looks on. */
  watch?: AppWatch | undefined;
}

/** Everything one instance of a page, of a block, or of a slot's content needs. */
export interface RuntimeScope {
  /** Id of the page it is on. */
  readonly page: string;
  /** The blocks around it, from outside: `<element>/` for each; empty on the page itself. */
  readonly path: string;
  readonly loaded: LoadedApp;
  readonly elements: Readonly<Record<string, Element>>;
  readonly layout: PageLayout;
  /** Parameters that are constant while this scope lasts. */
  readonly params: Readonly<Record<string, Value>>;
  /** Parameters of a block that follow a value. */
  readonly given: Readonly<Record<string, Signal>>;
  readonly memory: PageMemory;
  readonly user: User;
  readonly language: Language;
  /** The units the reader wants to see. */
  readonly units: UnitWishes;
  readonly mode: ElementMode;
  readonly breakpoint: Breakpoint;
  readonly compact: boolean;
  readonly services: Services;
  readonly range: RangeSource;
  /** Blocks around this one. */
  readonly depth: number;
  readonly runner: ScopeRunner;
  readonly dispatch: (steps: Steps, from: EventSource) => void;
  readonly write: (element: string, name: string, value: Value) => Promise<WriteOutcome>;
}

export interface ScopeOptions {
  loaded: LoadedApp;
  services: Services;
  /** The page, or the block while it is designed. */
  content: Pick<PageDocument, "elements" | "id"> & {
    layout: PageLayout | CompositeDocument["layout"];
    state?: Record<string, StateSpec>;
  };
  user: User;
  language: Language;
  units?: UnitWishes;
  params?: Readonly<Record<string, Value>>;
  given?: Readonly<Record<string, Signal>>;
  memory?: PageMemory;
  mode?: ElementMode;
  breakpoint?: Breakpoint;
  range?: RangeSource;
  runner?: ScopeRunner;
  depth?: number;
}

/** States of an app begin with their defaults; those of a page lie above them. */
export function beginStates(cells: NamedCells, specs: Record<string, StateSpec> | undefined): NamedCells {
  const empty = { number: 0, text: "", boolean: false } as const;
  for (const [name, spec] of Object.entries(specs ?? {})) cells.begin(name, spec.default ?? empty[spec.type]);
  return cells;
}

/** States of an app that is open, and those of its pages: a page one comes back to has kept its own. */
export interface AppStates {
  graph: CellGraph;
  states: NamedCells;
  pages: Map<string, NamedCells>;
  watch?: AppWatch | undefined;
}

/** States of an app that opens. */
export function createAppStates(app: Pick<AppDocument, "state">, watch?: AppWatch): AppStates {
  const graph = new CellGraph();
  return { graph, states: beginStates(new NamedCells(graph), app.state), pages: new Map(), watch };
}

/** The memory of a page that opens: `kept` for one that may be come back to, `fresh` for a dialog. */
export function createMemory(
  app: AppStates,
  page: { id: string; state?: Record<string, StateSpec> },
  how: "kept" | "fresh" = "fresh",
): PageMemory {
  const own = (how === "kept" ? app.pages.get(page.id) : undefined) ?? new NamedCells(app.graph, app.states);
  if (how === "kept") app.pages.set(page.id, own);
  return {
    graph: app.graph,
    states: beginStates(own, page.state),
    outputs: new NamedCells(app.graph),
    methods: new Map(),
    watch: app.watch,
  };
}

const FIXED_RANGE: RangeSource = { get: () => ({ kind: "live", span: "1h" }), subscribe: () => () => {} };

const IDLE: ScopeRunner = {
  dispatch: () => {},
  write: async () => ({ status: "preview" }),
};

function layoutOf(layout: PageLayout | CompositeDocument["layout"]): PageLayout {
  return "lg" in layout ? layout : { lg: layout };
}

/** Ties the ways out of a scope to that very scope, so that an action reads the parameters it was pressed among. */
function tied(scope: Omit<RuntimeScope, "dispatch" | "write">): RuntimeScope {
  const { runner } = scope;
  const whole: RuntimeScope = {
    ...scope,
    dispatch: (steps, from) => runner.dispatch(whole, steps, from),
    write: (element, name, value) => runner.write(whole, element, name, value),
  };
  return whole;
}

/** Makes the scope of a page (or of a block while it is designed). */
export function createScope(options: ScopeOptions): RuntimeScope {
  const { loaded, content } = options;
  const breakpoint = options.breakpoint ?? "lg";
  return tied({
    page: content.id,
    path: "",
    loaded,
    elements: content.elements ?? {},
    layout: layoutOf(content.layout),
    params: options.params ?? {},
    given: options.given ?? {},
    memory: options.memory ?? createMemory(createAppStates(loaded.app), content),
    user: options.user,
    language: options.language,
    units: options.units ?? {},
    mode: options.mode ?? "run",
    breakpoint,
    compact: breakpoint === "sm",
    services: options.services,
    range: options.range ?? FIXED_RANGE,
    depth: options.depth ?? 0,
    runner: options.runner ?? IDLE,
  });
}

/** The same page with more parameters: a repeater gives each of its items its own, with outputs of its own. */
export function scopeWithParams(scope: RuntimeScope, params: Readonly<Record<string, Value>>): RuntimeScope {
  const { memory } = scope;
  const outputs = new NamedCells(memory.graph, memory.outputs);
  return tied({
    ...scope,
    params: { ...scope.params, ...params },
    memory: { ...memory, outputs, methods: new Map(memory.methods) },
  });
}

/** The inside of the block that element `id` shows: its own elements, parameters and outputs. */
export function scopeOfBlock(
  scope: RuntimeScope,
  id: string,
  block: CompositeDocument,
  params: Readonly<Record<string, Value>>,
  given: Readonly<Record<string, Signal>>,
): RuntimeScope {
  const { memory } = scope;
  return tied({
    ...scope,
    path: `${scope.path}${id}/`,
    elements: block.elements ?? {},
    layout: { lg: block.layout },
    params,
    given,
    memory: { ...memory, outputs: new NamedCells(memory.graph), methods: new Map() },
    depth: scope.depth + 1,
  });
}
