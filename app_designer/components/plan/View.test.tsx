import { fireEvent, render } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene, sampleOf, signalFor, tagOf } from "../../src/testing/fakes";
import { placeOf } from "./places";
import View from "./View";

const meta = { unit: "", texts: { "3": "Stopped" }, colors: { "3": "stopped" } };

it("puts each machine at its place with its state, and reports which was pressed", () => {
  const platform = fakePlatform();
  platform.services.store.put(
    [
      [1, sampleOf(3)],
      [2, sampleOf(3, { fresh: 2 })],
    ],
    Date.now() * 1000,
  );
  const markers = [1, 2].map((id) => signalFor(tagOf(id, { kind: "u", meta }), { assetName: `Press ${id}` }));
  const emit = vi.fn(() => true);
  const places = [
    { x: 20, y: 30 },
    { x: 150, y: -5, label: "Oven" },
  ];
  const scene = render(
    <Scene platform={platform}>
      <View {...blockProps({ props: { places }, inputs: { markers }, emit })} />
    </Scene>,
  );
  const [first, second] = scene.getAllByRole("listitem");
  expect([first?.style.top, first?.dataset.state]).toEqual(["30%", "stopped"]);
  expect([second?.style.top, second?.textContent]).toEqual(["0%", "OvenOffline"]);
  fireEvent.click(scene.getByRole("button", { name: /Press 1/ }));
  expect(emit).toHaveBeenCalledWith("press", { index: 0, value: 3 });
});

it("hides no marker that nobody has placed", () => {
  const places = Array.from({ length: 20 }, (_, index) => placeOf(undefined, index));
  expect(new Set(places.map(({ x, y }) => `${x}|${y}`)).size).toBe(20);
});
