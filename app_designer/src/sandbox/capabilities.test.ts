import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { actOnUse } from "./capabilities";
import { readUp, type Use } from "./protocol";

const text = (message: unknown) => JSON.stringify(message);
const place = (granted: string[] = [], change: object = {}) =>
  ({ block: "acme.ring", granted, box: null, runs: true, ...change }) as never;
const copy: Use = { capability: "clipboard", text: "42" };
const keep = (key: string, value: string | null): Use => ({ capability: "storage", key, text: value });

describe("a capability in use, as a frame says it", () => {
  it("is read when it is well formed", () => {
    expect(readUp(text({ t: "use", n: 1, capability: "clipboard", text: "x" }))).toEqual({
      t: "use",
      n: 1,
      use: { capability: "clipboard", text: "x" },
    });
  });
  it.each([
    { t: "use", capability: "clipboard", text: "x" },
    { t: "use", n: 1, capability: "camera" },
    { t: "use", n: 1, capability: "clipboard" },
    { t: "use", n: 1, capability: "clipboard", text: 5 },
    { t: "use", n: 1, capability: "download", text: "x" },
    { t: "use", n: 1, capability: "fullscreen", on: "yes" },
    { t: "use", n: 1, capability: "storage", key: "../other", text: "x" },
    { t: "use", n: 1, capability: "storage", key: "a", text: "x".repeat(12_001) },
  ])("is not heard otherwise: %j", (message) => expect(readUp(text(message))).toBeNull());
});

describe("what is done for a frame", () => {
  const written = vi.fn();
  beforeEach(() => {
    written.mockReset();
    vi.stubGlobal("navigator", {
      ...navigator,
      userActivation: { isActive: true },
      clipboard: { writeText: async (value: string) => written(value) },
    });
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    localStorage.clear();
  });

  it("is nothing until it was given", async () => {
    expect(await actOnUse(copy, place())).toEqual({ ok: false, text: null });
    expect(await actOnUse(copy, place(["download", "storage"]))).toEqual({ ok: false, text: null });
    expect(await actOnUse(keep("a", "x"), place(["clipboard"]))).toEqual({ ok: false, text: null });
    expect(written).not.toHaveBeenCalled();
    expect(localStorage.length).toBe(0);
    expect(await actOnUse(copy, place(["clipboard"]))).toEqual({ ok: true, text: null });
    expect(written).toHaveBeenCalledWith("42");
  });
  it("is nothing in the designer, and nothing without a press", async () => {
    expect((await actOnUse(copy, place(["clipboard"], { runs: false }))).ok).toBe(false);
    vi.stubGlobal("navigator", { ...navigator, userActivation: { isActive: false } });
    expect((await actOnUse(copy, place(["clipboard"]))).ok).toBe(false);
    expect(written).not.toHaveBeenCalled();
  });
  it("keeps texts of a block apart from all others, and not without end", async () => {
    localStorage.setItem("theme", "dark");
    expect(await actOnUse(keep("theme", "x"), place(["storage"]))).toEqual({ ok: true, text: "x" });
    expect(localStorage.getItem("theme")).toBe("dark");
    expect(
      (await actOnUse(keep("theme", null), place(["storage"], { block: "other.ring" }))).text,
    ).toBeNull();
    for (let n = 0; n < 30; n += 1) await actOnUse(keep(`k${n}`, "x"), place(["storage"]));
    expect(localStorage.length).toBe(21);
    expect((await actOnUse(keep("theme", "y"), place(["storage"]))).ok).toBe(true);
  });
});
