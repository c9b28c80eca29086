import { Inference } from "./infer";
import { SyntaxProblem } from "./lexer";
import { parse } from "./parser";
import type { ExprProblem, TypeName, VarType } from "./types";

export interface Checked {
  type: TypeName;
  unit?: string;
  /** In order of place. Empty: the formula runs. */
  problems: readonly ExprProblem[];
}

/** Kind and unit of a formula, and everything wrong with it. For use while it is typed. */
export function check(text: string, vars: Readonly<Record<string, VarType>>): Checked {
  try {
    const tree = parse(text);
    const inference = new Inference(vars);
    const { type, unit } = inference.node(tree);
    const problems = inference.problems.sort((a, b) => a.start - b.start || a.end - b.end);
    return unit?.text ? { type, unit: unit.text, problems } : { type, problems };
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    const { code, start, end, values } = error;
    return { type: "any", problems: [{ code, start, end, values }] };
  }
}
