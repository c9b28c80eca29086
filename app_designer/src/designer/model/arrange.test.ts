import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GridItem } from "../../generated/documents.gen";
import { closeGaps, freePlace, placeWithPush } from "./arrange";

const item = (x: number, y: number, w: number, h: number): GridItem => ({ x, y, w, h });
const overlap = (a: GridItem, b: GridItem) =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

function overlaps(items: Record<string, GridItem>): number {
  const list = Object.values(items);
  return list.reduce((sum, a, index) => sum + list.slice(index + 1).filter((b) => overlap(a, b)).length, 0);
}

const places = fc
  .array(fc.tuple(fc.nat(11), fc.nat(20), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 4 })), {
    maxLength: 30,
  })
  .map((rolls) => {
    let settled: Record<string, GridItem> = {};
    for (const [index, [x, y, w, h]] of rolls.entries()) {
      const moved = { [`e${index}`]: item(Math.min(x, 12 - w), y, w, h) };
      settled = { ...settled, ...placeWithPush(settled, moved) };
    }
    return settled;
  });

describe("placing on the grid", () => {
  it("pushes down only what is in the way", () => {
    const before = { a: item(0, 0, 6, 2), b: item(0, 2, 6, 2), c: item(6, 0, 6, 2) };
    expect(placeWithPush(before, { d: item(0, 0, 4, 1) })).toEqual({
      d: item(0, 0, 4, 1),
      a: item(0, 1, 6, 2),
      b: item(0, 3, 6, 2),
    });
  });

  it("moves nothing when there is room, and leaves gaps to the person", () => {
    const before = { a: item(0, 5, 6, 2) };
    expect(placeWithPush(before, { b: item(0, 0, 6, 2) })).toEqual({ b: item(0, 0, 6, 2) });
  });

  it("never leaves two on one place, whatever is put where", () => {
    fc.assert(
      fc.property(places, fc.nat(11), fc.nat(20), (settled, x, y) => {
        const after = { ...settled, ...placeWithPush(settled, { moved: item(Math.min(x, 8), y, 4, 3) }) };
        expect(overlaps(after)).toBe(0);
        expect(after.moved).toEqual(item(Math.min(x, 8), y, 4, 3));
        expect(Object.values(after).every((one) => one.x >= 0 && one.x + one.w <= 12)).toBe(true);
      }),
    );
  });

  it("finds a free place that is free, and closes gaps without an overlap", () => {
    fc.assert(
      fc.property(places, (settled) => {
        expect(overlaps({ ...settled, fresh: freePlace(settled, 3, 2) })).toBe(0);
        const closed = { ...settled, ...closeGaps(settled) };
        expect(overlaps(closed)).toBe(0);
        expect(closeGaps(closed)).toEqual({});
      }),
    );
  });
});
