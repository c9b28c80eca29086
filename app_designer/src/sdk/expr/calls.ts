import { SIGNATURES } from "../../generated/expr_signatures.gen";
import type { Call, Node } from "./ast";
import { TIME } from "./clock";
import { SyntaxProblem } from "./lexer";
import { MATH } from "./math";
import type { Code } from "./run";
import { convertCode, lastGood, STATUS, unitCode } from "./status";
import { TEXT } from "./text";

const MAKERS: Readonly<Record<string, (args: readonly Code[], nodes: readonly Node[]) => Code>> = {
  ...MATH,
  ...TEXT,
  ...TIME,
  ...STATUS,
};

/** Fewest and most arguments of a function. */
export function arity(name: string): readonly [number, number] {
  const kinds = SIGNATURES[name]?.[0] ?? [];
  const open = kinds.some((kind) => kind.endsWith("..."));
  if (open) return [kinds.filter((kind) => kind !== "...").length, Number.POSITIVE_INFINITY];
  return [kinds.filter((kind) => !kind.endsWith("?")).length, kinds.length];
}

export function arityText([fewest, most]: readonly [number, number]): string {
  if (most === Number.POSITIVE_INFINITY) return `${fewest}+`;
  return fewest === most ? String(fewest) : `${fewest}–${most}`;
}

/** What is wrong with a call, apart from the kinds of its arguments; null when nothing is. */
export function callProblem(node: Call, locals: readonly string[]): SyntaxProblem | null {
  const { name, nameStart, args } = node;
  const end = nameStart + name.length;
  if (!Object.hasOwn(SIGNATURES, name))
    return new SyntaxProblem("unknown_function", nameStart, end, { name });
  const range = arity(name);
  if (args.length < range[0] || args.length > range[1]) {
    const values = { name, wanted: arityText(range), found: String(args.length) };
    return new SyntaxProblem("argument_count", nameStart, end, values);
  }
  if (name === "last_good") {
    const [arg] = args as [Node];
    const plain = arg.kind === "name" && !locals.includes(arg.name);
    if (!plain) return new SyntaxProblem("variable_expected", arg.start, arg.end, { name });
  }
  if (name === "convert") {
    for (const arg of args.slice(1)) {
      const text = arg.kind === "literal" && typeof arg.value === "string";
      if (!text) return new SyntaxProblem("unit_literal", arg.start, arg.end);
    }
  }
  return null;
}

/** The code of a function call. Throws SyntaxProblem. */
export function callCode(node: Call, args: readonly Code[], locals: readonly string[]): Code {
  const problem = callProblem(node, locals);
  if (problem) throw problem;
  const [first] = args as [Code];
  const [arg] = node.args;
  if (node.name === "last_good" && arg?.kind === "name") return lastGood(arg.name, first);
  if (node.name === "convert") return convertCode(first, node.nameStart);
  if (node.name === "unit") return unitCode(node.nameStart);
  return (MAKERS[node.name] as (args: readonly Code[], nodes: readonly Node[]) => Code)(args, node.args);
}
