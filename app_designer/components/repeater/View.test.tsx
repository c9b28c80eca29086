import { cleanup, render, screen } from "@testing-library/react";
import { act } from "react";
import { describe, expect, it, vi } from "vitest";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene } from "../../src/testing/fakes";
import View, { type RepeaterProps } from "./View";

const ASSETS = [
  { id: "hall", name: "Hall", level: "area" },
  { id: "line_1", name: "Line 1", level: "line", parent: "hall" },
  { id: "press_10", name: "Press 10", type: "press", level: "machine", parent: "line_1" },
  { id: "press_2", name: "Press 2", type: "press", level: "machine", parent: "line_1" },
  { id: "oven", name: "Oven", type: "oven", level: "machine", parent: "hall" },
];

async function show(
  props: RepeaterProps,
  assets: () => Promise<typeof ASSETS> = async () => ASSETS,
  compact = false,
) {
  const platform = fakePlatform();
  platform.services.api.assets = assets as never;
  const slot = vi.fn((_: string, options?: { params?: Readonly<Record<string, string>> }) => (
    <p>{options?.params?.item}</p>
  ));
  await act(async () => {
    render(
      <Scene platform={platform}>
        <View {...blockProps<RepeaterProps>({ props, slot, compact })} />
      </Scene>,
    );
  });
  return slot;
}
const names = () => screen.queryAllByRole("heading", { level: 3 }).map((one) => one.textContent);

describe("repeater", () => {
  it("draws its inside for each asset that fits, by name, with its parameter", async () => {
    const slot = await show({ asset_type: "press", parent: "hall" });
    expect(names()).toEqual(["Press 2", "Press 10"]);
    expect(slot).toHaveBeenCalledWith("item", { params: { item: "press_2" }, key: "press_2" });
  });
  it("without type and level it takes the direct children", async () => {
    await show({ parent: "hall" });
    expect(names()).toEqual(["Line 1", "Oven"]);
  });
  it("takes a fixed list, and says how many it does not show", async () => {
    await show({ source: "list", items: [{ value: "a" }, { value: "b" }, { value: "c" }], limit: 2 });
    expect(names()).toEqual(["a", "b"]);
    expect(screen.getByRole("note").textContent).toBe("more");
  });
  it("on a phone an item is as wide as the app says, and two fit side by side where it says nothing", async () => {
    const width = () => screen.getByRole("list").style.getPropertyValue("--item-width");
    await show({ asset_type: "press", item_width: 340 }, undefined, true);
    expect(width()).toBe("340px");
    cleanup();
    await show({ asset_type: "press" }, undefined, true);
    expect(width()).toBe("160px");
  });
  it("says when nothing fits", async () => {
    await show({ asset_type: "robot" });
    expect(document.querySelector("[data-state=empty]")).toBeTruthy();
  });
  it("says when the assets could not be loaded, and tries again", async () => {
    let fail = true;
    await show({ asset_type: "oven" }, async () => {
      if (fail) throw new Error("away");
      return ASSETS;
    });
    expect(screen.getByRole("alert")).toBeTruthy();
    fail = false;
    await act(async () => screen.getByRole("button").click());
    expect(names()).toEqual(["Oven"]);
  });
  it("parents that go round do not go on for ever", async () => {
    const round = [
      { id: "a", name: "A", level: "line", parent: "b" },
      { id: "b", name: "B", level: "line", parent: "a" },
    ] as never;
    await show({ level: "line", parent: "x" }, async () => round);
    expect(names()).toEqual([]);
  });
});
