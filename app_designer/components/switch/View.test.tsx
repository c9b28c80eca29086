import { render, screen } from "@testing-library/react";
import { act } from "react";
import { describe, expect, it, vi } from "vitest";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene, sampleOf, signalFor, tagOf } from "../../src/testing/fakes";
import View, { type SwitchProps } from "./View";

const tag = tagOf(7, {
  kind: "b",
  meta: { description: "Pump", unit: "", texts: { "0": "Stopped", "1": "Running" } },
});

function show(
  value: boolean | null,
  given: Partial<Parameters<typeof blockProps<SwitchProps>>[0]> = {},
  q = 0,
) {
  const platform = fakePlatform();
  platform.services.store.put([[7, sampleOf(value, { q })]], Date.now() * 1000);
  render(
    <Scene platform={platform}>
      <View {...blockProps<SwitchProps>({ props: {}, targets: { target: signalFor(tag) }, ...given })} />
    </Scene>,
  );
  return platform;
}
const pressed = (name: string) => screen.getByRole("button", { name }).getAttribute("aria-pressed");

describe("switch", () => {
  it("shows what the machine says, in the words of the tag", () => {
    show(true);
    expect(pressed("Running")).toBe("true");
    expect(pressed("Stopped")).toBe("false");
    expect(screen.getByRole("group", { name: "Pump" })).toBeTruthy();
  });

  it("an accepted write alone changes nothing: only the machine's own value does", async () => {
    const platform = show(false, { write: async () => ({ status: "done" }) });
    await act(async () => screen.getByRole("button", { name: "Running" }).click());
    expect(pressed("Running")).toBe("false");
    expect(screen.getByText(/Waiting for the machine/)).toBeTruthy();
    act(() => platform.services.store.put([[7, sampleOf(true)]], Date.now() * 1000));
    expect(pressed("Running")).toBe("true");
    expect(screen.getByText("Done.")).toBeTruthy();
  });

  it("says so when the machine does not follow", async () => {
    vi.useFakeTimers();
    show(false, { write: async () => ({ status: "done" }) });
    await act(async () => screen.getByRole("button", { name: "Running" }).click());
    await act(async () => vi.advanceTimersByTime(10_001));
    expect(screen.getByText(/still shows Stopped/)).toBeTruthy();
    vi.useRealTimers();
  });

  it("shows why it was refused and keeps the real state", async () => {
    show(false, { write: async () => ({ status: "refused", message: "Guard open." }) });
    await act(async () => screen.getByRole("button", { name: "Running" }).click());
    expect(screen.getByText("Guard open.")).toBeTruthy();
    expect(pressed("Stopped")).toBe("true");
  });

  it("a bad value is neither on nor off", () => {
    show(null, {}, 129);
    expect(pressed("Running")).toBe("false");
    expect(pressed("Stopped")).toBe("false");
    expect(document.querySelector("[data-state=unknown]")).toBeTruthy();
    expect(document.querySelector("[data-level=bad]")).toBeTruthy();
  });

  it("writes the values of a number tag, or its own", async () => {
    const write = vi.fn(async () => ({ status: "done" as const }));
    const number = signalFor(tagOf(7, { kind: "u", meta: { unit: "" } }));
    show(null, {
      write,
      targets: { target: number },
      props: { on_label: "On", off_label: "Off", off_value: 9 },
    });
    await act(async () => screen.getByRole("button", { name: "On" }).click());
    await act(async () => screen.getByRole("button", { name: "Off" }).click());
    expect(write.mock.calls).toEqual([
      ["target", 1],
      ["target", 9],
    ]);
  });

  it("does nothing when it is not available or not bound", async () => {
    const write = vi.fn(async () => ({ status: "done" as const }));
    show(false, { write, enabled: false });
    await act(async () => screen.getByRole("button", { name: "Running" }).click());
    expect(write).not.toHaveBeenCalled();
    expect(screen.getByText("Not available now")).toBeTruthy();
  });

  it("unbound it says so", () => {
    show(false, { targets: {} });
    expect(screen.getByText("Writes nothing yet")).toBeTruthy();
  });
});
