import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fakePlatform, sampleOf } from "../../testing/fakes";
import type { SummaryFn, SummaryValue } from "../api/plant";
import { HistoryNumber } from "./history_number";

const MINUTE = 60e6;

function number(fn: SummaryFn, answer: Partial<SummaryValue> | null, live = true) {
  const { services } = fakePlatform();
  const asked: unknown[] = [];
  vi.spyOn(services.api, "request").mockImplementation(async (_method, path, body) => {
    asked.push([path, body]);
    const value = { id: 7, v: 5, q: 0, ts: 1000, n: 10, coverage: 1, resets: 0, ...answer };
    return { values: answer === null ? [] : [value] } as never;
  });
  const range = {
    window: (now: number) => ({ from: now - MINUTE, to: now, live }),
    subscribe: () => () => {},
  };
  const cell = new HistoryNumber(services, 7, fn, range);
  let told = 0;
  const stop = cell.listen(() => {
    told += 1;
  });
  const come = async () => {
    await vi.advanceTimersByTimeAsync(20);
  };
  return { services, cell, asked, stop, come, told: () => told };
}

describe("one number of a history", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it("is asked of the platform, and again as the window moves on", async () => {
    const { cell, asked, come, stop } = number("mean", {});
    expect(cell.read()).toBeNull();
    await come();
    expect(cell.read()).toMatchObject({ v: 5, q: 0, ts: 1000 });
    await vi.advanceTimersByTimeAsync(6000);
    expect(asked).toHaveLength(2);
    stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toHaveLength(2);
  });
  it("of a fixed range is asked once", async () => {
    const { asked, come } = number("mean", {}, false);
    await come();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(asked).toHaveLength(1);
  });
  it("is uncertain when too much of the range has no value", async () => {
    const half = number("mean", { coverage: 0.5 });
    await half.come();
    expect(half.cell.read()?.q).toBe(64);
    const last = number("last", { coverage: 0.5 });
    await last.come();
    expect(last.cell.read()?.q).toBe(0);
  });
  it("follows the live stream only where that is exact", async () => {
    const highest = number("max", {});
    await highest.come();
    highest.services.store.put([[7, sampleOf(3, { ts: 2000 })]], 0);
    expect(highest.cell.read()?.v).toBe(5);
    highest.services.store.put([[7, sampleOf(9, { ts: 3000 })]], 0);
    expect(highest.cell.read()?.v).toBe(9);
    highest.services.store.put([[7, sampleOf(null, { ts: 4000, q: 129 })]], 0);
    expect(highest.cell.read()?.v).toBe(9);
    const mean = number("mean", {});
    await mean.come();
    mean.services.store.put([[7, sampleOf(9, { ts: 3000 })]], 0);
    expect(mean.cell.read()?.v).toBe(5);
  });
  it("that cannot be loaded goes stale, and is tried again", async () => {
    const { services, cell, come } = number("mean", {});
    await come();
    const request = vi.spyOn(services.api, "request").mockRejectedValue(new Error("away"));
    await vi.advanceTimersByTimeAsync(6000);
    expect(cell.read()).toMatchObject({ v: 5, fresh: 1 });
    const before = request.mock.calls.length;
    await vi.advanceTimersByTimeAsync(6000);
    expect(request.mock.calls.length).toBeGreaterThan(before);
  });
  it("of nothing is no number", async () => {
    const { cell, come } = number("mean", null);
    await come();
    expect(cell.read()).toMatchObject({ v: null, q: 140 });
  });
});
