import type { Asset } from "@sdk/api/types";
import { assetName } from "@sdk/bindings/asset_name";
import type {
  AppTestDocument,
  Element,
  GridArea,
  GridItem,
  NavItem,
  PageDocument,
  RoleNeed,
} from "../../generated/documents.gen";
import type { Change, Draft, Plant } from "../model/contract";
import { newElementId } from "../model/ids";
import { type RankedSignal, signalsOf } from "./rank";

type Local = { en: string; "zh-CN": string };
type Bound = NonNullable<Element["bind"]>[string];
type AssetBound = string | { param: string };

/** Machines the overview shows; the page of one machine and the trends are not limited so. */
export const SINGLE_MAX = 12;
const COLUMNS = 12;
/** Rows of a card that its heading and edge take. */
const CARD_HEAD = 2;
const VALUES_MAX = 8;
const TRENDS_MAX = 6;
const SERIES_MAX = 8;

interface Machine {
  asset: Asset;
  state: RankedSignal | null;
  numbers: RankedSignal[];
}

const tagOf = (asset: AssetBound, role: string): Bound => ({ source: "tag", asset, role, transforms: [] });
const historyOf = (asset: AssetBound, role: string): Bound => ({
  source: "history",
  asset,
  role,
  fn: null,
  range: null,
  transforms: [],
});

/** Collects the elements of one page row by row. */
class PageMaker {
  readonly elements: Record<string, Element> = {};
  readonly items: Record<string, GridItem> = {};
  readonly slots: Record<string, GridArea> = {};

  constructor(private readonly versionOf: (type: string) => number) {}

  add(type: string, place: Omit<GridItem, "hidden">, parts: Partial<Element>): string {
    const id = newElementId((taken) => taken in this.elements);
    this.elements[id] = { type, props_version: this.versionOf(type), parent: null, props: {}, ...parts };
    this.items[id] = place;
    return id;
  }

  /** An element over the whole width of a container, two rows high. */
  addInside(holder: string, slot: string, type: string, y: number, parts: Partial<Element>): void {
    const id = this.add(type, { x: 0, y, w: COLUMNS, h: 2 }, { parent: { id: holder, slot }, ...parts });
    const key = `${holder}/${slot}`;
    const item = this.items[id];
    delete this.items[id];
    const area = this.slots[key] ?? { kind: "grid" as const, items: {} };
    this.slots[key] = { ...area, items: { ...area.items, ...(item ? { [id]: item } : {}) } };
  }

  page(id: string, title: Local, more: Partial<PageDocument>): PageDocument {
    const layout = { lg: { kind: "grid" as const, items: this.items, slots: this.slots } };
    return { format: 1, id, title, archetype: "workspace", elements: this.elements, layout, ...more };
  }
}

function nameOf(asset: Asset): Local {
  return { en: assetName(asset, asset.id, "en"), "zh-CN": assetName(asset, asset.id, "zh-CN") };
}

/** A card for each machine: its state above its most telling numbers; a press opens the machine. */
function overview(make: PageMaker, machines: readonly Machine[], detail: string): void {
  const width = Math.max(3, Math.floor(COLUMNS / Math.min(machines.length, 4)));
  const perRow = Math.floor(COLUMNS / width);
  const numbers = machines.length > 4 ? 2 : 4;
  const height = CARD_HEAD + 2 + numbers * 2;
  machines.forEach(({ asset, state, numbers: found }, index) => {
    const place = {
      x: (index % perRow) * width,
      y: Math.floor(index / perRow) * height,
      w: width,
      h: height,
    };
    const holder = make.add("card", place, { props: { title: nameOf(asset) } });
    const events = {
      press: [{ action: "navigate" as const, page: detail, params: { machine: asset.id } }],
    };
    const shown = [...(state ? [state] : []), ...found].slice(0, numbers + 1);
    shown.forEach((signal, row) => {
      const isState = signal === state;
      make.addInside(holder, "body", isState ? "state_tile" : "value", row * 2, {
        props: isState ? { title: { en: "State", "zh-CN": "状态" } } : {},
        events,
        bind: { "/value": tagOf(asset.id, signal.role) },
      });
    });
  });
}

