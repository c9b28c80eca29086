import type { Call } from "./ast";
import { SyntaxProblem } from "./lexer";
import { type Code, wrongType } from "./run";

/** The code of a function call. Throws SyntaxProblem for a name or a number of arguments that is not known. */
export function callCode(node: Call, args: readonly Code[]): Code {
  const [x] = args;
  if (node.name === "abs" && x && args.length === 1) {
    return (run) => {
      const value = x(run);
      return typeof value === "number" ? Math.abs(value) : value === null ? null : wrongType(run);
    };
  }
  throw new SyntaxProblem("unknown_function", node.nameStart, node.nameStart + node.name.length, {
    name: node.name,
  });
}
