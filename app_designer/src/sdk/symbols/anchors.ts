/** A side of a symbol, clockwise from the top: where a pipe leaves it. */
export type Side = 0 | 1 | 2 | 3;

/** A named point to which a pipe is fastened: a place in the unit square of the drawing, and the side it looks to. */
export interface Anchor {
  u: number;
  v: number;
  side: Side;
}

const LEFT: Anchor = { u: 0, v: 0.5, side: 3 };
const RIGHT: Anchor = { u: 1, v: 0.5, side: 1 };
const TOP: Anchor = { u: 0.5, v: 0, side: 0 };
const BOTTOM: Anchor = { u: 0.5, v: 1, side: 2 };
const FOUR = { left: LEFT, right: RIGHT, top: TOP, bottom: BOTTOM };

/** Anchors by component; the drawings are made to meet them. */
export const ANCHORS: Readonly<Record<string, Readonly<Record<string, Anchor>>>> = {
  pump: { in: LEFT, out: { u: 1, v: 0.12, side: 1 }, top: TOP, bottom: BOTTOM },
  valve: { in: LEFT, out: RIGHT, top: TOP, bottom: BOTTOM },
  motor: { shaft: RIGHT, ...FOUR },
  vessel: {
    top: TOP,
    bottom: BOTTOM,
    in: { u: 0, v: 0.22, side: 3 },
    out: { u: 1, v: 0.82, side: 1 },
    in_right: { u: 1, v: 0.22, side: 1 },
    out_left: { u: 0, v: 0.82, side: 3 },
  },
  fan: { in: LEFT, out: { u: 1, v: 0.12, side: 1 }, top: TOP, bottom: BOTTOM },
  conveyor: {
    in: { u: 0, v: 0.4, side: 3 },
    out: { u: 1, v: 0.4, side: 1 },
    top: TOP,
    bottom: BOTTOM,
  },
  heat_exchanger: { in: LEFT, out: RIGHT, shell_in: TOP, shell_out: BOTTOM },
  // The sides of the bubble, not of the box.
  sensor: {
    process: BOTTOM,
    bottom: BOTTOM,
    left: { u: 0.12, v: 0.42, side: 3 },
    right: { u: 0.88, v: 0.42, side: 1 },
    top: { u: 0.5, v: 0.04, side: 0 },
  },
};

/** Anchors of any other block: the middles of its sides. */
const OTHERS: Readonly<Record<string, Anchor>> = FOUR;

export function anchorsOf(type: string): Readonly<Record<string, Anchor>> {
  return ANCHORS[type] ?? OTHERS;
}
