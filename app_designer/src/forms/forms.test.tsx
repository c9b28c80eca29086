import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import axe from "axe-core";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { fakePlatform, Scene } from "../testing/fakes";
import { moved } from "./fields/ListField";
import { numberText, parseNumber, stepped } from "./fields/NumberField";
import { alternativeOf, withMember } from "./fields/ObjectField";
import { withWord, wordsOf } from "./fields/TextField";
import { SchemaForm } from "./SchemaForm";
import { conditionHolds, emptyOf, orderedProps, type PropSchema } from "./schema";
import { formTexts } from "./texts";
import { problemsOf } from "./validate";

const t = formTexts("en");
afterEach(() => cleanup());

interface Leaf {
  schema: PropSchema;
  value: fc.Arbitrary<unknown>;
}
const of = (given: Leaf) => fc.constant(given);

/** Schemas of the closed subset, each with values that fit it. */
const leaf: fc.Arbitrary<Leaf> = fc.oneof(
  of({ schema: { type: "boolean" }, value: fc.boolean() }),
  of({
    schema: { type: "integer", minimum: -5, maximum: 90 },
    value: fc.integer({ min: -5, max: 90 }),
  }),
  of({ schema: { type: "number" }, value: fc.double({ noNaN: true, noDefaultInfinity: true }) }),
  of({ schema: { type: "string", maxLength: 20 }, value: fc.string({ maxLength: 10 }) }),
  of({ schema: { enum: ["a", "b", "c", "d"] }, value: fc.constantFrom("a", "b", "c", "d") }),
  of({
    schema: { $ref: "interlock:types#/text" },
    value: fc.record({ en: fc.string(), "zh-CN": fc.string() }),
  }),
  of({
    schema: { $ref: "interlock:types#/tone" },
    value: fc.constantFrom("running", "fault", "attention"),
  }),
  of({
    schema: { $ref: "interlock:types#/scalar" },
    value: fc.oneof(fc.integer(), fc.boolean(), fc.string()),
  }),
  of({
    schema: { type: "array", items: { $ref: "interlock:types#/band" } },
    value: fc.array(fc.record({ to: fc.integer(), tone: fc.constantFrom("running", "fault") }), {
      maxLength: 3,
    }),
  }),
  of({
    schema: {
      type: "array",
      items: { type: "object", required: ["id"], properties: { id: { type: "string" } } },
    },
    value: fc.array(fc.record({ id: fc.string() }), { maxLength: 3 }),
  }),
);

const forms = fc.array(leaf, { minLength: 1, maxLength: 5 }).chain((leaves) => {
  const schema: PropSchema = {
    type: "object",
    additionalProperties: false,
    properties: Object.fromEntries(leaves.map((one, index) => [`p${index}`, one.schema])),
  };
  const value = fc.record(Object.fromEntries(leaves.map((one, index) => [`p${index}`, one.value])));
  return value.map((props) => ({ schema, props }));
});

const shown = (schema: PropSchema, value: Record<string, unknown>, onChange = vi.fn()) => {
  render(
    <Scene platform={fakePlatform()}>
      <SchemaForm schema={schema} value={value} onChange={onChange} />
    </Scene>,
  );
  return onChange;
};

