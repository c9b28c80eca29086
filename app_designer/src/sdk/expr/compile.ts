import type { Node } from "./ast";
import { callCode } from "./calls";
import { SyntaxProblem } from "./lexer";
import { local, macroCode } from "./macros";
import { binary, conditional, listOf, negate, not } from "./operators";
import { parse } from "./parser";
import { planOf } from "./plan";
import { type Code, element, fault, fromData, List, type Raw, type Rec, Run, wrongType } from "./run";
import type { ExprVars } from "./types";
import {
  BAD,
  type Compiled,
  type ExprContext,
  type ExprData,
  type ExprProblem,
  type ExprValue,
} from "./types";

/** Compiled formulas by text: pages draw the same few again and again. */
const cache = new Map<string, Compiled>();
const CACHE_MAX = 1000;

/** Makes a formula ready to run. Never throws: see `problems` of the result. */
export function compile(text: string): Compiled {
  const known = cache.get(text);
  if (known) return known;
  const made = make(text);
  if (cache.size >= CACHE_MAX) cache.delete(cache.keys().next().value as string);
  cache.set(text, made);
  return made;
}

/** One evaluation of a formula. */
export function evaluate(text: string, vars: ExprVars, context: ExprContext): ExprValue {
  return compile(text)(vars, context);
}

function make(text: string): Compiled {
  const names: string[] = [];
  try {
    const tree = parse(text);
    const code = new Compiler(names).node(tree);
    return Object.assign(runner(tree, code, names), { text, names, problems: [] });
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    const { code: why, start, end, values } = error;
    const problems: ExprProblem[] = [{ code: why, start, end, values }];
    const refuse = (_vars: ExprVars, context: ExprContext): ExprValue => {
      return { v: null, q: BAD, ts: context.now, why };
    };
    return Object.assign(refuse, { text, names, problems });
  }
}

function runner(tree: Node, code: Code, names: readonly string[]) {
  const run = new Run();
  const plans = planOf(tree, names);
  return (vars: ExprVars, context: ExprContext): ExprValue => {
    run.q = 0;
    run.ts = Number.POSITIVE_INFINITY;
    run.why = null;
    run.steps = 0;
    run.vars = vars;
    run.now = context.now;
    run.zone = context.zone;
    run.language = context.language;
    run.plan = plans(vars);
    const value = run.plan.problem === null ? code(run) : fault(run, 139, run.plan.problem);
    return finish(run, value);
  };
}

function finish(run: Run, value: Raw): ExprValue {
  let out: ExprData = null;
  if (value instanceof List) out = plain(run, value);
  else out = value === 0 ? 0 : (value as ExprData);
  const bad = run.q >= BAD;
  const result: ExprValue = {
    v: bad ? null : out,
    q: run.q,
    ts: run.ts === Number.POSITIVE_INFINITY ? run.now : run.ts,
  };
  if (run.plan?.unit) result.unit = run.plan.unit;
  if (bad && run.why !== null) result.why = run.why;
  return result;
}

function plain(run: Run, list: List): ExprData {
  return list.items.map((_, i) => {
    const item = element(run, list, i);
    return item === 0 ? 0 : (item as number);
  });
}

class Compiler {
  private readonly scope: string[] = [];

  constructor(private readonly names: string[]) {}

  node(node: Node): Code {
    switch (node.kind) {
      case "literal":
        return constant(node.value);
      case "list":
        return listOf(this.all(node.items), node.items);
      case "name":
        return this.name(node.name);
      case "member":
        return member(this.node(node.base), node.field);
      case "index":
        return index(this.node(node.base), this.node(node.index));
      case "unary":
        return node.op === "-" ? negate(this.node(node.arg)) : not(this.node(node.arg));
      case "binary":
        return binary(node.op, this.node(node.left), this.node(node.right));
      case "conditional":
        return conditional(this.node(node.test), this.node(node.then), this.node(node.other));
      case "call":
        return callCode(node, this.all(node.args), this.scope);
      default: {
        const list = this.node(node.list);
        this.scope.push(node.name);
        const body = this.node(node.body);
        this.scope.pop();
        return macroCode(node.macro, list, body, this.scope.length, node.weight);
      }
    }
  }

  private all(nodes: readonly Node[]): Code[] {
    return nodes.map((node) => this.node(node));
  }

  private name(name: string): Code {
    const slot = this.scope.lastIndexOf(name);
    if (slot >= 0) return local(slot);
    if (!this.names.includes(name)) this.names.push(name);
    return variable(name);
  }
}

function constant(value: Raw): Code {
  return () => value;
}

function variable(name: string): Code {
  return (run) => {
    const input = Object.hasOwn(run.vars, name) ? run.vars[name] : undefined;
    if (input === undefined) return fault(run, BAD, "no_value");
    if (input.q > run.q) run.q = input.q;
    if (input.ts !== null && input.ts < run.ts) run.ts = input.ts;
    if (input.q >= BAD) return null;
    const { v } = input;
    return typeof v === "number" && Number.isFinite(v) ? v : fromData(run, v);
  };
}

function member(base: Code, field: string): Code {
  return (run) => {
    const record = base(run);
    if (record === null) return null;
    if (typeof record !== "object" || record instanceof List) return wrongType(run);
    return fromData(run, Object.hasOwn(record, field) ? (record as Rec)[field] : null);
  };
}

function index(base: Code, at: Code): Code {
  return (run) => {
    const list = base(run);
    const i = at(run);
    if (list === null || i === null) return null;
    if (!(list instanceof List) || typeof i !== "number") return wrongType(run);
    if (!Number.isInteger(i) || i < 0 || i >= list.items.length) return fault(run, BAD, "index");
    return element(run, list, i);
  };
}
