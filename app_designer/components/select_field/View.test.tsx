import { fireEvent, render, screen } from "@testing-library/react";
import { act } from "react";
import { describe, expect, it, vi } from "vitest";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene } from "../../src/testing/fakes";
import View, { type SelectFieldProps } from "./View";

const options = [
  { value: 1, label: { en: "Early", "zh-CN": "早班" } },
  { value: "n", label: "Night" },
];

function show(given: Partial<Parameters<typeof blockProps<SelectFieldProps>>[0]> = {}) {
  render(
    <Scene platform={fakePlatform()}>
      <View {...blockProps<SelectFieldProps>({ props: { label: "Shift", options }, ...given })} />
    </Scene>,
  );
}

describe("choice field", () => {
  it("gives out the value of the choice, in its own type", () => {
    const output = vi.fn();
    show({ output });
    fireEvent.change(screen.getByRole("combobox", { name: "Shift" }), { target: { value: "number:1" } });
    expect(output).toHaveBeenCalledWith("value", 1);
  });
  it("is buttons or tiles where it is set so", () => {
    const output = vi.fn();
    show({ output, props: { label: "Shift", options, look: "radio" } });
    act(() => screen.getByRole("radio", { name: "Night" }).click());
    expect(output).toHaveBeenCalledWith("value", "n");
    show({ props: { label: "Other", options, look: "reason" } });
    expect(screen.getByRole("group", { name: "Other" })).toBeTruthy();
  });
  it("without choices it says so, and is dead when not available", () => {
    show({ props: { label: "Shift" }, enabled: false });
    expect(screen.getByText("Nothing to choose from yet")).toBeTruthy();
    expect((screen.getByRole("combobox") as HTMLSelectElement).disabled).toBe(true);
  });
});
