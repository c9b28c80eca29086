import { PROBLEMS, REASONS, TYPES } from "../../generated/expr_messages.gen";
import type { ExprProblem } from "./types";

export type ExprLanguage = "en" | "zh-CN";

/** A problem in words: what is wrong, and what to do. */
export function explain(problem: ExprProblem, language: ExprLanguage): { message: string; hint: string } {
  const texts = PROBLEMS[problem.code]?.[language];
  if (!texts) return { message: problem.code, hint: "" };
  const units = problem.code.startsWith("unit_");
  const fill = (text: string): string =>
    text.replace(/\{(\w+)\}/g, (hole, name: string) => {
      const value = problem.values[name] ?? hole;
      return (units ? undefined : TYPES[value]?.[language]) ?? value;
    });
  return { message: fill(texts.message), hint: fill(texts.hint) };
}

/** Why a formula gave a bad value (`why` of a result), in words. */
export function explainWhy(why: string, language: ExprLanguage): string {
  const reason = REASONS[why]?.[language];
  if (reason) return reason;
  return PROBLEMS[why]?.[language].message.replace(/\{\w+\}/g, "…") ?? why;
}
