import { render } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene, sampleOf, signalFor, tagOf } from "../../src/testing/fakes";
import { steadyScene } from "../../src/testing/steady";
import { arcPath, wedgePath } from "./Arc";
import View, { type GaugeProps } from "./View";

const tag = tagOf(7, { meta: { description: "Oil", span: [0, 100], limits: { hi: 75 } } });

function show(v: number | null, props: GaugeProps = {}, more: Partial<Parameters<typeof View>[0]> = {}) {
  const platform = fakePlatform();
  platform.services.store.put([[7, sampleOf(v, { q: v === null ? 129 : 0 })]], Date.now() * 1000);
  return render(
    <Scene platform={platform}>
      <View {...blockProps({ props, inputs: { value: [signalFor(tag)] }, ...more })} />
    </Scene>,
  );
}

describe("gauge", () => {
  it("says value, unit and limit in one sentence, and has a scale", () => {
    const meter = show(80).getByRole("meter");
    expect(meter.getAttribute("aria-label")).toBe("Oil: 80.0 °C, High");
    expect(meter.getAttribute("aria-valuemax")).toBe("100");
  });
  it("has no pointer for a bad value", () => {
    expect(show(50).container.querySelectorAll("[data-pointer]")).toHaveLength(1);
    expect(show(null).container.querySelectorAll("[data-pointer]")).toHaveLength(0);
  });
  it("tells others where the value stands, and opens nothing while it is disabled", () => {
    const output = vi.fn();
    const emit = vi.fn(() => true);
    const scene = show(80, {}, { output, emit, enabled: false });
    expect(output).toHaveBeenCalledWith("level", "hi");
    scene.getByRole("button").click();
    expect(emit).not.toHaveBeenCalled();
  });
});

it("draws an arc over more than half of a circle as the large one", () => {
  expect(arcPath(0, 1, 80)).toContain(" 0 1 1 ");
  expect(arcPath(0, 0.5, 80)).toContain(" 0 0 1 ");
});

it("points at the value: from inside, tip outward", () => {
  expect(wedgePath(0)).toBe("M100.00 3.00L104.94 29.19L95.06 29.19Z");
  expect(wedgePath(90)).toMatch(/^M189\.00 92\.00L/);
});

it("follows its value without React, also for a screen reader", () => {
  const { put, renders, container, getByRole } = steadyScene(View, {}, 50);
  const before = renders();
  put(25);
  expect(renders()).toBe(before);
  expect(container.querySelector("[data-pointer]")?.getAttribute("d")).toBe(wedgePath(-60));
  expect(getByRole("meter").getAttribute("aria-label")).toBe("Oil: 25.0 °C");
  expect(getByRole("meter").getAttribute("aria-valuenow")).toBe("25");
  expect(container.querySelector("[class*=number]")?.textContent).toBe("25.0");
  put(80);
  expect(renders()).toBeGreaterThan(before);
  expect(getByRole("meter").getAttribute("aria-valuetext")).toBe("Oil: 80.0 °C, High");
});
