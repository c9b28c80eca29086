import { render, screen } from "@testing-library/react";
import { act, Profiler } from "react";
import { describe, expect, it, vi } from "vitest";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene, sampleOf, signalFor, tagOf } from "../../src/testing/fakes";
import View, { type ValueProps } from "./View";

const tag = tagOf(7, { meta: { description: "Oil", span: [0, 100], limits: { hi: 75 } } });

function show(sample: ReturnType<typeof sampleOf> | null, props: ValueProps = {}, emit = () => true) {
  const platform = fakePlatform();
  if (sample) platform.services.store.put([[7, sample]], Date.now() * 1000);
  const scene = render(
    <Scene platform={platform}>
      <View {...blockProps({ props: props, inputs: { value: [signalFor(tag)] }, emit: emit })} />
    </Scene>,
  );
  return { platform, scene };
}

describe("value", () => {
  it("shows number, unit and the tag's decimals, without a mark when all is well", () => {
    const { scene } = show(sampleOf(52.44));
    expect(scene.getByRole("button").textContent).toContain("52.4°C");
    expect(scene.container.querySelector("[data-level]")).toBeNull();
  });

  it("waits for a first value calmly: the word, no hatching, no alarm", () => {
    const { scene } = show(sampleOf(null, { q: 140, ts: 0 }));
    expect(scene.container.querySelector("[data-level]")?.getAttribute("data-level")).toBe("waiting");
    expect(scene.container.querySelector("[class*=hatched]")).toBeNull();
    const bad = show(sampleOf(null, { q: 129 }));
    expect(bad.scene.container.querySelector("[class*=hatched]")).not.toBeNull();
  });

  it("shows no number for a bad value, but the word and what it last was", () => {
    const good = { v: 51.2, ts: Date.now() * 1000 - 5e6 };
    const { scene } = show(sampleOf(null, { q: 129, good }));
    expect(scene.container.querySelector("[data-level]")?.getAttribute("data-level")).toBe("bad");
    expect(scene.getByText("—")).toBeTruthy();
    expect(scene.getByText(/last 51\.2, 5 s ago/)).toBeTruthy();
  });

  it.each([
    ["stale", sampleOf(1, { fresh: 1 })],
    ["offline", sampleOf(1, { fresh: 2 })],
    ["uncertain", sampleOf(1, { q: 64 })],
  ] as const)("marks a %s value by word and shape", (level, sample) => {
    const { scene } = show(sample);
    const mark = scene.container.querySelector(`[data-level=${level}]`);
    expect(mark?.querySelector("svg")).toBeTruthy();
    expect(mark?.textContent).not.toBe("");
  });

  it("changes only by the store, and tells a screen reader its quality", () => {
    const { platform, scene } = show(sampleOf(1));
    act(() => platform.services.store.put([[7, sampleOf(2, { fresh: 1 })]], Date.now() * 1000));
    expect(scene.getByRole("button").textContent).toMatch(/Oil.*2\.0.*°C.*Stale, 0 s old/);
  });

  it("writes a number that changes nothing else without React, and draws anew at a limit", () => {
    const drawn = vi.fn();
    const platform = fakePlatform();
    const put = (v: number) => act(() => platform.services.store.put([[7, sampleOf(v)]], Date.now() * 1000));
    put(50);
    const { container, getByRole } = render(
      <Scene platform={platform}>
        <Profiler id="tile" onRender={drawn}>
          <View {...blockProps({ props: {}, inputs: { value: [signalFor(tag)] }, emit: () => true })} />
        </Profiler>
      </Scene>,
    );
    const pointer = container.querySelector<HTMLElement>("[class*=pointer]");
    expect(pointer?.style.backgroundPositionX).toBe("50%");
    const before = drawn.mock.calls.length;
    put(60);
    expect(getByRole("button").textContent).toContain("60.0");
    expect(pointer?.style.backgroundPositionX).toBe("60%");
    expect(drawn).toHaveBeenCalledTimes(before);
    put(80);
    expect(getByRole("button").textContent).toContain("80.0");
    expect(container.querySelector("[data-state=hi]")).not.toBeNull();
    expect(drawn.mock.calls.length).toBeGreaterThan(before);
    put(60);
    put(70);
    put(50);
    expect(getByRole("button").textContent).toContain("50.0");
  });

  it("reports the value of the moment it is pressed", () => {
    const emit = vi.fn(() => true);
    const { platform } = show(sampleOf(1), {}, emit);
    act(() => platform.services.store.put([[7, sampleOf(2)]], Date.now() * 1000));
    screen.getByRole("button").click();
    expect(emit).toHaveBeenCalledWith("press", { value: 2 });
  });

  it("reports a press", () => {
    const emit = vi.fn(() => true);
    show(sampleOf(1), {}, emit);
    screen.getByRole("button").click();
    expect(emit).toHaveBeenCalledWith("press", { value: 1 });
  });

  it("says which role has no tag", () => {
    const scene = render(
      <Scene platform={fakePlatform()}>
        <View {...blockProps({ props: {}, inputs: { value: [signalFor(null)] }, emit: () => false })} />
      </Scene>,
    );
    expect(scene.getByText("Not mapped")).toBeTruthy();
  });
});
