import { forgetKept } from "@sdk";
import { render, screen } from "@testing-library/react";
import { act } from "react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene } from "../../src/testing/fakes";
import View, { type ChecklistProps } from "./View";

const ITEMS = [
  { id: "a", label: "Guard" },
  { id: "b", label: "Oil" },
];

function show(given: Partial<Parameters<typeof blockProps<ChecklistProps>>[0]> = {}) {
  return render(
    <Scene platform={fakePlatform()}>
      <View {...blockProps<ChecklistProps>({ props: { items: ITEMS }, ...given })} />
    </Scene>,
  );
}
const tick = (name: string) => act(() => screen.getByRole("checkbox", { name }).click());

describe("checklist", () => {
  beforeEach(forgetKept);
  it("counts, and says once when all is done", () => {
    const [emit, output] = [vi.fn(() => true), vi.fn()];
    show({ emit, output });
    tick("Guard");
    expect(output).toHaveBeenCalledWith("done", 1);
    tick("Oil");
    expect(emit).toHaveBeenCalledWith("complete", { done: 2 });
    expect(output).toHaveBeenCalledWith("complete", true);
    tick("Oil");
    expect(output).toHaveBeenLastCalledWith("complete", false);
  });
  it("keeps its ticks over a change of page, by its place", () => {
    show().unmount();
    show();
    tick("Guard");
    screen.getByRole("checkbox", { name: "Oil" });
    document.body.replaceChildren();
    show();
    expect((screen.getByRole("checkbox", { name: "Guard" }) as HTMLInputElement).checked).toBe(true);
    document.body.replaceChildren();
    show({ id: "el_bbbbbbbb" });
    expect((screen.getByRole("checkbox", { name: "Guard" }) as HTMLInputElement).checked).toBe(false);
  });
  it("in order, a later item waits", () => {
    show({ props: { items: ITEMS, in_order: true } });
    expect((screen.getByRole("checkbox", { name: "Oil" }) as HTMLInputElement).disabled).toBe(true);
    tick("Guard");
    expect((screen.getByRole("checkbox", { name: "Oil" }) as HTMLInputElement).disabled).toBe(false);
  });
  it("starts again by its method", () => {
    const methods: Record<string, (p: object) => void> = {};
    show({
      expose: (given) => {
        Object.assign(methods, given);
        return () => {};
      },
    });
    tick("Guard");
    act(() => methods.reset?.({}));
    expect((screen.getByRole("checkbox", { name: "Guard" }) as HTMLInputElement).checked).toBe(false);
  });
  it("empty or not available it says so", () => {
    show({ props: {} });
    expect(document.querySelector("[data-state=empty]")).toBeTruthy();
    show({ enabled: false });
    expect(screen.getByText("Not available now")).toBeTruthy();
  });
});
