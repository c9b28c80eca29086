import type { Element, FreeItem, GridItem } from "../../generated/documents.gen";
import {
  type AreaKey,
  type AreaKind,
  areaOf,
  areaOfElement,
  areaPath,
  FREE_HEIGHT,
  FREE_WIDTH,
  hasArea,
  type Item,
  itemPath,
  layerOf,
  layoutPath,
  outermost,
  overridePaths,
  parentOf,
  turnOf,
  withDescendants,
} from "./areas";
import { placeWithPush } from "./arrange";
import { canvasPath, elementsOf } from "./canvas_key";
import type { CanvasKey, Change, Draft, Path } from "./contract";
import { getAt } from "./paths";

/** Pure operations: each says what has to change in a draft, and changes nothing itself. */
export interface At {
  readonly draft: Draft;
  readonly canvas: CanvasKey;
}

export const elementPath = (canvas: CanvasKey, id: string, ...inside: string[]): Path => [
  ...canvasPath(canvas),
  "elements",
  id,
  ...inside,
];

export interface NewElement {
  readonly id: string;
  readonly element: Element;
  readonly item: Item;
}

/** Makes an area where there is none yet. */
function areaMade({ draft, canvas }: At, area: AreaKey, kind: AreaKind): Change[] {
  if (hasArea(draft, canvas, area)) return [];
  const value =
    kind === "free" ? { kind, width: FREE_WIDTH, height: FREE_HEIGHT, items: {} } : { kind, items: {} };
  return [{ path: areaPath(canvas, area), value }];
}

const placed = (canvas: CanvasKey, area: AreaKey, items: Readonly<Record<string, Item>>): Change[] =>
  Object.entries(items).map(([id, item]) => ({ path: itemPath(canvas, area, id), value: item }));

/** Places in an area, with what they push down on a grid. */
export function placeItems(at: At, area: AreaKey, items: Readonly<Record<string, Item>>): Change[] {
  const found = areaOf(at.draft, at.canvas, area);
  if (found.kind === "free") return placed(at.canvas, area, items);
  const all = found.items as Record<string, GridItem>;
  return placed(at.canvas, area, placeWithPush(all, items as Record<string, GridItem>));
}

/** New elements in an area, which may hold each other: those with a parent among them keep it and their place in it. */
export function addElements(
  at: At,
  area: AreaKey,
  added: readonly NewElement[],
  kind: AreaKind = "grid",
): Change[] {
  const parent = parentOf(area);
  const changes = areaMade(at, area, kind);
  const items: Record<string, Item> = {};
  for (const { id, element, item } of added) {
    changes.push({ path: elementPath(at.canvas, id), value: { ...element, parent } });
    items[id] = item;
  }
  return [...changes, ...placeItems(at, area, items)];
}

/** Moves elements into an area at the given places, from wherever they are. Not into themselves. */
export function moveElements(
  at: At,
  area: AreaKey,
  items: Readonly<Record<string, Item>>,
  kind: AreaKind = "grid",
): Change[] {
  const elements = elementsOf(at.draft, at.canvas);
  const parent = parentOf(area);
  if (parent && withDescendants(elements, Object.keys(items)).includes(parent.id)) return [];
  const changes = areaMade(at, area, kind);
  for (const id of Object.keys(items)) {
    const element = elements[id];
    if (!element) continue;
    const from = areaOfElement(element);
    if (from === area) continue;
    changes.push({ path: itemPath(at.canvas, from, id), value: undefined });
    changes.push({ path: elementPath(at.canvas, id, "parent"), value: parent });
    for (const path of overridePaths(at.draft, at.canvas, id)) changes.push({ path, value: undefined });
  }
  return [...changes, ...placeItems(at, area, items)];
}

/** Removes elements with everything inside them, and their places at every breakpoint. */
export function removeElements(at: At, ids: readonly string[]): Change[] {
  const elements = elementsOf(at.draft, at.canvas);
  const gone = withDescendants(elements, ids);
  const changes: Change[] = [];
  for (const id of gone) {
    changes.push({ path: itemPath(at.canvas, areaOfElement(elements[id]), id), value: undefined });
    for (const path of overridePaths(at.draft, at.canvas, id)) changes.push({ path, value: undefined });
    changes.push({ path: elementPath(at.canvas, id), value: undefined });
  }
  const slots = getAt(at.draft, [...layoutPath(at.canvas), "slots"]);
  for (const area of Object.keys((slots as object | undefined) ?? {})) {
    const holder = parentOf(area)?.id;
    if (holder && gone.includes(holder)) changes.push({ path: areaPath(at.canvas, area), value: undefined });
  }
  return changes;
}

/** Sets (or with `undefined` resets) one member inside elements, for example `["props", "title"]`. */
export function setMember(at: At, ids: readonly string[], inside: Path, value: unknown): Change[] {
  const elements = elementsOf(at.draft, at.canvas);
  return ids
    .filter((id) => elements[id])
    .map((id) => ({ path: elementPath(at.canvas, id, ...inside), value }));
}

type Binding = NonNullable<Element["bind"]>[string];

