import type { Side } from "./anchors";
import type { Joint, Point } from "./place";

export interface Rect {
  x: number;
  y: number;
  w: number;
  h: number;
}

/** How far a pipe goes straight before its first bend. */
const STUB = 16;
const WAYS: Record<Side, Point> = {
  0: { x: 0, y: -1 },
  1: { x: 1, y: 0 },
  2: { x: 0, y: 1 },
  3: { x: -1, y: 0 },
};
/** In units of the drawing, about half the thickness of a pipe. */
const SNAP = 3;
const BEND_COST = 40;
/** Going back over itself or through a symbol: only when nothing else is left. */
const BACK_COST = 2000;
const THROUGH_COST = 4000;

const ahead = ({ x, y, side }: Joint): Point => ({ x: x + WAYS[side].x * STUB, y: y + WAYS[side].y * STUB });

/**
 * The way of a pipe from one joint to another: only level and upright pieces, straight out of both joints, as short as
 * can be with few bends, around the two symbols it joins.
 */
export function routePipe(from: Joint, joint: Joint, around: readonly Rect[] = []): Point[] {
  const to = snapped(from, joint);
  const [a, b] = [ahead(from), ahead(to)];
  const xs = [(a.x + b.x) / 2, ...around.flatMap(({ x, w }) => [x - STUB, x + w + STUB])];
  const ys = [(a.y + b.y) / 2, ...around.flatMap(({ y, h }) => [y - STUB, y + h + STUB])];
  const middles: Point[][] = [[{ x: b.x, y: a.y }], [{ x: a.x, y: b.y }]];
  for (const x of xs)
    middles.push([
      { x, y: a.y },
      { x, y: b.y },
    ]);
  for (const y of ys)
    middles.push([
      { x: a.x, y },
      { x: b.x, y },
    ]);
  for (const x of xs)
    for (const y of ys) {
      middles.push([
        { x, y: a.y },
        { x, y },
        { x: b.x, y },
      ]);
      middles.push([
        { x: a.x, y },
        { x, y },
        { x, y: b.y },
      ]);
    }
  let best: Point[] = [];
  let least = Number.POSITIVE_INFINITY;
  for (const middle of middles) {
    const way = straightened([from, a, ...middle, b, to]);
    const cost = costOf(way, from, to, around);
    if (cost < least) [best, least] = [way, cost];
  }
  return best;
}

/** A joint that lies all but level with another is taken as level: a jog of a hair looks like a fault. */
function snapped(from: Joint, to: Joint): Joint {
  if (from.side % 2 !== to.side % 2) return to;
  const key = from.side % 2 === 1 ? "y" : "x";
  return Math.abs(from[key] - to[key]) <= SNAP ? { ...to, [key]: from[key] } : to;
}

/** Without points that lie on the straight line between their neighbours, or twice at one place. */
export function straightened(points: readonly Point[]): Point[] {
  const way: Point[] = [];
  for (const { x, y } of points) {
    const last = way.at(-1);
    if (last && Math.abs(last.x - x) < 0.01 && Math.abs(last.y - y) < 0.01) continue;
    const before = way.at(-2);
    if (last && before && isForward(before, last, { x, y })) way.pop();
    way.push({ x, y });
  }
  return way;
}

function isForward(a: Point, b: Point, c: Point): boolean {
  const cross = (b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x);
  const along = (b.x - a.x) * (c.x - b.x) + (b.y - a.y) * (c.y - b.y);
  return Math.abs(cross) < 0.01 && along > 0;
}

function costOf(way: readonly Point[], from: Joint, to: Joint, around: readonly Rect[]): number {
  let cost = (way.length - 2) * BEND_COST;
  for (let index = 1; index < way.length; index += 1) {
    const [p, q] = [way[index - 1], way[index]];
    if (!p || !q) continue;
    cost += Math.abs(p.x - q.x) + Math.abs(p.y - q.y);
    const next = way[index + 1];
    if (next && (q.x - p.x) * (next.x - q.x) + (q.y - p.y) * (next.y - q.y) < -0.01) cost += BACK_COST;
    for (const rect of around) if (crosses(p, q, rect)) cost += THROUGH_COST;
  }
  return cost + turnsAgainst(way[0], way[1], from.side) + turnsAgainst(way.at(-1), way.at(-2), to.side);
}

function turnsAgainst(at: Point | undefined, next: Point | undefined, side: Side): number {
  if (!at || !next) return 0;
  const way = WAYS[side];
  return (next.x - at.x) * way.x + (next.y - at.y) * way.y < 0 ? BACK_COST : 0;
}

/** Whether a level or upright piece goes through the inside of a rectangle; along its edge does not count. */
function crosses(p: Point, q: Point, { x, y, w, h }: Rect): boolean {
  const e = 0.5;
  return (
    Math.min(p.x, q.x) < x + w - e &&
    Math.max(p.x, q.x) > x + e &&
    Math.min(p.y, q.y) < y + h - e &&
    Math.max(p.y, q.y) > y + e
  );
}

export const pathOf = (way: readonly Point[]): string =>
  way.map(({ x, y }, index) => `${index === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");

/** The middle of the longest piece, and its direction in degrees: where an arrow is seen best. */
export function arrowAt(way: readonly Point[]): (Point & { angle: number }) | null {
  let found: (Point & { angle: number }) | null = null;
  let longest = 0;
  for (let index = 1; index < way.length; index += 1) {
    const [p, q] = [way[index - 1], way[index]];
    if (!p || !q) continue;
    const length = Math.hypot(q.x - p.x, q.y - p.y);
    if (length <= longest) continue;
    longest = length;
    found = {
      x: (p.x + q.x) / 2,
      y: (p.y + q.y) / 2,
      angle: (Math.atan2(q.y - p.y, q.x - p.x) * 180) / Math.PI,
    };
  }
  return found;
}