/** One page for every machine of the kind: the header chooses which. */
function detailPage(make: PageMaker, sample: Machine): void {
  const machine = { param: "machine" };
  const values = sample.numbers.slice(0, VALUES_MAX);
  if (sample.state) {
    const bind = { "/value": tagOf(machine, sample.state.role) };
    make.add("state_tile", { x: 0, y: 0, w: 12, h: 2 }, { bind });
  }
  const top = sample.state ? 2 : 0;
  values.forEach(({ role }, index) => {
    const place = { x: (index % 4) * 3, y: top + Math.floor(index / 4) * 2, w: 3, h: 2 };
    make.add("value", place, { bind: { "/value": tagOf(machine, role) } });
  });
  const below = top + Math.ceil(values.length / 4) * 2;
  const [first] = sample.numbers;
  if (first) {
    const alike = sample.numbers.filter(({ tag }) => tag.meta.unit === first.tag.meta.unit).slice(0, 4);
    const bind = Object.fromEntries(alike.map(({ role }, n) => [`/series/${n}`, historyOf(machine, role)]));
    make.add("trend", { x: 0, y: below, w: 7, h: 8 }, { bind });
  }
  const place = { x: first ? 7 : 0, y: below, w: first ? 5 : 12, h: 8 };
  const props = { title: { en: "All values", "zh-CN": "全部数值" } };
  make.add("tag_table", place, { props, bind: { "/tags": tagOf(machine, "*") } });
}

/** A trend for each of the most telling roles, with every machine that has it. */
function trends(make: PageMaker, machines: readonly Machine[]): void {
  const scores = new Map<string, number>();
  for (const { numbers } of machines) {
    for (const { role, score } of numbers) scores.set(role, Math.max(score, scores.get(role) ?? 0));
  }
  const roles = [...scores.entries()].sort((a, b) => b[1] - a[1]).slice(0, TRENDS_MAX);
  roles.forEach(([role], index) => {
    const having = machines.filter(({ numbers }) => numbers.some((number) => number.role === role));
    const bind = Object.fromEntries(
      having.slice(0, SERIES_MAX).map(({ asset }, n) => [`/series/${n}`, historyOf(asset.id, role)]),
    );
    const place = { x: (index % 2) * 6, y: Math.floor(index / 2) * 7, w: 6, h: 7 };
    make.add("trend", place, { bind });
  });
}

function rolesNeeded(machines: readonly Machine[], elements: readonly Element[]): RoleNeed[] {
  const used = new Set<string>();
  for (const { bind } of elements) {
    for (const bound of Object.values(bind ?? {})) {
      if ((bound.source === "tag" || bound.source === "history") && bound.role !== "*") used.add(bound.role);
    }
  }
  return [...used].sort().map((role) => {
    const having = machines.flatMap((machine) =>
      [machine.state, ...machine.numbers].filter((signal) => signal?.role === role),
    );
    const tag = having[0]?.tag;
    return {
      role,
      kind: tag?.kind ?? "any",
      unit: tag?.meta.unit ?? "",
      required: having.length >= machines.length,
    };
  });
}

/** Page ids that are free, near the wanted ones. */
function freeIds(draft: Draft): (wanted: string) => string {
  const taken = new Set(Object.keys(draft.pages));
  return (wanted) => {
    let id = wanted;
    for (let n = 2; taken.has(id); n += 1) id = `${wanted}_${n}`;
    taken.add(id);
    return id;
  };
}

export interface StartOptions {
  draft: Draft;
  plant: Plant;
  /** Ids of the machines to show. */
  chosen: readonly string[];
  versionOf: (type: string) => number;
}

