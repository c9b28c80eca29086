import { render } from "@testing-library/react";
import { expect, it } from "vitest";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene, sampleOf, signalFor, tagOf } from "../../src/testing/fakes";
import { steadyScene } from "../../src/testing/steady";
import View from "./View";

function show(v: number, span: [number, number]) {
  const platform = fakePlatform();
  const tag = tagOf(7, { meta: { description: "Oil", span, limits: { lo: 10, hi_hi: 75 } } });
  platform.services.store.put([[7, sampleOf(v)]], Date.now() * 1000);
  return render(
    <Scene platform={platform}>
      <View {...blockProps({ props: {}, inputs: { value: [signalFor(tag)] } })} />
    </Scene>,
  );
}

const value = (scene: Pick<ReturnType<typeof show>, "container">) => {
  const style = scene.container.querySelector<HTMLElement>("[class*=value]")?.style;
  return ["--from", "--to", "--at"].map((name) => Number(style?.getPropertyValue(name)));
};

const place = (scene: Pick<ReturnType<typeof show>, "container">, name: string) => {
  const style = scene.container.querySelector<HTMLElement>(`[class*=${name}]`)?.style;
  return [style?.getPropertyValue("--from"), style?.getPropertyValue("--size")].map(Number);
};

it("grows from zero where the scale has one", () => {
  expect(value(show(25, [0, 100]))).toEqual([0, 0.25, 0.25]);
  expect(value(show(-50, [-100, 100]))).toEqual([0.25, 0.5, 0.25]);
});

it("shows the normal band and each limit", () => {
  const scene = show(80, [0, 100]);
  expect(place(scene, "band")).toEqual([0.1, 0.9]);
  expect(scene.container.querySelectorAll("[data-limit]")).toHaveLength(2);
  expect(scene.container.querySelector("[data-state=hi_hi]")?.textContent).toBe("High high");
});

it("follows its value without React", () => {
  const scene = steadyScene(View, {}, 50);
  const before = scene.renders();
  scene.put(25);
  expect(scene.renders()).toBe(before);
  expect(value(scene)).toEqual([0, 0.25, 0.25]);
  expect(scene.getByRole("meter").getAttribute("aria-valuetext")).toBe("Oil: 25.0 °C");
});
