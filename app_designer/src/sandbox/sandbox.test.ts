import { describe, expect, it, vi } from "vitest";
import { HEIGHT_MAX_PX, isOfType, readUp, UP_LENGTH_MAX } from "./protocol";
import { act } from "./SandboxFrame";

const text = (message: unknown) => JSON.stringify(message);

describe("what a frame says", () => {
  it("is heard when it is well formed", () => {
    expect(readUp(text({ t: "output", name: "a", value: 1 }))).toEqual({ t: "output", name: "a", value: 1 });
    expect(readUp(text({ t: "emit", name: "press", payload: { value: "x" } }))).toEqual({
      t: "emit",
      name: "press",
      payload: new Map([["value", "x"]]),
    });
    expect(readUp(text({ t: "height", px: 1e9 }))).toEqual({ t: "height", px: HEIGHT_MAX_PX });
  });
  it.each([
    [{ t: "output", name: "a", value: 1 }],
    ["not json"],
    ["[]"],
    ["null"],
    [text({ t: "write", name: "a", value: 1 })],
    [text({ t: "output", name: 1, value: 1 })],
    [text({ t: "output", name: "a", value: {} })],
    [text({ t: "emit", name: "a", payload: [1] })],
    [text({ t: "emit", name: "a", payload: { deep: {} } })],
    [
      text({
        t: "emit",
        name: "a",
        payload: Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`f${n}`, n])),
      }),
    ],
    [text({ t: "output", name: "a", value: "x".repeat(501) })],
    [text({ t: "output", name: "a", value: 1, more: "x".repeat(UP_LENGTH_MAX) })],
    ['{"t":"height","px":-1}'],
    ['{"__proto__":{"t":"output","name":"a","value":1}}'],
  ])("is not heard otherwise: %s", (data) => expect(readUp(data)).toBeNull());
  it("touches no prototype", () => {
    const read = readUp('{"t":"emit","name":"a","payload":{"__proto__":1}}');
    expect(read).toMatchObject({ t: "emit" });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe("what its manifest declares", () => {
  const manifest = {
    events: { press: { label: {}, payload: { value: "number" as const }, description: "" } },
    outputs: {
      share: { label: {}, type: "number" as const, enum: [], description: "" },
      level: { label: {}, type: "string" as const, enum: ["low", "high"], description: "" },
    },
  } as never;
  const ways = (enabled = true) => ({ emit: vi.fn(() => true), output: vi.fn(), enabled });
  it("is passed on with the declared fields alone", () => {
    const given = ways();
    act(manifest, given, {
      t: "emit",
      name: "press",
      payload: new Map([
        ["value", 1],
        ["more", 2],
      ] as const),
    });
    expect(given.emit).toHaveBeenCalledWith("press", { value: 1 });
    act(manifest, given, { t: "output", name: "level", value: "low" });
    expect(given.output).toHaveBeenCalledWith("level", "low");
  });
  it("and nothing else is", () => {
    const given = ways();
    act(manifest, given, { t: "emit", name: "other", payload: new Map() });
    act(manifest, given, { t: "emit", name: "constructor", payload: new Map() });
    act(manifest, given, { t: "emit", name: "press", payload: new Map([["value", "text"]] as const) });
    act(manifest, given, { t: "output", name: "share", value: "text" });
    act(manifest, given, { t: "output", name: "level", value: "middle" });
    act(manifest, given, { t: "output", name: "__proto__", value: 1 });
    expect(given.emit).not.toHaveBeenCalled();
    expect(given.output).not.toHaveBeenCalled();
  });
  it("a disabled block reports no event", () => {
    const given = ways(false);
    act(manifest, given, { t: "emit", name: "press", payload: new Map([["value", 1]] as const) });
    expect(given.emit).not.toHaveBeenCalled();
  });
  it("types are kept", () => {
    expect(isOfType(1.5, "integer")).toBe(false);
    expect(isOfType(null, "number")).toBe(true);
    expect(isOfType(true, undefined)).toBe(false);
  });
});
