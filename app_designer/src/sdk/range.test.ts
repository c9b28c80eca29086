import { describe, expect, it } from "vitest";
import { clampWindow, HOUR, rangeFromParams, rangeToParams, resolveRange } from "./range";

const now = new Date(2026, 10, 23, 9, 30).getTime() * 1000;

describe("time range", () => {
  it("survives the address", () => {
    for (const choice of [
      { kind: "live", span: "8h" },
      { kind: "fixed", from: now - HOUR, to: now },
    ] as const) {
      const params = new URLSearchParams("machine=press_2");
      rangeToParams(choice, params);
      expect(rangeFromParams(params, "1h")).toEqual(choice);
      expect(params.get("machine")).toBe("press_2");
    }
  });
  it.each(["range=century", "from=x&to=y", "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", ""])(
    "takes the default for %s",
    (text) => {
      expect(rangeFromParams(new URLSearchParams(text), "day")).toEqual({ kind: "live", span: "day" });
    },
  );
  it("knows the shift that runs, also after midnight", () => {
    const at = (hour: number) => new Date(2026, 10, 23, hour, 30).getTime() * 1000;
    const start = (hour: number) =>
      new Date(resolveRange({ kind: "live", span: "shift" }, at(hour)).from / 1000);
    expect(start(9).getHours()).toBe(6);
    expect(start(15).getHours()).toBe(14);
    expect(start(3).getHours()).toBe(22);
    expect(start(3).getDate()).toBe(22);
  });
  it("keeps windows sensible", () => {
    expect(clampWindow(now, now + HOUR, now)).toEqual({ from: now - HOUR, to: now });
    const tiny = clampWindow(now - 10, now, now);
    expect(tiny.to - tiny.from).toBe(1_000_000);
  });
});
