import type { BinaryOp, Node } from "./ast";
import { alone, type Code, fault, finite, join, List, type Raw, type Run, shortText, wrongType } from "./run";
import { NOT_A_NUMBER } from "./types";

/** What an operator without a value says: nothing where a value is missing or bad, else a wrong type. */
function noValue(run: Run, a: Raw, b: Raw): null {
  return a === null || b === null ? null : wrongType(run);
}

export const divide = (run: Run, a: number, b: number): Raw =>
  b === 0 ? fault(run, NOT_A_NUMBER, "division_by_zero") : finite(run, a / b);

export const remainder = (run: Run, a: number, b: number): Raw =>
  b === 0 ? fault(run, NOT_A_NUMBER, "division_by_zero") : a % b;

function plus(left: Code, right: Code): Code {
  return (run) => {
    const a = left(run);
    const b = right(run);
    if (typeof a === "number" && typeof b === "number") return finite(run, a + b);
    if (typeof a === "string" && typeof b === "string") return shortText(run, a + b);
    return noValue(run, a, b);
  };
}

function numeric(left: Code, right: Code, of: (run: Run, a: number, b: number) => Raw): Code {
  return (run) => {
    const a = left(run);
    const b = right(run);
    if (typeof a === "number" && typeof b === "number") return of(run, a, b);
    return noValue(run, a, b);
  };
}

/** Order of two texts by code point: negative, 0 or positive. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    let x = a.charCodeAt(at);
    let y = b.charCodeAt(at);
    if (x === y) continue;
    // Surrogates stand for code points above all others.
    if (x >= 0xd800 && y >= 0xd800) {
      x = x < 0xe000 ? x + 0x2000 : x - 0x800;
      y = y < 0xe000 ? y + 0x2000 : y - 0x800;
    }
    return x - y;
  }
  return a.length - b.length;
}

function ordered(left: Code, right: Code, holds: (order: number) => boolean): Code {
  return (run) => {
    const a = left(run);
    const b = right(run);
    if (typeof a === "number" && typeof b === "number") return holds(a - b);
    if (typeof a === "string" && typeof b === "string") return holds(compareText(a, b));
    return noValue(run, a, b);
  };
}

/** Whether two values are equal; null where that cannot be said. */
export function equal(run: Run, a: Raw, b: Raw): boolean | null {
  if (a === null || b === null) return run.q >= 128 ? null : a === b;
  if (typeof a !== typeof b || typeof a === "object") return wrongType(run);
  return a === b;
}

function equality(left: Code, right: Code, wanted: boolean): Code {
  return (run) => {
    const a = left(run);
    const same = equal(run, a, right(run));
    return same === null ? null : same === wanted;
  };
}

/** `x in list`: true where any element equals x; elements of another type are not equal to it. */
function membership(left: Code, right: Code): Code {
  return (run) => {
    const x = left(run);
    const list = right(run);
    if (x === null || list === null) return null;
    if (!(list instanceof List) || typeof x === "object") return wrongType(run);
    run.steps += list.items.length;
    let lost = 0;
    let nothing = false;
    const { q, ts } = list;
    let oldest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < list.items.length; i += 1) {
      const itemQ = q?.[i] ?? 0;
      const itemTs = ts?.[i] ?? Number.POSITIVE_INFINITY;
      if (itemQ < 128 && list.items[i] === x) {
        join(run, itemQ, itemTs, null);
        return true;
      }
      lost = Math.max(lost, itemQ);
      oldest = Math.min(oldest, itemTs);
      if (list.items[i] === null) nothing = true;
    }
    join(run, lost, oldest, null);
    return lost >= 128 || nothing ? null : false;
  };
}

/** `&&` (decides = false) and `||` (decides = true): a side that decides alone gives its own quality and time. */
function logic(left: Code, right: Code, decides: boolean): Code {
  return (run) => {
    const { q, ts, why } = run;
    const a = alone(run, left);
    if (a === decides) {
      join(run, q, ts, why);
      return a;
    }
    const bad = a !== null && typeof a !== "boolean";
    if (bad) wrongType(run);
    const leftQ = run.q;
    const leftTs = run.ts;
    const leftWhy = run.why;
    const b = alone(run, right);
    if (b === decides) {
      join(run, q, ts, why);
      return b;
    }
    if (b !== null && typeof b !== "boolean") wrongType(run);
    join(run, leftQ, leftTs, leftWhy);
    join(run, q, ts, why);
    return a === null || b === null ? null : !decides;
  };
}

export function negate(arg: Code): Code {
  return (run) => {
    const a = arg(run);
    if (typeof a === "number") return -a;
    return a === null ? null : wrongType(run);
  };
}

export function not(arg: Code): Code {
  return (run) => {
    const a = arg(run);
    if (typeof a === "boolean") return !a;
    return a === null ? null : wrongType(run);
  };
}

export function conditional(test: Code, then: Code, other: Code): Code {
  return (run) => {
    const t = test(run);
    if (t === true) return then(run);
    if (t === false) return other(run);
    return t === null ? null : wrongType(run);
  };
}

export function binary(op: BinaryOp, left: Code, right: Code): Code {
  switch (op) {
    case "+":
      return plus(left, right);
    case "-":
      return numeric(left, right, (run, a, b) => finite(run, a - b));
    case "*":
      return numeric(left, right, (run, a, b) => finite(run, a * b));
    case "/":
      return numeric(left, right, divide);
    case "%":
      return numeric(left, right, remainder);
    case "==":
    case "!=":
      return equality(left, right, op === "==");
    case "<":
      return ordered(left, right, (order) => order < 0);
    case "<=":
      return ordered(left, right, (order) => order <= 0);
    case ">":
      return ordered(left, right, (order) => order > 0);
    case ">=":
      return ordered(left, right, (order) => order >= 0);
    case "in":
      return membership(left, right);
    default:
      return logic(left, right, op === "||");
  }
}

/** The elements of a list literal: each keeps its own quality and time. */
export function listOf(items: readonly Code[], nodes: readonly Node[]): Code {
  if (nodes.every((node) => node.kind === "literal")) {
    const fixed = new List(nodes.map((node) => (node.kind === "literal" ? node.value : null)));
    return () => fixed;
  }
  return (run) => {
    const { q, ts, why } = run;
    const values: Raw[] = [];
    const qs: number[] = [];
    const times: number[] = [];
    let reason: string | null = why;
    for (const item of items) {
      let value = alone(run, item);
      if (value instanceof List) value = wrongType(run);
      values.push(value);
      qs.push(run.q);
      times.push(run.ts);
      reason ??= run.why;
    }
    run.q = q;
    run.ts = ts;
    run.why = reason;
    return new List(values, qs, times);
  };
}
