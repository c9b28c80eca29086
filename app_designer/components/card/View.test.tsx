import { forgetKept } from "@sdk";
import { render, screen } from "@testing-library/react";
import { act } from "react";
import { beforeEach, describe, expect, it } from "vitest";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene } from "../../src/testing/fakes";
import View, { type CardProps } from "./View";

const show = (props: CardProps) =>
  render(
    <Scene platform={fakePlatform()}>
      <View {...blockProps<CardProps>({ props, slot: (name) => <p>inside {name}</p> })} />
    </Scene>,
  );

describe("card", () => {
  beforeEach(forgetKept);
  it("is named by its heading and holds what belongs inside", () => {
    show({ title: "Hydraulics" });
    expect(screen.getByRole("region", { name: "Hydraulics" }).textContent).toContain("inside body");
  });
  it("folded, its inside is not there, and it stays folded over a change of page", () => {
    show({ title: "Details", collapsible: true }).unmount();
    const scene = show({ title: "Details", collapsible: true });
    act(() => screen.getByRole("button").click());
    expect(screen.queryByText("inside body")).toBeNull();
    expect(screen.getByRole("button").getAttribute("aria-expanded")).toBe("false");
    scene.unmount();
    show({ title: "Details", collapsible: true });
    expect(screen.queryByText("inside body")).toBeNull();
  });
  it("without a heading it still has a name", () => {
    show({});
    expect(screen.getByRole("region", { name: "group" })).toBeTruthy();
  });
});
