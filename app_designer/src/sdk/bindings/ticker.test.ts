import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { setFrameScheduler } from "./frame";
import { Ticker, tickerOf } from "./ticker";

let frames: (() => void)[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  frames = [];
  setFrameScheduler((run) => frames.push(run));
});
afterEach(() => {
  vi.useRealTimers();
  setFrameScheduler((run) => run());
});

const drawn = () => {
  for (const run of frames.splice(0)) run();
};

describe("ticker", () => {
  it("tells all that show an age in one frame", () => {
    const ticker = new Ticker(1000);
    const heard = vi.fn();
    for (let n = 0; n < 40; n += 1) {
      ticker.subscribe(() => heard());
      vi.advanceTimersByTime(20);
    }
    vi.advanceTimersByTime(1000);
    expect(frames).toHaveLength(1);
    expect(heard).not.toHaveBeenCalled();
    drawn();
    expect(heard).toHaveBeenCalledTimes(40);
    expect(ticker.ticks()).toBe(1);
  });
  it("rests while nobody looks, also with a frame asked for", () => {
    const ticker = new Ticker(1000);
    const heard = vi.fn();
    const stop = ticker.subscribe(heard);
    vi.advanceTimersByTime(1000);
    stop();
    drawn();
    vi.advanceTimersByTime(5000);
    expect(frames).toHaveLength(0);
    expect(heard).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
    ticker.subscribe(heard);
    vi.advanceTimersByTime(1000);
    drawn();
    expect(heard).toHaveBeenCalledTimes(1);
  });
  it("is one for each period", () => {
    expect(tickerOf(1000)).toBe(tickerOf(1000));
    expect(tickerOf(1000)).not.toBe(tickerOf(500));
  });
});
