import { render, screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene, sampleOf, signalFor, tagOf } from "../../src/testing/fakes";
import View from "./View";

const tag = tagOf(7, {
  kind: "u",
  meta: { unit: "", texts: { "1": "Running", "3": "Fault" }, colors: { "1": "running", "3": "fault" } },
});

function show(sample: ReturnType<typeof sampleOf> | null, emit = () => true) {
  const platform = fakePlatform();
  if (sample) platform.services.store.put([[7, sample]], Date.now() * 1000);
  const inputs = sample ? { state: [signalFor(tag, { assetName: "Tank 1" })] } : {};
  render(
    <Scene platform={platform}>
      <View {...blockProps({ props: {}, inputs, emit })} />
    </Scene>,
  );
}

describe("vessel", () => {
  it("says its state by fill, shape and word, and its name to a screen reader", () => {
    show(sampleOf(3));
    const symbol = screen.getByRole("button", { name: "Tank 1, Fault" });
    expect(symbol.getAttribute("data-state")).toBe("fault");
    expect(symbol.querySelectorAll("svg").length).toBeGreaterThan(1);
    expect(screen.getByText("Fault")).toBeTruthy();
  });
  it.each([
    ["bad", sampleOf(null, { q: 129 })],
    ["stale", sampleOf(1, { fresh: 1 })],
    ["offline", sampleOf(1, { fresh: 2 })],
  ] as const)("a %s state is no state", (level, sample) => {
    show(sample);
    expect(screen.getByRole("button").getAttribute("data-state")).toBe("unknown");
    expect(document.querySelector(`span[data-level=${level}]`)).toBeTruthy();
  });
  it("reports a press, and stands there without data", () => {
    const emit = vi.fn(() => true);
    show(null, emit);
    screen.getByRole("button").click();
    expect(emit).toHaveBeenCalledWith("press", { value: null });
  });
});

describe("the level of a vessel", () => {
  const level = tagOf(8, { meta: { unit: "%", span: [0, 100], decimals: 0 } });
  const height = (sample: ReturnType<typeof sampleOf>) => {
    const platform = fakePlatform();
    platform.services.store.put([[8, sample]], Date.now() * 1000);
    const scene = render(
      <Scene platform={platform}>
        <View {...blockProps({ props: {}, inputs: { level: [signalFor(level)] } })} />
      </Scene>,
    );
    return scene.container.querySelector("[data-fill]")?.getAttribute("height") ?? null;
  };
  it("that is not current does not look like an empty vessel", () => {
    height(sampleOf(50, { fresh: 1 }));
    expect(screen.getByRole("button").getAttribute("data-state")).toBe("unknown");
  });
  it("is drawn from its span, kept within it, and not drawn when it is not current", () => {
    expect(Number(height(sampleOf(50)))).toBe(46);
    expect(Number(height(sampleOf(150)))).toBe(92);
    expect(height(sampleOf(null, { q: 134 }))).toBeNull();
    expect(height(sampleOf(50, { fresh: 2 }))).toBeNull();
  });
});
