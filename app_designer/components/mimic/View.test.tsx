import { fireEvent, render, screen } from "@testing-library/react";
import { act } from "react";
import { describe, expect, it } from "vitest";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene } from "../../src/testing/fakes";
import View, { type MimicProps } from "./View";
import { bounded, FIT, keyed, SCALE_MAX, zoomed } from "./view_box";

const show = (props: MimicProps = {}) =>
  render(
    <Scene platform={fakePlatform()}>
      <View {...blockProps<MimicProps>({ props, slot: (name) => <button type="button">{name}</button> })} />
    </Scene>,
  );

describe("mimic", () => {
  it("holds its canvas, and can be enlarged and fitted again by buttons and keys", () => {
    show({ title: "Cooling" });
    expect(screen.getByRole("region", { name: "Cooling" })).toBeTruthy();
    expect(screen.getByText("canvas")).toBeTruthy();
    act(() => screen.getByRole("button", { name: "larger" }).click());
    expect(document.querySelector("[data-state=zoomed]")).toBeTruthy();
    fireEvent.keyDown(screen.getByRole("group", { name: "frame" }), { key: "0" });
    expect(document.querySelector("[data-state=fit]")).toBeTruthy();
  });
  it("a press at the end of a drag is not meant for the symbol under it", () => {
    show();
    let pressed = 0;
    screen.getByText("canvas").addEventListener("click", () => {
      pressed += 1;
    });
    const frame = screen.getByRole("group", { name: "frame" });
    fireEvent.pointerDown(frame, { pointerId: 1, clientX: 0, clientY: 0 });
    fireEvent.pointerMove(frame, { pointerId: 1, clientX: 50, clientY: 0 });
    fireEvent.pointerUp(frame, { pointerId: 1 });
    fireEvent.click(screen.getByText("canvas"));
    fireEvent.pointerDown(frame, { pointerId: 1, clientX: 0, clientY: 0 });
    fireEvent.pointerUp(frame, { pointerId: 1 });
    fireEvent.click(screen.getByText("canvas"));
    expect(pressed).toBe(1);
  });
  it("without enlarging it has no keys for it", () => {
    show({ zoom: false });
    expect(screen.queryByRole("toolbar")).toBeNull();
  });
});

describe("the view of a drawing", () => {
  it("keeps the point under the finger, stays within its frame and its scale", () => {
    const view = zoomed(FIT, 2, 100, 50);
    expect(view).toEqual({ x: -100, y: -50, scale: 2 });
    expect(bounded({ x: 50, y: -900, scale: 2 }, 400, 300)).toEqual({ x: 0, y: -300, scale: 2 });
    expect(bounded({ x: 0, y: 0, scale: 99 }, 400, 300).scale).toBe(SCALE_MAX);
    expect(keyed(FIT, "ArrowLeft", 400, 300)).toBeNull();
  });
});
