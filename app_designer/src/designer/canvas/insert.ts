import { blocks, loadManifest } from "@runtime/registry";
import type { CompositeDocument, Element, FreeItem } from "../../generated/documents.gen";
import {
  type AreaKey,
  areaOf,
  areaOfElement,
  FREE_HEIGHT,
  FREE_WIDTH,
  type Item,
  itemOf,
  layerOf,
  parentOf,
  ROOT,
} from "../model/areas";
import { freePlace } from "../model/arrange";
import { elementsOf } from "../model/canvas_key";
import type { Change, DesignerState, DesignerStore } from "../model/contract";
import { newElementId } from "../model/ids";
import { addElements } from "../model/operations";
import { applyChanges } from "../model/paths";
import type { DragPayload } from "./drag";
import { type Refusal, refusalOf } from "./refusal";
import { freeSize, sizesOf } from "./sizes";
import { accepts, slotKind } from "./target";

/** Where something new goes: an area, and a place in it if one was pointed at. */
export interface Where {
  readonly area: AreaKey;
  readonly item: Item | null;
}

/**
 * Required properties without a default, and lists that make slots, are taken from the block's first example: an
 * element is valid, and a container has an inside, from the start.
 */
async function firstProps(type: string): Promise<Record<string, unknown>> {
  const manifest = await loadManifest(type);
  const schema = manifest.props as {
    required?: string[];
    properties?: Record<string, { default?: unknown }>;
  };
  const example = (manifest.examples[0]?.props ?? {}) as Record<string, unknown>;
  const props: Record<string, unknown> = {};
  const lists = Object.values(manifest.slots ?? {}).flatMap((slot) => slot.repeats ?? []);
  for (const name of [...(schema.required ?? []), ...lists]) {
    if (schema.properties?.[name]?.default === undefined && name in example) props[name] = example[name];
  }
  return props;
}

/** A new element of a block that comes from the palette. */
export async function newElement(
  state: DesignerState,
  payload: Extract<DragPayload, { kind: "component" | "composite" }>,
): Promise<Element | null> {
  if (payload.kind === "composite") {
    const block = state.draft.blocks[`${payload.id}.${payload.version}`];
    if (!block || holdsItself(state, block)) return null;
    return { type: `composite.${payload.id}`, props_version: payload.version, parent: null };
  }
  const block = blocks.get(payload.type);
  if (!block) return null;
  const props = payload.props ? { ...payload.props } : await firstProps(payload.type);
  const element: Element = { type: payload.type, props_version: block.manifest.props_version, parent: null };
  return Object.keys(props).length > 0 ? { ...element, props } : element;
}

/** A block cannot hold itself, not even at the end of a chain of blocks. */
function holdsItself(state: DesignerState, block: CompositeDocument): boolean {
  if (!state.canvas.startsWith("block:")) return false;
  const own = state.canvas.slice(6).replace(/\.\d+$/, "");
  const seen = new Set<string>();
  const left = [block];
  for (let next = left.pop(); next; next = left.pop()) {
    if (next.id === own) return true;
    if (seen.has(`${next.id}.${next.version}`)) continue;
    seen.add(`${next.id}.${next.version}`);
    for (const { type, props_version } of Object.values(next.elements ?? {})) {
      const inner = type.startsWith("composite.") && state.draft.blocks[`${type.slice(10)}.${props_version}`];
      if (inner) left.push(inner);
    }
  }
  return false;
}

/** The best free place for something new: in the chosen container, beside what is chosen, else on the page. */
export function bestPlace(state: DesignerState, element: Element): Where {
  const elements = elementsOf(state.draft, state.canvas);
  const chosen = state.selection.length === 1 ? state.selection[0] : undefined;
  let area: AreaKey = ROOT;
  let row = 0;
  const anchor = chosen ? elements[chosen] : undefined;
  if (chosen && anchor) {
    const inside = bestSlot(state, chosen, element.type);
    area = inside ?? takingArea(state, chosen, element.type);
    if (area === areaOfElement(anchor)) row = Math.floor(itemOf(state.draft, state.canvas, chosen)?.y ?? 0);
  }
  const found = areaOf(state.draft, state.canvas, area);
  const layout = sizesOf(state.draft, element);
  if (slotKind(state, area) === "free") return { area, item: freeSpot(found.items, freeSize(layout)) };
  const items = found.items as Parameters<typeof freePlace>[0];
  return { area, item: freePlace(items, layout.grid.w, layout.grid.h, row) };
}

