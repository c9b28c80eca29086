import type { GridItem } from "../../generated/documents.gen";
import { areaOfElement, outermost, withDescendants } from "../model/areas";
import { elementsOf } from "../model/canvas_key";
import type { DesignerStore } from "../model/contract";
import { moveElements } from "../model/operations";
import { dropOnTablet, phoneOrder, shownItem } from "./breakpoints";
import { showDragged } from "./drag_boxes";
import { type Gesture, StyleKeeper } from "./gesture";
import { type AreaOnScreen, areaAt, nodesOf } from "./hit";
import type { Overlay } from "./overlay";
import { type Refusal, refusalOf, refusalText, sayRefused } from "./refusal";
import { freeSize, sizesOf } from "./sizes";
import { type Held, type Landing, landing, showLanding } from "./target";

interface MoveOptions {
  readonly store: DesignerStore;
  readonly root: HTMLElement;
  readonly overlay: Overlay;
  readonly label: string;
  /** Box that was pressed; the first of those that move. */
  readonly grabbed: HTMLElement;
  readonly ids: readonly string[];
  readonly x: number;
  readonly y: number;
}

/** Moves elements with the pointer: on their area, into another, or (on a phone's layout) in the order of reading. */
export class MoveGesture implements Gesture {
  private readonly styles = new StyleKeeper();
  private readonly moving = new Map<string, HTMLElement>();
  private readonly inside: ReadonlySet<string>;
  private readonly held: Held[];
  private readonly from: DOMRect;
  private readonly scale: number;
  private found: Landing | null = null;
  private refusal: Refusal | null = null;
  private order: { id: string; before: string | null } | null = null;
  private pushKey = "";

  constructor(private readonly options: MoveOptions) {
    const { store, root, grabbed } = options;
    const state = store.getState();
    const elements = elementsOf(state.draft, state.canvas);
    const grabbedId = grabbed.dataset.element ?? "";
    const ids = outermost(elements, options.ids).filter((id) => !elements[id]?.locked);
    const sorted = [grabbedId, ...ids.filter((id) => id !== grabbedId)].filter((id) => ids.includes(id));
    for (const id of sorted) {
      const node = id === grabbedId ? grabbed : nodesOf(root, id)[0];
      if (node) this.moving.set(id, node);
    }
    this.inside = new Set(withDescendants(elements, sorted));
    this.from = grabbed.getBoundingClientRect();
    this.scale =
      grabbed.offsetWidth > 0 && !grabbed.style.rotate ? this.from.width / grabbed.offsetWidth : state.zoom;
    this.held = [...this.moving].map(([id, node]) => this.holdOf(id, node));
    for (const node of this.moving.values()) node.dataset.moving = "true";
  }

  private holdOf(id: string, node: HTMLElement): Held {
    const state = this.options.store.getState();
    const element = elementsOf(state.draft, state.canvas)[id];
    const layout = sizesOf(state.draft, element ?? { type: "", props_version: 1 });
    const box = node.getBoundingClientRect();
    return {
      id,
      item: shownItem(state, id) ?? null,
      grid: layout.grid,
      free: freeSize(layout),
      dx: box.left - this.from.left,
      dy: box.top - this.from.top,
    };
  }

  move(x: number, y: number, keys: { alt: boolean }): void {
    const dx = x - this.options.x;
    const dy = y - this.options.y;
    // Asked before anything moves: afterwards the browser would have to lay out the page for the answer.
    const target = areaAt(x, y, this.inside);
    this.options.overlay.measure();
    const shift = `${dx / this.scale}px ${dy / this.scale}px`;
    for (const node of this.moving.values()) this.styles.set(node, "translate", shift);
    showDragged({ ids: new Set(this.moving.keys()), dx: dx / this.scale, dy: dy / this.scale });
    if (target?.kind === "phone") this.overPhone(target, x, y);
    else if (target) this.overArea(target, dx, dy, !keys.alt);
    else this.nowhere();
  }

  private overArea(target: AreaOnScreen, dx: number, dy: number, snap: boolean): void {
    const state = this.options.store.getState();
    const elements = elementsOf(state.draft, state.canvas);
    const coming = this.held.filter(({ id }) => areaOfElement(elements[id]) !== target.key);
    const types = coming.map(({ id }) => elements[id]?.type ?? "");
    this.refusal = coming.length > 0 ? refusalOf(state, target.key, types) : null;
    if (this.refusal) {
      this.nowhere();
      return;
    }
    const there = this.held.map((one) =>
      areaOfElement(elements[one.id]) === target.key ? one : { ...one, item: null },
    );
    const found = landing(state, target, there, this.from.left + dx, this.from.top + dy, snap, this.found);
    showLanding(this.options.overlay, target, found);
    if (found !== this.found) this.showPushed(target, found);
    this.found = found;
  }

  private nowhere(): void {
    this.found = null;
    this.order = null;
    this.options.overlay.clear();
    this.showPushed(null, null);
  }

  /** Others give way on the screen only; nothing is stored before the drop. */
  private showPushed(target: AreaOnScreen | null, found: Landing | null): void {
    const key = found ? JSON.stringify(found.pushed) : "";
    if (key === this.pushKey) return;
    this.pushKey = key;
    this.styles.restore(new Set(this.moving.values()));
    if (!target || !found) return;
    const state = this.options.store.getState();
    for (const [id, place] of Object.entries(found.pushed)) {
      const now = shownItem(state, id);
      if (!now) continue;
      const shift = `0px ${((place.y - now.y) * target.stepY) / this.scale}px`;
      for (const node of nodesOf(target.node, id)) this.styles.set(node, "translate", shift);
    }
  }

  /** On a phone one chooses what comes before what. */
  private overPhone(target: AreaOnScreen, x: number, y: number): void {
    const [first] = this.held;
    if (!first) return;
    const boxes = [...target.node.children].filter(
      (node): node is HTMLElement => node instanceof HTMLElement && Boolean(node.dataset.element),
    );
    const rows = boxes
      .filter((node) => node.dataset.element !== first.id)
      .map((node) => ({ id: node.dataset.element ?? "", box: node.getBoundingClientRect() }));
    const after = rows.find(({ box }) => y < box.top + box.height / 2 && x < box.right);
    this.order = { id: first.id, before: after?.id ?? null };
    const line = after?.box ?? rows.at(-1)?.box;
    const top = after ? (line?.top ?? 0) - 7 : (line?.bottom ?? 0) + 5;
    this.options.overlay.places([{ left: target.box.left, top, width: target.box.width, height: 3 }]);
  }

  end(): void {
    const { store, label } = this.options;
    const state = store.getState();
    const at = { draft: state.draft, canvas: state.canvas };
    const { found, order } = this;
    this.clear();
    if (order && state.breakpoint === "sm") {
      const changes = phoneOrder(state, order.id, order.before);
      if (changes.length > 0) store.change(label, changes);
      return;
    }
    if (!found && this.refusal) sayRefused(refusalText(this.refusal));
    if (!found) return;
    if (state.breakpoint === "md" && found.kind === "grid") {
      const dropped = found.items as Record<string, GridItem>;
      store.change(label, dropOnTablet(state, found.area, dropped, found.pushed), {
        select: state.selection,
      });
      return;
    }
    store.change(label, moveElements(at, found.area, found.items, found.kind), { select: state.selection });
  }

  cancel(): void {
    this.clear();
  }

  private clear(): void {
    showDragged(null);
    this.options.overlay.clear();
    this.styles.restore();
    for (const node of this.moving.values()) delete node.dataset.moving;
  }
}
