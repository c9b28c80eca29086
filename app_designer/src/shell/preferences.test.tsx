import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const F = { temperature: "°F" };

describe("wishes for other units", () => {
  beforeEach(() => {
    // The code of the units is not here yet, other than in the rest of the tests.
    vi.resetModules();
  });
  afterEach(() => {
    vi.doUnmock("@sdk/units/units");
  });
  async function begin(first: Readonly<Record<string, string>>) {
    const { useReadyWishes } = await import("./preferences");
    const { displayUnit, loadUnits } = await import("@sdk/preferences/display_unit");
    const hook = renderHook((wishes) => useReadyWishes(wishes), { initialProps: first });
    return { ...hook, displayUnit, loadUnits };
  }

  it("keep what is inside waiting for the units, so that no number jumps", async () => {
    const { result, displayUnit, loadUnits } = await begin(F);
    expect(result.current).toBeNull();
    await act(() => loadUnits());
    expect(result.current).toBe(F);
    expect(displayUnit("°C", F)?.convert(25)).toBe(77);
  });
  it("that come later follow when the units are here; until then all stands as it did", async () => {
    const none = {};
    const { result, rerender, displayUnit, loadUnits } = await begin(none);
    expect(result.current).toBe(none);
    expect(displayUnit("°C", none)).toBeNull();
    rerender(F);
    expect(result.current).toBe(none);
    await act(() => loadUnits());
    expect(result.current).toBe(F);
    rerender(none);
    expect(result.current).toBe(none);
  });
  it("that cannot be met leave the values as they are stored", async () => {
    vi.doMock("@sdk/units/units", () => {
      throw new Error("away");
    });
    const { result, loadUnits } = await begin(F);
    await act(() => loadUnits().then(undefined, () => undefined));
    expect(result.current).toEqual({});
  });
});
