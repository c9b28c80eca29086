import { describe, expect, it, onTestFinished, vi } from "vitest";
import { late, RETRY_AFTER_MS } from "./late";

function waitedFor(draw: () => unknown): unknown {
  try {
    draw();
  } catch (waited) {
    return waited;
  }
  throw new Error("it did not wait");
}

describe("code that is fetched when it is first needed", () => {
  it("is fetched once; what draws before waits for it, and then has it at once", async () => {
    const fetch = vi.fn(async () => "code");
    const { load, now } = late(fetch);
    expect(fetch).not.toHaveBeenCalled();
    const waited = waitedFor(now);
    expect(waited).toBeInstanceOf(Promise);
    expect(waitedFor(now)).toBe(waited);
    await waited;
    expect(now()).toBe("code");
    expect(await load()).toBe("code");
    expect(fetch).toHaveBeenCalledTimes(1);
  });
  it("tells once that it did not arrive, and is fetched again later", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    onTestFinished(() => void vi.useRealTimers());
    const fetch = vi.fn<() => Promise<string>>().mockRejectedValueOnce(new Error("away"));
    fetch.mockResolvedValue("code");
    const { load, now } = late(fetch);
    await expect(load()).rejects.toThrow("away");
    expect(() => now()).toThrow("away");
    expect(fetch).toHaveBeenCalledTimes(1);
    vi.setSystemTime(Date.now() + RETRY_AFTER_MS);
    await waitedFor(now);
    expect(now()).toBe("code");
  });
  it("need not be fetched by a screen that brings it along", () => {
    const fetch = vi.fn(async () => "fetched");
    const { now, provide } = late(fetch);
    provide("brought");
    expect(now()).toBe("brought");
    expect(fetch).not.toHaveBeenCalled();
  });
});
