import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { tagOf } from "../../testing/fakes";
import { roundHalfAway } from "../bindings/transforms";
import { translator } from "../i18n/catalogue";
import { formatBytes, formatNumber, formatValue, toPlot } from "./number";
import { formatDuration } from "./time";

const words = { yes: "Yes", no: "No", none: "—" };
const shown = (value: Parameters<typeof formatValue>[0], change: Parameters<typeof tagOf>[1] = {}) =>
  formatValue(value, tagOf(1, change), "en", words).text;

describe("formatValue", () => {
  it("takes the tag's decimals and groups digits", () => {
    expect(shown(12345.678)).toBe("12,345.7");
    expect(shown(12345, { kind: "u", meta: { decimals: null } })).toBe("12,345");
    expect(shown(-0.04)).toBe("0.0");
  });
  it("takes value texts, also for booleans", () => {
    expect(shown(3, { kind: "u", meta: { texts: { "3": "Stopped" } } })).toBe("Stopped");
    expect(shown(true, { kind: "b", meta: { texts: { "1": "Open" } } })).toBe("Open");
    expect(shown(false, { kind: "b" })).toBe("No");
  });
  it("prefers value texts in the reader's language", () => {
    const tag = tagOf(1, {
      kind: "u",
      meta: { texts: { "2": "Running", "3": "Stopped" }, texts_i18n: { "zh-CN": { "2": "运行" } } },
    });
    expect(formatValue(2, tag, "zh-CN", words).text).toBe("运行");
    expect(formatValue(3, tag, "zh-CN", words).text).toBe("Stopped");
    expect(formatValue(2, tag, "en", words).text).toBe("Running");
  });
  it("keeps every digit of long integers", () => {
    expect(shown("9007199254740993", { kind: "i" })).toBe("9,007,199,254,740,993");
  });
  it("never shows a bad value as a number", () => {
    expect(shown(null)).toBe("—");
  });
  it("draws numbers and booleans, no text", () => {
    expect([toPlot(true), toPlot("12"), toPlot("D-12"), toPlot(null)]).toEqual([1, 12, null, null]);
  });
});

describe("numbers", () => {
  // The same cases hold for the server, which reads these texts in the tests of apps.
  const cases: { v: number; decimals: number | null; language: string; text: string }[] = JSON.parse(
    readFileSync("../tests/golden/shown/numbers.json", "utf8"),
  );
  it("are written alike here and on the server", () => {
    expect(cases.length).toBeGreaterThan(150);
    for (const { v, decimals, language, text } of cases) {
      expect(formatNumber(v, decimals, language)).toBe(text);
    }
  });
});

describe("rounding", () => {
  it("goes half away from zero", () => {
    expect([roundHalfAway(2.5, 0), roundHalfAway(-2.5, 0), roundHalfAway(1.005, 2)]).toEqual([3, -3, 1.01]);
  });
});

describe("durations and sizes", () => {
  it.each([
    [12e6, "12 s"],
    [180e6, "3 min"],
    [2 * 3600e6, "2 h"],
    [72 * 3600e6, "3 d"],
    [-5e6, "0 s"],
  ])("%d µs is %s", (us, text) => expect(formatDuration(us, translator("en"))).toBe(text));
  it("counts bytes in steps of 1024", () => {
    expect(formatBytes(1536, "en")).toBe("1.5 KiB");
    expect(formatBytes(80e9, "en")).toBe("74.5 GiB");
  });
});
