import { describe, expect, it } from "vitest";
import { signalFor, tagOf } from "../../testing/fakes";
import type { Kind } from "../api/types";
import type { Track } from "../history/track";
import { pinchWindow } from "./gestures";
import { badStretches, commonHoles, holesOf, united } from "./holes";
import { holdAfter_us, isStepped, seriesNames } from "./model";
import { decimalsOf, scaleNames } from "./options";
import { pointsOf, valueAt } from "./points";
import { sharedLimits, yRange } from "./scales";

const S = 1e6;
const track = (rows: [number, number | null, number][], reduced = false): Track => ({
  id: 1,
  kind: "f",
  reduced,
  t: rows.map(([t]) => t * S),
  v: rows.map(([, v]) => v),
  q: rows.map(([, , q]) => q),
  stats: null,
});
const options = { transforms: [], holes: [], hold_us: 2.5 * S, holdUntil: Number.NEGATIVE_INFINITY };

describe("value axis", () => {
  it.each([
    [5, 0],
    [2.5, 1],
    [0.25, 2],
    [0.1, 1],
    [1e-9, 6],
  ])("a step of %d has %d decimals", (step, digits) => expect(decimalsOf(step)).toBe(digits));
});

describe("names of series", () => {
  const of = (id: number, description: string, assetName: string) =>
    signalFor(tagOf(id, { meta: { description } }), { assetName });
  it("are the machines where all show the same, and say both where machines meet", () => {
    const same = [of(1, "Speed", "Press 1"), of(2, "Speed", "Press 2")];
    expect(seriesNames(same, "en")).toEqual(["Press 1", "Press 2"]);
    expect(seriesNames([of(1, "Speed", "Press 1"), of(2, "Current", "Press 2")], "en")).toEqual([
      "Press 1 · Speed",
      "Press 2 · Current",
    ]);
    const alone = [of(1, "Speed", "Press 1"), of(2, "Current", "Press 1")];
    expect(seriesNames(alone, "en")).toEqual(["Speed", "Current"]);
    expect(seriesNames(alone, "en", true)).toEqual(["Press 1 · Speed", "Press 1 · Current"]);
  });
});

describe("holes", () => {
  it("that lie over each other are hatched once", () => {
    const holes = [
      { from: 5, to: 9 },
      { from: 1, to: 3 },
      { from: 2, to: 4 },
    ];
    expect(united(holes)).toEqual([
      { from: 1, to: 4 },
      { from: 5, to: 9 },
    ]);
  });
  it("last from a bad sample to the next good one, or to the end", () => {
    const given = track([
      [0, 1, 0],
      [10, null, 129],
      [12, null, 130],
      [20, 2, 0],
      [30, null, 128],
    ]);
    expect(badStretches(given, 40 * S)).toEqual([
      { from: 10 * S, to: 20 * S, quality: 129, gap: null },
      { from: 30 * S, to: 40 * S, quality: 128, gap: null },
    ]);
  });
  it("include recorded gaps of the tag's own connection only", () => {
    const gap = {
      edge: "line_1",
      kind: "not_sampled" as const,
      reason: "",
      from: 5 * S,
      to: 9 * S,
      n: 4,
      count_of: "rows" as const,
    };
    const gaps = [
      { ...gap, connection: "press_1" },
      { ...gap, connection: "press_2" },
      { ...gap, edge: "line_2", connection: null },
    ];
    const found = holesOf(
      track([[0, 1, 0]]),
      tagOf(1),
      gaps,
      { from: 0, to: 20 * S },
      Number.POSITIVE_INFINITY,
    );
    expect(found).toEqual([{ from: 5 * S, to: 9 * S, quality: null, gap: "not_sampled" }]);
  });
  it("include the time since the link was lost", () => {
    const found = holesOf(track([[0, 1, 0]]), tagOf(1), [], { from: 0, to: 20 * S }, 15 * S);
    expect(found).toEqual([{ from: 15 * S, to: 20 * S, quality: null, gap: null }]);
  });
  it("cover the whole plot only where every series has one", () => {
    const hole = (from: number, to: number) => ({ from, to, quality: 128, gap: null });
    expect(commonHoles([[hole(0, 10)], [hole(5, 20)]])).toEqual([{ from: 5, to: 10 }]);
    expect(commonHoles([[hole(0, 10)], []])).toEqual([]);
  });
});

