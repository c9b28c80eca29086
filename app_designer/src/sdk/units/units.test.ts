import { describe, expect, it } from "vitest";
import { convertValue, dimensionOf, parseUnit, sameDimension, unitsLike } from "./index";

describe("units", () => {
  it("convert exactly where the factors are whole", () => {
    expect(convertValue(100, "°C", "°F")).toBe(212);
    expect(convertValue(212, "华氏度", "摄氏度")).toBe(100);
    expect(convertValue(1.5, "bar", "kPa")).toBe(150);
    expect(convertValue(120, "l/min", "m3/h")).toBe(7.2);
    expect(convertValue(5, "kWh", "MJ")).toBe(18);
    expect(convertValue(10, "Δ°C", "Δ°F")).toBe(18);
  });

  it("refuse what measures something else", () => {
    expect(convertValue(1, "°C", "bar")).toBeNull();
    expect(convertValue(1, "N·m", "J")).toBeNull();
    expect(convertValue(1, "°C", "Δ°C")).toBeNull();
    expect(convertValue(1, "carton", "pcs")).toBeNull();
    expect(convertValue(3, "carton", "carton")).toBe(3);
  });

  it("are read in many spellings, by case only where it matters", () => {
    for (const [text, id] of [
      ["℃", "°C"],
      ["RPM", "1/min"],
      ["㎥/h", "m³/h"],
      ["KWH", "kWh"],
      [" 千帕 ", "kPa"],
      ["件", "pcs"],
      ["mW", "mW"],
      ["MW", "MW"],
    ] as const) {
      expect(parseUnit(text)?.text).toBe(id);
    }
    expect(dimensionOf("mw")).toBeNull();
  });

  it("are put together and taken apart", () => {
    expect(parseUnit("kWh/pcs")).toMatchObject({ text: "kWh/pcs", dimension: null });
    const a = parseUnit("kJ/s");
    const b = parseUnit("kW");
    expect(a && b && sameDimension(a, b)).toBe(true);
    expect(a?.text).toBe("kW");
    expect(convertValue(1, "carton/min", "carton/h")).toBe(60);
  });

  it("of one dimension can be listed", () => {
    expect(unitsLike("bar")).toContain("psi");
    expect(unitsLike("carton")).toEqual([]);
  });
});
