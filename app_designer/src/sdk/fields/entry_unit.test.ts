import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { signalFor, tagOf } from "../../testing/fakes";
import { entryMeta, entryOf, storedText } from "./entry_unit";
import { type FieldSpec, initialDraft, isFieldVisible, readField } from "./field_spec";
import { fieldTranslator } from "./texts";

const WISHES = { temperature: "°F", pressure: "psi" };
const oil = { unit: "°C", decimals: 1, span: [0, 120] as [number, number], limits: { hi: 95 } };
const t = fieldTranslator("en");

describe("an entry in the reader's unit", () => {
  it("takes and tells limits in that unit, and stores the tag's", () => {
    const entry = entryOf(oil, {}, WISHES);
    expect(entry.limits).toMatchObject({ min: 32, max: 248, hi: 203, unit: "°F", decimals: 1, step: 0.1 });
    expect(entry.stored).toMatchObject({ min: 0, max: 120, unit: "°C" });
    expect([entry.store(212), entry.show(100)]).toEqual([100, 212]);
    expect(entry.problem(248)).toBeNull();
    expect(entry.problem(248.1)).toEqual({ text: "above_max", values: { limit: "248 °F" } });
    expect(entry.warning(204)).toEqual({ text: "above_hi", values: { limit: "203 °F" } });
    expect(storedText(entry, "70", t)).toBe("Stored as 21.1111 °C");
  });
  it("tells no limit that may not be typed", () => {
    const entry = entryOf({ unit: "bar", decimals: 1, span: [0.13, 6.3] }, {}, WISHES);
    const { min, max } = entry.limits;
    expect([min, max]).toEqual([2, 91]);
    expect(entry.problem(min ?? Number.NaN)).toBeNull();
    expect(entry.problem(max ?? Number.NaN)).toBeNull();
    expect(entry.problem(92)?.text).toBe("above_max");
  });
  it("steps in round numbers", () => {
    expect(entryOf(oil, { step: 0.5 }, WISHES).limits.step).toBe(1);
    expect(entryOf({ unit: "bar" }, { step: 1 }, WISHES).limits.step).toBe(10);
  });
  it("gives back exactly what was stored and what was typed", () => {
    const digits = fc.integer({ min: -99_999_999, max: 99_999_999 }).map((whole) => whole / 1000);
    for (const [unit, wishes] of [
      ["°C", WISHES],
      ["bar", WISHES],
      ["bar", { pressure: "kPa" }],
      ["kg", { mass: "lb" }],
    ] as const) {
      const entry = entryOf({ unit }, {}, wishes);
      expect(entry.limits.unit).not.toBe(unit);
      fc.assert(
        fc.property(digits, (value) => {
          expect(entry.store(entry.show(value))).toBe(value);
          expect(entry.show(entry.store(value))).toBe(value);
        }),
      );
    }
  });
  it("leaves a count a whole number, and says what is stored", () => {
    const meta = entryMeta(signalFor(tagOf(1, { kind: "i", meta: { unit: "°C", decimals: null } })));
    const entry = entryOf(meta, {}, WISHES);
    expect(entry.store(70)).toBe(21);
    expect(storedText(entry, "70", t)).toBe("Stored as 21 °C");
    expect(storedText(entryOf(meta, {}, {}), "70", t)).toBe("");
  });
});

describe("a field in the reader's unit", () => {
  const field: FieldSpec = { id: "t", kind: "number", unit: "°C", max: 40, initial: 20 };
  it("is worth what is stored", () => {
    expect(initialDraft(field, {}, WISHES)).toBe("68");
    expect(readField(field, "68", {}, WISHES).value).toBe(20);
    expect(readField(field, "104", {}, WISHES).value).toBe(40);
    expect(readField(field, "105", {}, WISHES).problem?.values).toEqual({ limit: "104 °F" });
    expect(readField({ ...field, unit: "" }, "68", { unit: "°C" }, WISHES).value).toBe(20);
  });
  it("decides about others by what is stored", () => {
    const other: FieldSpec = { id: "why", kind: "text", visible_when: { field: "t", equals: 20 } };
    const worth = (one: FieldSpec) => readField(one, "68", {}, WISHES).value;
    expect(isFieldVisible(other, [field, other], { t: "68" }, worth)).toBe(true);
    expect(isFieldVisible(other, [field, other], { t: "68" })).toBe(false);
  });
});
