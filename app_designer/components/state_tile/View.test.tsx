import { render } from "@testing-library/react";
import { act } from "react";
import { describe, expect, it } from "vitest";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene, sampleOf, signalFor, tagOf } from "../../src/testing/fakes";
import { knownSince, runStart } from "./since";
import View, { type StateTileProps } from "./View";

const texts = { "1": "Idle", "2": "Running", "3": "Stopped" };
const colors = { "1": "idle", "2": "running", "3": "stopped" };
const tag = tagOf(3, { kind: "u", meta: { unit: "", decimals: 0, texts, colors } });
const cause = tagOf(4, { kind: "u", meta: { unit: "", texts: { "0": "None", "1": "No material" } } });

function show(v: number | null, change = {}, causeValue = 0) {
  const platform = fakePlatform();
  const now = Date.now() * 1000;
  platform.services.store.put(
    [
      [3, sampleOf(v, change)],
      [4, sampleOf(causeValue)],
    ],
    now,
  );
  const scene = render(
    <Scene platform={platform}>
      <View
        {...blockProps({
          props: {} as StateTileProps,
          inputs: { value: [signalFor(tag)], detail: [signalFor(cause)] },
          emit: () => true,
        })}
      />
    </Scene>,
  );
  return { platform, scene };
}

describe("state tile", () => {
  it("shows the word of the state, with a shape of its own", () => {
    const running = show(2).scene.container.querySelector("svg path")?.getAttribute("d");
    const { scene } = show(3, {}, 1);
    expect(scene.getByText("Stopped")).toBeTruthy();
    expect(scene.getByText("No material")).toBeTruthy();
    expect(scene.container.querySelector("svg path")?.getAttribute("d")).not.toBe(running);
  });

  it("hides a cause of 0", () => {
    expect(show(2).scene.queryByText("None")).toBeNull();
  });

  it("shows the number of a code without a text", () => {
    expect(show(77).scene.getByText("77")).toBeTruthy();
  });

  it("does not look current when it is stale", () => {
    const { scene } = show(2, { fresh: 1 });
    expect(scene.container.querySelector("[data-current=false]")).toBeTruthy();
    expect(scene.container.querySelector("[data-level=stale]")).toBeTruthy();
  });

  it("says what it last was when it is bad, without the shape of a state", () => {
    const good = { v: 2, ts: Date.now() * 1000 - 5e6 };
    const { scene } = show(null, { q: 129, good });
    expect(scene.getByText("last Running, 5 s ago")).toBeTruthy();
    const plate = scene.container.querySelector("[data-current=false]");
    expect(plate?.querySelector("svg")).toBeNull();
    expect(show(2).scene.container.querySelector("[data-current=true] svg")).not.toBeNull();
  });

  it("does not take a jump to another moment for a change it saw", async () => {
    const now = Date.now() * 1000;
    const at = (v: number, t: number[]) => {
      const series = [{ id: 3, kind: "u" as const, reduced: false, t, v: t.map(() => v), q: t.map(() => 0) }];
      const platform = fakePlatform({ series, gaps: [] });
      platform.services.store.put([[3, sampleOf(v, { ts: t.at(-1) ?? 0 })]], now);
      return (
        <Scene platform={platform}>
          <View {...blockProps({ props: {} as StateTileProps, inputs: { value: [signalFor(tag)] } })} />
        </Scene>
      );
    };
    const scene = render(at(3, [now - 50e6, now - 1e6]));
    expect(await scene.findByText(/for more than 50 s/)).toBeTruthy();
    scene.rerender(at(2, [now - 70e6, now - 1e6]));
    expect(await scene.findByText(/for more than 7\d s/)).toBeTruthy();
  });

  it("counts from a change it saw, not from a repeated report", () => {
    const { platform, scene } = show(2);
    const began = Date.now() * 1000 - 90e6;
    act(() => platform.services.store.put([[3, sampleOf(3, { ts: began })]], Date.now() * 1000));
    expect(scene.getByText("for 90 s")).toBeTruthy();
    act(() => platform.services.store.put([[3, sampleOf(3)]], Date.now() * 1000));
    expect(scene.getByText("for 90 s")).toBeTruthy();
  });
});

describe("runStart", () => {
  it("finds the beginning of the last run, exactly only when what was before it is known", () => {
    expect(runStart({ t: [1, 2, 3, 4], v: [2, 3, 3, 3] }, 3)).toEqual({ ts: 2, exact: true });
    expect(runStart({ t: [2, 3], v: [3, 3] }, 3)).toEqual({ ts: 2, exact: false });
    expect(runStart({ t: [2, 3], v: [3, 2] }, 3)).toBeNull();
  });
});

it("a time in which nobody looked does not count as the same state", () => {
  const tag = { edge: "line_1", connection: "press_1" };
  const since = { ts: 1000, exact: true };
  const gap = (to: number, change = {}) => ({ edge: "line_1", connection: "press_1", to, ...change });
  expect(knownSince(since, [gap(5000), gap(3000)], tag)).toEqual({ ts: 5000, exact: false });
  expect(knownSince(since, [gap(5000, { connection: null })], tag)).toEqual({ ts: 5000, exact: false });
  expect(knownSince(since, [gap(5000, { edge: "other" })], tag)).toEqual(since);
  expect(knownSince(since, [gap(500)], tag)).toEqual(since);
  expect(knownSince(since, [], tag)).toEqual(since);
});