/** What to change so that the app shows the chosen machines; empty when none of them has a signal. */
export function startFromAssets({ draft, plant, chosen, versionOf }: StartOptions): Change[] {
  const machines = plant.assets
    .filter((asset) => chosen.includes(asset.id))
    .map((asset) => ({ asset, ...signalsOf(plant, asset.id) }))
    .filter(({ state, numbers }) => state !== null || numbers.length > 0)
    .slice(0, SINGLE_MAX);
  const [sample] = [...machines].sort((a, b) => b.numbers.length - a.numbers.length);
  if (!sample) return [];
  const free = freeIds(draft);
  const ids = { overview: free("overview"), machine: free("machine"), trends: free("trends") };
  const makers = [0, 1, 2].map(() => new PageMaker(versionOf)) as [PageMaker, PageMaker, PageMaker];
  overview(makers[0], machines, ids.machine);
  detailPage(makers[1], sample);
  trends(makers[2], machines);
  const types = new Set(machines.map(({ asset }) => asset.type ?? null));
  const [type] = types;
  const one =
    types.size === 1 && type ? { asset_type: type } : { options: machines.map(({ asset }) => asset.id) };
  const label = { en: "Machine", "zh-CN": "机器" };
  const machine = { type: "asset" as const, label, default: sample.asset.id, ...one };
  const range = { default: "1h" as const };
  const pages = [
    makers[0].page(ids.overview, { en: "Overview", "zh-CN": "总览" }, { icon: "line" }),
    makers[1].page(
      ids.machine,
      { en: "Machine", "zh-CN": "机器" },
      { icon: "press", range, params: { machine } },
    ),
    makers[2].page(ids.trends, { en: "Trends", "zh-CN": "趋势" }, { icon: "trend", range }),
  ].filter((page) => Object.keys(page.elements ?? {}).length > 0);
  const test = testOf(draft, pages[0], machines[0]);
  return [
    ...pages.map((page) => ({ path: ["pages", page.id], value: page })),
    ...(test ? [{ path: ["tests", test.id], value: test }] : []),
    ...appChanges(draft, pages, machines),
  ];
}

/** The first promise of the app: what the machine says is what the overview shows, and a fault is not hidden. */
function testOf(
  draft: Draft,
  page: PageDocument | undefined,
  machine: Machine | undefined,
): AppTestDocument | null {
  const found = Object.entries(page?.elements ?? {}).find(
    ([, { bind }]) => bind?.["/value"]?.source === "tag",
  );
  const bound = found?.[1].bind?.["/value"];
  if (!page || !found || !machine || bound?.source !== "tag" || typeof bound.asset !== "string") return null;
  let id = "shows_the_machine";
  for (let n = 2; id in draft.tests; n += 1) id = `shows_the_machine_${n}`;
  const [element] = found;
  const { asset, role } = bound;
  return {
    format: 1,
    id,
    name: `${machine.asset.id}: ${role}`,
    page: page.id,
    given: [{ asset, role, v: 2, q: 0 }],
    expect: [{ kind: "input", element, name: "value", v: 2, q: "good" }],
  };
}

function appChanges(draft: Draft, pages: readonly PageDocument[], machines: readonly Machine[]): Change[] {
  const elements = pages.flatMap((page) => Object.values(page.elements ?? {}));
  const { nav = [], roles = [], requires = {}, home } = draft.app;
  // A page nobody has put anything on makes way for the first generated one.
  const empty = Object.values(draft.pages).filter((page) => Object.keys(page.elements ?? {}).length === 0);
  const gone = new Set(empty.map((page) => page.id));
  const entries: NavItem[] = pages.map((page) => ({
    page: page.id,
    label: page.title,
    icon: page.icon ?? "",
  }));
  const known = new Set(roles.map((need) => need.role));
  const needs = rolesNeeded(machines, elements).filter((need) => !known.has(need.role));
  const used = Object.fromEntries(elements.map(({ type, props_version }) => [type, props_version]));
  const first = pages[0]?.id ?? home;
  return [
    ...empty.map((page) => ({ path: ["pages", page.id], value: undefined })),
    { path: ["app", "nav"], value: [...nav.filter((entry) => !gone.has(entry.page)), ...entries] },
    { path: ["app", "roles"], value: [...roles, ...needs] },
    { path: ["app", "requires"], value: { ...requires, ...used } },
    ...(gone.has(home) ? [{ path: ["app", "home"], value: first }] : []),
  ];
}
