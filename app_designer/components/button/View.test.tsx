import { fireEvent, render, screen } from "@testing-library/react";
import { act } from "react";
import { describe, expect, it, vi } from "vitest";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene, signalFor, tagOf } from "../../src/testing/fakes";
import View, { type ButtonProps } from "./View";

function show(given: Partial<Parameters<typeof blockProps<ButtonProps>>[0]> = {}) {
  return render(
    <Scene platform={fakePlatform()}>
      <View {...blockProps<ButtonProps>({ props: { label: "Start" }, ...given })} />
    </Scene>,
  );
}

describe("button", () => {
  it("reports a press, and writes its constant where it is bound", async () => {
    const emit = vi.fn(() => true);
    const write = vi.fn(async () => ({ status: "done" as const }));
    show({ emit, write, targets: { command: signalFor(tagOf(1)) }, props: { label: "Start", value: 5 } });
    await act(async () => screen.getByRole("button").click());
    expect(emit).toHaveBeenCalledWith("press", { value: 5 });
    expect(write).toHaveBeenCalledWith("command", 5);
    expect(screen.getByRole("status").textContent).toBe("Done.");
  });

  it.each([
    ["refused", "Not your turn.", "Not your turn."],
    ["unknown", undefined, /not known whether this arrived/],
    ["cancelled", undefined, "Not sent."],
    ["preview", undefined, /nothing was sent/],
  ] as const)("says when a command was %s", async (status, message, words) => {
    show({
      write: async () => ({ status, ...(message ? { message } : {}) }),
      targets: { command: signalFor(tagOf(1)) },
    });
    await act(async () => screen.getByRole("button").click());
    expect(screen.getByRole("status").textContent).toMatch(words);
  });

  it("a second press while the first is on its way does nothing", async () => {
    let finish = (_: { status: "done" }) => {};
    const write = vi.fn(
      () =>
        new Promise<{ status: "done" }>((done) => {
          finish = done;
        }),
    );
    show({ write, targets: { command: signalFor(tagOf(1)) } });
    await act(async () => screen.getByRole("button").click());
    await act(async () => screen.getByRole("button").click());
    expect(write).toHaveBeenCalledTimes(1);
    await act(async () => finish({ status: "done" }));
    await act(async () => screen.getByRole("button").click());
    expect(write).toHaveBeenCalledTimes(2);
  });

  it("says that it is not available, and does nothing", () => {
    const emit = vi.fn(() => true);
    show({ emit, enabled: false });
    screen.getByRole("button").click();
    expect(emit).not.toHaveBeenCalled();
    expect(screen.getByRole("button").textContent).toContain("Not available now");
    expect(screen.getByRole("button").getAttribute("aria-disabled")).toBe("true");
  });

  it("held long enough counts, let go before does not; the space key does the same", () => {
    vi.useFakeTimers();
    const emit = vi.fn(() => true);
    show({ emit, props: { label: "Stop", hold: true } });
    const button = screen.getByRole("button");
    fireEvent.pointerDown(button, { button: 0 });
    act(() => vi.advanceTimersByTime(500));
    fireEvent.pointerUp(button);
    act(() => vi.advanceTimersByTime(2000));
    expect(emit).not.toHaveBeenCalled();
    fireEvent.keyDown(button, { key: " " });
    act(() => vi.advanceTimersByTime(1000));
    expect(emit).toHaveBeenCalledTimes(1);
    fireEvent.click(button);
    expect(emit).toHaveBeenCalledTimes(1);
    vi.useRealTimers();
  });
});
