import { forgetKept } from "@sdk";
import { render, screen } from "@testing-library/react";
import { act } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene } from "../../src/testing/fakes";
import { clockText, shownSeconds } from "./clock";
import View, { type TimerProps } from "./View";

function show(given: Partial<Parameters<typeof blockProps<TimerProps>>[0]> = {}) {
  return render(
    <Scene platform={fakePlatform()}>
      <View {...blockProps<TimerProps>({ props: {}, ...given })} />
    </Scene>,
  );
}
const pass = (ms: number) => act(() => vi.advanceTimersByTime(ms));
const press = (name: string) => act(() => screen.getByRole("button", { name }).click());

describe("timer", () => {
  beforeEach(() => {
    forgetKept();
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  it("counts up, stops, goes on and is set back", () => {
    const output = vi.fn();
    show({ output });
    press("start");
    pass(65_000);
    expect(screen.getByRole("timer").textContent).toBe("1:05");
    expect(output).toHaveBeenCalledWith("seconds", 65);
    press("stop");
    pass(60_000);
    expect(screen.getByRole("timer").textContent).toBe("1:05");
    press("start");
    pass(5_000);
    expect(screen.getByRole("timer").textContent).toBe("1:10");
    press("reset");
    expect(screen.getByRole("timer").textContent).toBe("0:00");
  });
  it("tells the end of a countdown once, and goes on below zero", () => {
    const emit = vi.fn((_name: string) => true);
    show({ emit, props: { mode: "countdown", duration_s: 10 } });
    press("start");
    pass(9_900);
    expect(screen.getByRole("timer").textContent).toBe("0:01");
    expect(emit).not.toHaveBeenCalledWith("elapsed", expect.anything());
    pass(70_000);
    expect(emit.mock.calls.filter(([name]) => name === "elapsed")).toHaveLength(1);
    expect(screen.getByRole("timer").textContent).toMatch(/^-1:0/);
  });
  it("goes on while another page is open", () => {
    const scene = show();
    press("start");
    pass(5_000);
    scene.unmount();
    pass(30_000);
    show();
    expect(screen.getByRole("timer").textContent).toBe("0:35");
  });
  it("is not to be started when it is not available", () => {
    show({ enabled: false });
    expect((screen.getByRole("button", { name: "start" }) as HTMLButtonElement).disabled).toBe(true);
  });
  it("writes times as clocks do", () => {
    expect(clockText(3665)).toBe("1:01:05");
    expect(clockText(-61)).toBe("-1:01");
    expect(shownSeconds(9_001, 10)).toBe(1);
    expect(shownSeconds(10_000, 10)).toBe(0);
  });
});
