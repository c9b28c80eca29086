import type { FreeItem, GridItem } from "../../generated/documents.gen";
import { areaOf, areaOfElement, type Item } from "../model/areas";
import { placeWithPush } from "../model/arrange";
import { elementsOf } from "../model/canvas_key";
import type { Change, DesignerStore } from "../model/contract";
import { placeItems } from "../model/operations";
import { setOverride, setOverrides } from "../model/page_operations";
import { phoneItem, shownArea, shownItem } from "./breakpoints";
import type { Handle } from "./ElementBox";
import { type Gesture, StyleKeeper } from "./gesture";
import { type AreaOnScreen, measureArea, nodesOf } from "./hit";
import { showReshaped } from "./live_boxes";
import type { Overlay } from "./overlay";
import { clampGrid, sizesOf } from "./sizes";
import { type Box, snapEdge } from "./snap";
import { freeRect, gridRect, tidy } from "./target";

interface ResizeOptions {
  readonly store: DesignerStore;
  readonly overlay: Overlay;
  readonly label: string;
  readonly box: HTMLElement;
  readonly handle: Handle | "turn";
  readonly x: number;
  readonly y: number;
}

const TURN_STEP = 15;
const SIZE_MIN = 8;
const SNAP_REACH_PX = 6;

/** Resizes (or turns) one element by a handle. */
export class ResizeGesture implements Gesture {
  private readonly styles = new StyleKeeper();
  private readonly id: string;
  private readonly area: AreaOnScreen | null;
  private readonly start: Item | null;
  private next: Item | null = null;

  constructor(private readonly options: ResizeOptions) {
    const { store, box } = options;
    const state = store.getState();
    this.id = box.dataset.element ?? "";
    const node = box.parentElement?.closest<HTMLElement>("[data-area]") ?? null;
    this.area = node ? measureArea(node) : null;
    this.start =
      (this.area?.kind === "phone" ? phoneItem(state, this.id) : shownItem(state, this.id)) ?? null;
    box.dataset.resizing = "true";
  }

  move(x: number, y: number, keys: { shift: boolean; alt: boolean }): void {
    const { area, start } = this;
    if (!area || !start) return;
    const dx = x - this.options.x;
    const dy = y - this.options.y;
    if (area.kind === "free") this.moveFree(area, start as FreeItem, dx, dy, x, y, keys);
    else if (area.kind === "phone") this.movePhone(area, start as GridItem, dx, dy);
    else this.moveGrid(area, start as GridItem, dx, dy);
  }

  private layout() {
    const state = this.options.store.getState();
    const element = elementsOf(state.draft, state.canvas)[this.id];
    return sizesOf(state.draft, element ?? { type: "", props_version: 1 });
  }

  private moveGrid(area: AreaOnScreen, start: GridItem, dx: number, dy: number): void {
    const { handle, box, store, overlay } = this.options;
    const columns = Math.round(dx / area.stepX);
    const rows = Math.round(dy / area.stepY);
    const next = resizeGrid(start, handle as Handle, columns, rows, (w, h) => clampGrid(this.layout(), w, h));
    this.next = next;
    const all = shownArea(store.getState(), area.key).items as Record<string, GridItem>;
    const pushed = placeWithPush(all, { [this.id]: next });
    this.styles.restore(new Set([box]));
    this.styles.set(box, "grid-column", `${next.x + 1} / span ${next.w}`);
    this.styles.set(box, "grid-row", `${next.y + 1} / span ${next.h}`);
    for (const [id, place] of Object.entries(pushed)) {
      if (id === this.id) continue;
      for (const node of nodesOf(area.node, id)) {
        this.styles.set(node, "grid-row", `${place.y + 1} / span ${place.h}`);
      }
    }
    overlay.places([gridRect(area, next)], `${next.w} × ${next.h}`);
  }

  private movePhone(area: AreaOnScreen, start: GridItem, dx: number, dy: number): void {
    const { box, overlay, handle } = this.options;
    const wide = handle.includes("e") || handle.includes("w");
    const change = handle.includes("w") ? -dx : dx;
    const width = (start.w <= 6 ? 1 : 2) + (wide ? Math.round(change / area.stepX) : 0);
    const span = width <= 1 ? 1 : 2;
    const rows = handle.includes("s")
      ? Math.round(dy / area.stepY)
      : handle.includes("n")
        ? -Math.round(dy / area.stepY)
        : 0;
    const next = { ...start, x: 0, w: span === 1 ? 6 : 12, h: Math.max(1, start.h + rows) };
    this.next = next;
    this.styles.set(box, "grid-column", `span ${span}`);
    this.styles.set(box, "grid-row", `span ${next.h}`);
    overlay.places([box.getBoundingClientRect()], `${span === 1 ? "½" : "1"} × ${next.h}`);
  }

  private moveFree(
    area: AreaOnScreen,
    start: FreeItem,
    dx: number,
    dy: number,
    x: number,
    y: number,
    keys: { shift: boolean; alt: boolean },
  ): void {
    const { handle, box, overlay } = this.options;
    if (handle === "turn") {
      this.turn(area, start, x, y, keys);
      return;
    }
    const aspect = this.layout().free?.aspect !== keys.shift;
    const next = this.snapped(
      area,
      resizeFree(start, handle, dx / area.stepX, dy / area.stepY, aspect),
      keys.alt || aspect,
    );
    this.next = next;
    this.styles.set(box, "left", `${next.x}px`);
    this.styles.set(box, "top", `${next.y}px`);
    this.styles.set(box, "width", `${next.w}px`);
    this.styles.set(box, "height", `${next.h}px`);
    showReshaped({ id: this.id, item: next });
    overlay.places([freeRect(area, next)], `${next.w} × ${next.h}`);
  }

