import { describe, expect, it } from "vitest";
import { limitLevel, scaleOf, shareOf } from "./scale_of";
import { limitLines } from "./scales";
import { meaningOf, stateSegments, stateShares } from "./segments";
import { sparkShape } from "./spark_path";
import { timeTicks } from "./time_ticks";

describe("scale", () => {
  it("comes from what is given, else the span, else limits on both sides, else there is none", () => {
    expect(scaleOf({ span: [0, 10] })).toMatchObject({ min: 0, max: 10 });
    expect(scaleOf({ span: [0, 10] }, { max: 20 })).toMatchObject({ min: 0, max: 20 });
    expect(scaleOf({ limits: { lo: 10, hi: 20 } })).toMatchObject({ min: 7.5, max: 22.5, lo: 10, hi: 20 });
    expect(scaleOf({ limits: { hi: 20 } })).toBeNull();
    expect(scaleOf({ span: [5, 5] })).toBeNull();
    expect(scaleOf(null)).toBeNull();
  });
  it("keeps what lies beyond its ends at the end", () => {
    expect([-5, 0, 5, 99].map((value) => shareOf({ min: 0, max: 10 }, value))).toEqual([0, 0, 0.5, 1]);
  });
  it("names the limit that is passed, the outer one first", () => {
    const limits = limitLines({ lo_lo: 0, lo: 1, hi: 8, hi_hi: 9 });
    expect([-1, 0.5, 5, 8, 9.5, null].map((value) => limitLevel(value, limits))).toEqual([
      "lo_lo",
      "lo",
      "normal",
      "hi",
      "hi_hi",
      "normal",
    ]);
  });
});

describe("small line", () => {
  it("draws nothing for a stroke of seconds on a range of minutes, but knows its values", () => {
    const track = { t: [97, 98], v: [1, 50], q: [0, 0] };
    expect(sparkShape(track, { from: 0, to: 100 }, 120, 30)).toMatchObject({ path: "", min: 1, max: 50 });
    expect(sparkShape(track, { from: 90, to: 100 }, 120, 30).path).not.toBe("");
  });
  it("breaks where a value is bad, and has no end where the last one is", () => {
    const track = { t: [0, 1, 2, 3], v: [1, null, 2, 3], q: [0, 129, 0, 0] };
    const shape = sparkShape(track, { from: 0, to: 4 }, 120, 30);
    expect(shape.path.match(/M/g)).toHaveLength(2);
    expect(shape.end).toEqual({ x: 120, y: 2 });
    expect(sparkShape({ t: [0, 3], v: [1, null], q: [0, 129] }, { from: 0, to: 4 }, 9, 9).end).toBeNull();
  });
  it("holds a value until it is bad, and no longer than it is known", () => {
    const window = { from: 0, to: 10 };
    expect(sparkShape({ t: [0, 5], v: [1, null], q: [0, 129] }, window, 100, 30).path).toBe("M0.0 15.0H50.0");
    const track = { t: [0, 8], v: [1, 1], q: [0, 0] };
    const gap = sparkShape(track, window, 100, 30, [{ from: 2, to: 7 }]);
    expect(gap.path).toBe("M0.0 15.0H20.0M80.0 15.0H100.0");
    expect(gap.end).not.toBeNull();
    const lost = sparkShape(track, window, 100, 30, [{ from: 9, to: 10 }]);
    expect(lost).toMatchObject({ path: "M0.0 15.0H80.0V15.0H90.0", end: null });
  });
});

describe("states of a course", () => {
  const track = { t: [0, 10, 20, 30, 40], v: [1, 1, 2, null, 1], q: [0, 0, 0, 129, 0] };
  it("joins equal neighbours and holds the last until it is known no longer", () => {
    const segments = stateSegments(track, { from: 5, to: 100 }, 50);
    expect(segments.map(({ from, to, key }) => [from, to, key])).toEqual([
      [5, 20, "1"],
      [20, 30, "2"],
      [30, 40, null],
      [40, 50, "1"],
    ]);
    const shares = stateShares(segments);
    expect(shares.map(({ key, duration_us, count }) => [key, duration_us, count])).toEqual([
      ["1", 25, 2],
      ["2", 10, 1],
      [null, 10, 1],
    ]);
  });
  it("gives a hole to nobody", () => {
    const holes = [{ from: 12, to: 18, quality: null, gap: "dropped" as const }];
    const segments = stateSegments(track, { from: 0, to: 20 }, 20, { holes });
    expect(segments.map(({ from, to, key }) => [from, to, key])).toEqual([
      [0, 12, "1"],
      [12, 18, null],
      [18, 20, "1"],
    ]);
  });
  it("takes the meaning of a state from the colours of its tag", () => {
    expect(meaningOf({ colors: { "1": "fault" } }, "1")).toBe("fault");
    expect(meaningOf({}, "1")).toBeNull();
  });
});

describe("ticks of a time axis", () => {
  it("are round and not more than asked for", () => {
    const ticks = timeTicks({ from: 3.6e9 * 100, to: 3.6e9 * 108 }, 5, "en");
    expect(ticks.length).toBeGreaterThan(1);
    expect(ticks.length).toBeLessThanOrEqual(5);
    expect(ticks.every(({ share }) => share >= 0 && share < 1)).toBe(true);
  });
});
