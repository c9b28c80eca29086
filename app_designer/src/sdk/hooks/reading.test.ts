import { describe, expect, it, vi } from "vitest";
import { sampleOf, signalFor, tagOf } from "../../testing/fakes";
import type { Sample } from "../quality";
import { type Reading, SteadySource } from "./reading";

function sourceOf(first: Sample) {
  let sample: Sample | null = first;
  let changed = () => {};
  const make = (now: Sample | null) =>
    ({
      signal: signalFor(tagOf(7)),
      state: {
        sample: now,
        value: now?.v ?? null,
        lastGood: null,
        assessment: { level: "good", word: null, current: true },
      },
      shown: { text: String(now?.v), unit: "bar", word: false },
      number: now?.v as number,
      level: (now?.v as number) > 75 ? "hi" : "normal",
    }) as Reading;
  const source = new SteadySource(
    (listener) => {
      changed = listener;
      return () => {};
    },
    () => sample,
    make,
  );
  const put = (v: number) => {
    sample = sampleOf(v);
    changed();
  };
  const hold = (v: number) => {
    sample = sampleOf(v);
  };
  return { source, put, hold, tell: () => changed() };
}

describe("a steady reading", () => {
  it("keeps its shape while only the number changes, and draws each number", () => {
    const { source, put } = sourceOf(sampleOf(50));
    const numbers: (number | null)[] = [];
    source.subscribe(() => {});
    source.follow(({ number }) => numbers.push(number));
    const shape = source.shape();
    put(60);
    expect(source.shape()).toBe(shape);
    put(80);
    expect(source.shape()).not.toBe(shape);
    expect(numbers).toEqual([50, 60, 80]);
  });

  it("tells React also when a render that was dropped has seen the new shape before", () => {
    const { source, hold, tell } = sourceOf(sampleOf(50));
    const anew = vi.fn();
    source.subscribe(anew);
    source.shape();
    hold(80);
    source.shape();
    tell();
    expect(anew).toHaveBeenCalledOnce();
  });
});
