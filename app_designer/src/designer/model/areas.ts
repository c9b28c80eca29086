import type { Element, FreeItem, GridItem } from "../../generated/documents.gen";
import { canvasPath, documentOf, elementsOf, isBlockCanvas } from "./canvas_key";
import type { CanvasKey, Draft, Path } from "./contract";
import { getAt } from "./paths";

/** Key of an area: `""` the page itself, `<element>/<slot>` the inside of a container. */
export type AreaKey = string;
export const ROOT: AreaKey = "";
export type AreaKind = "grid" | "free";
export type Item = GridItem | FreeItem;

export interface AreaState {
  readonly kind: AreaKind;
  readonly items: Readonly<Record<string, Item>>;
  readonly width?: number;
  readonly height?: number;
}

export const COLUMNS = 12;
export const FREE_WIDTH = 1200;
export const FREE_HEIGHT = 700;
const EMPTY_ITEMS: Readonly<Record<string, Item>> = {};
const EMPTY_AREA: AreaState = { kind: "grid", items: EMPTY_ITEMS };

/** Where the whole (PC) layout of a canvas is in the draft. */
export function layoutPath(canvas: CanvasKey): Path {
  return isBlockCanvas(canvas) ? [...canvasPath(canvas), "layout"] : [...canvasPath(canvas), "layout", "lg"];
}

export function areaPath(canvas: CanvasKey, area: AreaKey): Path {
  return area === ROOT ? layoutPath(canvas) : [...layoutPath(canvas), "slots", area];
}

export const itemPath = (canvas: CanvasKey, area: AreaKey, id: string): Path => [
  ...areaPath(canvas, area),
  "items",
  id,
];

/** An area of a canvas; one that nobody has put anything into is an empty grid. */
export function areaOf(draft: Draft, canvas: CanvasKey, area: AreaKey): AreaState {
  const found = getAt(draft, areaPath(canvas, area)) as AreaState | undefined;
  if (!found) return EMPTY_AREA;
  return found.items ? found : { ...found, items: EMPTY_ITEMS };
}

export const hasArea = (draft: Draft, canvas: CanvasKey, area: AreaKey): boolean =>
  getAt(draft, areaPath(canvas, area)) !== undefined;

/** Whether anything on a canvas is laid out freely: the page itself, or the inside of a container. */
export function hasFreeArea(draft: Draft, canvas: CanvasKey): boolean {
  const whole = getAt(draft, layoutPath(canvas)) as
    | { kind?: AreaKind; slots?: Readonly<Record<string, { kind: AreaKind }>> }
    | undefined;
  return whole?.kind === "free" || Object.values(whole?.slots ?? {}).some(({ kind }) => kind === "free");
}

/** The area an element belongs into by its parent. */
export const areaOfElement = (element: Pick<Element, "parent"> | undefined): AreaKey =>
  element?.parent ? `${element.parent.id}/${element.parent.slot}` : ROOT;

export function parentOf(area: AreaKey): Element["parent"] {
  const [id, slot] = area.split("/");
  return id && slot ? { id, slot } : null;
}

export function itemOf(draft: Draft, canvas: CanvasKey, id: string): Item | undefined {
  const area = areaOfElement(elementsOf(draft, canvas)[id]);
  return areaOf(draft, canvas, area).items[id];
}

/** The elements right inside another, in no order. */
export function childrenOf(elements: Readonly<Record<string, Element>>, id: string): string[] {
  return Object.keys(elements).filter((child) => elements[child]?.parent?.id === id);
}

/** An element and everything inside it; a ring of parents, which only a damaged file has, ends the walk. */
export function withDescendants(
  elements: Readonly<Record<string, Element>>,
  ids: readonly string[],
): string[] {
  const inside = new Map<string, string[]>();
  for (const [id, element] of Object.entries(elements)) {
    const holder = element.parent?.id;
    if (holder) inside.set(holder, [...(inside.get(holder) ?? []), id]);
  }
  const found = new Set<string>();
  const left = [...ids].reverse();
  for (let id = left.pop(); id !== undefined; id = left.pop()) {
    if (found.has(id) || !elements[id]) continue;
    found.add(id);
    left.push(...(inside.get(id) ?? []).reverse());
  }
  return [...found];
}

/** Of several elements those that are not inside another of them. */
export function outermost(elements: Readonly<Record<string, Element>>, ids: readonly string[]): string[] {
  const chosen = new Set(ids);
  return ids.filter((id) => {
    const seen = new Set<string>();
    let holder = elements[id]?.parent?.id;
    while (holder && !seen.has(holder)) {
      if (chosen.has(holder)) return false;
      seen.add(holder);
      holder = elements[holder]?.parent?.id;
    }
    return true;
  });
}

/** Elements of an area in reading order: top to bottom, then left to right; on a free canvas lowest layer first. */
export function orderedIds(area: AreaState): string[] {
  const order = area.kind === "free" ? layerOf : () => 0;
  return Object.entries(area.items)
    .sort(([a, p], [b, q]) => order(p) - order(q) || p.y - q.y || p.x - q.x || a.localeCompare(b))
    .map(([id]) => id);
}

export const layerOf = (item: Item): number => ("z" in item ? (item.z ?? 0) : 0);
export const turnOf = (item: Item): number => ("r" in item ? (item.r ?? 0) : 0);

/** Where the layouts of other breakpoints have an element's place. */
export function overridePaths(draft: Draft, canvas: CanvasKey, id: string): Path[] {
  if (isBlockCanvas(canvas)) return [];
  const paths: Path[] = [];
  for (const size of ["md", "sm"] as const) {
    const base = [...canvasPath(canvas), "layout", size];
    const layout = getAt(draft, base) as
      | { items?: object; slots?: Record<string, { items?: object }> }
      | undefined;
    if (!layout) continue;
    if (layout.items && id in layout.items) paths.push([...base, "items", id]);
    for (const [slot, area] of Object.entries(layout.slots ?? {})) {
      if (area.items && id in area.items) paths.push([...base, "slots", slot, "items", id]);
    }
  }
  return paths;
}

export { documentOf };
