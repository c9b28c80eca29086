import { fireEvent, render, screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene } from "../../src/testing/fakes";
import View, { type TextFieldProps } from "./View";

function show(given: Partial<Parameters<typeof blockProps<TextFieldProps>>[0]> = {}) {
  render(
    <Scene platform={fakePlatform()}>
      <View {...blockProps<TextFieldProps>({ props: { label: "Order" }, ...given })} />
    </Scene>,
  );
}

describe("text field", () => {
  it("gives out what was typed, and reports Enter", () => {
    const [emit, output] = [vi.fn(() => true), vi.fn()];
    show({ emit, output });
    fireEvent.change(screen.getByLabelText("Order"), { target: { value: "4711" } });
    expect(output).toHaveBeenCalledWith("value", "4711");
    fireEvent.keyDown(screen.getByLabelText("Order"), { key: "Enter" });
    expect(emit).toHaveBeenLastCalledWith("enter", { value: "4711" });
  });
  it("does not shout before somebody touched it, then says what is missing", () => {
    const output = vi.fn();
    show({ output, props: { label: "Order", required: true } });
    expect(screen.queryByRole("alert")).toBeNull();
    expect(output).toHaveBeenCalledWith("valid", false);
    fireEvent.change(screen.getByRole("textbox"), { target: { value: "x" } });
    fireEvent.change(screen.getByRole("textbox"), { target: { value: "" } });
    expect(screen.getByRole("alert").textContent).toBe("Please fill this in.");
  });
  it("has several lines, and says when it is not available", () => {
    show({ props: { label: "Remark", multiline: true }, enabled: false });
    expect(screen.getByRole("textbox").tagName).toBe("TEXTAREA");
    expect(screen.getByText("Not available now")).toBeTruthy();
  });
});
