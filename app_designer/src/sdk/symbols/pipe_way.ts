import type { PlacedBox } from "../context";
import type { Side } from "./anchors";
import { type Joint, jointOf, type Point } from "./place";
import { routePipe } from "./route";

/** Where an end of a pipe is fastened: an element and the name of a connection point on it. */
export interface PipeEnd {
  element: string;
  anchor: string;
}

/** Where the end of a pipe lies from its beginning, as on a compass. */
export type Course = "e" | "se" | "s" | "sw" | "w" | "nw" | "n" | "ne";

export interface PipeEnds {
  from?: PipeEnd;
  to?: PipeEnd;
  /** Of a pipe that is fastened nowhere; absent: level, to the right. */
  course?: Course;
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

/** Which way a course goes: -1, 0 or 1 to the right and downwards. */
export function wayOf(course: Course): Point {
  const one = (forth: string, back: string) => Number(course.includes(forth)) - Number(course.includes(back));
  return { x: one("e", "w"), y: one("s", "n") };
}

/** The free end of a pipe: a corner of its own box or the middle of a side; without a course the left or right one. */
export function freeEnd(own: Box, end: "from" | "to", course: Course = "e"): Point {
  const way = wayOf(course);
  const at = (least: number, size: number, to: number) =>
    least + (size * (1 + (end === "to" ? to : -to))) / 2;
  return { x: at(own.x, own.w, way.x), y: at(own.y, own.h, way.y) };
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
  const loose = !joints.from && !joints.to;
  const course = loose ? ends.course : undefined;
  const [start, end] = [joints.from ?? freeEnd(own, "from", course), joints.to ?? freeEnd(own, "to", course)];
  const from: Joint = joints.from ?? { ...start, side: b || loose ? towards(start, end) : 1 };
  const to: Joint = joints.to ?? { ...end, side: a || loose ? towards(end, start) : 3 };
  const around = [a, b].filter((one): one is PlacedBox => one !== undefined);
  return { points: routePipe(from, to, around), from, to, joined: a !== undefined && b !== undefined };
}
