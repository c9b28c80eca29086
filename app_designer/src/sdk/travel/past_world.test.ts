import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fakePlatform } from "../../testing/fakes";
import { PastWorld } from "./past_world";

const AT = 1_700_000_000_000_000;
const PLACE = { edge: "line_1", connection: "press_1" };
const COURSE = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => ({ ts: AT + n * 1e6, v: 100 + n }));

/** A platform whose tag 1 counts up once a second from AT on, and where nothing was read from AT+6 s to AT+8 s. */
function past(at = AT) {
  const { services } = fakePlatform();
  const asked: { from: number; to: number }[] = [];
  vi.spyOn(services.live.clock, "now").mockReturnValue(AT + 3600e6);
  const request = vi.spyOn(services.api, "request").mockImplementation(async (_method, path, body) => {
    expect(path).toBe("/values/at");
    const { ids, ts } = body as { ids: number[]; ts: number };
    const found = COURSE.filter((row) => row.ts <= ts).at(-1);
    const none = { v: null, q: 140, ts: 0, fresh: 0 };
    return {
      ts,
      values: ids.map((id) => ({ id, ...(found ? { ...found, q: 0, fresh: 0 } : none) })),
    } as never;
  });
  services.history.load = async (ids, from, to) => {
    asked.push({ from, to });
    const rows = COURSE.filter(
      (row) => row.ts >= from && row.ts < to && (row.ts < AT + 6e6 || row.ts > AT + 8e6),
    );
    const gap = {
      ...PLACE,
      kind: "not_sampled",
      reason: "",
      from: AT + 5.5e6,
      to: AT + 8.5e6,
      n: null,
      count_of: "points",
    } as const;
    const series = ids.map((id) => ({
      id,
      kind: "f" as const,
      reduced: false,
      t: rows.map((row) => row.ts),
      v: rows.map((row) => row.v),
      q: rows.map(() => 0),
    }));
    return { series, gaps: [gap] };
  };
  return { world: new PastWorld(services, at, () => PLACE), request, asked };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const flush = () => vi.advanceTimersByTimeAsync(0);

describe("the plant as of a moment", () => {
  it("has the values, the clock and the history of that moment, and nothing after it", async () => {
    const { world, asked } = past(AT + 3.5e6);
    world.store.subscribe(1, () => {});
    await flush();
    expect(world.store.get(1)).toMatchObject({ v: 103, ts: AT + 3e6, fresh: 0 });
    const { live, history, past: isPast } = world.services();
    expect(live.clock.now()).toBe(AT + 3.5e6);
    expect(isPast).toBe(true);
    await history.load([1], AT, AT + 60e6, 100);
    expect(asked).toEqual([{ from: AT, to: AT + 3.5e6 + 1 }]);
    expect(await history.load([1], AT + 4e6, AT + 60e6, 100)).toEqual({ series: [], gaps: [] });
    expect(await history.summary(1, AT + 4e6, AT + 60e6, "mean")).toBeNull();
  });
  it("changes the moment with its values, never before them; a failure leaves the old picture and says so", async () => {
    const { world, request } = past(AT + 1e6);
    world.store.subscribe(1, () => {});
    await flush();
    const before = world.services();
    const seeking = world.seek(AT + 4e6);
    expect(world.snapshot()).toMatchObject({ moment: AT + 1e6, seeking: true });
    await seeking;
    expect(world.snapshot()).toMatchObject({ moment: AT + 4e6, seeking: false });
    expect(world.store.get(1)?.v).toBe(104);
    expect(world.services()).not.toBe(before);
    request.mockRejectedValueOnce(new Error("away"));
    await world.seek(AT + 9e6);
    expect(world.snapshot().moment).toBe(AT + 4e6);
    expect(world.snapshot().error).toBeInstanceOf(Error);
  });
  it("does not go into the future", async () => {
    const { world } = past();
    await world.seek(AT + 1e12);
    expect(world.snapshot().moment).toBe(AT + 3600e6);
  });
  it("plays every sample in order, marks where nothing was read, and stands on the exact value", async () => {
    const { world } = past(AT + 0.5e6);
    const seen: unknown[] = [];
    world.store.subscribe(1, () => seen.push(world.store.get(1)?.v));
    await flush();
    world.play(1);
    await vi.advanceTimersByTimeAsync(5000);
    expect(seen.filter((v, index) => v !== seen[index - 1])).toEqual([100, 101, 102, 103, 104, 105]);
    expect(world.snapshot().moment).toBeGreaterThan(AT + 5e6);
    await vi.advanceTimersByTimeAsync(1500);
    expect(world.store.get(1)).toMatchObject({ v: 105, fresh: 2 });
    await vi.advanceTimersByTimeAsync(2500);
    expect(world.store.get(1)).toMatchObject({ v: 109, fresh: 0 });
    world.pause();
    await flush();
    expect(world.snapshot().playing).toBeNull();
    world.stop();
  });
  it("loads ahead: sixty times as fast asks a few times, not for each picture", async () => {
    const { world, asked } = past();
    world.store.subscribe(1, () => {});
    await flush();
    world.play(60);
    await vi.advanceTimersByTimeAsync(15_000);
    world.stop();
    expect(world.snapshot().moment).toBeGreaterThan(AT + 800e6);
    expect(asked.length).toBeLessThanOrEqual(3);
  });
});
