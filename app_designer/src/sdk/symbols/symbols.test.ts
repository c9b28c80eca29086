import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ANCHORS, type Anchor } from "./anchors";
import { jointOf, turned } from "./place";
import { arrowAt, type Rect, routePipe } from "./route";
import { meaningOf } from "./SymbolView";

const box = (x: number, y: number, change: object = {}) => ({
  x,
  y,
  w: 100,
  h: 100,
  r: 0,
  type: "other",
  props: {},
  ...change,
});

describe("anchors", () => {
  it("lie on the drawing, whatever a symbol is turned by", () => {
    const sides = fc.record({
      flip_x: fc.boolean(),
      flip_y: fc.boolean(),
      quarters: fc.constantFrom(0, 1, 2, 3),
    });
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(ANCHORS)), sides, (type, turn) => {
        for (const anchor of Object.values(ANCHORS[type] ?? {})) {
          const { u, v } = turned(anchor, turn as never);
          if (u < 0 || u > 1 || v < 0 || v > 1) return false;
        }
        return true;
      }),
    );
  });
  it("four quarters are none, twice mirrored is not mirrored", () => {
    const anchor = { u: 0.2, v: 0.1, side: 0 } as const;
    const turn = { flip_x: false, flip_y: false, quarters: 1 } as const;
    let round: Anchor = anchor;
    for (let quarter = 0; quarter < 4; quarter += 1) round = turned(round, turn);
    expect(round.u).toBeCloseTo(0.2);
    expect(round.side).toBe(0);
  });
  it("follow place, size and rotation of the element", () => {
    expect(jointOf(box(10, 20), "right")).toEqual({ x: 110, y: 70, side: 1 });
    expect(jointOf(box(0, 0, { type: "pump" }), "in")).toEqual({ x: 0, y: 36, side: 3 });
    expect(jointOf(box(0, 0, { type: "pump", props: { show_word: false } }), "in").y).toBe(50);
    const upright = jointOf(box(0, 0, { r: 90 }), "right");
    expect(upright.x).toBeCloseTo(50);
    expect(upright.y).toBeCloseTo(100);
    expect(upright.side).toBe(2);
  });
  it("an unknown anchor is the right side: a pipe never vanishes", () =>
    expect(jointOf(box(0, 0), "gone")).toEqual({ x: 100, y: 50, side: 1 }));
});

describe("the way of a pipe", () => {
  it("is straight where it can be", () => {
    const way = routePipe({ x: 0, y: 0, side: 1 }, { x: 200, y: 0, side: 3 });
    expect(way).toEqual([
      { x: 0, y: 0 },
      { x: 200, y: 0 },
    ]);
    expect(arrowAt(way)).toEqual({ x: 100, y: 0, angle: 0 });
  });
  it("goes around the symbols it joins", () => {
    const around: Rect[] = [
      { x: 0, y: 0, w: 100, h: 100 },
      { x: -300, y: 0, w: 100, h: 100 },
    ];
    const way = routePipe({ x: 100, y: 50, side: 1 }, { x: -300, y: 50, side: 3 }, around);
    const inside = way.slice(1).some((point, index) => {
      const before = way[index];
      return before && around.some((rect) => middleIn(before, point, rect));
    });
    expect(inside).toBe(false);
  });
  it("has level and upright pieces only, and ends at both joints, wherever they are", () => {
    const joint = fc.record({
      x: fc.integer({ min: -500, max: 500 }),
      y: fc.integer({ min: -500, max: 500 }),
      side: fc.constantFrom(0, 1, 2, 3),
    });
    fc.assert(
      fc.property(joint, joint, (a, b) => {
        const way = routePipe(a as never, b as never);
        if (a.x === b.x && a.y === b.y) return true;
        const first = way[0];
        const last = way.at(-1);
        if (first?.x !== a.x || first.y !== a.y || !last) return false;
        // All but level joints are drawn level.
        if (Math.abs(last.x - b.x) > 3 || Math.abs(last.y - b.y) > 3) return false;
        return way.every((point, index) => {
          const before = way[index - 1];
          return !before || before.x === point.x || before.y === point.y;
        });
      }),
    );
  });
});

const middleIn = (
  a: { x: number; y: number },
  b: { x: number; y: number },
  { x, y, w, h }: Rect,
): boolean => {
  const [mx, my] = [(a.x + b.x) / 2, (a.y + b.y) / 2];
  return mx > x + 1 && mx < x + w - 1 && my > y + 1 && my < y + h - 1;
};

describe("the meaning of a state", () => {
  it("comes from the block, else the tag's colours, else on and off; an unknown one is neutral", () => {
    const signal = { meta: { colors: { "3": "fault", "4": "purple" } } } as never;
    expect(meaningOf(3, [{ value: 3, tone: "idle" }], signal)).toBe("idle");
    expect(meaningOf(3, [], signal)).toBe("fault");
    expect(meaningOf(4, [], signal)).toBe("neutral");
    expect(meaningOf(false, [], { meta: {} } as never)).toBe("off");
    expect(meaningOf(true, [], { meta: {} } as never)).toBe("running");
    expect(meaningOf(null, [], signal)).toBe("unknown");
  });
});
