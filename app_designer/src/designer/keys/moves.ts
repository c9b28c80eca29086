import type { FreeItem, GridItem } from "../../generated/documents.gen";
import { arrangementOf, phoneItem, phoneOrder, shownArea, shownItem } from "../canvas/breakpoints";
import { clampGrid, sizesOf } from "../canvas/sizes";
import { areaOfElement, childrenOf, type Item, orderedIds, outermost, ROOT } from "../model/areas";
import { placeWithPush, withinGrid } from "../model/arrange";
import { elementsOf, isBlockCanvas } from "../model/canvas_key";
import type { Change, DesignerState, DesignerStore } from "../model/contract";
import { placeItems } from "../model/operations";
import { setOverride, setOverrides } from "../model/page_operations";
import type { CommandContext } from "./commands";
import { commonArea } from "./commands";
import type { Arrow } from "./shortcuts";

const STEPS: Readonly<Record<Arrow, readonly [number, number]>> = {
  left: [-1, 0],
  right: [1, 0],
  up: [0, -1],
  down: [0, 1],
};
const FAR_PX = 10;

interface Nudge {
  readonly arrow: Arrow;
  readonly resize: boolean;
  readonly far: boolean;
}

/** Moves or resizes what is chosen by one step. Returns false when there is nothing to move. */
export function nudge({ store, text, announce }: CommandContext, { arrow, resize, far }: Nudge): boolean {
  const state = store.getState();
  const elements = elementsOf(state.draft, state.canvas);
  if (state.selection.length === 0) return neighbour(store, null, { arrow });
  const area = commonArea(state);
  if (area === null) return true;
  const ids = outermost(elements, state.selection).filter((id) => !elements[id]?.locked);
  if (ids.length === 0) {
    announce(text("say.locked"));
    return true;
  }
  const [dx, dy] = STEPS[arrow];
  const changes = onPhone(state)
    ? phoneNudge(state, ids[0] ?? "", dx, dy, resize)
    : areaNudge(state, area, ids, [dx, dy], resize, far);
  const label = text(resize ? "canvas.resized" : "canvas.moved");
  if (changes.length > 0)
    store.change(label, changes, { coalesce: `nudge:${resize}:${ids.join()}`, select: state.selection });
  announce(placeText(store.getState(), ids[0] ?? "", resize, text));
  return true;
}

const onPhone = (state: DesignerState) => state.breakpoint === "sm" && !isBlockCanvas(state.canvas);

function areaNudge(
  state: DesignerState,
  area: string,
  ids: readonly string[],
  step: readonly [number, number],
  resize: boolean,
  far: boolean,
): Change[] {
  const at = { draft: state.draft, canvas: state.canvas };
  const found = shownArea(state, area);
  const moved: Record<string, Item> = {};
  for (const id of ids) {
    const item = found.items[id];
    if (!item) continue;
    const scale = found.kind === "free" && far ? FAR_PX : 1;
    moved[id] = shifted(state, id, item, found.kind, [step[0] * scale, step[1] * scale], resize);
  }
  if (found.kind === "grid" && state.breakpoint === "md" && !isBlockCanvas(state.canvas)) {
    const all = found.items as Record<string, GridItem>;
    return setOverrides(at, "md", placeWithPush(all, moved as Record<string, GridItem>));
  }
  return placeItems(at, area, moved);
}

function shifted(
  state: DesignerState,
  id: string,
  item: Item,
  kind: "grid" | "free",
  [dx, dy]: readonly [number, number],
  resize: boolean,
): Item {
  if (kind === "free") {
    const free = item as FreeItem;
    return resize
      ? { ...free, w: Math.max(1, free.w + dx), h: Math.max(1, free.h + dy) }
      : { ...free, x: free.x + dx, y: free.y + dy };
  }
  const grid = item as GridItem;
  if (!resize) return withinGrid({ ...grid, x: grid.x + dx, y: grid.y + dy });
  const element = elementsOf(state.draft, state.canvas)[id];
  const layout = sizesOf(state.draft, element ?? { type: "", props_version: 1 });
  const size = clampGrid(layout, Math.min(12 - grid.x, grid.w + dx), grid.h + dy);
  return withinGrid({ ...grid, w: Math.min(size.w, 12 - grid.x), h: size.h });
}

