import { withDescendants } from "../model/areas";
import { elementsOf } from "../model/canvas_key";
import type { DesignerStore } from "../model/contract";
import type { Handle } from "./ElementBox";
import type { Gesture } from "./gesture";
import { boxAt } from "./hit";
import { MarqueeGesture } from "./marquee_gesture";
import { MoveGesture } from "./move_gesture";
import type { Overlay } from "./overlay";
import { type PipeTexts, pipePress } from "./pipes/pipe_gesture";
import { ResizeGesture } from "./resize_gesture";

export interface GestureTexts {
  readonly move: string;
  readonly resize: string;
  readonly pipes: PipeTexts;
}

const FAR_PX = 4;
const LONG_PRESS_MS = 350;
const EDGE_PX = 36;
const SCROLL_PX = 14;

/** The elements of the groups the given ones belong to, with them. */
export function withGroups(store: DesignerStore, ids: readonly string[]): string[] {
  const { draft, canvas } = store.getState();
  const elements = elementsOf(draft, canvas);
  const groups = new Set(ids.map((id) => elements[id]?.group).filter(Boolean));
  if (groups.size === 0) return [...ids];
  const together = Object.keys(elements).filter((id) => groups.has(elements[id]?.group));
  return [...new Set([...ids, ...together])];
}

interface Press {
  readonly pointerId: number;
  readonly x: number;
  readonly y: number;
  readonly touch: boolean;
  /** What begins once the pointer goes far enough (a finger: once it has rested). */
  readonly begin: () => Gesture | null;
  /** What a press without a drag means. */
  readonly tap: () => void;
}

/** Turns what pointers do on the canvas into selecting, moving, resizing, turning, marking and panning. */
export class CanvasGestures {
  private press: Press | null = null;
  private gesture: Gesture | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private frame = 0;
  private last = { x: 0, y: 0, shift: false, alt: false };
  space = false;
  texts: GestureTexts = { move: "", resize: "", pipes: { draw: "", join: "" } };

  constructor(
    private readonly store: DesignerStore,
    private readonly viewport: HTMLElement,
    private readonly overlay: Overlay,
  ) {}

  attach(): () => void {
    const { viewport } = this;
    viewport.addEventListener("pointerdown", this.down);
    addEventListener("pointermove", this.moved);
    addEventListener("pointerup", this.up);
    addEventListener("pointercancel", this.lost);
    addEventListener("keydown", this.key, true);
    viewport.addEventListener("touchmove", this.stay, { passive: false });
    return () => {
      this.finish(false);
      viewport.removeEventListener("pointerdown", this.down);
      removeEventListener("pointermove", this.moved);
      removeEventListener("pointerup", this.up);
      removeEventListener("pointercancel", this.lost);
      removeEventListener("keydown", this.key, true);
      viewport.removeEventListener("touchmove", this.stay);
    };
  }

  get busy(): boolean {
    return this.gesture !== null;
  }

  /** Ends what has begun, as if it had not. */
  abort(): void {
    this.finish(false);
  }

  private readonly down = (event: PointerEvent) => {
    if (this.press || !(event.target instanceof Element) || event.target.closest("[data-ui]")) return;
    const touch = event.pointerType === "touch";
    const pan = event.button === 1 || (event.button === 0 && this.space);
    if (event.button !== 0 && !pan) return;
    // Only text that is not there can be selected; focus goes where this says.
    if (!touch) event.preventDefault();
    (boxAt(event.target) ?? this.viewport).focus({ preventScroll: true });
    const base = { pointerId: event.pointerId, x: event.clientX, y: event.clientY, touch };
    this.last = { x: event.clientX, y: event.clientY, shift: event.shiftKey, alt: event.altKey };
    if (pan) this.press = { ...base, begin: () => this.panning(), tap: () => {} };
    else this.press = { ...base, ...this.meaning(event) };
    const selectedAlready = boxAt(event.target)?.dataset.selected === "true";
    if (touch && !selectedAlready && !handleOf(event.target)) {
      this.timer = setTimeout(() => this.start(), LONG_PRESS_MS);
    }
  };

  private meaning(event: PointerEvent): Pick<Press, "begin" | "tap"> {
    const pipe = pipePress(event, this.store, this.texts.pipes);
    if (pipe) return pipe;
    const box = boxAt(event.target);
    const handle = handleOf(event.target);
    if (box && handle) {
      const options = { store: this.store, overlay: this.overlay, label: this.texts.resize };
      const at = { box, handle, x: event.clientX, y: event.clientY };
      return { begin: () => new ResizeGesture({ ...options, ...at }), tap: () => {} };
    }
    const add = event.shiftKey || event.ctrlKey || event.metaKey;
    if (!box) {
      return {
        begin: () => this.marking(event.clientX, event.clientY, add),
        tap: () => {
          if (!add) this.store.select([]);
        },
      };
    }
    return this.boxMeaning(box, event, add);
  }

