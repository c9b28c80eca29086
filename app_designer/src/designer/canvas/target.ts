import type { FreeItem, GridItem } from "../../generated/documents.gen";
import { type AreaKey, type AreaKind, areaOf, type Item, layerOf, parentOf, turnOf } from "../model/areas";
import { placeWithPush, withinGrid } from "../model/arrange";
import { elementsOf } from "../model/canvas_key";
import type { DesignerState } from "../model/contract";
import { shownArea } from "./breakpoints";
import type { AreaOnScreen } from "./hit";
import type { Overlay, Rect } from "./overlay";
import { refusalOf, slotSpec } from "./refusal";
import { around, type Box, type Guide, snapMove } from "./snap";

/** Something that is held over an area: its size there, and where its upper left corner is on the screen. */
export interface Held {
  readonly id: string;
  /** Place it has in this area already. */
  readonly item: Item | null;
  readonly grid: { readonly w: number; readonly h: number };
  readonly free: { readonly w: number; readonly h: number };
  /** Offset of its corner from that of the first one, px of the window. */
  readonly dx: number;
  readonly dy: number;
}

export interface Landing {
  readonly area: AreaKey;
  readonly kind: AreaKind;
  readonly items: Readonly<Record<string, Item>>;
  /** Others that give way. */
  readonly pushed: Readonly<Record<string, GridItem>>;
  readonly rects: readonly Rect[];
  readonly guides: readonly Rect[];
  /** The draft it was found for; another person's edit makes it void. */
  readonly draft: DesignerState["draft"];
}

const SNAP_REACH_PX = 6;

/** What the slot of a container takes; a page takes everything. */
export const accepts = (state: DesignerState, area: AreaKey, types: readonly string[]): boolean =>
  refusalOf(state, area, types) === null;

export const slotKind = (state: DesignerState, area: AreaKey): AreaKind => {
  const parent = parentOf(area);
  const found = areaOf(state.draft, state.canvas, area);
  if (!parent || Object.keys(found.items).length > 0) return found.kind;
  const holder = elementsOf(state.draft, state.canvas)[parent.id];
  return slotSpec(holder?.type ?? "", parent.slot)?.layout ?? found.kind;
};

/**
 * Where held things land in an area when the first one's corner is at (left, top). `before` is the landing of the
 * step before: on a grid most steps stay in their cells, and then it is the answer (with new places on the screen).
 */
export function landing(
  state: DesignerState,
  target: AreaOnScreen,
  held: readonly Held[],
  left: number,
  top: number,
  snap: boolean,
  before: Landing | null = null,
): Landing {
  return target.kind === "free"
    ? freeLanding(state, target, held, left, top, snap)
    : gridLanding(state, target, held, left, top, before);
}

function gridLanding(
  state: DesignerState,
  target: AreaOnScreen,
  held: readonly Held[],
  left: number,
  top: number,
  before: Landing | null,
): Landing {
  const first = held[0];
  const moved: Record<string, GridItem> = {};
  const baseX = Math.round((left - target.box.left) / target.stepX);
  const baseY = Math.round((top - target.box.top) / target.stepY);
  for (const one of held) {
    const known = one.item !== null && first?.item ? { from: first.item, own: one.item } : null;
    const x = baseX + (known ? known.own.x - known.from.x : Math.round(one.dx / target.stepX));
    const y = baseY + (known ? known.own.y - known.from.y : Math.round(one.dy / target.stepY));
    const { w, h } = one.item && !("z" in one.item) ? one.item : one.grid;
    moved[one.id] = withinGrid({ x, y, w, h });
  }
  const rects = Object.values(moved).map((item) => gridRect(target, item));
  if (before?.draft === state.draft && before.area === target.key && sameCells(before.items, moved)) {
    return before.rects.every((rect, index) => sameRect(rect, rects[index])) ? before : { ...before, rects };
  }
  const found = shownArea(state, target.key);
  const all = (found.kind === "grid" ? found.items : {}) as Record<string, GridItem>;
  const changed = placeWithPush(all, moved);
  const pushed = Object.fromEntries(Object.entries(changed).filter(([id]) => !moved[id]));
  return {
    area: target.key,
    kind: "grid",
    items: moved,
    pushed,
    rects,
    guides: [],
    draft: state.draft,
  };
}

