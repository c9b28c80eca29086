import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import {
  fitScale,
  lookingAt,
  operableScale,
  type Size,
  type Spot,
  STEP,
  type View,
  viewWith,
  zoomedAt,
} from "./zoom";

/** What is pressed rather than looked at. */
const CONTROLS =
  "button, a[href], input, select, textarea, summary, [role=button], [role=switch], [role=slider]";
const DOUBLE_TAP_MS = 350;
const DOUBLE_TAP_PX = 30;
const STILL_PX = 10;
const EPSILON = 1.01;

/** What the buttons beside the drawing need to know. */
export interface ZoomState {
  /** As wide as the room. */
  readonly isFit: boolean;
  readonly isMost: boolean;
  /** Counts the presses that enlarged instead of operating. */
  readonly enlarged: number;
}

/** A drawing in a room of its own: it draws the view straight into the page, so that fingers wait for no component. */
class ZoomRoom {
  private view: View = { scale: 1, left: 0, top: 0 };
  private pinch: { x: number; y: number; size: number } | null = null;
  private pinchedAt = 0;
  private down: (Spot & { at: number }) | null = null;
  private tap: (Spot & { at: number }) | null = null;
  private enlarged = 0;
  private enlargedAt = Number.NEGATIVE_INFINITY;
  private wasFit = true;

  constructor(
    private readonly room: HTMLElement,
    private readonly sizer: HTMLElement,
    private readonly sheet: HTMLElement,
    private readonly drawing: Size,
    private readonly told: (state: ZoomState) => void,
  ) {}

  attach(): () => void {
    const { room } = this;
    const stop = new AbortController();
    const { signal } = stop;
    room.addEventListener("touchstart", this.touched, { passive: false, signal });
    room.addEventListener("touchmove", this.pinched, { passive: false, signal });
    room.addEventListener("touchend", this.released, { signal });
    room.addEventListener("touchcancel", this.released, { signal });
    room.addEventListener("wheel", this.wheeled, { passive: false, signal });
    room.addEventListener("pointerdown", this.pressed, { capture: true, signal });
    room.addEventListener("pointerup", this.lifted, { signal });
    room.addEventListener("click", this.clicked, { capture: true, signal });
    const observer = new ResizeObserver(() => this.resized());
    observer.observe(room);
    this.fit();
    return () => {
      stop.abort();
      observer.disconnect();
    };
  }

  private get size(): Size {
    return { w: this.room.clientWidth, h: this.room.clientHeight };
  }

  /** The view as it is, also after the person has scrolled. */
  private get now(): View {
    return { scale: this.view.scale, left: this.room.scrollLeft, top: this.room.scrollTop };
  }

  private show(view: View): void {
    const { room, sizer, sheet, drawing } = this;
    this.view = view;
    sizer.style.width = `${drawing.w * view.scale}px`;
    sizer.style.height = `${drawing.h * view.scale}px`;
    sheet.style.transform = `scale(${view.scale})`;
    room.scrollLeft = view.left;
    room.scrollTop = view.top;
    const fit = fitScale(this.size, drawing);
    this.wasFit = view.scale <= fit * EPSILON;
    const most = zoomedAt(view, Number.POSITIVE_INFINITY, this.size, drawing, { x: 0, y: 0 }).scale;
    this.told({ isFit: this.wasFit, isMost: view.scale * EPSILON >= most, enlarged: this.enlarged });
  }

  fit(): void {
    const scale = fitScale(this.size, this.drawing);
    this.show(viewWith(scale, this.size, this.drawing, { x: 0, y: 0 }, { x: 0, y: 0 }));
  }

  by(factor: number): void {
    const middle = { x: this.size.w / 2, y: this.size.h / 2 };
    this.show(zoomedAt(this.now, this.view.scale * factor, this.size, this.drawing, middle));
  }

  private resized(): void {
    if (this.wasFit) this.fit();
    else this.by(1);
  }

  private place(x: number, y: number): Spot {
    const box = this.room.getBoundingClientRect();
    return { x: x - box.left, y: y - box.top };
  }

  private readonly touched = (event: TouchEvent) => {
    this.pinch = spanOf(event.touches);
    if (this.pinch) event.preventDefault();
  };

  private readonly pinched = (event: TouchEvent) => {
    const [before, now] = [this.pinch, spanOf(event.touches)];
    if (!before || !now) return;
    event.preventDefault();
    this.pinch = now;
    this.pinchedAt = event.timeStamp;
    const { size, drawing } = this;
    const was = this.place(before.x, before.y);
    const zoomed = zoomedAt(this.now, (this.view.scale * now.size) / before.size, size, drawing, was);
    // Two fingers that move together take the drawing along.
    const moved = { ...zoomed, left: zoomed.left - (now.x - before.x), top: zoomed.top - (now.y - before.y) };
    this.show(moved);
  };

  private readonly released = (event: TouchEvent) => {
    this.pinch = spanOf(event.touches);
  };