/** The area an element stands in, or the next one around it that takes a block of a type. */
export function takingArea(state: DesignerState, id: string, type: string): AreaKey {
  const elements = elementsOf(state.draft, state.canvas);
  let area = areaOfElement(elements[id]);
  for (let holder = parentOf(area); holder && !accepts(state, area, [type]); holder = parentOf(area))
    area = areaOfElement(elements[holder.id]);
  return area;
}

/** Why the chosen container (or the one around what is chosen) did not get what was added; null: it did. */
export function passedOver(state: DesignerState, type: string): Refusal | null {
  const [chosen, more] = state.selection;
  const element = chosen ? elementsOf(state.draft, state.canvas)[chosen] : undefined;
  if (!chosen || !element || more) return null;
  if (bestSlot(state, chosen, type) !== null) return null;
  const [first] = Object.entries(blocks.get(element.type)?.manifest.slots ?? {});
  const own = first ? `${chosen}/${first[1].repeats ? `${first[0]}_0` : first[0]}` : areaOfElement(element);
  return refusalOf(state, own, [type]);
}

/** The slot of a container that something new goes into; null: it has none, or all are full. */
export function bestSlot(state: DesignerState, id: string, type: string): AreaKey | null {
  const holder = elementsOf(state.draft, state.canvas)[id];
  const slots = blocks.get(holder?.type ?? "")?.manifest.slots ?? {};
  for (const [name, slot] of Object.entries(slots)) {
    const area = `${id}/${slot.repeats ? `${name}_0` : name}`;
    if (accepts(state, area, [type])) return area;
  }
  return null;
}

/** Where symbols begin on a free canvas, the gap between them, and how far is searched, CSS px. */
const FREE_EDGE = 40;
const FREE_GAP = 20;
const FREE_SEARCH = { x: 1000, y: 2000 };

/** The first place, row by row, where something of this size covers nothing. */
function emptySpot(
  places: readonly Item[],
  size: { w: number; h: number },
): { x: number; y: number } | undefined {
  const covers = (x: number, y: number) =>
    places.some(
      (item) =>
        x < item.x + item.w + FREE_GAP &&
        item.x < x + size.w + FREE_GAP &&
        y < item.y + item.h + FREE_GAP &&
        item.y < y + size.h + FREE_GAP,
    );
  for (let y = FREE_EDGE; y < FREE_SEARCH.y; y += FREE_GAP) {
    for (let x = FREE_EDGE; x === FREE_EDGE || x + size.w <= FREE_SEARCH.x; x += FREE_GAP) {
      if (!covers(x, y)) return { x, y };
    }
  }
  return undefined;
}

function freeSpot(items: Readonly<Record<string, Item>>, size: { w: number; h: number }): FreeItem {
  const places = Object.values(items);
  const z = places.reduce((top, item) => Math.max(top, layerOf(item)), 0) + (places.length > 0 ? 1 : 0);
  const spot = emptySpot(places, size) ?? {
    x: FREE_EDGE + places.length * 5,
    y: FREE_EDGE + places.length * 5,
  };
  return { ...spot, ...size, ...(z ? { z } : {}) };
}

/** A place as large as the element wants to be; what was dragged (a machine, a tag) did not know that yet. */
function sized(state: DesignerState, element: Element, where: Where, more: readonly Change[]): Where {
  const { item } = where;
  if (!item) return where;
  const layout = sizesOf(applyChanges(state.draft, more).root, element);
  if ("z" in item || "r" in item || slotKind(state, where.area) === "free") {
    const size = freeSize(layout);
    const sheet = areaOf(state.draft, state.canvas, where.area);
    // What is larger than what was held must not stick out of the sheet.
    const x = Math.max(0, Math.min(item.x, (sheet.width ?? FREE_WIDTH) - size.w));
    const y = Math.max(0, Math.min(item.y, (sheet.height ?? FREE_HEIGHT) - size.h));
    return { ...where, item: { ...item, ...size, x, y } };
  }
  const { w, h } = layout.grid;
  return { ...where, item: { ...item, w, h, x: Math.min(item.x, 12 - w) } };
}

/** Adds an element (with other changes that belong to it) and chooses it. Returns its id. */
export function insertElement(
  store: DesignerStore,
  label: string,
  element: Element,
  where: Where | null,
  more: readonly Change[] = [],
): string {
  const state = store.getState();
  const at = { draft: state.draft, canvas: state.canvas };
  const { area, item } = where?.item ? sized(state, element, where, more) : bestPlace(state, element);
  const elements = elementsOf(state.draft, state.canvas);
  const id = newElementId((taken) => elements[taken] !== undefined);
  const place = item ?? { x: 0, y: 0, w: 4, h: 4 };
  const changes = addElements(at, area, [{ id, element, item: place }], slotKind(state, area));
  store.change(label, [...more, ...changes], { select: [id] });
  return id;
}
