import { MediaContext } from "@sdk";
import { fireEvent, render } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene } from "../../src/testing/fakes";
import View, { type ImageProps } from "./View";

function show(props: ImageProps, emit = () => false) {
  return render(
    <Scene platform={fakePlatform()}>
      <MediaContext.Provider value={(name) => `/media/${name}`}>
        <View {...blockProps({ props, emit })} />
      </MediaContext.Provider>
    </Scene>,
  );
}

it("shows a picture with its description", () => {
  const emit = vi.fn(() => true);
  const scene = show({ media: "a.png", alt: { en: "A press", "zh-CN": "压机" } }, emit);
  expect(scene.getByRole("img", { name: "A press" }).getAttribute("src")).toBe("/media/a.png");
  scene.getByRole("button").click();
  expect(emit).toHaveBeenCalledWith("press");
});

it("says when the picture is not there", () => {
  const scene = show({ media: "a.png", alt: "A press" });
  fireEvent.error(scene.getByRole("img"));
  expect(scene.getByText("missing")).toBeTruthy();
  expect(scene.getByText("A press")).toBeTruthy();
});
