import type { PlacedBox } from "../context";
import { ANCHORS, type Anchor, anchorsOf, type Side } from "./anchors";

export interface Point {
  x: number;
  y: number;
}

/** Where a pipe meets a symbol, and the way it leaves there. */
export interface Joint extends Point {
  side: Side;
}

/** The drawing takes the upper part of a symbol's box; word and value stand below. */
export const DRAWING_SHARE = 0.72;

/** How a symbol is turned within its box. */
export interface Turn {
  flip_x: boolean;
  flip_y: boolean;
  /** Quarter turns clockwise. */
  quarters: 0 | 1 | 2 | 3;
}

export function turnOf(props: { rotate?: unknown; flip_x?: unknown; flip_y?: unknown }): Turn {
  const degrees = typeof props.rotate === "string" ? Number(props.rotate) : 0;
  const quarters = (((Math.round(degrees / 90) % 4) + 4) % 4) as Turn["quarters"];
  return { flip_x: props.flip_x === true, flip_y: props.flip_y === true, quarters };
}

/** An anchor after its symbol was mirrored, then turned. */
export function turned(anchor: Anchor, { flip_x, flip_y, quarters }: Turn): Anchor {
  let { u, v } = anchor;
  let side: number = anchor.side;
  if (flip_x) {
    u = 1 - u;
    if (side % 2 === 1) side = (side + 2) % 4;
  }
  if (flip_y) {
    v = 1 - v;
    if (side % 2 === 0) side = (side + 2) % 4;
  }
  for (let turn = 0; turn < quarters; turn += 1) {
    [u, v] = [1 - v, u];
    side = (side + 1) % 4;
  }
  return { u, v, side: side as Side };
}

/** The share of the box that the drawing takes. */
export function drawingShare(box: Pick<PlacedBox, "type" | "props">): number {
  return box.type in ANCHORS && box.props.show_word !== false ? DRAWING_SHARE : 1;
}

/** Where the anchor `name` of a placed element lies on its area; an unknown name means its right side. */
export function jointOf(box: PlacedBox, name: string): Joint {
  const named = anchorsOf(box.type);
  const anchor = named[name] ?? named.right ?? Object.values(named)[0] ?? { u: 1, v: 0.5, side: 1 };
  const { u, v, side } = turned(anchor, turnOf(box.props));
  const flat = { x: box.x + u * box.w, y: box.y + v * box.h * drawingShare(box) };
  if (!box.r) return { ...flat, side };
  const middle = { x: box.x + box.w / 2, y: box.y + box.h / 2 };
  const angle = (box.r * Math.PI) / 180;
  const [dx, dy] = [flat.x - middle.x, flat.y - middle.y];
  const quarter = ((Math.round(box.r / 90) % 4) + 4) % 4;
  return {
    x: middle.x + dx * Math.cos(angle) - dy * Math.sin(angle),
    y: middle.y + dx * Math.sin(angle) + dy * Math.cos(angle),
    side: ((side + quarter) % 4) as Side,
  };
}
