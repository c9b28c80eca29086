import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { entryLimits, isSame, limitProblem, limitWarning, stepped } from "./entry_limits";
import { type FieldSpec, initialDraft, isFieldVisible, readField } from "./field_spec";
import { padText } from "./NumberPad";
import { readNumber, writeNumber } from "./number_text";
import { childrenOf, optionsOfTexts } from "./options";

describe("a typed number", () => {
  it.each([
    ["12", 12],
    ["-0.5", -0.5],
    ["1,5", 1.5],
    ["１２．５", 12.5],
    ["−3", -3],
    [" 1 000 ", 1000],
    [".5", 0.5],
    ["1234,567", 1234.567],
  ])("%s is %d", (text, value) => expect(readNumber(text)).toEqual({ kind: "number", value }));

  it("is never guessed where a comma may be either", () => {
    expect(readNumber("1,500").kind).toBe("ambiguous");
    expect(readNumber("1,234.5").kind).toBe("not_a_number");
  });

  it.each(["abc", "1e5", "0x10", "NaN", "Infinity", "1.2.3", "--1", "1-"])("%s is none", (text) =>
    expect(readNumber(text).kind).toBe("not_a_number"),
  );

  it("comes back as it was written", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.integer({ min: 0, max: 6 }),
        (value, decimals) => {
          const written = writeNumber(value, decimals);
          const read = readNumber(written);
          return read.kind === "number" && read.value === Number(written);
        },
      ),
    );
  });
});

describe("limits", () => {
  const meta = { unit: "°C", decimals: 1, span: [0, 120] as [number, number], limits: { hi: 95, lo: 10 } };
  it("a block narrows what the tag allows and never widens it", () => {
    expect(entryLimits(meta, { min: -50, max: 100 })).toMatchObject({
      min: 0,
      max: 100,
      unit: "°C",
      step: 0.1,
    });
    expect(limitProblem(120.1, entryLimits(meta, { max: 500 }))).toEqual({
      text: "above_max",
      values: { limit: "120 °C" },
    });
  });
  it("a value beyond a limit of the tag is warned of, not refused", () => {
    const limits = entryLimits(meta, {});
    expect(limitProblem(96, limits)).toBeNull();
    expect(limitWarning(96, limits)?.text).toBe("above_hi");
    expect(limitWarning(5, limits)?.text).toBe("below_lo");
  });
  it("steps stay within and add up without dust", () => {
    const limits = entryLimits(meta, {});
    expect(stepped(0.2, 1, limits)).toBe(0.3);
    expect(stepped(120, 1, limits)).toBe(120);
    expect(stepped(0, -1, limits)).toBe(0);
  });
  it("a machine shows what was sent when it is the same within half of the last digit", () => {
    expect(isSame(72.54, 72.5, 1)).toBe(true);
    expect(isSame(72.6, 72.5, 1)).toBe(false);
    expect(isSame(true, 1, null)).toBe(true);
    expect(isSame(null, 0, null)).toBe(false);
    expect(isSame("a", "b", null)).toBe(false);
  });
});

describe("a field", () => {
  const field = (change: Partial<FieldSpec>): FieldSpec => ({ id: "a", kind: "text", ...change });
  it("needed and empty says so; not needed and empty is null", () => {
    expect(readField(field({ required: true }), "  ").problem?.text).toBe("missing");
    expect(readField(field({}), "").value).toBeNull();
  });
  it("text is counted in characters, cut of blanks and composed", () => {
    expect(readField(field({ max_length: 3 }), "一二三").problem).toBeNull();
    expect(readField(field({ max_length: 3 }), "😀😀😀😀").problem?.text).toBe("too_long");
    expect(readField(field({}), " e\u0301 ").value).toBe("\u00e9");
  });
  it("a whole number takes no half", () => {
    expect(readField(field({ kind: "integer" }), "1.5").problem?.text).toBe("integer");
    expect(readField(field({ kind: "integer" }), "7").value).toBe(7);
  });
  it("a choice that is gone is told", () => {
    const options = [{ value: 1, label: "A" }];
    expect(readField(field({ kind: "select", options }), 1).value).toBe(1);
    expect(readField(field({ kind: "select", options }), "1").problem?.text).toBe("option_unknown");
  });
  it("a tick that is needed must be set", () => {
    expect(readField(field({ kind: "checkbox", required: true }), false).problem?.text).toBe("missing");
    expect(initialDraft(field({ kind: "checkbox" }))).toBe(false);
  });
  it("is shown by what stands in another", () => {
    const other = field({
      id: "ok",
      kind: "radio",
      options: [
        { value: 0, label: "No" },
        { value: 1, label: "Yes" },
      ],
    });
    const why = field({ id: "why", visible_when: { field: "ok", equals: 0 } });
    const fields = [other, why];
    expect(isFieldVisible(why, fields, { ok: 1 })).toBe(false);
    expect(isFieldVisible(why, fields, { ok: 0 })).toBe(true);
    expect(isFieldVisible({ ...why, visible_when: { field: "ok", not_empty: true } }, fields, {})).toBe(
      false,
    );
    expect(isFieldVisible({ ...why, visible_when: { field: "ok", in: [1, 2] } }, fields, { ok: 1 })).toBe(
      true,
    );
    expect(isFieldVisible({ ...why, visible_when: { field: "gone", equals: 0 } }, fields, {})).toBe(true);
  });
});

describe("options and keys", () => {
  it("lie in two levels", () => {
    const options = [
      { value: 1, label: "A" },
      { value: 2, label: "B", parent: 1 },
    ];
    expect(childrenOf(options, undefined)).toHaveLength(1);
    expect(childrenOf(options, 1)).toHaveLength(1);
  });
  it("come from value texts", () =>
    expect(optionsOfTexts({ "0": "Off", x: "Y" })).toEqual([
      { value: 0, label: "Off" },
      { value: "x", label: "Y" },
    ]));
  it("the pad makes no text that is no number", () => {
    expect(padText("1.5", ".")).toBe("1.5");
    expect(padText("", ".")).toBe("0.");
    expect(padText("0", "7")).toBe("7");
    expect(padText("12", "sign")).toBe("-12");
    expect(padText("1234567890123456", "1")).toHaveLength(16);
  });
});
