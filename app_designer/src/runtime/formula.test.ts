import { describe, expect, it } from "vitest";
import { sampleOf, signalFor, tagOf } from "../testing/fakes";
import { roleRowAt, tagIdFor } from "./binding";
import { exprInput, isWhole, unitOf } from "./formula";

describe("what a formula is given", () => {
  it("is a number for whole numbers beyond 2^53, called uncertain, and no unit after a scaling", () => {
    const wide = sampleOf("9007199254740995");
    expect(exprInput(wide, "", true)).toMatchObject({ v: 9007199254740996, q: 64 });
    expect(exprInput(wide, "", false)).toMatchObject({ v: "9007199254740995", q: 0 });
    expect(isWhole(signalFor(tagOf(1, { kind: "u" })))).toBe(true);
    expect(isWhole(signalFor(tagOf(1)))).toBe(false);
    expect(unitOf(signalFor(tagOf(1)))).toBe("°C");
    expect(unitOf(signalFor(tagOf(1), { transforms: [{ op: "scale", factor: 2 }] }))).toBe("");
    expect(unitOf(signalFor(tagOf(1), { transforms: [{ op: "round", decimals: 1 }] }))).toBe("°C");
  });
});

describe("which tag plays a role", () => {
  const roles = [
    { asset: "press_1", role: "speed", tag_id: 1, valid_from: 100 },
    { asset: "press_1", role: "speed", tag_id: 2, valid_from: 200 },
  ];
  it("depends on the moment: before a sensor was replaced it was the old one", () => {
    expect(tagIdFor({ roles }, "press_1", "speed")).toBe(2);
    expect(tagIdFor({ roles }, "press_1", "speed", 199)).toBe(1);
    expect(roleRowAt({ roles }, "press_1", "speed", 99)).toBeNull();
  });
});
