/** A box on a free canvas, in its own units. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface Guide {
  readonly axis: "x" | "y";
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

export const SNAP_GRID = 10;

const edges = (start: number, size: number) => [start, start + size / 2, start + size];

interface Pull {
  readonly delta: number;
  readonly at: number;
  readonly other: Box;
}

/** The nearest line of a neighbour within reach of one of ours. */
function pull(own: readonly number[], others: readonly Box[], axis: "x" | "y", reach: number): Pull | null {
  let best: Pull | null = null;
  for (const other of others) {
    const theirs = axis === "x" ? edges(other.x, other.w) : edges(other.y, other.h);
    for (const at of theirs) {
      for (const mine of own) {
        const delta = at - mine;
        if (Math.abs(delta) <= reach && (!best || Math.abs(delta) < Math.abs(best.delta)))
          best = { delta, at, other };
      }
    }
  }
  return best;
}

const toGrid = (value: number) => Math.round(value / SNAP_GRID) * SNAP_GRID;

export interface Snapped {
  readonly x: number;
  readonly y: number;
  readonly guides: readonly Guide[];
}

/** A moved box at the lines of its neighbours where one is near, else on the grid of the canvas. */
export function snapMove(box: Box, others: readonly Box[], reach: number): Snapped {
  const px = pull(edges(box.x, box.w), others, "x", reach);
  const py = pull(edges(box.y, box.h), others, "y", reach);
  const x = px ? box.x + px.delta : toGrid(box.x);
  const y = py ? box.y + py.delta : toGrid(box.y);
  const guides: Guide[] = [];
  if (px) {
    const ends = [y, y + box.h, px.other.y, px.other.y + px.other.h];
    guides.push({ axis: "x", at: px.at, from: Math.min(...ends), to: Math.max(...ends) });
  }
  if (py) {
    const ends = [x, x + box.w, py.other.x, py.other.x + py.other.w];
    guides.push({ axis: "y", at: py.at, from: Math.min(...ends), to: Math.max(...ends) });
  }
  return { x, y, guides };
}

/** One edge that is dragged, at the line of a neighbour or on the grid. */
export function snapEdge(at: number, others: readonly Box[], axis: "x" | "y", reach: number): number {
  const found = pull([at], others, axis, reach);
  return found ? found.at : toGrid(at);
}

/** The box around boxes. */
export function around(boxes: readonly Box[]): Box {
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const right = Math.max(...boxes.map((box) => box.x + box.w));
  const bottom = Math.max(...boxes.map((box) => box.y + box.h));
  return { x, y, w: right - x, h: bottom - y };
}

export type Alignment = "left" | "center" | "right" | "top" | "middle" | "bottom";

/** Boxes at one line: an edge or the middle of all of them. */
export function align<T extends Box>(boxes: Readonly<Record<string, T>>, how: Alignment): Record<string, T> {
  const all = around(Object.values(boxes));
  const aligned: Record<string, T> = {};
  for (const [id, box] of Object.entries(boxes)) {
    const x = { left: all.x, center: all.x + (all.w - box.w) / 2, right: all.x + all.w - box.w }[
      how as "left"
    ];
    const y = { top: all.y, middle: all.y + (all.h - box.h) / 2, bottom: all.y + all.h - box.h }[
      how as "top"
    ];
    aligned[id] = { ...box, x: x ?? box.x, y: y ?? box.y };
  }
  return aligned;
}

/** The same gap between neighbours; the outermost stay. */
export function distribute<T extends Box>(
  boxes: Readonly<Record<string, T>>,
  axis: "x" | "y",
): Record<string, T> {
  const size = axis === "x" ? ("w" as const) : ("h" as const);
  const sorted = Object.entries(boxes).sort(([, a], [, b]) => a[axis] - b[axis]);
  if (sorted.length < 3) return { ...boxes };
  const all = around(Object.values(boxes));
  const filled = sorted.reduce((sum, [, box]) => sum + box[size], 0);
  const gap = (all[size] - filled) / (sorted.length - 1);
  let at = all[axis];
  const spread: Record<string, T> = {};
  for (const [id, box] of sorted) {
    spread[id] = { ...box, [axis]: Math.round(at * 100) / 100 };
    at += box[size] + gap;
  }
  return spread;
}
