import type { CellGraph } from "@sdk/bindings/cells";
import { type Signal, signalMeta, type ValueCell } from "@sdk/bindings/signal";
import {
  compile,
  type ExprContext,
  type ExprInput,
  type ExprValue,
  type ExprVars,
  wideInteger,
} from "@sdk/expr";
import { siteZone } from "@sdk/format/zone";
import type { Sample } from "@sdk/quality";
import type { ExpressionBinding } from "../generated/documents.gen";
import type { RuntimeScope } from "./scope";
import { cellOf } from "./signal_cell";

type Vars = NonNullable<ExpressionBinding["vars"]>;
/** Gives the signal of a variable. */
export type Resolve = (name: string, bound: Vars[string]) => Signal | undefined;

const BAD = 128;
const TYPE_MISMATCH = 139;
const WAITING = 140;
/** Functions whose result changes although no input does. */
const OF_TIME = /\b(?:now|age)\s*\(/;

/** What a formula needs to know beside its variables. */
export function exprContext(scope: Pick<RuntimeScope, "services" | "language">): ExprContext {
  const zone = siteZone() ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  return { now: scope.services.live.clock.now(), zone, language: scope.language };
}

/** The value of a formula over known variables, now. */
export function valueOfFormula(
  scope: Pick<RuntimeScope, "services" | "language">,
  text: string,
  vars: ExprVars,
): ExprValue {
  return compile(text)(vars, exprContext(scope));
}

/** The unit a variable brings; after a scaling it is not known any more. */
export function unitOf(signal: Signal): string {
  return signal.transforms.some(({ op }) => op === "scale" || op === "map")
    ? ""
    : (signalMeta(signal).unit ?? "");
}

/** A tag of whole numbers: those beyond 2^53 arrive as texts. */
export const isWhole = ({ tag }: Pick<Signal, "tag">): boolean => tag?.kind === "i" || tag?.kind === "u";

/** A sample as a formula reads it; one that has not come yet is waited for. `whole`: of a tag of whole numbers. */
export function exprInput(sample: Sample | null, unit: string, whole = false): ExprInput {
  const base: ExprInput = sample
    ? {
        ...(whole ? wideInteger(sample.v, sample.q) : { v: sample.v, q: sample.q }),
        ts: sample.ts === 0 && sample.q < BAD ? null : sample.ts,
        good: sample.good && whole ? { ...sample.good, v: wideInteger(sample.good.v, 0).v } : sample.good,
      }
    : { v: null, q: WAITING, ts: null };
  return unit ? { ...base, unit } : base;
}

/** The result of a formula as a sample: as old and as stale as the worst of what it was made of. */
function sampleFrom(result: ExprValue, inputs: readonly (Sample | null)[], before: Sample | null): Sample {
  const fresh = inputs.reduce<0 | 1 | 2>(
    (worst, input) => (input && input.fresh > worst ? input.fresh : worst),
    0,
  );
  const plain = typeof result.v !== "object" || result.v === null;
  const q = plain ? result.q : TYPE_MISMATCH;
  const v = q >= BAD || !plain ? null : (result.v as Sample["v"]);
  const good = before && before.q < BAD ? { v: before.v, ts: before.ts } : (before?.good ?? null);
  return { v, q, ts: result.ts, fresh, good: q >= BAD ? good : null };
}

const clocks = new WeakMap<CellGraph, ValueCell>();

/** A cell that changes each second while somebody looks. */
function secondsOf(scope: RuntimeScope): ValueCell {
  const { graph } = scope.memory;
  let clock = clocks.get(graph);
  if (!clock) {
    let sample: Sample | null = null;
    const read = () => {
      const now = Math.floor(scope.services.live.clock.now() / 1e6) * 1e6;
      if (sample?.ts !== now) sample = { v: now, q: 0, ts: now, fresh: 0, good: null };
      return sample;
    };
    const listen = (changed: () => void) => {
      const timer = setInterval(changed, 1000);
      return () => clearInterval(timer);
    };
    clock = graph.source({ read, listen }, false);
    clocks.set(graph, clock);
  }
  return clock;
}

interface Part {
  name: string;
  signal: Signal;
  unit: string;
  whole: boolean;
}

interface Formula {
  cell: ValueCell;
  unit: string;
}

const formulas = new WeakMap<RuntimeScope, Map<string, Formula>>();

function partsOf(bound: ExpressionBinding, resolve: Resolve): Part[] {
  return compile(bound.text).names.flatMap((name) => {
    const inner = bound.vars?.[name];
    const signal = inner ? resolve(name, inner) : undefined;
    return signal ? [{ name, signal, unit: unitOf(signal), whole: isWhole(signal) }] : [];
  });
}

function formulaCell(scope: RuntimeScope, text: string, parts: readonly Part[]): Formula {
  const run = compile(text);
  const cells = parts.map(({ signal }) => cellOf(scope, signal));
  if (OF_TIME.test(text)) cells.push(secondsOf(scope));
  let before: Sample | null = null;
  const evaluate = (inputs: readonly (Sample | null)[]): ExprValue => {
    const vars = parts.map(({ name, unit, whole }, index) => [
      name,
      exprInput(inputs[index] ?? null, unit, whole),
    ]);
    return run(Object.fromEntries(vars), exprContext(scope));
  };
  const compute = (inputs: readonly (Sample | null)[]): Sample => {
    before = sampleFrom(evaluate(inputs), inputs.slice(0, parts.length), before);
    return before;
  };
  const live = parts.some(({ signal }) => signal.tag !== null || signal.cell?.live === true);
  const about = { formula: text, parts: () => parts };
  return { cell: scope.memory.graph.computed(cells, compute, live, about), unit: evaluate([]).unit ?? "" };
}

/** A result in the unit of its inputs has their decimals; any other (a ratio, a product) has decimals of its own. */
function decimalsOf(parts: readonly Part[], unit: string): number | null {
  const same = parts.filter((part) => unit !== "" && part.unit === unit);
  const decimals = same.flatMap(({ signal }) => signalMeta(signal).decimals ?? []);
  return decimals.length > 0 ? Math.max(...decimals) : null;
}

/** The signal of a formula over the signals of its variables; the same formula on one page is computed once. */
export function expressionSignal(
  scope: RuntimeScope,
  key: string,
  bound: ExpressionBinding,
  resolve: Resolve,
): Signal {
  const blank = {
    key,
    asset: null,
    assetName: null,
    role: null,
    tag: null,
    transforms: bound.transforms ?? [],
  };
  if (compile(bound.text).problems.length > 0) return { ...blank, problem: "formula" };
  const parts = partsOf(bound, resolve);
  if (parts.some(({ signal }) => signal.problem === "cycle")) return { ...blank, problem: "cycle" };
  const known = formulas.get(scope) ?? new Map<string, Formula>();
  formulas.set(scope, known);
  const identity = JSON.stringify([bound.text, bound.vars ?? {}]);
  const formula = known.get(identity) ?? formulaCell(scope, bound.text, parts);
  known.set(identity, formula);
  const unit = bound.unit || formula.unit;
  return { ...blank, problem: null, cell: formula.cell, meta: { unit, decimals: decimalsOf(parts, unit) } };
}