  private boxMeaning(box: HTMLElement, event: PointerEvent, add: boolean): Pick<Press, "begin" | "tap"> {
    const id = box.dataset.element ?? "";
    const chosen = this.store.getState().selection;
    const mine = event.altKey ? [id] : withGroups(this.store, [id]);
    const already = chosen.includes(id);
    if (!already && !add && event.pointerType !== "touch") this.choose(mine, box);
    return {
      begin: () => {
        if (!this.store.getState().selection.includes(id))
          this.choose(add ? [...chosen, ...mine] : mine, box);
        return this.moving(box, event.clientX, event.clientY);
      },
      tap: () => {
        const now = this.store.getState().selection;
        if (add)
          this.choose(
            already ? now.filter((one) => !mine.includes(one)) : [...new Set([...now, ...mine])],
            box,
          );
        else this.choose(mine, box);
      },
    };
  }

  private choose(ids: readonly string[], box: HTMLElement): void {
    this.store.select(ids);
    requestAnimationFrame(() => box.focus({ preventScroll: true }));
  }

  private moving(box: HTMLElement, x: number, y: number): Gesture | null {
    const { draft, canvas, selection } = this.store.getState();
    const elements = elementsOf(draft, canvas);
    const id = box.dataset.element ?? "";
    if (elements[id]?.locked) return null;
    const inside = new Set(withDescendants(elements, selection));
    if (!inside.has(id)) return null;
    const ids = selection.includes(id) ? selection : [id];
    const common = { store: this.store, root: this.viewport, overlay: this.overlay, label: this.texts.move };
    return new MoveGesture({ ...common, grabbed: box, ids, x, y });
  }

  private marking(x: number, y: number, add: boolean): Gesture {
    return new MarqueeGesture(this.store, this.viewport, this.overlay, x, y, add);
  }

  private panning(): Gesture {
    const { viewport } = this;
    const from = { left: viewport.scrollLeft, top: viewport.scrollTop, ...this.last };
    viewport.dataset.panning = "true";
    const done = () => {
      delete viewport.dataset.panning;
    };
    return {
      move: (x, y) => viewport.scrollTo(from.left + from.x - x, from.top + from.y - y),
      end: done,
      cancel: done,
    };
  }

  private start(): void {
    if (!this.press || this.gesture) return;
    clearTimeout(this.timer);
    this.gesture = this.press.begin();
    if (!this.gesture) {
      this.press = null;
      return;
    }
    document.documentElement.dataset.dragging = "true";
    this.viewport.dataset.gesture = "true";
    getSelection()?.removeAllRanges();
    this.tick();
  }

  private readonly moved = (event: PointerEvent) => {
    const { press } = this;
    if (!press || event.pointerId !== press.pointerId) return;
    this.last = { x: event.clientX, y: event.clientY, shift: event.shiftKey, alt: event.altKey };
    if (this.gesture) return;
    if (Math.hypot(event.clientX - press.x, event.clientY - press.y) <= FAR_PX) return;
    const held = boxAt(event.target)?.dataset.selected === "true" || handleOf(event.target) !== null;
    // A finger that moves at once scrolls, unless it is on what is already chosen.
    if (press.touch && !held) this.finish(false);
    else this.start();
  };

  /** One step per picture, however many events the pointer sends. */
  private readonly tick = () => {
    cancelAnimationFrame(this.frame);
    const { gesture, last } = this;
    if (!gesture) return;
    this.scrollAtEdge();
    gesture.move(last.x, last.y, { shift: last.shift, alt: last.alt });
    this.frame = requestAnimationFrame(this.tick);
  };

  private scrollAtEdge(): void {
    const box = this.viewport.getBoundingClientRect();
    const { x, y } = this.last;
    const by = (at: number, low: number, high: number) =>
      at < low + EDGE_PX ? -SCROLL_PX : at > high - EDGE_PX ? SCROLL_PX : 0;
    const dx = by(x, box.left, box.right);
    const dy = by(y, box.top, box.bottom);
    if (this.viewport.dataset.panning || (dx === 0 && dy === 0)) return;
    if (x < box.left || x > box.right || y < box.top || y > box.bottom) return;
    this.viewport.scrollBy(dx, dy);
  }

  private readonly up = (event: PointerEvent) => {
    if (!this.press || event.pointerId !== this.press.pointerId) return;
    this.last = { ...this.last, x: event.clientX, y: event.clientY };
    this.finish(true);
  };

  private readonly lost = (event: PointerEvent) => {
    if (this.press && event.pointerId === this.press.pointerId) this.finish(false);
  };

  private readonly key = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !this.gesture) return;
    event.preventDefault();
    event.stopPropagation();
    this.finish(false);
  };

  private readonly stay = (event: TouchEvent) => {
    if (this.gesture) event.preventDefault();
  };

  private finish(done: boolean): void {
    clearTimeout(this.timer);
    cancelAnimationFrame(this.frame);
    const { press, gesture } = this;
    this.press = null;
    this.gesture = null;
    delete document.documentElement.dataset.dragging;
    delete this.viewport.dataset.gesture;
    if (gesture) {
      const { x, y, shift, alt } = this.last;
      if (done) gesture.move(x, y, { shift, alt });
      if (done) gesture.end();
      else gesture.cancel();
    } else if (press && done) press.tap();
  }
}

function handleOf(target: EventTarget | null): Handle | "turn" | null {
  const node = target instanceof Element ? target.closest<HTMLElement>("[data-handle]") : null;
  return (node?.dataset.handle as Handle | "turn" | undefined) ?? null;
}
