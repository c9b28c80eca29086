import { describe, expect, it } from "vitest";
import { QUALITY_WORDS } from "../generated/quality.gen";
import { en } from "./i18n/en";
import { assess, qualityWord, type Sample } from "./quality";

const sample = (change: Partial<Sample>): Sample => ({ v: 1, q: 0, ts: 1, fresh: 0, good: null, ...change });

describe("assess", () => {
  it("marks only a fresh and good value as good", () => {
    expect(assess(sample({}), true)).toEqual({ level: "good", word: null, current: true });
  });
  it.each([
    [sample({ fresh: 1 }), true, "stale"],
    [sample({ fresh: 2 }), true, "offline"],
    [sample({ q: 129, v: null }), true, "bad"],
    [sample({ q: 129, v: null, fresh: 2 }), true, "bad"],
    [sample({ q: 64 }), true, "uncertain"],
    [sample({ q: 140, v: null }), true, "waiting"],
    [sample({ q: 128, v: null, ts: 0 }), true, "waiting"],
    [sample({}), false, "no_link"],
    [null, true, "no_data"],
    [null, false, "no_link"],
  ] as const)("%o, linked %s → %s", (given, linked, level) => {
    expect(assess(given, linked).level).toBe(level);
  });
  it("lets nothing but good and uncertain values count as current", () => {
    for (const given of [sample({ fresh: 1 }), sample({ fresh: 2 }), sample({ q: 200, v: null }), null]) {
      expect(assess(given, true).current).toBe(false);
    }
  });
});

describe("qualityWord", () => {
  it("has a word of its own for every code of the platform", () => {
    const words = Object.keys(QUALITY_WORDS).map((code) => qualityWord(Number(code)));
    expect(new Set(words).size).toBe(words.length);
    for (const word of words) expect(en[word]).toBeTruthy();
  });
  it("falls back to the class of a code that is newer than this program", () => {
    expect(qualityWord(255)).toBe("quality.bad");
    expect(qualityWord(100)).toBe("quality.uncertain");
    expect(qualityWord(50)).toBe("quality.good");
  });
});
