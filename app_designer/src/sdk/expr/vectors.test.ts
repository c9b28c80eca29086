import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { PROBLEMS, REASONS } from "../../generated/expr_messages.gen";
import { SIGNATURES } from "../../generated/expr_signatures.gen";
import { check, compile, evaluate, explain, explainWhy } from "./index";
import type { ExprContext, ExprValue, ExprVars, VarType } from "./types";

interface Case {
  group: string;
  text: string;
  vars?: ExprVars;
  context?: Partial<ExprContext>;
  value?: ExprValue;
  check?: { type: string; unit: string; problems: [string, number, number][] };
}
interface Vectors {
  context: ExprContext;
  vars: ExprVars;
  types: Record<string, VarType>;
  cases: Case[];
}

const path = resolve(process.cwd(), "../schemas/expr/vectors.json");
const vectors: Vectors = JSON.parse(readFileSync(path, "utf-8"));
const short = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

describe("the vectors shared with Python", () => {
  it.each(vectors.cases.map((item) => [item.group, short(item.text), item] as const))(
    "%s: %s",
    (_group, _text, item) => {
      if (item.value) {
        const context = { ...vectors.context, ...item.context };
        expect(evaluate(item.text, item.vars ?? vectors.vars, context)).toEqual(item.value);
        return;
      }
      const { type, unit = "", problems } = check(item.text, vectors.types);
      const places = problems.map(({ code, start, end }) => [code, start, end]);
      expect({ type, unit, problems: places }).toEqual(item.check);
    },
  );

  it("are enough, and name every function", () => {
    expect(vectors.cases.length).toBeGreaterThanOrEqual(400);
    const texts = vectors.cases.map((item) => item.text).join(" ");
    expect(Object.keys(SIGNATURES).filter((name) => !texts.includes(`${name}(`))).toEqual([]);
  });

  it("never fails to put a problem or a reason into words, in both languages", () => {
    for (const item of vectors.cases) {
      for (const problem of check(item.text, vectors.types).problems) {
        expect(PROBLEMS[problem.code], problem.code).toBeDefined();
        for (const language of ["en", "zh-CN"] as const) {
          const { message, hint } = explain(problem, language);
          expect(`${message}${hint}`).not.toMatch(/\{\w+\}/);
        }
      }
      const why = item.value?.why;
      if (why) expect(REASONS[why] ?? PROBLEMS[why], why).toBeDefined();
      if (why) expect(explainWhy(why, "zh-CN")).not.toBe(why);
    }
  });
});

describe("compiled formulas", () => {
  it("are kept by text and say which names they read", () => {
    expect(compile("b + a * b")).toBe(compile("b + a * b"));
    expect(compile("b + a * b + [1].map(x, x + c)[0]").names).toEqual(["b", "a", "c"]);
    expect(compile("1 +").problems).toEqual([{ code: "unexpected_end", start: 3, end: 3, values: {} }]);
  });

  it("follow a unit that changes while they run", () => {
    const run = compile("convert(p, 'kPa')");
    const at = (unit: string) => run({ p: { v: 2, q: 0, ts: 1, unit } }, vectors.context);
    expect(at("bar")).toMatchObject({ v: 200, unit: "kPa" });
    expect(at("MPa")).toMatchObject({ v: 2000, unit: "kPa" });
    expect(at("°C")).toMatchObject({ v: null, q: 139, why: "unit_convert" });
    expect(at("bar")).toMatchObject({ v: 200 });
  });
});
