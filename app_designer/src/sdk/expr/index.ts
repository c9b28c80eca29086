/** The expression language. Grammar and meaning: docs/reference/expressions.md. */
export { compile, evaluate } from "./compile";
export type {
  Compiled,
  ExprContext,
  ExprData,
  ExprInput,
  ExprProblem,
  ExprRecord,
  ExprScalar,
  ExprValue,
  ExprVars,
  TypeName,
  VarType,
} from "./types";