  private readonly wheeled = (event: WheelEvent) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const at = this.place(event.clientX, event.clientY);
    const scale = this.view.scale * Math.exp(-event.deltaY / 400);
    this.show(zoomedAt(this.now, scale, this.size, this.drawing, at));
  };

  /** The scale a control that is too small for a finger needs; null: it can be pressed as it is. */
  private needed(target: EventTarget | null): { scale: number; box: Element } | null {
    const control = target instanceof Element ? target.closest(CONTROLS) : null;
    if (!control) return null;
    const { width, height } = control.getBoundingClientRect();
    const finger = Number.parseFloat(getComputedStyle(this.room).getPropertyValue("--target")) || 44;
    const fit = fitScale(this.size, this.drawing);
    const scale = operableScale(Math.min(width, height), finger, this.view.scale, fit);
    return scale === null ? null : { scale, box: control };
  }

  private readonly pressed = (event: PointerEvent) => {
    this.down = { x: event.clientX, y: event.clientY, at: event.timeStamp };
    if (!this.needed(event.target) && !this.isSecond(event)) return;
    // It does nothing yet: neither does it take the focus, nor does a press that is held begin.
    event.preventDefault();
    event.stopPropagation();
  };

  /** The second of two quick taps: meant to come closer, not to operate what came under the finger. */
  private isSecond(event: Event): boolean {
    return event.timeStamp - this.enlargedAt < DOUBLE_TAP_MS && isControl(event.target);
  }

  /** A press on what is too small enlarges it; the next one operates it. Keys need no size. */
  private readonly clicked = (event: MouseEvent) => {
    const needed = event.detail === 0 ? null : this.needed(event.target);
    const second = event.detail !== 0 && this.isSecond(event);
    if (!needed && !second) return;
    event.preventDefault();
    event.stopPropagation();
    this.tap = null;
    if (!needed) return;
    this.enlargedAt = event.timeStamp;
    this.enlarged += 1;
    const close = { least: needed.scale, most: 1 };
    this.show(lookingAt(this.boxOf(needed.box), this.size, this.drawing, close));
  };

  private boxOf(node: Element): Spot & Size {
    const [box, sheet] = [node.getBoundingClientRect(), this.sheet.getBoundingClientRect()];
    const { scale } = this.view;
    return {
      x: (box.left - sheet.left) / scale,
      y: (box.top - sheet.top) / scale,
      w: box.width / scale,
      h: box.height / scale,
    };
  }

  private readonly lifted = (event: PointerEvent) => {
    const { down, tap } = this;
    const here = { x: event.clientX, y: event.clientY, at: event.timeStamp };
    const still = down && Math.hypot(here.x - down.x, here.y - down.y) < STILL_PX;
    if (!still || here.at - this.pinchedAt < DOUBLE_TAP_MS || isControl(event.target)) {
      this.tap = null;
      return;
    }
    const twice =
      tap && here.at - tap.at < DOUBLE_TAP_MS && Math.hypot(here.x - tap.x, here.y - tap.y) < DOUBLE_TAP_PX;
    this.tap = twice ? null : here;
    if (twice) this.tappedTwice(event.target, here);
  };

  /** Closer to the element under the finger, or to the place; from close by back to the whole. */
  private tappedTwice(target: EventTarget | null, here: Spot): void {
    if (!this.wasFit) {
      this.fit();
      return;
    }
    const placed = target instanceof Element ? target.closest("[data-element]") : null;
    const { size, drawing } = this;
    if (placed) this.show(lookingAt(this.boxOf(placed), size, drawing, { least: 1 }));
    else
      this.show(
        zoomedAt(this.now, Math.max(1, this.view.scale * 2), size, drawing, this.place(here.x, here.y)),
      );
  }
}

const isControl = (target: EventTarget | null) =>
  target instanceof Element && target.closest(CONTROLS) !== null;

/** The middle of two fingers, and how far they are apart; null: there are not two. */
function spanOf(touches: TouchList): { x: number; y: number; size: number } | null {
  const [a, b] = [touches[0], touches[1]];
  if (!a || !b) return null;
  return {
    x: (a.clientX + b.clientX) / 2,
    y: (a.clientY + b.clientY) / 2,
    size: Math.max(1, Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY)),
  };
}

/** Lets a drawing be looked at closely: two fingers, a double tap, buttons; moved with one finger as any page is. */
export function useZoom(width: number, height: number) {
  const room = useRef<HTMLElement>(null);
  const sizer = useRef<HTMLDivElement>(null);
  const sheet = useRef<HTMLDivElement>(null);
  const zoom = useRef<ZoomRoom | null>(null);
  const [state, setState] = useState<ZoomState>({ isFit: true, isMost: false, enlarged: 0 });
  const tell = useCallback(
    (next: ZoomState) =>
      setState((now) =>
        now.isFit === next.isFit && now.isMost === next.isMost && now.enlarged === next.enlarged ? now : next,
      ),
    [],
  );
  useEffect(() => {
    if (!room.current || !sizer.current || !sheet.current) return;
    const made = new ZoomRoom(room.current, sizer.current, sheet.current, { w: width, h: height }, tell);
    zoom.current = made;
    return made.attach();
  }, [width, height, tell]);
  const acts = useMemo(
    () => ({
      closer: () => zoom.current?.by(STEP),
      farther: () => zoom.current?.by(1 / STEP),
      fit: () => zoom.current?.fit(),
    }),
    [],
  );
  return { room, sizer, sheet, state, acts };
}