describe("a form made of a schema", () => {
  it("finds nothing wrong with props that fit, and changes nothing by being shown", {
    timeout: 30_000,
  }, () => {
    fc.assert(
      fc.property(forms, ({ schema, props }) => {
        expect(problemsOf(schema, props, t)).toEqual([]);
        const onChange = shown(schema, props);
        expect(onChange).not.toHaveBeenCalled();
        cleanup();
      }),
      { numRuns: 12 },
    );
  });

  it("says what is wrong in words, at the place", () => {
    const schema: PropSchema = {
      type: "object",
      properties: { max: { type: "number", maximum: 10 }, n: { type: "integer" } },
    };
    expect(problemsOf(schema, { max: 11, n: "x" }, t)).toEqual([
      { path: "/max", message: "At most 10." },
      { path: "/n", message: "This must be a whole number." },
    ]);
    shown(schema, { max: 11 });
    const input = screen.getByLabelText("max");
    expect(input.getAttribute("aria-invalid")).toBe("true");
    const described = document.getElementById(
      input.getAttribute("aria-describedby")?.split(" ").at(-1) ?? "",
    );
    expect(described?.textContent).toBe("At most 10.");
  });

  it("shows a property only where its condition holds, defaults counting", () => {
    const schema: PropSchema = {
      type: "object",
      properties: {
        mode: { enum: ["auto", "fixed"], default: "auto" },
        max: { type: "number", "x-ui": { visible_when: { prop: "/mode", equals: "fixed" } } },
      },
    };
    shown(schema, {});
    expect(screen.queryByLabelText("max")).toBeNull();
    cleanup();
    shown(schema, { mode: "fixed" });
    expect(screen.getByLabelText("max")).toBeTruthy();
    expect(conditionHolds({ prop: "/mode", in: ["auto"] }, {}, schema)).toBe(true);
    expect(conditionHolds({ prop: "/list", not_empty: true }, { list: [] })).toBe(false);
  });

  it("hands on what is typed, with a comma for the point, and takes a value back to its default", () => {
    const schema: PropSchema = { type: "object", properties: { max: { type: "number", default: 5 } } };
    const onChange = shown(schema, { max: 7 });
    fireEvent.change(screen.getByLabelText("max"), { target: { value: "2,5" } });
    expect(onChange).toHaveBeenLastCalledWith("max", 2.5, true);
    fireEvent.click(screen.getByRole("button", { name: "Back to the default: max" }));
    expect(onChange).toHaveBeenLastCalledWith("max", undefined, false);
  });

  it("keeps the other language when one is changed", () => {
    expect(withWord("Pump", "zh-CN", "泵")).toEqual({ en: "Pump", "zh-CN": "泵" });
    expect(withWord({ en: "Pump" }, "en", "")).toBeUndefined();
    expect(wordsOf(undefined)).toEqual({});
  });

  it("has no serious finding for screen readers", { timeout: 30_000 }, async () => {
    const schema: PropSchema = {
      type: "object",
      properties: {
        title: { $ref: "interlock:types#/text" },
        tone: { $ref: "interlock:types#/tone" },
        bands: { type: "array", items: { $ref: "interlock:types#/band" }, "x-ui": { widget: "bands" } },
        page: { $ref: "interlock:types#/page" },
        on: { type: "boolean" },
      },
    };
    shown(schema, { title: { en: "A" }, bands: [{ to: 1, tone: "fault" }] });
    const found = await axe.run(document.body, {
      rules: { region: { enabled: false }, "color-contrast": { enabled: false } },
    });
    expect(found.violations.filter((one) => one.impact === "serious" || one.impact === "critical")).toEqual(
      [],
    );
  });
});

describe("values as text and back", () => {
  it("gives every number back as it was", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(parseNumber(numberText(value))).toBe(value === 0 ? 0 : value);
      }),
    );
  });
  it("refuses what is no number", () => {
    for (const text of ["", "-", "1..2", "abc", "0x10", "1e999"]) expect(parseNumber(text)).toBeNull();
  });
  it("steps within the limits and without rounding dust", () => {
    expect(stepped(0.1, 0.2, { schema: {} })).toBe(0.3);
    expect(stepped(9, 5, { schema: { maximum: 10 } })).toBe(10);
  });
});

describe("lists and alternatives", () => {
  it("moves an entry and loses none", () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), fc.nat(20), fc.nat(20), (list, from, to) => {
        const at = from % list.length;
        expect([...moved(list, at, to)].sort()).toEqual([...list].sort());
      }),
    );
  });
  it("begins a new entry with the least that fits", () => {
    const schema: PropSchema = {
      type: "object",
      required: ["to", "tone"],
      properties: { to: { type: "number", minimum: 3 }, tone: { $ref: "interlock:types#/tone" } },
    };
    expect(emptyOf(schema)).toEqual({ to: 3, tone: "neutral" });
    expect(problemsOf(schema, emptyOf(schema), t)).toEqual([]);
  });
  it("tells alternatives by their discriminator and takes a member away", () => {
    const schema: PropSchema = {
      "x-discriminator": "kind",
      oneOf: [{ properties: { kind: { const: "text" } } }, { properties: { kind: { const: "number" } } }],
    };
    expect(alternativeOf(schema, { kind: "number" })).toBe(1);
    expect(alternativeOf(schema, {})).toBe(-1);
    expect(withMember({ a: 1, b: 2 }, "a", undefined)).toEqual({ b: 2 });
  });
  it("orders properties by group, then by order", () => {
    const schema: PropSchema = {
      properties: {
        a: { "x-ui": { group: "look", order: 1 } },
        b: { "x-ui": { group: "content", order: 9 } },
        c: { "x-ui": { group: "content", order: 1 } },
      },
    };
    expect(orderedProps(schema).map((prop) => prop.name)).toEqual(["c", "b", "a"]);
  });
});
