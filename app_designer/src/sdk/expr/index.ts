/**
 * The expression language. Grammar and meaning: docs/reference/expressions.md.
 *
 * What a page needs to run is `compile`; `check`, `complete`, `explain` and `FUNCTION_DOCS` are for the designer.
 */
export { FUNCTION_DOCS, type FunctionDoc } from "../../generated/expr_docs.gen";
export { type Checked, check } from "./check";
export { compile, evaluate } from "./compile";
export { type Completion, type CompletionKind, callText, complete } from "./complete";
export { type ExprLanguage, explain, explainWhy } from "./messages";
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
export { wideInteger } from "./wide";
