import { MimicGeometryContext, type PlacedBox } from "@sdk";
import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene, sampleOf, signalFor, tagOf } from "../../src/testing/fakes";
import View, { type PipeProps } from "./View";

const box = (x: number, y: number, type: string): PlacedBox => ({
  x,
  y,
  w: 100,
  h: 100,
  r: 0,
  type,
  props: { show_word: false },
});
const JOINED: PipeProps = {
  from: { element: "el_bbbbbbbb", anchor: "out" },
  to: { element: "el_cccccccc", anchor: "in" },
  medium: "water",
};

function show(props: PipeProps, flow: ReturnType<typeof sampleOf> | null, to = box(400, 0, "valve")) {
  const platform = fakePlatform();
  if (flow) platform.services.store.put([[7, flow]], Date.now() * 1000);
  const boxes = new Map([
    ["el_aaaaaaaa", { ...box(0, 0, "pipe"), h: 24 }],
    ["el_bbbbbbbb", box(100, 0, "valve")],
    ["el_cccccccc", to],
  ]);
  return render(
    <Scene platform={platform}>
      <MimicGeometryContext.Provider value={{ width: 800, height: 400, boxes }}>
        <View {...blockProps<PipeProps>({ props, inputs: flow ? { flow: [signalFor(tagOf(7))] } : {} })} />
      </MimicGeometryContext.Provider>
    </Scene>,
  );
}
const path = () => document.querySelector("path")?.getAttribute("d") ?? "";

describe("pipe", () => {
  it("goes from anchor to anchor, and follows when an element moves", () => {
    show(JOINED, sampleOf(5)).unmount();
    show(JOINED, sampleOf(5));
    expect(path()).toBe("M200.0 50.0L400.0 50.0");
    document.body.replaceChildren();
    show(JOINED, sampleOf(5), box(400, 100, "valve"));
    expect(path().startsWith("M200.0 50.0")).toBe(true);
    expect(path().endsWith("L400.0 150.0")).toBe(true);
  });
  it("says by word and arrow whether and which way it flows", () => {
    show(JOINED, sampleOf(5));
    expect(screen.getByRole("img", { name: "medium_water: state_flowing" })).toBeTruthy();
    const forward = document.querySelector("[transform]")?.getAttribute("transform");
    document.body.replaceChildren();
    show(JOINED, sampleOf(-5));
    expect(document.querySelector("[transform]")?.getAttribute("transform")).not.toBe(forward);
    document.body.replaceChildren();
    show(JOINED, sampleOf(0));
    expect(document.querySelector("[data-state=still]")).toBeTruthy();
    expect(document.querySelector("[transform]")).toBeNull();
  });
  it("a flow that is not current is unknown, not still", () => {
    show(JOINED, sampleOf(5, { fresh: 2 }));
    expect(document.querySelector("[data-state=unknown]")).toBeTruthy();
  });
  it("an end whose element is gone stays open, and the pipe stays there", () => {
    show({ ...JOINED, to: { element: "el_dddddddd", anchor: "in" } }, sampleOf(5));
    expect(document.querySelector("[data-state=open]")).toBeTruthy();
    expect(path()).not.toBe("");
  });
});
