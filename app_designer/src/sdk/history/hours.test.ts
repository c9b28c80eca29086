import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { setSiteZone } from "../format/zone";
import { dayWindow, hourRows } from "./hours";

const HOUR = 3.6e9;
const noon = Date.parse("2026-11-20T12:00:00Z") * 1000;
const midnight = Date.parse("2026-11-20T00:00:00Z") * 1000;

describe("hours of the site's clock", () => {
  beforeEach(() => setSiteZone("UTC"));
  afterEach(() => setSiteZone(null));

  it("cover whole days up to the end of today", () => {
    expect(dayWindow(noon, 2)).toEqual({ from: midnight - 24 * HOUR, to: midnight + 24 * HOUR });
  });

  it("give extremes, a mean by how long a value held, and changes", () => {
    const track = { t: [midnight, midnight + HOUR / 4, midnight + 2 * HOUR], v: [0, 4, 8], q: [0, 0, 0] };
    const window = dayWindow(noon, 1);
    const value = (fn: Parameters<typeof hourRows>[3]) =>
      hourRows(track, window, midnight + 2.5 * HOUR, fn)[0]
        ?.hours.slice(0, 4)
        .map((cell) => cell.value);
    expect(value("max")).toEqual([4, 4, 8, null]);
    expect(value("min")).toEqual([0, 4, 8, null]);
    expect(value("mean")).toEqual([3, 4, 8, null]);
    expect(value("changes")).toEqual([1, 0, 1, null]);
  });

  it("know nothing where the value is bad", () => {
    const track = { t: [midnight, midnight + HOUR], v: [1, null], q: [0, 129] };
    const [row] = hourRows(track, dayWindow(noon, 1), noon, "max");
    expect(row?.hours.slice(0, 3).map((cell) => cell.value)).toEqual([1, null, null]);
  });
});
