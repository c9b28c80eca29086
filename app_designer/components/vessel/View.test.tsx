import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene, sampleOf, signalFor, tagOf } from "../../src/testing/fakes";
import { symbolKeepsItsPromises } from "../../src/testing/symbol";
import View from "./View";

symbolKeepsItsPromises(View, "Tank 1");

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
