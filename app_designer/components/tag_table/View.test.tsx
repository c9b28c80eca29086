import { render } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene, sampleOf, signalFor, tagOf } from "../../src/testing/fakes";
import View, { rowHeight } from "./View";

const ROWS = [
  { name: "temperature", v: 52.4, q: 0, unit: "°C" },
  { name: "speed", v: null, q: 130, unit: "1/min" },
];

function show(language: "en" | "zh-CN" = "en") {
  const platform = fakePlatform();
  const signals = ROWS.map((entry, index) => {
    const tag = tagOf(index + 1, { meta: { description: entry.name, unit: entry.unit } });
    platform.services.store.put([[tag.id, sampleOf(entry.v, { q: entry.q })]], Date.now() * 1000);
    return signalFor(tag);
  });
  return render(
    <Scene platform={platform} language={language}>
      <View {...blockProps({ props: {}, inputs: { tags: signals }, emit: () => false })} />
    </Scene>,
  );
}

describe("table of tags", () => {
  it("has one row per tag, with value, quality and age", () => {
    const scene = show();
    expect(scene.getAllByRole("row")).toHaveLength(3);
    expect(scene.getByText("52.4")).toBeTruthy();
    expect(scene.getByText("Good")).toBeTruthy();
    expect(scene.getByText("Timeout")).toBeTruthy();
  });
  it("speaks Chinese", () => {
    expect(show("zh-CN").getByText("良好")).toBeTruthy();
  });
  it("says when there is nothing to list", () => {
    const scene = render(
      <Scene platform={fakePlatform()}>
        <View {...blockProps({ props: {}, inputs: {}, emit: () => false })} />
      </Scene>,
    );
    expect(scene.getByText("Nothing bound yet")).toBeTruthy();
  });
  it("cuts no row in half", () => {
    for (const height of [200, 333, 512]) {
      const rows = (height - 32) / rowHeight(height);
      expect(rows).toBeCloseTo(Math.round(rows), 6);
      expect(rowHeight(height)).toBeGreaterThanOrEqual(44);
    }
  });
});
