import { fireEvent, render, screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene } from "../../src/testing/fakes";
import View, { type DateFieldProps } from "./View";

function show(given: Partial<Parameters<typeof blockProps<DateFieldProps>>[0]> = {}) {
  render(
    <Scene platform={fakePlatform()}>
      <View {...blockProps<DateFieldProps>({ props: { label: "Best before" }, ...given })} />
    </Scene>,
  );
}

describe("date field", () => {
  it("gives out a day as text", () => {
    const output = vi.fn();
    show({ output });
    fireEvent.change(screen.getByLabelText("Best before"), { target: { value: "2026-12-24" } });
    expect(output).toHaveBeenCalledWith("value", "2026-12-24");
  });
  it("or a time of day", () => {
    show({ props: { label: "At", kind: "time" } });
    expect(screen.getByLabelText("At").getAttribute("type")).toBe("time");
  });
  it("is dead when it is not available", () => {
    show({ enabled: false });
    expect((screen.getByLabelText("Best before") as HTMLInputElement).disabled).toBe(true);
  });
});
