import { render } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene, sampleOf, signalFor, tagOf } from "../../src/testing/fakes";
import manifest from "./component.json";
import { ranking } from "./ranking";
import View from "./View";

const items = [5, 0, 20, 15, 10].map((value, index) => ({ key: String(index), name: `n${index}`, value }));

describe("ranking", () => {
  it("goes from the largest down and adds up to all", () => {
    const rows = ranking(items, 8, "Other");
    expect(rows.map((row) => row.value)).toEqual([20, 15, 10, 5]);
    expect(rows.map((row) => row.together)).toEqual([0.4, 0.7, 0.9, 1]);
  });
  it("puts the rest together and leaves it last", () => {
    const rows = ranking(items, 3, "Other");
    expect(rows.map((row) => [row.name, row.value])).toEqual([
      ["n2", 20],
      ["n3", 15],
      ["Other", 15],
    ]);
  });
});

describe("pareto", () => {
  it("does not count what has no value, and says so", () => {
    const platform = fakePlatform();
    const now = Date.now() * 1000;
    platform.services.store.put(
      [
        [1, sampleOf(4)],
        [2, sampleOf(null, { q: 129 })],
      ],
      now,
    );
    const inputs = {
      items: [1, 2].map((id) => signalFor(tagOf(id, { meta: { description: `cause ${id}` } }))),
    };
    const text = (key: string, values: Record<string, string> = {}) =>
      manifest.i18n.en[key as keyof typeof manifest.i18n.en].replace(
        /\{(\w+)\}/g,
        (_, name) => values[name] ?? "",
      );
    const scene = render(
      <Scene platform={platform}>
        <View {...blockProps({ props: {}, inputs, text })} />
      </Scene>,
    );
    expect(scene.getByText("cause 1")).toBeTruthy();
    expect(scene.getByText("1 without a value")).toBeTruthy();
    expect(scene.getByText("Total 4.0 °C")).toBeTruthy();
  });

  it("counts in the reader's unit, but does not add up on another zero", () => {
    const show = (unit: string, units: Record<string, string>) => {
      const platform = fakePlatform();
      platform.services.store.put([[1, sampleOf(4)]], Date.now() * 1000);
      const inputs = { items: [signalFor(tagOf(1, { meta: { description: "cause", unit, decimals: 1 } }))] };
      const text = (key: string, values: Record<string, string> = {}) => `${key} ${values.value ?? ""}`;
      return render(
        <Scene platform={platform} units={units}>
          <View {...blockProps({ props: {}, inputs, text })} />
        </Scene>,
      );
    };
    expect(show("kg", { mass: "t" }).getByText("total 0.0040 t")).toBeTruthy();
    expect(show("°C", { temperature: "°F" }).getByText("total 4.0 °C")).toBeTruthy();
  });
});