  private snapped(area: AreaOnScreen, box: FreeItem, exact: boolean): FreeItem {
    const { handle, store } = this.options;
    if (exact || box.r) return rounded(box);
    const state = store.getState();
    const { items } = areaOf(state.draft, state.canvas, area.key);
    const others = Object.entries(items)
      .filter(([id]) => id !== this.id)
      .map(([, item]) => item as Box);
    const reach = SNAP_REACH_PX / area.stepX;
    let { x, y, w, h } = box;
    if (handle.includes("e")) w = Math.max(SIZE_MIN, snapEdge(x + w, others, "x", reach) - x);
    if (handle.includes("s")) h = Math.max(SIZE_MIN, snapEdge(y + h, others, "y", reach) - y);
    if (handle.includes("w")) {
      const left = snapEdge(x, others, "x", reach);
      w = Math.max(SIZE_MIN, w + x - left);
      x = left;
    }
    if (handle === "n" || handle === "nw" || handle === "ne") {
      const top = snapEdge(y, others, "y", reach);
      h = Math.max(SIZE_MIN, h + y - top);
      y = top;
    }
    return rounded({ ...box, x, y, w, h });
  }

  private turn(
    area: AreaOnScreen,
    start: FreeItem,
    x: number,
    y: number,
    keys: { shift: boolean; alt: boolean },
  ): void {
    const rect = freeRect(area, start);
    const angle =
      (Math.atan2(y - rect.top - rect.height / 2, x - rect.left - rect.width / 2) * 180) / Math.PI + 90;
    const step = keys.alt ? 1 : TURN_STEP;
    const turned = (Math.round(angle / step) * step + 360) % 360;
    const { r: _was, ...flat } = start;
    const next = turned === 0 ? flat : { ...flat, r: turned };
    this.next = next;
    showReshaped({ id: this.id, item: next });
    this.styles.set(this.options.box, "rotate", `${turned}deg`);
    this.options.overlay.places([rect], `${turned}°`);
  }

  end(): void {
    const { store, label } = this.options;
    const { next, area, start } = this;
    this.clear();
    if (next && area && start) store.change(label, this.changes(next, area));
  }

  private changes(next: Item, area: AreaOnScreen): Change[] {
    const state = this.options.store.getState();
    const at = { draft: state.draft, canvas: state.canvas };
    if (area.kind === "phone") return setOverride(at, "sm", this.id, next as GridItem);
    if (state.breakpoint === "md" && area.kind === "grid") {
      const all = shownArea(state, area.key).items as Record<string, GridItem>;
      return setOverrides(at, "md", placeWithPush(all, { [this.id]: next as GridItem }));
    }
    const element = elementsOf(state.draft, state.canvas)[this.id];
    return placeItems(at, areaOfElement(element), { [this.id]: next });
  }

  cancel(): void {
    this.clear();
  }

  private clear(): void {
    showReshaped(null);
    this.styles.restore();
    this.options.overlay.clear();
    delete this.options.box.dataset.resizing;
  }
}

const rounded = (box: FreeItem): FreeItem => ({
  ...box,
  x: tidy(box.x),
  y: tidy(box.y),
  w: Math.max(1, tidy(box.w)),
  h: Math.max(1, tidy(box.h)),
});

type Clamp = (w: number, h: number) => { w: number; h: number };

/** A place on the grid after one of its edges or corners was moved by columns and rows. */
export function resizeGrid(
  start: GridItem,
  handle: Handle,
  columns: number,
  rows: number,
  clamp: Clamp,
): GridItem {
  const west = handle.includes("w");
  const north = handle.startsWith("n");
  const dw = handle.includes("e") ? columns : west ? -columns : 0;
  const dh = handle.startsWith("s") ? rows : north ? -rows : 0;
  const room = { w: west ? start.x + start.w : 12 - start.x, h: north ? start.y + start.h : 1000 };
  const size = clamp(Math.min(room.w, start.w + dw), Math.min(room.h, start.h + dh));
  const w = Math.min(room.w, Math.max(1, size.w));
  const h = Math.min(room.h, Math.max(1, size.h));
  return {
    ...start,
    x: west ? start.x + start.w - w : start.x,
    y: north ? start.y + start.h - h : start.y,
    w,
    h,
  };
}

/** A box on a free canvas after one of its edges or corners was moved; `aspect` keeps its proportions. */
export function resizeFree(
  start: FreeItem,
  handle: Handle,
  dx: number,
  dy: number,
  aspect: boolean,
): FreeItem {
  const west = handle.includes("w");
  const north = handle.startsWith("n");
  let w = start.w + (handle.includes("e") ? dx : west ? -dx : 0);
  let h = start.h + (handle.startsWith("s") ? dy : north ? -dy : 0);
  w = Math.max(SIZE_MIN, w);
  h = Math.max(SIZE_MIN, h);
  if (aspect) {
    const byWidth = handle === "e" || handle === "w" || Math.abs(w / start.w - 1) > Math.abs(h / start.h - 1);
    const factor = byWidth ? w / start.w : h / start.h;
    w = Math.max(SIZE_MIN, start.w * factor);
    h = Math.max(SIZE_MIN, start.h * factor);
  }
  return {
    ...start,
    w,
    h,
    x: west ? start.x + start.w - w : start.x,
    y: north ? start.y + start.h - h : start.y,
  };
}
