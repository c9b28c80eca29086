import type {
  CompositeDocument,
  Element,
  FreeItem,
  GridItem,
  PageParam,
} from "../../generated/documents.gen";
import {
  type AreaState,
  areaOf,
  areaOfElement,
  type Item,
  layoutPath,
  outermost,
  withDescendants,
} from "./areas";
import { documentOf, elementsOf } from "./canvas_key";
import type { Change, DesignerState } from "./contract";
import { addElements, removeElements } from "./operations";
import { applyChanges, getAt, isMembers } from "./paths";

/** Something inside that can differ from instance to instance. */
export interface ParamSuggestion {
  readonly name: string;
  readonly kind: "asset" | "text";
  /** What it is now: an asset's id, or a text as the document has it. */
  readonly value: unknown;
  /** Texts: the element and the property it is taken from. */
  readonly element?: string;
  readonly prop?: string;
}

const TEXT_PROPS = ["title", "text", "label"];
const COLUMNS = 12;
const COLUMN_PX = 100;
const ROW_PX = 52;

/** Every asset named by bindings and actions inside a value. */
function assetsIn(value: unknown, found: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) assetsIn(item, found);
  if (!isMembers(value)) return;
  if (typeof value.asset === "string" && typeof value.role === "string") found.add(value.asset);
  for (const inner of Object.values(value)) assetsIn(inner, found);
}

/** Every page parameter read inside a value. */
function paramsIn(value: unknown, found: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) paramsIn(item, found);
  if (!isMembers(value)) return;
  if (typeof value.param === "string") found.add(value.param);
  for (const inner of Object.values(value)) paramsIn(inner, found);
}

function chosenElements(state: DesignerState, ids: readonly string[]): Record<string, Element> {
  const elements = elementsOf(state.draft, state.canvas);
  const chosen: Record<string, Element> = {};
  for (const id of withDescendants(elements, ids)) if (elements[id]) chosen[id] = elements[id];
  return chosen;
}

/** What of a selection could become a parameter: its machines first, then its texts. */
export function suggestParams(state: DesignerState, ids: readonly string[]): ParamSuggestion[] {
  const elements = chosenElements(state, ids);
  const assets = new Set<string>();
  for (const { bind, events } of Object.values(elements)) assetsIn([bind, events], assets);
  const taken = new Set<string>();
  for (const { bind, events } of Object.values(elements)) paramsIn([bind, events], taken);
  const named = (stem: string) => {
    let name = stem;
    for (let number = 2; taken.has(name); number += 1) name = `${stem}_${number}`;
    taken.add(name);
    return name;
  };
  const found: ParamSuggestion[] = [...assets].map((value) => ({
    name: named("machine"),
    kind: "asset",
    value,
  }));
  for (const [id, element] of Object.entries(elements)) {
    for (const prop of TEXT_PROPS) {
      const value = element.props?.[prop];
      const bound = element.bind?.[`/${prop}`] !== undefined;
      if (bound || !(typeof value === "string" || isMembers(value)) || value === "") continue;
      found.push({ name: named(prop), kind: "text", value, element: id, prop });
    }
  }
  return found;
}

/** The same value with assets read from parameters. */
function withParams(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => withParams(item, names));
  if (!isMembers(value)) return value;
  const copy = Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, withParams(inner, names)]),
  );
  const name =
    typeof value.asset === "string" && typeof value.role === "string" ? names.get(value.asset) : undefined;
  return name === undefined ? copy : { ...copy, asset: { param: name } };
}

function insideElement(
  id: string,
  element: Element,
  top: boolean,
  chosen: readonly ParamSuggestion[],
): Element {
  const assets = new Map(chosen.filter((p) => p.kind === "asset").map((p) => [String(p.value), p.name]));
  const own = withParams(element, assets) as Element;
  const texts = chosen.filter((param) => param.kind === "text" && param.element === id);
  const bind = { ...own.bind };
  for (const { prop, name } of texts) bind[`/${prop}`] = { source: "param", param: name };
  const { group: _group, ...plain } = own;
  return { ...plain, ...(texts.length > 0 ? { bind } : {}), parent: top ? null : (own.parent ?? null) };
}

interface Inside {
  readonly layout: CompositeDocument["layout"];
  readonly size: CompositeDocument["size"];
  /** Place of the instance. */
  readonly item: Item;
}

function bounds(items: readonly Item[]) {
  const x = Math.min(...items.map((item) => item.x));
  const y = Math.min(...items.map((item) => item.y));
  const w = Math.max(...items.map((item) => item.x + item.w)) - x;
  const h = Math.max(...items.map((item) => item.y + item.h)) - y;
  return { x, y, w, h };
}

/** Inside a block the 12 columns are those of its own width, so places are stretched to them. */
function gridInside(items: Readonly<Record<string, GridItem>>): Inside {
  const all = bounds(Object.values(items));
  const column = (x: number) => Math.round(((x - all.x) * COLUMNS) / all.w);
  const inside: Record<string, GridItem> = {};
  for (const [id, item] of Object.entries(items)) {
    const x = Math.min(COLUMNS - 1, column(item.x));
    inside[id] = { x, y: item.y - all.y, w: Math.max(1, column(item.x + item.w) - x), h: item.h };
  }
  const size = { grid: { w: all.w, h: all.h }, compact: { span: all.w > 4 ? 2 : 1, h: all.h } } as const;
  return { layout: { kind: "grid", items: inside }, size, item: all };
}

