import { compile, type ExprProblem, type TypeName, type VarType } from "@sdk/expr";

export interface Checked {
  problems: readonly ExprProblem[];
  /** What comes out, as far as it is known. */
  type: TypeName;
  unit: string;
}

/** Everything that can be said of a formula before there are values: grammar, names, types, units. */
export function checkFormula(text: string, vars: Readonly<Record<string, VarType>>): Checked {
  const { problems, names } = compile(text);
  if (problems.length > 0) return { problems, type: "any", unit: "" };
  const unknown = names.filter((name) => !Object.hasOwn(vars, name));
  const found = unknown.map((name) => {
    const start = Math.max(0, text.search(new RegExp(`\\b${name}\\b`)));
    return { code: "unknown_name", start, end: start + name.length, values: { name } };
  });
  return { problems: found, type: "any", unit: "" };
}
