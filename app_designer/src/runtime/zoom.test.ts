import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitScale, lookingAt, operableScale, SCALE_MAX, unitAt, type View, viewWith, zoomedAt } from "./zoom";

const ROOM = { w: 390, h: 560 };
const DRAWING = { w: 1200, h: 700 };
const FIT = 390 / 1200;
const whole: View = { scale: FIT, left: 0, top: 0 };
const spots = fc.record({ x: fc.integer({ min: 0, max: 390 }), y: fc.integer({ min: 0, max: 560 }) });

describe("a drawing on a phone", () => {
  it("is as wide as the screen first, and never smaller; nothing is magnified beyond reason", () => {
    expect(fitScale(ROOM, DRAWING)).toBeCloseTo(FIT);
    expect(zoomedAt(whole, 0.01, ROOM, DRAWING, { x: 100, y: 100 }).scale).toBeCloseTo(FIT);
    expect(zoomedAt(whole, 99, ROOM, DRAWING, { x: 100, y: 100 }).scale).toBe(SCALE_MAX);
    expect(fitScale(ROOM, { w: 100, h: 80 })).toBe(SCALE_MAX);
  });

  it("keeps what lies between the fingers, as far as there is drawing to scroll to", () => {
    fc.assert(
      fc.property(spots, fc.double({ min: 1.2, max: SCALE_MAX, noNaN: true }), (at, scale) => {
        const start = viewWith(1.1, ROOM, DRAWING, { x: 600, y: 350 }, { x: 195, y: 280 });
        const unit = unitAt(start, ROOM, DRAWING, at);
        const next = zoomedAt(start, scale, ROOM, DRAWING, at);
        const after = unitAt(next, ROOM, DRAWING, at);
        return Math.abs(after.x - unit.x) < 1e-6 && Math.abs(after.y - unit.y) < 1e-6;
      }),
    );
  });

  it("never scrolls beyond its edges", () => {
    fc.assert(
      fc.property(spots, fc.double({ min: 0.1, max: 5, noNaN: true }), (at, scale) => {
        const { left, top, scale: shown } = zoomedAt(whole, scale, ROOM, DRAWING, at);
        const most = (drawn: number, room: number) => Math.max(0, drawn * shown - room) + 1e-6;
        return left >= 0 && top >= 0 && left <= most(DRAWING.w, ROOM.w) && top <= most(DRAWING.h, ROOM.h);
      }),
    );
  });

  it("has an element one looks at in its middle, whole and legible", () => {
    const box = { x: 600, y: 300, w: 140, h: 160 };
    const view = lookingAt(box, ROOM, DRAWING, { least: 1 });
    expect(view.scale).toBe(2);
    const middle = unitAt(view, ROOM, DRAWING, { x: 195, y: 280 });
    expect(middle.x).toBeCloseTo(670);
    expect(middle.y).toBeCloseTo(380);
    expect(lookingAt(box, ROOM, DRAWING, { most: 1 }).scale).toBe(1);
    // Larger than the room: it is legible rather than whole.
    expect(lookingAt({ x: 0, y: 0, w: 1100, h: 600 }, ROOM, DRAWING, { least: 1 }).scale).toBe(1);
  });
});

describe("what is pressed", () => {
  it("is enlarged to a finger's size first, and operates once it has it", () => {
    expect(operableScale(44 * FIT, 44, FIT, FIT)).toBeCloseTo(1);
    expect(operableScale(32 * FIT, 56, FIT, FIT)).toBeCloseTo(56 / 32);
    expect(operableScale(44, 44, 1, FIT)).toBeNull();
    expect(operableScale(60, 44, 0.7, FIT)).toBeNull();
  });

  it("is enlarged until it is legible, however large it is", () => {
    expect(operableScale(60, 44, FIT, FIT)).toBe(0.6);
  });

  it("operates as it is where it cannot become larger", () => {
    expect(operableScale(10, 44, SCALE_MAX, FIT)).toBeNull();
    expect(operableScale(4, 44, 1, FIT)).toBe(SCALE_MAX);
    expect(operableScale(0, 44, 1, FIT)).toBeNull();
  });
});