export const bind = (at: At, id: string, pointer: string, binding: Binding | undefined): Change[] =>
  setMember(at, [id], ["bind", pointer], binding);

/** An empty name takes that of the component. */
export const rename = (at: At, id: string, name: string): Change[] =>
  setMember(at, [id], ["name"], name.trim().slice(0, 80) || undefined);

export const lock = (at: At, ids: readonly string[], locked: boolean): Change[] =>
  setMember(at, ids, ["locked"], locked || undefined);

export function group(at: At, ids: readonly string[]): Change[] {
  const elements = elementsOf(at.draft, at.canvas);
  const taken = new Set(Object.values(elements).map((element) => element.group));
  let number = 1;
  while (taken.has(`group_${number}`)) number += 1;
  return setMember(at, outermost(elements, ids), ["group"], `group_${number}`);
}

export const ungroup = (at: At, ids: readonly string[]): Change[] => setMember(at, ids, ["group"], undefined);

/** Brings elements to the front or the back of their free canvas; their order among themselves stays. */
export function restack(at: At, area: AreaKey, ids: readonly string[], to: "front" | "back"): Change[] {
  const { kind, items } = areaOf(at.draft, at.canvas, area);
  if (kind !== "free") return [];
  const layers = Object.entries(items)
    .filter(([id]) => !ids.includes(id))
    .map(([, item]) => layerOf(item));
  const chosen = ids.filter((id) => items[id]).sort((a, b) => layer(items, a) - layer(items, b));
  const start = to === "front" ? Math.max(0, ...layers) + 1 : Math.min(0, ...layers) - chosen.length;
  return chosen.map((id, index) => ({ path: [...itemPath(at.canvas, area, id), "z"], value: start + index }));
}

const layer = (items: Readonly<Record<string, Item>>, id: string) => {
  const item = items[id];
  return item ? layerOf(item) : 0;
};

/** Turns elements of a free canvas by degrees. */
export function rotate(at: At, area: AreaKey, ids: readonly string[], degrees: number): Change[] {
  const { kind, items } = areaOf(at.draft, at.canvas, area);
  if (kind !== "free") return [];
  return ids.flatMap((id) => {
    const item = items[id];
    if (!item) return [];
    const turned = (turnOf(item) + degrees) % 360;
    return [{ path: [...itemPath(at.canvas, area, id), "r"], value: turned === 0 ? undefined : turned }];
  });
}

/** Sets the size of a free canvas. */
export const resizeCanvas = (at: At, width: number, height: number): Change[] => [
  { path: [...layoutPath(at.canvas), "width"], value: width },
  { path: [...layoutPath(at.canvas), "height"], value: height },
];

const ROW_PX = 52;
const COLUMN_PX = FREE_WIDTH / 12;

/** Makes a grid page a free canvas or the other way round; every element keeps about its place. */
export function changeKind(at: At, kind: AreaKind): Change[] {
  const area = areaOf(at.draft, at.canvas, "");
  if (area.kind === kind) return [];
  const items: Record<string, Item> = {};
  let bottom = FREE_HEIGHT;
  for (const [id, item] of Object.entries(area.items)) {
    items[id] = kind === "free" ? toFree(item) : toGrid(item);
    if (kind === "free") bottom = Math.max(bottom, items[id].y + items[id].h);
  }
  const whole = getAt(at.draft, layoutPath(at.canvas)) as { slots?: unknown };
  const slots = whole.slots ? { slots: whole.slots } : {};
  const settled = kind === "grid" ? apart(items as Record<string, GridItem>) : items;
  const size = kind === "free" ? { width: FREE_WIDTH, height: bottom } : {};
  return [{ path: layoutPath(at.canvas), value: { kind, ...size, items: settled, ...slots } }];
}

const toFree = (item: Item): FreeItem => ({
  x: item.x * COLUMN_PX,
  y: item.y * ROW_PX,
  w: item.w * COLUMN_PX - 12,
  h: item.h * ROW_PX - 12,
});

function toGrid(item: Item): GridItem {
  const w = Math.min(12, Math.max(1, Math.round(item.w / COLUMN_PX)));
  return {
    x: Math.min(12 - w, Math.max(0, Math.round(item.x / COLUMN_PX))),
    y: Math.max(0, Math.round(item.y / ROW_PX)),
    w,
    h: Math.min(1000, Math.max(1, Math.round(item.h / ROW_PX))),
  };
}

/** On a grid nothing lies over another. */
function apart(items: Record<string, GridItem>): Record<string, GridItem> {
  let settled: Record<string, GridItem> = {};
  const sorted = Object.entries(items).sort(([, a], [, b]) => a.y - b.y || a.x - b.x);
  for (const [id, item] of sorted) {
    const pushed = placeWithPush({ ...settled }, settledFirst(settled, id, item));
    settled = { ...settled, ...pushed };
  }
  return settled;
}

/** The new one gives way to those that are there. */
function settledFirst(
  settled: Record<string, GridItem>,
  id: string,
  item: GridItem,
): Record<string, GridItem> {
  const pushed = placeWithPush({ [id]: item }, settled);
  return { [id]: pushed[id] ?? item };
}
