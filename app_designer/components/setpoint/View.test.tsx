import { fireEvent, render, screen } from "@testing-library/react";
import { act } from "react";
import { describe, expect, it, vi } from "vitest";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene, sampleOf, signalFor, tagOf } from "../../src/testing/fakes";
import View, { type SetpointProps } from "./View";

const tag = tagOf(7, {
  meta: { description: "Oil", unit: "°C", decimals: 1, span: [0, 120], limits: { hi: 95 } },
});

function show(
  given: Partial<Parameters<typeof blockProps<SetpointProps>>[0]> = {},
  sample = sampleOf(72.5),
  units = {},
) {
  const platform = fakePlatform();
  platform.services.store.put([[7, sample]], Date.now() * 1000);
  render(
    <Scene platform={platform} units={units}>
      <View {...blockProps<SetpointProps>({ props: {}, targets: { target: signalFor(tag) }, ...given })} />
    </Scene>,
  );
  return platform;
}
const type = (text: string) => fireEvent.change(screen.getByRole("textbox"), { target: { value: text } });
const apply = () => screen.getByRole("button", { name: "Apply" }) as HTMLButtonElement;

describe("set-point", () => {
  it("shows the present value and what may be entered", () => {
    show();
    expect(screen.getByText("72.5")).toBeTruthy();
    expect(screen.getByText("0 to 120 °C")).toBeTruthy();
    expect(apply().disabled).toBe(true);
  });

  it("says what is not allowed before it is sent", () => {
    const write = vi.fn();
    show({ write });
    type("121");
    expect(screen.getByRole("alert").textContent).toBe("At most 120 °C.");
    expect(apply().disabled).toBe(true);
    type("1,500");
    expect(screen.getByRole("alert").textContent).toContain("two ways");
    fireEvent.keyDown(screen.getByRole("textbox"), { key: "Enter" });
    expect(write).not.toHaveBeenCalled();
  });

  it("warns beyond a limit and still sends", async () => {
    const write = vi.fn(async () => ({ status: "done" as const }));
    show({ write });
    type("96");
    expect(screen.getByRole("alert").textContent).toBe("Above the high limit of 95 °C.");
    await act(async () => apply().click());
    expect(write).toHaveBeenCalledWith("target", 96);
  });

  it("keeps the machine's value until the machine shows another", async () => {
    const platform = show({ write: async () => ({ status: "done" }) });
    type("80");
    await act(async () => apply().click());
    expect(screen.getByText("72.5")).toBeTruthy();
    expect(screen.getByText(/Waiting for the machine/)).toBeTruthy();
    act(() => platform.services.store.put([[7, sampleOf(80.04)]], Date.now() * 1000));
    expect(screen.getByText("Done.")).toBeTruthy();
  });

  it("keeps what was typed when it was refused", async () => {
    show({ write: async () => ({ status: "refused", message: "Too hot." }) });
    type("80");
    await act(async () => apply().click());
    expect(screen.getByText("Too hot.")).toBeTruthy();
    expect((screen.getByRole("textbox") as HTMLInputElement).value).toBe("80");
  });

  it("steps from the present value, by buttons and arrow keys", () => {
    show({ props: { step: 0.5 } });
    fireEvent.click(screen.getByRole("button", { name: /^More/ }));
    fireEvent.keyDown(screen.getByRole("textbox"), { key: "ArrowUp" });
    expect((screen.getByRole("textbox") as HTMLInputElement).value).toBe("73.5");
  });

  it("shows no number for a bad value, and says when it is not available", () => {
    show({ enabled: false }, sampleOf(null, { q: 129 }));
    expect(screen.getByText("—")).toBeTruthy();
    expect(document.querySelector("[data-level=bad]")).toBeTruthy();
    expect(screen.getByText("Not available now")).toBeTruthy();
    expect((screen.getByRole("textbox") as HTMLInputElement).disabled).toBe(true);
  });

  it("opens the number pad on a touch screen", () => {
    vi.stubGlobal("matchMedia", () => ({ matches: true }));
    show();
    fireEvent.click(screen.getByRole("textbox"));
    expect(screen.getByRole("dialog", { hidden: true })).toBeTruthy();
    for (const key of ["8", "1"]) fireEvent.click(screen.getByText(key));
    fireEvent.click(screen.getByText("OK"));
    expect((screen.getByRole("textbox") as HTMLInputElement).value).toBe("81");
    vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener() {}, removeEventListener() {} }));
  });

  it("is typed in the reader's unit and stored in the tag's", async () => {
    const [write, output] = [vi.fn(async () => ({ status: "done" as const })), vi.fn()];
    const platform = show({ write, output }, sampleOf(72.5), { temperature: "°F" });
    expect(screen.getByText("162.5")).toBeTruthy();
    expect(screen.getByText("32 to 248 °F")).toBeTruthy();
    type("249");
    expect(screen.getByRole("alert").textContent).toBe("At most 248 °F.");
    type("212");
    expect(screen.getByRole("alert").textContent).toBe("Above the high limit of 203 °F.");
    type("176");
    expect(screen.getByText("Stored as 80 °C")).toBeTruthy();
    await act(async () => apply().click());
    expect(write).toHaveBeenCalledWith("target", 80);
    expect(output).toHaveBeenLastCalledWith("last_sent", 80);
    act(() => platform.services.store.put([[7, sampleOf(80)]], Date.now() * 1000));
    expect(await screen.findByText("176.0")).toBeTruthy();
  });
  it("steps from the present value in the reader's unit", () => {
    show({}, sampleOf(20), { temperature: "°F" });
    fireEvent.keyDown(screen.getByRole("textbox"), { key: "ArrowUp" });
    expect((screen.getByRole("textbox") as HTMLInputElement).value).toBe("68.1");
  });
});
