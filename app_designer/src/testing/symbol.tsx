import type { ComponentView } from "@sdk";
import { render, screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { blockProps } from "./block";
import { fakePlatform, Scene, sampleOf, signalFor, tagOf } from "./fakes";

const tag = tagOf(7, {
  kind: "u",
  meta: { unit: "", texts: { "1": "Running", "3": "Fault" }, colors: { "1": "running", "3": "fault" } },
});

/** What every symbol of a drawing promises: its state in three ways, none where it is not known, and a press. */
export function symbolKeepsItsPromises(View: ComponentView, name: string): void {
  function show(sample: ReturnType<typeof sampleOf> | null, emit = () => true) {
    const platform = fakePlatform();
    if (sample) platform.services.store.put([[7, sample]], Date.now() * 1000);
    const inputs = sample ? { state: [signalFor(tag, { assetName: name })] } : {};
    render(
      <Scene platform={platform}>
        <View {...blockProps({ props: {}, inputs, emit })} />
      </Scene>,
    );
  }

  describe("a symbol", () => {
    it("says its state by fill, shape and word, and its name to a screen reader", () => {
      show(sampleOf(3));
      const symbol = screen.getByRole("button", { name: `${name}, Fault` });
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
}
