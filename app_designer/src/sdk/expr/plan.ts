import type { Node } from "./ast";
import { Inference } from "./infer";
import type { UnitPlan } from "./run";
import type { ExprVars, VarType } from "./types";

const UNIT_PROBLEMS = ["unit_mismatch", "unit_scale", "unit_convert", "unit_unknown", "unit_missing"];

/** What the units of the inputs mean for a formula; made anew only when one of them changes. */
export function planOf(tree: Node, names: readonly string[]): (vars: ExprVars) => UnitPlan {
  const units: (string | undefined)[] = [];
  let plan: UnitPlan | null = null;
  return (vars) => {
    let same = plan !== null;
    for (let i = 0; i < names.length; i += 1) {
      const name = names[i] as string;
      const unit = Object.hasOwn(vars, name) ? vars[name]?.unit : undefined;
      if (units[i] === unit) continue;
      units[i] = unit;
      same = false;
    }
    if (!same || plan === null) plan = makePlan(tree, names, units);
    return plan;
  };
}

function makePlan(tree: Node, names: readonly string[], units: readonly (string | undefined)[]): UnitPlan {
  const vars: Record<string, VarType> = {};
  names.forEach((name, i) => {
    const unit = units[i];
    vars[name] = unit === undefined ? { type: "any" } : { type: "any", unit };
  });
  const inference = new Inference(vars);
  const typed = inference.node(tree);
  const wrong = inference.problems.find((problem) => UNIT_PROBLEMS.includes(problem.code));
  return {
    unit: typed.unit?.text || undefined,
    problem: wrong?.code ?? null,
    conversions: inference.conversions,
    texts: inference.texts,
  };
}
