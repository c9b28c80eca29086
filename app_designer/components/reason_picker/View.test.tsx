import { fireEvent, render, screen } from "@testing-library/react";
import { act } from "react";
import { describe, expect, it, vi } from "vitest";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene, signalFor, tagOf } from "../../src/testing/fakes";
import View, { type ReasonPickerProps } from "./View";

const OPTIONS = [
  { value: 10, label: "Material" },
  { value: 11, label: "Missing", parent: 10 },
  { value: 20, label: "Fault", tone: "fault" },
];

function show(given: Partial<Parameters<typeof blockProps<ReasonPickerProps>>[0]> = {}) {
  render(
    <Scene platform={fakePlatform()}>
      <View {...blockProps<ReasonPickerProps>({ props: { options: OPTIONS }, ...given })} />
    </Scene>,
  );
}
const press = (name: string) => act(async () => screen.getByRole("button", { name }).click());

describe("reason picker", () => {
  it("opens what lies below, then writes the code", async () => {
    const [emit, write] = [vi.fn(() => true), vi.fn(async () => ({ status: "done" as const }))];
    show({ emit, write, targets: { code: signalFor(tagOf(1)) } });
    await press("Material");
    expect(write).not.toHaveBeenCalled();
    await press("Missing");
    expect(write).toHaveBeenCalledWith("code", 11);
    expect(emit).toHaveBeenCalledWith("pick", { value: 11, label: "Missing", note: "" });
    expect(screen.getByRole("status").textContent).toBe("Done.");
  });
  it("takes a note along and waits for the confirmation", async () => {
    const write = vi.fn(async () => ({ status: "done" as const }));
    show({
      write,
      props: { options: OPTIONS, note: true },
      targets: { code: signalFor(tagOf(1)), note: signalFor(tagOf(2)) },
    });
    await press("Fault");
    expect(write).not.toHaveBeenCalled();
    fireEvent.change(screen.getByRole("textbox"), { target: { value: " belt torn " } });
    await press("OK");
    expect(write.mock.calls).toEqual([
      ["code", 20],
      ["note", "belt torn"],
    ]);
  });
  it("does not write the note of a code that was refused, and keeps it", async () => {
    const write = vi.fn(async () => ({ status: "refused" as const, message: "Shift is closed." }));
    show({
      write,
      props: { options: OPTIONS, note: true },
      targets: { code: signalFor(tagOf(1)), note: signalFor(tagOf(2)) },
    });
    await press("Fault");
    fireEvent.change(screen.getByRole("textbox"), { target: { value: "torn" } });
    await press("OK");
    expect(write).toHaveBeenCalledTimes(1);
    expect(screen.getByText("Shift is closed.")).toBeTruthy();
    expect((screen.getByRole("textbox") as HTMLInputElement).value).toBe("torn");
  });
  it("without reasons it takes the value texts of its tag, else says that there are none", () => {
    show({ props: {}, targets: { code: signalFor(tagOf(1, { meta: { texts: { "1": "Jam" } } })) } });
    expect(screen.getByRole("button", { name: "Jam" })).toBeTruthy();
    show({ props: {} });
    expect(screen.getByText("Nothing to choose from yet")).toBeTruthy();
  });
  it("cannot be used when it is not available", () => {
    show({ enabled: false });
    expect((screen.getByRole("button", { name: "Fault" }) as HTMLButtonElement).disabled).toBe(true);
  });
});
