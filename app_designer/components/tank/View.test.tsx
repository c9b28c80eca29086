import { render } from "@testing-library/react";
import { expect, it } from "vitest";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene, sampleOf, signalFor, tagOf } from "../../src/testing/fakes";
import { steadyScene } from "../../src/testing/steady";
import View, { type TankProps } from "./View";

function show(v: number | null, props: TankProps = {}) {
  const platform = fakePlatform();
  const tag = tagOf(7, { meta: { description: "Silo", span: [0, 50], limits: { lo: 10 } } });
  platform.services.store.put([[7, sampleOf(v, { q: v === null ? 129 : 0 })]], Date.now() * 1000);
  return render(
    <Scene platform={platform}>
      <View {...blockProps({ props, inputs: { value: [signalFor(tag)] } })} />
    </Scene>,
  );
}

const fill = (scene: Pick<ReturnType<typeof show>, "container">) =>
  scene.container.querySelector<HTMLElement>("[class*=fill]");

it("is as full as the value is on its scale", () => {
  expect(fill(show(25))?.style.transform).toBe("translateY(50.00%)");
  expect(fill(show(90))?.style.transform).toBe("translateY(0.00%)");
});

it("says how much that is when it knows what it holds", () => {
  expect(show(25, { capacity: 12, capacity_unit: "t" }).getByText("6.0 t")).toBeTruthy();
});

it("has no level for a bad value", () => {
  expect(fill(show(null, { capacity: 12 }))).toBeNull();
});

it("follows its value without React, and what that is of its capacity", () => {
  const scene = steadyScene<TankProps>(View, { capacity: 12, capacity_unit: "t" }, 50);
  const before = scene.renders();
  scene.put(25);
  expect(scene.renders()).toBe(before);
  expect(fill(scene)?.style.transform).toBe("translateY(75.00%)");
  expect(scene.getByText("3.0 t")).toBeTruthy();
});
