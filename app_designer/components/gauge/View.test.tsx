import { render } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene, sampleOf, signalFor, tagOf } from "../../src/testing/fakes";
import { steadyScene } from "../../src/testing/steady";
import { arcPath } from "./Arc";
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
    expect(show(50).container.querySelectorAll("g")).toHaveLength(1);
    expect(show(null).container.querySelectorAll("g")).toHaveLength(0);
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

it("follows its value without React, also for a screen reader", () => {
  const { put, renders, container, getByRole } = steadyScene(View, {}, 50);
  const before = renders();
  put(25);
  expect(renders()).toBe(before);
  expect(container.querySelector("g")?.getAttribute("transform")).toBe("rotate(-60 100 92)");
  expect(getByRole("meter").getAttribute("aria-label")).toBe("Oil: 25.0 °C");
  expect(getByRole("meter").getAttribute("aria-valuenow")).toBe("25");
  expect(container.querySelector("[class*=number]")?.textContent).toBe("25.0");
  put(80);
  expect(renders()).toBeGreaterThan(before);
  expect(getByRole("meter").getAttribute("aria-valuetext")).toBe("Oil: 80.0 °C, High");
});
