import { fireEvent, render, screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene } from "../../src/testing/fakes";
import View, { type NumberFieldProps } from "./View";

function show(given: Partial<Parameters<typeof blockProps<NumberFieldProps>>[0]> = {}) {
  render(
    <Scene platform={fakePlatform()}>
      <View
        {...blockProps<NumberFieldProps>({
          props: { label: "Length", unit: "mm", min: 0, max: 20 },
          ...given,
        })}
      />
    </Scene>,
  );
}

describe("number field", () => {
  it("gives out a number, null while it is none", () => {
    const output = vi.fn();
    show({ output });
    fireEvent.change(screen.getByRole("textbox"), { target: { value: "12,5" } });
    expect(output).toHaveBeenCalledWith("value", 12.5);
    fireEvent.change(screen.getByRole("textbox"), { target: { value: "21" } });
    expect(output).toHaveBeenCalledWith("value", null);
    expect(screen.getByRole("alert").textContent).toBe("At most 20 mm.");
  });
  it("says what may be entered", () => {
    show();
    expect(screen.getByText("0 to 20 mm")).toBeTruthy();
  });
  it("takes whole numbers only where there are no decimals; cannot be typed in when not available", () => {
    show({ props: { label: "Pieces", decimals: 0 }, enabled: false });
    expect((screen.getByRole("textbox") as HTMLInputElement).disabled).toBe(true);
  });
});
