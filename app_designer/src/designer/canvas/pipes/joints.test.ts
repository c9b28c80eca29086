import type { PlacedBox } from "@sdk/context";
import { type Course, pipeWay } from "@sdk/symbols";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Element, FreeItem } from "../../../generated/documents.gen";
import { draftOfPages, id, modelOf, pageOf } from "../../testing/fixtures";
import { shifted } from "../drag_boxes";
import { withReshaped } from "../live_boxes";
import { anchorPoints, drawnTo, isLoop, nearestPoint } from "./joints";
import { boxesOf, pipeAdded, pipeOf, pipeRejoined } from "./pipe_changes";

const box = (x: number, y: number, type = "valve"): PlacedBox => ({
  x,
  y,
  w: 100,
  h: 100,
  r: 0,
  type,
  props: { show_word: false },
});
const A = id(1);
const B = id(2);
const P = id(3);
const BOXES = new Map([
  [A, box(100, 0)],
  [B, box(400, 200)],
  [P, { ...box(0, 0, "pipe"), h: 24 }],
]);
const POINTS = anchorPoints(BOXES);
const point = (element: string, anchor: string) => {
  const found = POINTS.find((one) => one.element === element && one.anchor === anchor);
  if (!found) throw new Error(`${element}/${anchor}`);
  return found;
};
const ITEM: FreeItem = { x: 0, y: 0, w: 24, h: 24 };
const from = { element: A, anchor: "out" };

describe("connection points", () => {
  it("are those of all elements but pipes, each place once", () => {
    expect(new Set(POINTS.map(({ element }) => element))).toEqual(new Set([A, B]));
    expect(anchorPoints(BOXES, new Set([B]))).toHaveLength(4);
    const sensor = anchorPoints(new Map([[A, box(0, 0, "sensor")]])).map(({ anchor }) => anchor);
    expect(sensor).toContain("process");
    expect(sensor).not.toContain("bottom");
  });

  it("take the pointer that is near enough, and the nearest of several", () => {
    expect(nearestPoint(POINTS, { x: 210, y: 55 }, 18)).toMatchObject({ element: A, anchor: "out" });
    expect(nearestPoint(POINTS, { x: 250, y: 55 }, 18)).toBeNull();
    expect(nearestPoint(POINTS, { x: 250, y: 50 }, 500)).toMatchObject({ element: A, anchor: "out" });
  });
});

describe("a pipe that is drawn", () => {
  it("is joined to the point it is dropped on, in a box around its way", () => {
    const drawn = drawnTo({ ends: { from }, item: ITEM }, "to", point(B, "in"), BOXES);
    expect(drawn.ends).toEqual({ from, to: { element: B, anchor: "in" } });
    expect(drawn.item).toEqual({ x: 200, y: 50, w: 200, h: 200 });
    expect(isLoop(drawn.ends)).toBe(false);
    expect(isLoop({ from, to: from })).toBe(true);
  });

  it("ends free exactly where the pointer is, whichever end and wherever that is", () => {
    const place = fc.record({ x: fc.integer({ min: 0, max: 1200 }), y: fc.integer({ min: 0, max: 700 }) });
    fc.assert(
      fc.property(place, fc.constantFrom("from" as const, "to" as const), (at, end) => {
        const other = end === "from" ? "to" : "from";
        const pipe = { ends: { [other]: from, [end]: { element: B, anchor: "in" } }, item: ITEM };
        const drawn = drawnTo(pipe, end, at, BOXES);
        const way = pipeWay(drawn.ends, BOXES, drawn.item);
        return (
          drawn.ends[end] === undefined &&
          drawn.ends[other] === from &&
          way[end].x === at.x &&
          way[end].y === at.y &&
          !way.joined
        );
      }),
    );
  });

  it("with both ends free keeps the other one where it is", () => {
    const pipe = { ends: {}, item: { x: 100, y: 300, w: 120, h: 24 } };
    expect(drawnTo(pipe, "to", { x: 400, y: 310 }, BOXES)).toEqual({
      ends: {},
      item: { x: 100, y: 300, w: 300, h: 24 },
    });
    expect(drawnTo(pipe, "from", { x: 40, y: 315 }, BOXES).item).toEqual({ x: 40, y: 300, w: 180, h: 24 });
    const half = drawnTo(pipe, "to", point(A, "in"), BOXES);
    expect(half).toEqual({ ends: { to: { element: A, anchor: "in" } }, item: pipe.item });
  });

  it("goes wherever it is drawn while both ends are free, and lies level or upright where it nearly does", () => {
    const place = fc.record({ x: fc.integer({ min: 0, max: 1200 }), y: fc.integer({ min: 0, max: 700 }) });
    const courses = fc.constantFrom(undefined, "se", "s", "sw", "w", "nw", "n", "ne") as fc.Arbitrary<
      Course | undefined
    >;
    const near = (a: number, b: number) => Math.abs(a - b) <= 12.05;
    fc.assert(
      fc.property(place, courses, fc.constantFrom("from" as const, "to" as const), (at, course, end) => {
        const other = end === "from" ? "to" : "from";
        const pipe = { ends: course ? { course } : {}, item: { x: 100, y: 300, w: 120, h: 80 } };
        const before = pipeWay(pipe.ends, BOXES, pipe.item);
        const drawn = drawnTo(pipe, end, at, BOXES);
        const way = pipeWay(drawn.ends, BOXES, drawn.item);
        // Not nearer than the box of a pipe is small: there it keeps a length.
        const far = Math.abs(at.x - before[other].x) >= 24 || Math.abs(at.y - before[other].y) >= 24;
        const stays = near(way[other].x, before[other].x) && near(way[other].y, before[other].y);
        return !far || (stays && near(way[end].x, at.x) && near(way[end].y, at.y));
      }),
    );
    const pipe = { ends: {}, item: { x: 100, y: 300, w: 120, h: 24 } };
    const up = drawnTo(pipe, "to", { x: 400, y: 12 }, BOXES);
    expect(up).toEqual({ ends: { course: "ne" }, item: { x: 100, y: 12, w: 300, h: 300 } });
    expect(pipeWay(up.ends, BOXES, up.item).points.length).toBeGreaterThan(2);
    expect(drawnTo(up, "to", { x: 300, y: 312 }, BOXES).ends).toEqual({});
    expect(drawnTo(up, "to", point(A, "in"), BOXES).ends).toEqual({ to: { element: A, anchor: "in" } });
  });

  it("looks to its other end where it is free, and does not go round in a loop", () => {
    const left = drawnTo(
      { ends: { from: { element: A, anchor: "in" } }, item: ITEM },
      "to",
      { x: 20, y: 50 },
      BOXES,
    );
    expect(pipeWay(left.ends, BOXES, left.item).points).toEqual([
      { x: 100, y: 50 },
      { x: 20, y: 50 },
    ]);
  });
});

