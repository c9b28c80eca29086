import type { PlacedBox } from "@sdk/context";
import type { Point } from "@sdk/symbols";
import { elementsOf } from "../../model/canvas_key";
import type { DesignerStore } from "../../model/contract";
import { newElementId } from "../../model/ids";
import { type Gesture, StyleKeeper } from "../gesture";
import { type AreaOnScreen, measureArea, nodesOf } from "../hit";
import {
  type AnchorPoint,
  anchorPoints,
  type Drawn,
  drawnTo,
  type End,
  isAnchor,
  isLoop,
  nearestPoint,
  type Target,
} from "./joints";
import { boxesOf, pipeAdded, pipeOf, pipeRejoined } from "./pipe_changes";
import { pipeDrawing, setDrawing } from "./pipe_drawing";

export interface PipeTexts {
  /** Names of the steps: a pipe was drawn, an end was joined elsewhere. */
  readonly draw: string;
  readonly join: string;
}

interface PipeOptions {
  readonly store: DesignerStore;
  readonly texts: PipeTexts;
  /** The free canvas it is drawn on. */
  readonly node: HTMLElement;
  readonly touch: boolean;
}

/** How near the pointer has to come to a connection point, px of the window. */
const REACH_PX = 18;
const REACH_TOUCH_PX = 32;
/** A pipe shorter than this (units) was not meant. */
const LENGTH_MIN = 20;

/** Draws a new pipe from a connection point, or takes an end of one elsewhere. */
export class PipeGesture implements Gesture {
  private readonly area: AreaOnScreen;
  private readonly boxes: ReadonlyMap<string, PlacedBox>;
  private readonly points: readonly AnchorPoint[];
  private readonly styles = new StyleKeeper();
  private drawn: Drawn | null = null;

  constructor(
    private readonly options: PipeOptions,
    private readonly start: { readonly pipe: Drawn; readonly end: End; readonly id: string | null },
  ) {
    const { draft, canvas } = options.store.getState();
    this.area = measureArea(options.node);
    this.boxes = boxesOf({ draft, canvas }, this.area.key);
    this.points = anchorPoints(this.boxes);
    if (start.id !== null)
      for (const node of nodesOf(options.node, start.id)) this.styles.set(node, "opacity", "0.25");
  }

  private at(x: number, y: number): Point {
    // Measured anew: the canvas scrolls when the pointer comes to its edge.
    const box = this.options.node.getBoundingClientRect();
    return { x: (x - box.left) / this.area.stepX, y: (y - box.top) / this.area.stepY };
  }

  private target(x: number, y: number): Target {
    const at = this.at(x, y);
    const reach = (this.options.touch ? REACH_TOUCH_PX : REACH_PX) / this.area.stepX;
    return nearestPoint(this.points, at, reach) ?? at;
  }

  move(x: number, y: number): void {
    const target = this.target(x, y);
    const drawn = drawnTo(this.start.pipe, this.start.end, target, this.boxes);
    const at = isAnchor(target) ? target : null;
    this.drawn = isLoop(drawn.ends) || (at === null && this.isShort(this.at(x, y))) ? null : drawn;
    setDrawing({ shown: this.drawn ? { area: this.area.key, drawn: this.drawn, at } : null });
  }

  /** A new pipe that has not left its beginning. */
  private isShort(at: Point): boolean {
    const { from } = this.start.pipe.ends;
    if (this.start.id !== null || !from) return false;
    const begin = this.points.find(
      ({ element, anchor }) => element === from.element && anchor === from.anchor,
    );
    return begin !== undefined && Math.hypot(begin.x - at.x, begin.y - at.y) < LENGTH_MIN;
  }

  end(): void {
    const { drawn } = this;
    this.clear();
    if (drawn) storePipe(this.options, this.area.key, this.start.id, drawn);
  }

  cancel(): void {
    this.clear();
  }

  private clear(): void {
    this.styles.restore();
    setDrawing({ shown: null });
  }
}

function storePipe({ store, texts }: PipeOptions, area: string, id: string | null, drawn: Drawn): void {
  const { draft, canvas } = store.getState();
  const at = { draft, canvas };
  if (id !== null) {
    store.change(texts.join, pipeRejoined(at, area, id, drawn), { select: [id] });
    return;
  }
  const elements = elementsOf(draft, canvas);
  const made = newElementId((taken) => elements[taken] !== undefined);
  // With the tool on the next pipe comes at once: the new one is not in its way.
  const select = pipeDrawing().tool ? [] : [made];
  store.change(texts.draw, pipeAdded(at, area, made, drawn), { select });
}

const NEW_ITEM = { x: 0, y: 0, w: 24, h: 24 };
const fromPoint = ({ element, anchor }: AnchorPoint): Drawn => ({
  ends: { from: { element, anchor } },
  item: NEW_ITEM,
});

interface PipePress {
  readonly begin: () => Gesture | null;
  readonly tap: () => void;
}

/** What a press on a connection point, or on an end of the selected pipe, means; null: it is on neither. */
export function pipePress(event: PointerEvent, store: DesignerStore, texts: PipeTexts): PipePress | null {
  const grip = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-joint]") : null;
  const node = grip?.closest<HTMLElement>("[data-area]");
  if (!grip || !node) return null;
  const options = { store, texts, node, touch: event.pointerType === "touch" };
  const { draft, canvas } = store.getState();
  const area = node.dataset.area ?? "";
  const [element = "", name = ""] = (grip.dataset.joint ?? "").split("/");
  if (grip.dataset.handle === "end") {
    const pipe = pipeOf({ draft, canvas }, area, element);
    const begin = () => (pipe ? new PipeGesture(options, { pipe, end: name as End, id: element }) : null);
    return { begin, tap: () => {} };
  }
  const points = anchorPoints(boxesOf({ draft, canvas }, area), new Set([element]));
  const point = points.find(({ anchor }) => anchor === name);
  if (!point) return null;
  return {
    begin: () => {
      setDrawing({ begun: null });
      return new PipeGesture(options, { pipe: fromPoint(point), end: "to", id: null });
    },
    tap: () => tapped(options, area, point),
  };
}

/** One tap begins a pipe, the tap on another point ends it: as good as a drag for who cannot drag well. */
function tapped(options: PipeOptions, area: string, point: AnchorPoint): void {
  const { begun } = pipeDrawing();
  const first = begun?.area === area ? begun.point : null;
  setDrawing({ begun: first ? null : { area, point } });
  if (!first) return;
  const { draft, canvas } = options.store.getState();
  const drawn = drawnTo(fromPoint(first), "to", point, boxesOf({ draft, canvas }, area));
  if (!isLoop(drawn.ends)) storePipe(options, area, null, drawn);
}
