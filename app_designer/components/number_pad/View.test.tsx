import { render, screen } from "@testing-library/react";
import { act } from "react";
import { describe, expect, it, vi } from "vitest";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene, signalFor, tagOf } from "../../src/testing/fakes";
import View, { type NumberPadProps } from "./View";

function show(given: Partial<Parameters<typeof blockProps<NumberPadProps>>[0]> = {}, units = {}) {
  render(
    <Scene platform={fakePlatform()} units={units}>
      <View {...blockProps<NumberPadProps>({ props: { title: "Parts", max: 100 }, ...given })} />
    </Scene>,
  );
}
const press = (...keys: string[]) => {
  for (const key of keys) act(() => screen.getByRole("button", { name: key }).click());
};

describe("number pad", () => {
  it("gives out what stands there, and reports it when it is entered", async () => {
    const [emit, output] = [vi.fn(() => true), vi.fn()];
    show({ emit, output });
    press("4", "2");
    expect(output).toHaveBeenLastCalledWith("value", 42);
    await act(async () => screen.getByRole("button", { name: "enter" }).click());
    expect(emit).toHaveBeenCalledWith("enter", { value: 42 });
    expect(output).toHaveBeenLastCalledWith("value", null);
  });
  it("takes nothing beyond its limits", () => {
    const output = vi.fn();
    show({ output });
    press("1", "0", "1");
    expect(screen.getByRole("alert").textContent).toBe("At most 100.");
    expect((screen.getByRole("button", { name: "enter" }) as HTMLButtonElement).disabled).toBe(true);
    expect(output).toHaveBeenLastCalledWith("value", null);
  });
  it("writes where it is bound, and keeps the number when it was refused", async () => {
    const write = vi.fn(async () => ({ status: "refused" as const, message: "Locked." }));
    show({ write, targets: { target: signalFor(tagOf(1, { meta: { unit: "pcs" } })) } });
    press("7");
    await act(async () => screen.getByRole("button", { name: "enter" }).click());
    expect(write).toHaveBeenCalledWith("target", 7);
    expect(screen.getByText("Locked.")).toBeTruthy();
    expect(document.querySelector("output")?.textContent).toBe("7pcs");
  });
  it("is typed in the reader's unit and gives out the stored one", async () => {
    const [write, output] = [vi.fn(async () => ({ status: "done" as const })), vi.fn()];
    const props = { unit: "bar", min: 0, max: 6, decimals: 1 };
    show({ write, output, props, targets: { target: signalFor(tagOf(1)) } }, { pressure: "kPa" });
    expect(screen.getByText("0 to 600 kPa")).toBeTruthy();
    press("2", "5", "0");
    expect(output).toHaveBeenLastCalledWith("value", 2.5);
    expect(screen.getByText("Stored as 2.5 bar")).toBeTruthy();
    await act(async () => screen.getByRole("button", { name: "enter" }).click());
    expect(write).toHaveBeenCalledWith("target", 2.5);
  });
  it("is dead when it is not available", () => {
    show({ enabled: false });
    expect((screen.getByRole("button", { name: "7" }) as HTMLButtonElement).disabled).toBe(true);
    expect(screen.getByText("Not available now")).toBeTruthy();
  });
});
