import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { check, compile, complete, evaluate } from "./index";
import type { ExprContext, ExprInput, VarType } from "./types";

interface Case {
  text: string;
  vars: Record<string, ExprInput>;
  types: Record<string, VarType>;
  context: ExprContext;
  want: { value: unknown; check: unknown };
}

const path = resolve(process.cwd(), "../schemas/expr/differential.jsonl");
const cases = readFileSync(path, "utf-8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as Case);
const context: ExprContext = { now: 1_780_272_000_000_000, zone: "Asia/Shanghai", language: "zh-CN" };

describe("random formulas", () => {
  it("give what Python gives", () => {
    expect(cases.length).toBeGreaterThanOrEqual(200);
    for (const { text, vars, types, context, want } of cases) {
      const { v, q, ts, unit = "", why = "" } = evaluate(text, vars, context);
      const { type, unit: resultUnit = "", problems } = check(text, types);
      const found = problems.map(({ code, start, end, values }) => [code, start, end, values]);
      expect({ text, value: [v, q, ts, unit, why], check: [type, resultUnit, found] }).toEqual({
        text,
        ...want,
      });
    }
  });
});

const piece = fc.constantFrom(
  ..."a b event . value ( ) [ ] , + - * / % < > == != && || ! ? : in not and or true null 1 2.5 'x' \"泵\" '😀".split(
    " ",
  ),
  ..."round( sum( map( .filter( x, coalesce( convert( 'bar' constructor __proto__ \\u{ # ” （".split(" "),
  " ",
);
const text = fc.oneof(
  fc.string({ maxLength: 80 }),
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.array(piece, { maxLength: 40 }).map((parts) => parts.join("")),
);
const anyValue = fc.oneof(
  fc.double(),
  fc.string({ maxLength: 20 }),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.oneof(fc.double(), fc.string({ maxLength: 5 }), fc.constant(null)), { maxLength: 5 }),
  fc.record({ value: fc.double() }),
);

describe("whatever is typed", () => {
  it("never throws, and gives a sound value", () => {
    fc.assert(
      fc.property(text, anyValue, fc.integer({ min: 0, max: 255 }), (source, v, q) => {
        const vars = { a: { v, q, ts: 5 }, event: { v: { value: 1 }, q: 0, ts: 6 } };
        const result = compile(source)(vars, context);
        expect(result.q >= 0 && result.q <= 255).toBe(true);
        if (result.q >= 128) expect(result.v).toBeNull();
        if (typeof result.v === "number") expect(Number.isFinite(result.v)).toBe(true);
        expect(Number.isInteger(result.ts)).toBe(true);
      }),
      { seed: 3, numRuns: 1500 },
    );
  });

  it("is checked and completed with places inside of the text", () => {
    fc.assert(
      fc.property(text, fc.nat({ max: 100 }), (source, at) => {
        const types: Record<string, VarType> = { a: { type: "number", unit: "bar" } };
        for (const { start, end } of check(source, types).problems) {
          expect(0 <= start && start <= end && end <= source.length).toBe(true);
        }
        const cursor = Math.min(at, source.length);
        for (const { start, end } of complete(source, cursor, types)) {
          expect(0 <= start && start <= end && end === cursor).toBe(true);
        }
      }),
      { seed: 4, numRuns: 800 },
    );
  });

  it("reaches nothing beyond its inputs", () => {
    for (const name of ["constructor", "__proto__", "toString", "globalThis", "process", "window"]) {
      expect(evaluate(name, {}, context)).toMatchObject({ v: null, why: "no_value" });
      expect(evaluate(`event.${name}`, { event: { v: {}, q: 0, ts: 1 } }, context).v).toBeNull();
      expect(evaluate(`${name}(1)`, {}, context)).toMatchObject({ v: null, why: "unknown_function" });
    }
  });
});
