import { forgetKept } from "@sdk";
import { fireEvent, render, screen } from "@testing-library/react";
import { act } from "react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene } from "../../src/testing/fakes";
import View, { type TabsProps } from "./View";

const TABS = [{ label: "One" }, { label: "Two" }, { label: "Three" }];
const show = (given: Partial<Parameters<typeof blockProps<TabsProps>>[0]> = {}) =>
  render(
    <Scene platform={fakePlatform()}>
      <View {...blockProps<TabsProps>({ props: { tabs: TABS }, slot: (name) => <p>{name}</p>, ...given })} />
    </Scene>,
  );

describe("tabs", () => {
  beforeEach(forgetKept);
  it("only the open one is there", () => {
    const [emit, output] = [vi.fn(() => true), vi.fn()];
    show({ emit, output });
    expect(screen.getByRole("tabpanel", { name: "One" }).textContent).toBe("tab_0");
    act(() => screen.getByRole("tab", { name: "Two" }).click());
    expect(screen.queryByText("tab_0")).toBeNull();
    expect(screen.getByText("tab_1")).toBeTruthy();
    expect(emit).toHaveBeenCalledWith("change", { tab: 1 });
    expect(output).toHaveBeenLastCalledWith("tab", 1);
  });
  it("arrow keys, Home and End move the choice and the focus; only the open tab is in the tab order", () => {
    show();
    const list = screen.getByRole("tablist");
    fireEvent.keyDown(list, { key: "ArrowLeft" });
    expect(document.activeElement?.textContent).toBe("Three");
    fireEvent.keyDown(list, { key: "ArrowRight" });
    expect(document.activeElement?.textContent).toBe("One");
    fireEvent.keyDown(list, { key: "End" });
    expect(screen.getByText("tab_2")).toBeTruthy();
    expect(screen.getAllByRole("tab").map((tab) => tab.tabIndex)).toEqual([-1, -1, 0]);
  });
  it("is opened by its method, and not past its end", () => {
    const methods: Record<string, (p: { tab: number }) => void> = {};
    show({
      expose: (given) => {
        Object.assign(methods, given);
        return () => {};
      },
    });
    act(() => methods.open?.({ tab: 2 }));
    act(() => methods.open?.({ tab: 9 }));
    act(() => methods.open?.({ tab: Number.NaN }));
    expect(screen.getByText("tab_2")).toBeTruthy();
  });
  it("without tabs it says what to do", () => {
    show({ props: {} });
    expect(screen.getByText("empty")).toBeTruthy();
  });
});