describe("pointsOf", () => {
  it("never draws a line over a bad stretch", () => {
    const [x, y] = pointsOf(
      track([
        [0, 1, 0],
        [1, null, 129],
        [2, 3, 0],
      ]),
      options,
    );
    const between = x.map((at, index) => [at, y[index]] as const).filter(([at]) => at > 0.9999995 && at < 2);
    expect(between.length).toBeGreaterThan(0);
    expect(between.every(([, value]) => value === null)).toBe(true);
  });
  it("holds a value over silence instead of sloping to the next", () => {
    const [x, y] = pointsOf(
      track([
        [0, 1, 0],
        [60, 5, 0],
      ]),
      options,
    );
    expect(y).toEqual([1, 1, 5]);
    expect(x[1]).toBeCloseTo(60, 3);
  });
  it("slopes over silence behind a swinging door, and holds beyond what the door may be silent", () => {
    const thinned = { by: "swinging_door" as const, within: 0.5, silence_max_s: 60 };
    const hold_us = holdAfter_us(signalFor(tagOf(1, { meta: { thinned, scan_ms: 1000 } })));
    const drawn = (at: number) =>
      pointsOf(
        track([
          [0, 1, 0],
          [at, 5, 0],
        ]),
        { ...options, hold_us },
      )[1];
    expect(drawn(60)).toEqual([1, 5]);
    expect(drawn(90)).toEqual([1, 1, 5]);
    const banded = { ...thinned, by: "deadband" as const };
    expect(holdAfter_us(signalFor(tagOf(1, { meta: { thinned: banded, scan_ms: 1000 } })))).toBe(2.5e6);
  });
  it("draws steps, but of numbers that may have any value and of what lies on lines", () => {
    const thinned = { by: "swinging_door" as const, within: 2, silence_max_s: 60 };
    const stepped = (kind: Kind, meta = {}) => isStepped(signalFor({ ...tagOf(1, { meta }), kind }));
    expect([stepped("f"), stepped("i"), stepped("b"), stepped("i", { thinned })]).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(stepped("u", { thinned: { ...thinned, by: "deadband" } })).toBe(true);
  });
  it("does not touch extremes of a reduced series", () => {
    expect(
      pointsOf(
        track(
          [
            [0, 1, 0],
            [60, 5, 0],
          ],
          true,
        ),
        options,
      )[1],
    ).toEqual([1, 5]);
  });
  it("breaks at a recorded gap although no bad sample marks it", () => {
    const holes = [{ from: 10 * S, to: 50 * S, quality: null, gap: "not_sampled" as const }];
    const [x, y] = pointsOf(
      track([
        [0, 1, 0],
        [60, 5, 0],
      ]),
      { ...options, holes },
    );
    expect(y).toContain(null);
    const index = y.indexOf(null);
    expect(x[index]).toBe(10);
  });
  it("holds the last value up to now only where it is known to hold", () => {
    expect(pointsOf(track([[0, 1, 0]]), { ...options, holdUntil: 9 * S })[1]).toEqual([1, 1, null]);
    expect(pointsOf(track([[0, 1, 0]]), options)[1]).toEqual([1]);
  });
});

describe("valueAt", () => {
  it("gives the value that held, and nothing before the first", () => {
    const given = track([
      [10, 1, 0],
      [20, 2, 64],
    ]);
    expect(valueAt(given, [], 9 * S)).toBeNull();
    expect(valueAt(given, [], 19 * S)).toMatchObject({ v: 1, q: 0 });
    expect(valueAt(given, [], 500 * S)).toMatchObject({ v: 2, q: 64 });
  });
});

describe("scales", () => {
  it("gives each unit its own axis", () => {
    expect(scaleNames([{ unit: "A" }, { unit: "bar" }, { unit: "A" }])).toEqual(["y", "y2", "y"]);
  });
  it("shares limits only among tags that agree on them", () => {
    const hot = signalFor(tagOf(1, { meta: { limits: { hi: 75 } } }));
    const same = signalFor(tagOf(2, { meta: { limits: { hi: 75 } } }));
    const other = signalFor(tagOf(3, { meta: { limits: { hi: 80 } } }));
    expect(sharedLimits([hot, same])).toEqual([{ name: "hi", value: 75 }]);
    expect(sharedLimits([hot, other])).toEqual([]);
  });
  it("shows a near limit, leaves a far one out, and does not blow up noise", () => {
    const hi = (value: number) => [{ name: "hi" as const, value }];
    expect(yRange(50, 60, hi(65), 1, {})[1]).toBeGreaterThan(65);
    expect(yRange(50, 60, hi(500), 1, {})[1]).toBeLessThan(70);
    const [low, high] = yRange(50, 50.001, [], 1, {});
    expect(high - low).toBeGreaterThanOrEqual(0.5);
  });
});

describe("pinchWindow", () => {
  const start = { a: 100, b: 300, min: 0, max: 400, width: 400 };
  it("keeps the moments under the fingers", () => {
    const { min, max } = pinchWindow(start, { a: 50, b: 350 });
    const scale = (max - min) / 400;
    expect(min + 50 * scale).toBeCloseTo(100);
    expect(min + 350 * scale).toBeCloseTo(300);
  });
  it("moves without zooming when both fingers move alike", () => {
    expect(pinchWindow(start, { a: 150, b: 350 })).toEqual({ min: -50, max: 350 });
  });
});
