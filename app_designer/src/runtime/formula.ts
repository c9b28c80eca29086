import type { Signal } from "@sdk/bindings/signal";
import type { ExpressionBinding } from "../generated/documents.gen";
import type { RuntimeScope } from "./scope";

type Resolve = (name: string, bound: NonNullable<ExpressionBinding["vars"]>[string]) => Signal | undefined;

/** The signal of a formula over the signals of its variables. */
export function expressionSignal(
  _scope: RuntimeScope,
  key: string,
  bound: ExpressionBinding,
  _resolve: Resolve,
): Signal {
  return {
    key,
    asset: null,
    assetName: null,
    role: null,
    tag: null,
    problem: "unsupported",
    transforms: bound.transforms ?? [],
  };
}
