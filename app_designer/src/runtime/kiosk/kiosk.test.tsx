import { act, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fakePlatform, Scene } from "../../testing/fakes";
import { FIT_MIN, fitOf } from "./fit";
import { Kiosk } from "./Kiosk";
import { PAUSE_MS } from "./rotation";

const STOPS = [
  { page: "one", seconds: 10 },
  { page: "two", seconds: 20, params: { machine: "press_2" } },
  { page: "three" },
];

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function show(page = "one") {
  const went: string[] = [];
  const leave = vi.fn();
  render(
    <Scene platform={fakePlatform()}>
      <Kiosk title="Line" stops={STOPS} page={page} go={(stop) => went.push(stop.page)} leave={leave}>
        <p>page</p>
      </Kiosk>
    </Scene>,
  );
  const pass = (ms: number) => act(() => vi.advanceTimersByTime(ms));
  return { went, leave, pass };
}

describe("a screen on the wall", () => {
  it("shows each page as long as it says, round and round", () => {
    const { went, pass } = show();
    pass(9_900);
    expect(went).toEqual([]);
    pass(200);
    pass(20_000);
    pass(30_000);
    expect(went).toEqual(["two", "three", "one"]);
  });
  it("stands still for a minute after a touch or a key, and can be left then", () => {
    const { went, leave, pass } = show();
    expect(screen.queryByRole("button")).toBeNull();
    fireEvent.pointerDown(document.body);
    pass(PAUSE_MS - 1000);
    expect(went).toEqual([]);
    fireEvent.keyDown(document.body, { key: "Tab" });
    fireEvent.click(screen.getByRole("button", { name: "Leave full screen" }));
    expect(leave).toHaveBeenCalledOnce();
    pass(PAUSE_MS + 100);
    pass(10_100);
    expect(went).toEqual(["two"]);
  });
  it("begins with the first where the open page is none of them", () => {
    const { went, pass } = show("elsewhere");
    pass(30_100);
    expect(went).toEqual(["one"]);
  });
});

it("makes a page that is too high smaller, down to what can still be read", () => {
  expect(fitOf(500, 800)).toBe(1);
  expect(fitOf(1000, 800)).toBe(0.8);
  expect(fitOf(9000, 800)).toBe(FIT_MIN);
  expect(fitOf(0, 800)).toBe(1);
});
