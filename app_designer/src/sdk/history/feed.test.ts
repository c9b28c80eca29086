import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fakePlatform, sampleOf } from "../../testing/fakes";
import { HistoryFeed } from "./feed";
import { HistoryLoader } from "./loader";
import { appendSample, trimBefore, withTail } from "./track";

const NOW = 1_764_000_000_000;
const S = 1e6;
const series = (id: number, t: number[]) => ({
  id,
  kind: "f" as const,
  reduced: false,
  t,
  v: t.map((_, n) => n),
  q: t.map(() => 0),
});

describe("HistoryFeed", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.setSystemTime(NOW);
  });
  afterEach(() => vi.useRealTimers());

  async function feedOf(answer: ReturnType<typeof series>[]) {
    const platform = fakePlatform({ series: answer, gaps: [] });
    const { history, live, store } = platform.services;
    const feed = new HistoryFeed(history, live, store, [7], 100);
    const stop = feed.start();
    feed.setWindow({ from: NOW * 1000 - 3600 * S, to: NOW * 1000, live: true }, "1h");
    await vi.advanceTimersByTimeAsync(50);
    return { platform, feed, stop, store };
  }

  it("grows by live samples and never goes back in time", async () => {
    const { feed, store } = await feedOf([series(7, [NOW * 1000 - 5 * S])]);
    store.put([[7, sampleOf(9, { ts: NOW * 1000 })]], NOW * 1000);
    store.put([[7, sampleOf(8, { ts: NOW * 1000 - 3 * S })]], NOW * 1000);
    expect(feed.snapshot().tracks.get(7)?.v).toEqual([0, 9]);
  });

  it("does not load again when the window only moved on", async () => {
    const { platform, feed } = await feedOf([series(7, [NOW * 1000])]);
    feed.setWindow({ from: NOW * 1000 - 3599 * S, to: NOW * 1000 + S, live: true }, "1h");
    await vi.advanceTimersByTimeAsync(50);
    expect(platform.asked).toHaveLength(1);
    feed.setWindow({ from: 0, to: 100 * S, live: false }, "fixed");
    await vi.advanceTimersByTimeAsync(50);
    expect(platform.asked).toHaveLength(2);
  });

  it("tries again after a failure", async () => {
    const platform = fakePlatform();
    let fail = true;
    platform.services.api.history = async () => {
      if (fail) throw new Error("away");
      return { series: [series(7, [1])], gaps: [] };
    };
    const { history, live, store } = platform.services;
    const feed = new HistoryFeed(history, live, store, [7], 100);
    feed.start();
    feed.setWindow({ from: 0, to: 10, live: false }, "x");
    await vi.advanceTimersByTimeAsync(50);
    expect(feed.snapshot().error).toBeInstanceOf(Error);
    fail = false;
    await vi.advanceTimersByTimeAsync(6000);
    expect(feed.snapshot()).toMatchObject({ error: null, loading: false });
  });

  it("stops asking when nobody looks", async () => {
    const { platform, stop } = await feedOf([series(7, [NOW * 1000])]);
    stop();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(platform.asked).toHaveLength(1);
  });

  it("joins what the charts of a page ask at one moment", async () => {
    const { api } = fakePlatform().services;
    const asked: number[][] = [];
    api.history = async (query) => {
      asked.push(query.ids);
      return { series: [], gaps: [] };
    };
    const loader = new HistoryLoader(api);
    const both = Promise.all([loader.load([1, 2], 0, 10, 100), loader.load([2, 3], 0, 10, 100)]);
    await vi.advanceTimersByTimeAsync(50);
    await both;
    expect(asked).toEqual([[1, 2, 3]]);
  });
});

describe("tracks", () => {
  const track = (t: number[]) => ({ ...series(1, t), stats: null });
  it("keep the live tail behind a fresh answer", () => {
    expect(withTail(track([1, 2]), track([1, 2, 3])).t).toEqual([1, 2, 3]);
  });
  it("keep the value that holds at the beginning when trimmed", () => {
    const long = track(Array.from({ length: 1000 }, (_, n) => n));
    trimBefore(long, 500.5);
    expect(long.t[0]).toBe(500);
  });
  it("take no sample twice", () => {
    expect(appendSample(track([5]), sampleOf(1, { ts: 5 }))).toBe(false);
  });
});
