import { describe, expect, it } from "vitest";
import { resizeFree, resizeGrid } from "./resize_gesture";
import { align, distribute, snapEdge, snapMove } from "./snap";

const box = (x: number, y: number, w = 100, h = 50) => ({ x, y, w, h });

describe("a free canvas", () => {
  it("takes a moved box to the line of a neighbour, and shows the line", () => {
    const found = snapMove(box(103, 300), [box(100, 0)], 6);
    expect(found.x).toBe(100);
    expect(found.guides).toContainEqual({ axis: "x", at: 100, from: 0, to: 350 });
  });

  it("takes it to the grid where no neighbour is near", () => {
    expect(snapMove(box(503, 307), [box(100, 0)], 6)).toEqual({ x: 500, y: 310, guides: [] });
    expect(snapEdge(497, [], "x", 6)).toBe(500);
  });

  it.each([
    ["left", { a: 0, b: 0 }, "x"],
    ["right", { a: 200, b: 150 }, "x"],
    ["center", { a: 100, b: 75 }, "x"],
    ["top", { a: 10, b: 10 }, "y"],
    ["bottom", { a: 60, b: 80 }, "y"],
    ["middle", { a: 35, b: 45 }, "y"],
  ] as const)("aligns to the %s", (how, wanted, axis) => {
    const aligned = align({ a: box(0, 10, 50, 70), b: box(150, 80, 100, 50) }, how);
    expect({ a: aligned.a?.[axis], b: aligned.b?.[axis] }).toEqual(wanted);
  });

  it("spreads with the same gaps, the outermost stay", () => {
    const spread = distribute({ a: box(0, 0), b: box(110, 0), c: box(400, 0) }, "x");
    expect([spread.a?.x, spread.b?.x, spread.c?.x]).toEqual([0, 200, 400]);
  });

  it("keeps proportions where the block asks for it", () => {
    const next = resizeFree(box(0, 0, 100, 50), "se", 100, 0, true);
    expect([next.w, next.h]).toEqual([200, 100]);
    const west = resizeFree(box(100, 100, 100, 50), "nw", -100, 0, true);
    expect([west.x, west.y, west.w, west.h]).toEqual([0, 50, 200, 100]);
  });
});

describe("a handle on the grid", () => {
  const clamp = (w: number, h: number) => ({ w: Math.max(2, w), h: Math.max(2, h) });
  const start = { x: 4, y: 4, w: 4, h: 4 };

  it.each([
    ["e", { x: 4, y: 4, w: 6, h: 4 }],
    ["w", { x: 6, y: 4, w: 2, h: 4 }],
    ["s", { x: 4, y: 4, w: 4, h: 6 }],
    ["n", { x: 4, y: 6, w: 4, h: 2 }],
    ["se", { x: 4, y: 4, w: 6, h: 6 }],
    ["nw", { x: 6, y: 6, w: 2, h: 2 }],
    ["ne", { x: 4, y: 6, w: 6, h: 2 }],
    ["sw", { x: 6, y: 4, w: 2, h: 6 }],
  ] as const)("%s moves its edges only", (handle, wanted) => {
    expect(resizeGrid(start, handle, 2, 2, clamp)).toEqual(wanted);
  });

  it("stays on the grid and within the sizes of the block", () => {
    expect(resizeGrid(start, "e", 40, 0, clamp).w).toBe(8);
    expect(resizeGrid(start, "w", -40, 0, clamp)).toMatchObject({ x: 0, w: 8 });
    expect(resizeGrid(start, "se", -9, -9, clamp)).toMatchObject({ w: 2, h: 2 });
  });
});
