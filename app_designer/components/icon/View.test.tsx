import { render } from "@testing-library/react";
import { expect, it } from "vitest";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene, sampleOf, signalFor, tagOf } from "../../src/testing/fakes";
import View from "./View";

const tag = tagOf(3, { kind: "u", meta: { texts: { "4": "Fault" }, colors: { "4": "fault" }, unit: "" } });

function show(v: number | null) {
  const platform = fakePlatform();
  platform.services.store.put([[3, sampleOf(v, { q: v === null ? 129 : 0 })]], Date.now() * 1000);
  return render(
    <Scene platform={platform}>
      <View
        {...blockProps({ props: { icon: "motor", label: "Motor" }, inputs: { state: [signalFor(tag)] } })}
      />
    </Scene>,
  );
}

it("follows a state by colour, shape and word", () => {
  const scene = show(4);
  expect(scene.container.querySelector("[data-state=fault]")).not.toBeNull();
  expect(scene.getByText("Fault")).toBeTruthy();
});

it("has no state while the value is bad, but the reason", () => {
  const scene = show(null);
  expect(scene.container.querySelector("[data-state=none][data-current=false]")).not.toBeNull();
  expect(scene.getByText("No connection")).toBeTruthy();
});