function sameCells(a: Readonly<Record<string, Item>>, b: Readonly<Record<string, Item>>): boolean {
  const ids = Object.keys(b);
  return (
    Object.keys(a).length === ids.length &&
    ids.every((id) => {
      const [one, other] = [a[id], b[id]];
      return one?.x === other?.x && one?.y === other?.y && one?.w === other?.w && one?.h === other?.h;
    })
  );
}

const sameRect = (a: Rect, b: Rect | undefined): boolean =>
  a.left === b?.left && a.top === b.top && a.width === b.width && a.height === b.height;

export function gridRect(target: AreaOnScreen, { x, y, w, h }: GridItem): Rect {
  return {
    left: target.box.left + x * target.stepX,
    top: target.box.top + y * target.stepY,
    width: w * target.stepX - target.gapX,
    height: h * target.stepY - target.gapY,
  };
}

function freeLanding(
  state: DesignerState,
  target: AreaOnScreen,
  held: readonly Held[],
  left: number,
  top: number,
  snap: boolean,
): Landing {
  const scale = target.stepX;
  const { items } = areaOf(state.draft, state.canvas, target.key);
  const boxes: Record<string, FreeItem> = {};
  const layer = Object.values(items).reduce((most, item) => Math.max(most, layerOf(item)), -1) + 1;
  for (const one of held) {
    const size = one.item ?? one.free;
    boxes[one.id] = {
      x: (left + one.dx - target.box.left) / scale,
      y: (top + one.dy - target.box.top) / scale,
      w: size.w,
      h: size.h,
      // What is new lies over what is there.
      ...withLayer(one.item ? layerOf(one.item) : layer),
      ...(one.item && turnOf(one.item) ? { r: turnOf(one.item) } : {}),
    };
  }
  const whole = around(Object.values(boxes));
  const others = Object.entries(items)
    .filter(([id]) => !boxes[id])
    .map(([, item]) => item as Box);
  const snapped = snap
    ? snapMove(whole, others, SNAP_REACH_PX / scale)
    : { x: Math.round(whole.x), y: Math.round(whole.y), guides: [] };
  const placed: Record<string, FreeItem> = {};
  for (const [id, box] of Object.entries(boxes)) {
    placed[id] = { ...box, x: tidy(box.x + snapped.x - whole.x), y: tidy(box.y + snapped.y - whole.y) };
  }
  return {
    area: target.key,
    kind: "free",
    items: placed,
    pushed: {},
    rects: Object.values(placed).map((item) => freeRect(target, item)),
    guides: snapped.guides.map((guide) => guideRect(target, guide)),
    draft: state.draft,
  };
}

const withLayer = (z: number) => (z === 0 ? {} : { z });

/** Numbers people can read in a diff. */
export const tidy = (value: number): number => Math.round(value * 10) / 10;

export function freeRect(target: AreaOnScreen, { x, y, w, h }: Box): Rect {
  const scale = target.stepX;
  return {
    left: target.box.left + x * scale,
    top: target.box.top + y * scale,
    width: w * scale,
    height: h * scale,
  };
}

function guideRect(target: AreaOnScreen, guide: Guide): Rect {
  const scale = target.stepX;
  const from = (guide.axis === "x" ? target.box.top : target.box.left) + guide.from * scale;
  const length = (guide.to - guide.from) * scale;
  const at = (guide.axis === "x" ? target.box.left : target.box.top) + guide.at * scale;
  return guide.axis === "x"
    ? { left: at, top: from, width: 1, height: length }
    : { left: from, top: at, width: length, height: 1 };
}

/** Shows a landing: the places, the guides, and the others giving way. */
export function showLanding(overlay: Overlay, target: AreaOnScreen, found: Landing): void {
  overlay.target(found.area === "" ? null : target.box);
  overlay.places(found.rects);
  overlay.guides(found.guides);
}