/** On a phone up and down change the order; Shift changes width (half, whole) and height. */
function phoneNudge(state: DesignerState, id: string, dx: number, dy: number, resize: boolean): Change[] {
  const at = { draft: state.draft, canvas: state.canvas };
  if (resize) {
    const item = phoneItem(state, id);
    const w = dx === 0 ? item.w : dx > 0 ? 12 : 6;
    return setOverride(at, "sm", id, { ...item, w, h: Math.max(1, item.h + dy) });
  }
  const area = areaOfElement(elementsOf(state.draft, state.canvas)[id]);
  const found = arrangementOf(state, area);
  const list = found.kind === "phone" ? found.places.map((place) => place.id) : [];
  const index = list.indexOf(id);
  const step = dx + dy;
  if (index < 0 || index + step < 0 || index + step >= list.length) return [];
  return phoneOrder(state, id, step < 0 ? (list[index - 1] ?? null) : (list[index + 2] ?? null));
}

function placeText(state: DesignerState, id: string, resize: boolean, text: CommandContext["text"]): string {
  const item = onPhone(state) ? phoneItem(state, id) : shownItem(state, id);
  if (!item) return "";
  const { kind } = shownArea(state, areaOfElement(elementsOf(state.draft, state.canvas)[id]));
  if (resize) return text("say.size", { w: String(item.w), h: String(item.h) });
  const from = kind === "grid" ? 1 : 0;
  return text(kind === "grid" ? "say.place" : "say.point", {
    x: String(item.x + from),
    y: String(item.y + from),
  });
}

/** Chooses the nearest element in a direction; without a selection the first one of the page. */
export function neighbour(
  store: DesignerStore,
  root: HTMLElement | null,
  { arrow }: { arrow: Arrow },
): boolean {
  const state = store.getState();
  const [id] = state.selection;
  const elements = elementsOf(state.draft, state.canvas);
  const area = id ? areaOfElement(elements[id]) : ROOT;
  const found = shownArea(state, area);
  const ids = orderedIds(found).filter((one) => elements[one]);
  if (!id) {
    if (ids[0]) store.select([ids[0]]);
    return ids.length > 0;
  }
  const boxes = root ? onScreen(root, ids) : new Map(Object.entries(found.items));
  const own = boxes.get(id);
  if (!own) return true;
  const [dx, dy] = STEPS[arrow];
  let best: { id: string; far: number } | null = null;
  for (const [other, box] of boxes) {
    if (other === id) continue;
    const along =
      dx !== 0 ? (middle(box, "x") - middle(own, "x")) * dx : (middle(box, "y") - middle(own, "y")) * dy;
    const across = Math.abs(
      dx !== 0 ? middle(box, "y") - middle(own, "y") : middle(box, "x") - middle(own, "x"),
    );
    if (along <= 0.01) continue;
    const far = along + across * 2;
    if (!best || far < best.far) best = { id: other, far };
  }
  if (best) store.select([best.id]);
  return true;
}

type Rect = { x: number; y: number; w: number; h: number };
const middle = (box: Rect, axis: "x" | "y") => (axis === "x" ? box.x + box.w / 2 : box.y + box.h / 2);

function onScreen(root: HTMLElement, ids: readonly string[]): Map<string, Rect> {
  const boxes = new Map<string, Rect>();
  for (const id of ids) {
    const box = root.querySelector(`[data-element="${CSS.escape(id)}"]`)?.getBoundingClientRect();
    if (box) boxes.set(id, { x: box.left, y: box.top, w: box.width, h: box.height });
  }
  return boxes;
}

/** Goes into a container, out of it (at the end: nothing is chosen), to the first or to the last element. */
export function stepInto(store: DesignerStore, way: "in" | "out" | "first" | "last"): boolean {
  const state = store.getState();
  const elements = elementsOf(state.draft, state.canvas);
  const [id] = state.selection;
  if (way === "first" || way === "last") {
    const ids = orderedIds(shownArea(state, id ? areaOfElement(elements[id]) : ROOT)).filter(
      (one) => elements[one],
    );
    const next = way === "first" ? ids[0] : ids.at(-1);
    if (next) store.select([next]);
    return next !== undefined;
  }
  if (!id) return false;
  if (way === "in") {
    const [child] = childrenOf(elements, id);
    if (child) store.select([child]);
    return child !== undefined;
  }
  const parent = elements[id]?.parent?.id;
  store.select(parent && state.selection.length === 1 ? [parent] : []);
  return true;
}
