import type { PlacedBox } from "../context";
import type { Side } from "./anchors";
import { type Joint, jointOf, type Point } from "./place";
import { routePipe } from "./route";

/** Where an end of a pipe is fastened: an element and the name of a connection point on it. */
export interface PipeEnd {
  element: string;
  anchor: string;
}

export interface PipeEnds {
  from?: PipeEnd;
  to?: PipeEnd;
}

export interface PipeWay {
  points: Point[];
  from: Joint;
  to: Joint;
  /** Both ends are fastened. */
  joined: boolean;
}

type Box = Pick<PlacedBox, "x" | "y" | "w" | "h">;

/** The way out of a free end that is nearest to where the other end is. */
function towards(at: Point, other: Point): Side {
  const [dx, dy] = [other.x - at.x, other.y - at.y];
  if (Math.abs(dx) >= Math.abs(dy)) return dx < 0 ? 3 : 1;
  return dy < 0 ? 0 : 2;
}

/** The free end of a pipe: the middle of the left (`from`) or right side of its own box. */
export function freeEnd(own: Box, end: "from" | "to"): Point {
  return { x: end === "from" ? own.x : own.x + own.w, y: own.y + own.h / 2 };
}

/**
 * The way of a pipe from end to end. One that is not fastened (or whose element is gone) lies at the side of the pipe's own
 * box, and looks to the other.
 */
export function pipeWay(
  ends: PipeEnds,
  boxes: ReadonlyMap<string, PlacedBox> | undefined,
  own: Box,
): PipeWay {
  const a = ends.from ? boxes?.get(ends.from.element) : undefined;
  const b = ends.to ? boxes?.get(ends.to.element) : undefined;
  const joints = {
    from: a && ends.from ? jointOf(a, ends.from.anchor) : null,
    to: b && ends.to ? jointOf(b, ends.to.anchor) : null,
  };
  const [start, end] = [joints.from ?? freeEnd(own, "from"), joints.to ?? freeEnd(own, "to")];
  const from: Joint = joints.from ?? { ...start, side: b ? towards(start, end) : 1 };
  const to: Joint = joints.to ?? { ...end, side: a ? towards(end, start) : 3 };
  const around = [a, b].filter((one): one is PlacedBox => one !== undefined);
  return { points: routePipe(from, to, around), from, to, joined: a !== undefined && b !== undefined };
}