function freeInside(items: Readonly<Record<string, FreeItem>>): Inside {
  const all = bounds(Object.values(items));
  const inside: Record<string, FreeItem> = {};
  for (const [id, item] of Object.entries(items))
    inside[id] = { ...item, x: item.x - all.x, y: item.y - all.y };
  const width = Math.max(50, all.w);
  const height = Math.max(50, all.h);
  const grid = {
    w: Math.min(COLUMNS, Math.max(1, Math.round(width / COLUMN_PX))),
    h: Math.max(1, Math.round(height / ROW_PX)),
  };
  const size = { grid, compact: { span: 2, h: Math.max(2, grid.h) }, free: { w: width, h: height } } as const;
  return {
    layout: { kind: "free", width, height, items: inside },
    size,
    item: { ...all, w: width, h: height },
  };
}

function slotsOf(state: DesignerState, ids: ReadonlySet<string>): Record<string, AreaState> {
  const slots = getAt(state.draft, [...layoutPath(state.canvas), "slots"]);
  if (!isMembers(slots)) return {};
  return Object.fromEntries(
    Object.entries(slots).filter(([key]) => ids.has(key.split("/")[0] ?? "")),
  ) as Record<string, AreaState>;
}

export interface NewBlock {
  /** Id of the block, not given yet. */
  readonly id: string;
  readonly name: Readonly<Record<string, string>>;
  readonly params: readonly ParamSuggestion[];
  /** Id of the instance that takes the place of the selection. */
  readonly instance: string;
}

/** Makes a block of the selected elements (of one area) and puts an instance in their place. */
export function makeBlock(state: DesignerState, ids: readonly string[], made: NewBlock): Change[] {
  const all = elementsOf(state.draft, state.canvas);
  const top = outermost(all, ids).filter((id) => all[id]);
  const area = areaOfElement(all[top[0] ?? ""]);
  const { kind, items } = areaOf(state.draft, state.canvas, area);
  const places = Object.fromEntries(top.flatMap((id) => (items[id] ? [[id, items[id]]] : [])));
  if (Object.keys(places).length === 0) return [];
  const inside =
    kind === "free"
      ? freeInside(places as Record<string, FreeItem>)
      : gridInside(places as Record<string, GridItem>);
  const elements = chosenElements(state, top);
  const slots = slotsOf(state, new Set(Object.keys(elements)));
  const { params, instance } = paramsAndInstance(state, elements, made);
  const block: CompositeDocument = {
    format: 1,
    id: made.id,
    version: 1,
    name: { ...made.name },
    ...(Object.keys(params).length > 0 ? { params } : {}),
    size: inside.size,
    elements: Object.fromEntries(
      Object.entries(elements).map(([id, one]) => [
        id,
        insideElement(id, one, top.includes(id), made.params),
      ]),
    ),
    layout: (Object.keys(slots).length > 0
      ? { ...inside.layout, slots }
      : inside.layout) as typeof inside.layout,
  };
  const at = { draft: state.draft, canvas: state.canvas };
  const removed = removeElements(at, top);
  // Its place is free once the elements are gone, so nothing else has to give way.
  const left = { draft: applyChanges(state.draft, removed).root, canvas: state.canvas };
  const added = addElements(left, area, [{ id: made.instance, element: instance, item: inside.item }], kind);
  return [{ path: ["blocks", `${made.id}.1`], value: block }, ...removed, ...added];
}

function paramsAndInstance(state: DesignerState, elements: Record<string, Element>, made: NewBlock) {
  const params: NonNullable<CompositeDocument["params"]> = {};
  const props: Record<string, unknown> = {};
  const bind: NonNullable<Element["bind"]> = {};
  for (const { name, kind, value } of made.params) {
    const type = kind === "asset" ? state.plant.assets.find((asset) => asset.id === value)?.type : undefined;
    params[name] = { type: kind, label: { en: name, "zh-CN": name }, ...(type ? { asset_type: type } : {}) };
    props[name] = kind === "text" && isMembers(value) ? (Object.values(value)[0] ?? "") : value;
  }
  const read = new Set<string>();
  for (const { bind: bound, events } of Object.values(elements)) paramsIn([bound, events], read);
  const specs = pageParams(state);
  for (const name of read) {
    const spec = specs[name];
    params[name] = { type: spec?.type ?? "text", label: spec?.label ?? { en: name } };
    bind[`/${name}`] = { source: "param", param: name };
  }
  const instance: Element = {
    type: `composite.${made.id}`,
    props_version: 1,
    parent: null,
    ...(Object.keys(props).length > 0 ? { props } : {}),
    ...(Object.keys(bind).length > 0 ? { bind } : {}),
  };
  return { params, instance };
}

function pageParams(state: DesignerState): Record<string, PageParam> {
  const own = documentOf(state.draft, state.canvas)?.params as Record<string, PageParam> | undefined;
  return { ...state.draft.app.params, ...own };
}
