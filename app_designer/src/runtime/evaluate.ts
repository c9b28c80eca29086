import type { Value } from "@sdk/api/types";
import type { ValueCell } from "@sdk/bindings/signal";
import { applyTransforms } from "@sdk/bindings/transforms";
import type { ExprInput, ExprVars } from "@sdk/expr/types";
import type { Sample } from "@sdk/quality";
import type { Expression } from "../generated/documents.gen";
import { type Bound, signalsFor } from "./binding";
import { loadFormulas } from "./formula_engine";
import type { EventSource, RuntimeScope } from "./scope";
import { cellOf } from "./signal_cell";

/** An action waits this long for a value that nobody on the page looks at. */
export const VALUE_WAIT_MS = 3000;

/** A value as it was found: null with quality 128 and more when it is not known. */
export interface Found {
  v: Value;
  q: number;
}

const NOT_FOUND: Found = { v: null, q: 140 };

/** The present sample of a cell; listens until one comes, for a while. */
export function readOnce(cell: ValueCell, wait_ms = VALUE_WAIT_MS): Promise<Sample | null> {
  return new Promise((resolve) => {
    let stop = () => {};
    const end = () => {
      clearTimeout(timer);
      stop();
      resolve(cell.get());
    };
    const timer = setTimeout(end, wait_ms);
    stop = cell.subscribe(() => cell.get() && end());
    if (cell.get()) end();
  });
}

async function variables(scope: RuntimeScope, expression: Expression): Promise<ExprVars> {
  const { exprInput, isWhole, unitOf } = await loadFormulas();
  const rows = Object.entries(expression.vars ?? {}).map(
    async ([name, bound]): Promise<[string, ExprInput][]> => {
      const signal = signalsFor(scope, name, bound)[0];
      if (!signal) return [];
      const sample = await readOnce(cellOf(scope, signal));
      return [[name, exprInput(sample, unitOf(signal), isWhole(signal))]];
    },
  );
  return Object.fromEntries((await Promise.all(rows)).flat());
}

/** The value of an expression now; inside it `event` is what the event brought. */
export async function evaluateNow(
  scope: RuntimeScope,
  expression: Expression,
  from: EventSource,
): Promise<Found> {
  const vars = await variables(scope, expression);
  const event: ExprInput = { v: from.payload, q: 0, ts: null };
  const { valueOfFormula } = await loadFormulas();
  const { v, q } = valueOfFormula(scope, expression.text, { ...vars, event });
  return typeof v === "object" && v !== null ? { v: null, q: 139 } : { v, q };
}

/** The value of a binding now, after its transforms. */
export async function valueNow(scope: RuntimeScope, bound: Bound, from: EventSource): Promise<Found> {
  if (bound.source === "expression") {
    const found = await evaluateNow(scope, bound, from);
    return { ...found, v: applyTransforms(found.v, bound.transforms ?? []) };
  }
  const signal = signalsFor(scope, "", bound)[0];
  if (!signal) return NOT_FOUND;
  return (await readOnce(cellOf(scope, signal))) ?? NOT_FOUND;
}
