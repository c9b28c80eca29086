import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FramePace } from "./frame_pace";

let frames: ((now: number) => void)[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  frames = [];
  vi.stubGlobal("requestAnimationFrame", (frame: (now: number) => void) => frames.push(frame));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function paceOf(took_ms: number): FramePace {
  const pace = new FramePace();
  for (let n = 0; n < 40; n += 1) pace.learn(took_ms);
  pace.schedule(() => {});
  frames.shift()?.(performance.now());
  return pace;
}

it("uses each frame where drawing is quick", () => {
  expect(paceOf(1).wait(performance.now() + 1)).toBeLessThan(4);
  expect(paceOf(4).wait(performance.now() + 16)).toBe(0);
});

it("leaves a slow machine more than half of its time, and draws no later than a quarter of a second", () => {
  expect(paceOf(60).wait(performance.now())).toBeCloseTo(214, 0);
  expect(paceOf(500).wait(performance.now())).toBe(250);
});

it("waits for its turn, then for a frame", () => {
  const pace = paceOf(60);
  const run = vi.fn();
  pace.schedule(run);
  expect(frames).toHaveLength(0);
  vi.advanceTimersByTime(215);
  expect(frames).toHaveLength(1);
  expect(run).not.toHaveBeenCalled();
  frames.shift()?.(performance.now());
  expect(run).toHaveBeenCalledOnce();
});
