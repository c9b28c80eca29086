import { blocks } from "@runtime/registry";
import type { FreeItem, GridItem } from "../../generated/documents.gen";
import { bestSlot } from "../canvas/insert";
import { freeSize, sizesOf } from "../canvas/sizes";
import { slotKind } from "../canvas/target";
import {
  type AreaKey,
  areaOf,
  areaOfElement,
  type Item,
  itemOf,
  orderedIds,
  parentOf,
  withDescendants,
} from "../model/areas";
import { freePlace } from "../model/arrange";
import { elementsOf } from "../model/canvas_key";
import type { CanvasKey, Change, DesignerState, Draft } from "../model/contract";
import { moveElements, placeItems } from "../model/operations";

/** A line of the outline. */
export interface Row {
  readonly id: string;
  readonly depth: number;
  readonly name: string;
  readonly type: string;
  readonly parent: string | null;
  /** It has others inside. */
  readonly holds: boolean;
  readonly locked: boolean;
}

/** The tree as lines. A search shows what fits and what it is inside of; elements whose parent is gone stand at the top. */
export function rowsOf(
  draft: Draft,
  canvas: CanvasKey,
  nameFor: (id: string) => string,
  query: string,
  closed: ReadonlySet<string>,
): Row[] {
  const elements = elementsOf(draft, canvas);
  const inside = new Map<string, string[]>();
  for (const [id, element] of Object.entries(elements)) {
    const holder = element.parent && elements[element.parent.id] ? element.parent.id : "";
    inside.set(holder, [...(inside.get(holder) ?? []), id]);
  }
  const wanted = query.trim().toLowerCase();
  const rows: Row[] = [];
  const seen = new Set<string>();
  const walk = (holder: string, depth: number): boolean => {
    let any = false;
    for (const id of inReadingOrder(draft, canvas, inside.get(holder) ?? [])) {
      const element = elements[id];
      if (!element || seen.has(id)) continue;
      seen.add(id);
      const name = nameFor(id);
      const place = rows.length;
      const own = !wanted || `${name}\n${element.type}`.toLowerCase().includes(wanted);
      const holds = (inside.get(id)?.length ?? 0) > 0;
      rows.push({
        id,
        depth,
        name,
        type: element.type,
        parent: holder || null,
        holds,
        locked: element.locked === true,
      });
      const open = wanted !== "" || !closed.has(id);
      const found = open && walk(id, depth + 1);
      if (own || found) any = true;
      else rows.length = place;
    }
    return any;
  };
  walk("", 0);
  return rows;
}

function inReadingOrder(draft: Draft, canvas: CanvasKey, ids: readonly string[]): string[] {
  const areas = new Map<AreaKey, string[]>();
  const elements = elementsOf(draft, canvas);
  for (const id of ids) {
    const area = areaOfElement(elements[id]);
    areas.set(area, [...(areas.get(area) ?? []), id]);
  }
  return [...areas].flatMap(([area, members]) => {
    const order = orderedIds(areaOf(draft, canvas, area));
    const rank = new Map(order.map((id, index) => [id, index]));
    return members.sort((a, b) => (rank.get(a) ?? order.length) - (rank.get(b) ?? order.length));
  });
}

/** Moves an element in the order of its area, out of its container, or into the one before it. */
export function moveInTree(state: DesignerState, id: string, way: "up" | "down" | "in" | "out"): Change[] {
  const elements = elementsOf(state.draft, state.canvas);
  const element = elements[id];
  if (!element || element.locked) return [];
  const area = areaOfElement(element);
  const order = orderedIds(areaOf(state.draft, state.canvas, area)).filter((one) => elements[one]);
  const index = order.indexOf(id);
  if (way === "out") {
    const holder = parentOf(area)?.id;
    return holder ? moveTo(state, id, areaOfElement(elements[holder])) : [];
  }
  if (way === "in") {
    const before = [...order.slice(0, index)].reverse().find((one) => hasSlots(elements[one]?.type));
    const slot = before && bestSlot(state, before, element.type);
    return slot ? moveTo(state, id, slot) : [];
  }
  const other = order[index + (way === "up" ? -1 : 1)];
  return other ? exchange(state, area, id, other) : [];
}

const hasSlots = (type: string | undefined) =>
  Object.keys(blocks.get(type ?? "")?.manifest.slots ?? {}).length > 0;

/** Two neighbours change places; on a free canvas their layers. */
function exchange(state: DesignerState, area: AreaKey, id: string, other: string): Change[] {
  const at = { draft: state.draft, canvas: state.canvas };
  const { kind, items } = areaOf(state.draft, state.canvas, area);
  const [a, b] = [items[id], items[other]];
  if (!a || !b) return [];
  if (kind === "free") {
    const [za, zb] = [(a as FreeItem).z ?? 0, (b as FreeItem).z ?? 0];
    const swapped: Record<string, Item> = {
      [id]: { ...a, z: zb === za ? zb + 1 : zb },
      [other]: { ...b, z: za },
    };
    return placeItems(at, area, swapped);
  }
  const [p, q] = [a as GridItem, b as GridItem];
  if (p.y === q.y) {
    const [left, right] = p.x < q.x ? [p, q] : [q, p];
    const swapped = { ...right, x: left.x };
    const shifted = { ...left, x: right.x + right.w - left.w };
    return placeItems(at, area, {
      [id]: p === left ? shifted : swapped,
      [other]: q === left ? shifted : swapped,
    });
  }
  const [upper, lower] = p.y < q.y ? [p, q] : [q, p];
  const raised = { ...lower, y: upper.y };
  const lowered = { ...upper, y: upper.y + lower.h };
  return placeItems(at, area, {
    [id]: p === upper ? lowered : raised,
    [other]: q === upper ? lowered : raised,
  });
}

/** Moves an element into an area, to the first free place of its size there. */
export function moveTo(state: DesignerState, id: string, area: AreaKey): Change[] {
  const at = { draft: state.draft, canvas: state.canvas };
  const elements = elementsOf(state.draft, state.canvas);
  const element = elements[id];
  const holder = parentOf(area)?.id;
  if (!element || (holder && withDescendants(elements, [id]).includes(holder))) return [];
  const layout = sizesOf(state.draft, element);
  const kind = slotKind(state, area);
  const { items } = areaOf(state.draft, state.canvas, area);
  const now = itemOf(state.draft, state.canvas, id);
  const from = areaOf(state.draft, state.canvas, areaOfElement(element)).kind;
  if (kind === "free") {
    const size = from === "free" && now ? { w: now.w, h: now.h } : freeSize(layout);
    return moveElements(at, area, { [id]: { x: 20, y: 20, ...size } }, kind);
  }
  const size = from === "grid" && now ? now : layout.grid;
  return moveElements(at, area, { [id]: freePlace(items as Record<string, GridItem>, size.w, size.h) }, kind);
}
