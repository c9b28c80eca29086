import type { PlacedBox } from "@sdk/context";
import {
  ANCHORS,
  anchorsOf,
  type Course,
  freeEnd,
  type Joint,
  jointOf,
  type PipeEnd,
  type PipeEnds,
  type Point,
  pipeWay,
} from "@sdk/symbols";
import type { FreeItem } from "../../../generated/documents.gen";
import { tidy } from "../target";

export const PIPE = "pipe";
export type End = "from" | "to";

/** A connection point as it lies on its free canvas. */
export interface AnchorPoint extends Joint {
  readonly element: string;
  readonly anchor: string;
}

type Boxes = ReadonlyMap<string, PlacedBox>;

/** Whether a block is made to be joined; any other can be joined as well, at the middles of its sides. */
export const isSymbol = (type: string): boolean => type in ANCHORS;

/** The connection points of elements, all but pipes, or of the given ones only. Names for one place are one point. */
export function anchorPoints(boxes: Boxes, only?: ReadonlySet<string>): AnchorPoint[] {
  const points: AnchorPoint[] = [];
  for (const [element, box] of boxes) {
    if (box.type === PIPE || (only && !only.has(element))) continue;
    const seen = new Set<string>();
    for (const anchor of Object.keys(anchorsOf(box.type))) {
      const joint = jointOf(box, anchor);
      const place = `${joint.x.toFixed(1)} ${joint.y.toFixed(1)}`;
      if (seen.has(place)) continue;
      seen.add(place);
      points.push({ ...joint, element, anchor });
    }
  }
  return points;
}

/** The nearest connection point within reach; null: none. */
export function nearestPoint(points: readonly AnchorPoint[], at: Point, reach: number): AnchorPoint | null {
  let best: AnchorPoint | null = null;
  let least = reach;
  for (const point of points) {
    const far = Math.hypot(point.x - at.x, point.y - at.y);
    if (far <= least) [best, least] = [point, far];
  }
  return best;
}

/** Where an end is taken to: a connection point, or a place where nothing is. */
export type Target = AnchorPoint | Point;

export const isAnchor = (target: Target): target is AnchorPoint => "anchor" in target;

/** A pipe as it is stored: its ends, and the box that says where a free one lies. */
export interface Drawn {
  readonly ends: PipeEnds;
  readonly item: FreeItem;
}

/** Size of the box of a pipe with one free end: enough to be seen in a marquee. */
const LOOSE = 24;
const fastened = (boxes: Boxes, end: PipeEnd | undefined): boolean =>
  end !== undefined && boxes.has(end.element);

const rounded = (item: FreeItem): FreeItem => ({
  ...item,
  x: tidy(item.x),
  y: tidy(item.y),
  w: tidy(item.w),
  h: tidy(item.h),
});

/** The pipe after one of its ends was taken somewhere. */
export function drawnTo(pipe: Drawn, end: End, target: Target, boxes: Boxes): Drawn {
  const other = end === "from" ? "to" : "from";
  const { [end]: _was, course, ...rest } = pipe.ends;
  const ends: PipeEnds = isAnchor(target)
    ? { ...rest, [end]: { element: target.element, anchor: target.anchor } }
    : rest;
  const { item } = pipe;
  const held = fastened(boxes, ends[other]);
  if (isAnchor(target)) return { ends, item: held ? around(ends, boxes, item) : item };
  if (held) {
    const x = end === "from" ? target.x : target.x - LOOSE;
    return { ends, item: rounded({ ...item, x, y: target.y - LOOSE / 2, w: LOOSE, h: LOOSE }) };
  }
  const fixed = freeEnd(item, other, course);
  const bare = loose(item, end === "to" ? fixed : target, end === "to" ? target : fixed, other);
  return { ...bare, ends: { ...rest, ...bare.ends } };
}

const onCompass = (x: number, y: number): Course =>
  `${["n", "", "s"][y + 1]}${["w", "", "e"][x + 1]}` as Course;

/** A pipe with two free ends: the other one stays where it is, and what is nearly level or upright becomes it. */
function loose(item: FreeItem, from: Point, to: Point, stays: End): Drawn {
  const fixed = stays === "from" ? from : to;
  const along = (least: "x" | "y") => {
    const far = to[least] - from[least];
    const way = Math.abs(far) < LOOSE / 2 ? 0 : Math.sign(far);
    const size = Math.max(LOOSE, Math.abs(far) * Math.abs(way));
    // From the end that stays the box goes where the other one is.
    const side = stays === "from" ? way : -way;
    return { way, size, at: fixed[least] - (size * (1 - side)) / 2 };
  };
  const [x, y] = [along("x"), along("y")];
  const level = x.way === 0 && y.way === 0;
  const box = { ...item, x: level ? Math.min(from.x, to.x) : x.at, y: y.at, w: x.size, h: y.size };
  const course = level ? "e" : onCompass(x.way, y.way);
  return { ends: course === "e" ? {} : { course }, item: rounded(box) };
}

/** The box around the whole way of a pipe that is fastened at both ends. */
function around(ends: PipeEnds, boxes: Boxes, item: FreeItem): FreeItem {
  const { points } = pipeWay(ends, boxes, item);
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  const w = Math.max(LOOSE, Math.max(...xs) - x);
  const h = Math.max(LOOSE, Math.max(...ys) - y);
  return rounded({ ...item, x, y, w, h });
}

/** Whether both ends are at one connection point. */
export const isLoop = ({ from, to }: PipeEnds): boolean =>
  from !== undefined && to !== undefined && from.element === to.element && from.anchor === to.anchor;