describe("on the page", () => {
  const symbol: Element = { type: "valve", props_version: 1, parent: null, props: { show_word: false } };
  const start = () => {
    const page = {
      ...pageOf("main", 0),
      elements: { [A]: symbol, [B]: symbol },
      layout: {
        lg: {
          kind: "free" as const,
          width: 1200,
          height: 700,
          items: { [A]: { x: 100, y: 0, w: 100, h: 100 }, [B]: { x: 400, y: 200, w: 100, h: 100 } },
        },
      },
    };
    return modelOf(draftOfPages(page));
  };
  const at = (model: ReturnType<typeof start>) => {
    const { draft, canvas } = model.getState();
    return { draft, canvas };
  };

  it("a new pipe and each new joint of it are one step", () => {
    const model = start();
    const first = model.getState().draft;
    const drawn = drawnTo({ ends: { from }, item: ITEM }, "to", point(B, "in"), boxesOf(at(model), ""));
    model.change("draw", pipeAdded(at(model), "", P, drawn));
    expect(pipeOf(at(model), "", P)).toEqual(drawn);
    const second = model.getState().draft;
    const freed = drawnTo(drawn, "to", { x: 300, y: 600 }, boxesOf(at(model), ""));
    model.change("join", pipeRejoined(at(model), "", P, freed));
    expect(model.getState().draft.pages.main?.elements?.[P]?.props).toEqual({ from });
    model.undo();
    expect(model.getState().draft).toEqual(second);
    model.undo();
    expect(model.getState().draft).toEqual(first);
    expect(pipeRejoined(at(model), "", P, freed)).toEqual([]);
  });

  it("follows a symbol while that is moved, resized or turned, before anything is stored", () => {
    const ends = { from, to: { element: B, anchor: "in" } };
    const end = (boxes: ReadonlyMap<string, PlacedBox>) => pipeWay(ends, boxes, ITEM).to;
    const moved = shifted(BOXES, { ids: new Set([B]), dx: 30, dy: -10 });
    expect(end(moved)).toMatchObject({ x: 430, y: 240 });
    const wider = withReshaped(BOXES, { id: B, item: { x: 360, y: 200, w: 140, h: 160 } });
    expect(end(wider)).toMatchObject({ x: 360, y: 280 });
    const turned = withReshaped(BOXES, { id: B, item: { x: 400, y: 200, w: 100, h: 100, r: 90 } });
    expect(end(turned)).toMatchObject({ side: 0 });
    expect(withReshaped(BOXES, { id: id(99), item: ITEM })).toBe(BOXES);
    expect(withReshaped(BOXES, null)).toBe(BOXES);
  });
});
