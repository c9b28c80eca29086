import { type Conversion, parseUnit, sameDimension, sameUnit, times, type Unit } from "../units/units";
import type { BinaryOp, Node } from "./ast";
import type { ExprProblem, TypeName, VarType } from "./types";

/** What is known of a part of a formula before it runs. */
export interface Typed {
  type: TypeName;
  unit: Unit | null;
  items?: Typed;
  fields?: Readonly<Record<string, VarType>>;
}

export const ANY: Typed = { type: "any", unit: null };
export const BOOLEAN: Typed = { type: "boolean", unit: null };
export const plainType = (type: TypeName, unit: Unit | null = null): Typed => ({ type, unit });

/** Whether a value may be of a type, as far as that is known. */
export const may = (typed: Typed, ...types: readonly TypeName[]): boolean =>
  typed.type === "any" || typed.type === "null" || types.includes(typed.type);

export function fromVar(given: VarType): Typed {
  const items = given.items ? fromVar(given.items) : null;
  const typed: Typed = { type: given.type, unit: parseUnit(given.unit) ?? items?.unit ?? null };
  if (items) typed.items = items;
  if (given.fields) typed.fields = given.fields;
  return typed;
}

/** What the elements of a list are. */
export const itemOf = (typed: Typed): Typed => typed.items ?? { type: "any", unit: typed.unit };

/** Problems and what the units lead to, gathered on the way through a tree. */
export class Findings {
  readonly problems: ExprProblem[] = [];
  readonly conversions = new Map<number, Conversion>();
  readonly texts = new Map<number, string>();

  add(code: string, node: { start: number; end: number }, values: Record<string, string> = {}): void {
    this.problems.push({ code, start: node.start, end: node.end, values });
  }

  /** Two units that must agree: the one both have. */
  fit(a: Unit | null, b: Unit | null, node: Node): Unit | null {
    if (a === null || b === null) return a ?? b;
    if (!sameUnit(a, b)) this.disagree(a, b, node);
    return a;
  }

  private disagree(a: Unit, b: Unit, node: Node): null {
    const code = sameDimension(a, b) ? "unit_scale" : "unit_mismatch";
    this.add(code, node, { left: a.text, right: b.text });
    return null;
  }

  /** Two values one of which is taken: their common kind. */
  unify(a: Typed, b: Typed, code: string, node: Node): Typed {
    const unit = this.fit(a.unit, b.unit, node);
    if (a.type === "null") return { ...b, unit };
    if (b.type === "null") return { ...a, unit };
    if (a.type === "any" || b.type === "any") return { type: "any", unit };
    if (a.type !== b.type) {
      this.add(code, node, { left: a.type, right: b.type });
      return { type: "any", unit };
    }
    return { ...a, unit };
  }

  /** Unit of a sum or difference. Temperatures have a zero point: their difference is another kind of unit. */
  sum(op: "+" | "-", a: Unit | null, b: Unit | null, node: Node): Unit | null {
    if (a === null || b === null) return a ?? b;
    const left = a.dimension === "temperature";
    const right = b.dimension === "temperature";
    if (left && right && op === "-" && sameUnit(a, b)) return spanUnit(a);
    const span = left ? spanUnit(a) : right && op === "+" ? spanUnit(b) : null;
    const other = left ? b : a;
    if (span && other.dimension === "temperature_difference") {
      if (sameUnit(span, other)) return left ? a : b;
      this.add("unit_scale", node, { left: span.text, right: other.text });
      return left ? a : b;
    }
    return this.fit(a, b, node);
  }
}

const spanUnit = (unit: Unit): Unit | null => parseUnit(unit.text === "°F" ? "Δ°F" : "Δ°C");

/** Unit of a product or quotient. A plain number changes no unit, and over a unit says nothing about it. */
export function productUnit(op: "*" | "/", a: Unit | null, b: Unit | null): Unit | null {
  if (b === null) return a;
  if (a === null) return op === "*" ? b : null;
  return times(a, b, op === "*" ? 1 : -1);
}

const ARITHMETIC: readonly BinaryOp[] = ["-", "*", "/", "%"];

/** Whether an operator works with two kinds; what it gives. Null where it does not. */
export function operatorType(op: BinaryOp, a: Typed, b: Typed): TypeName | null {
  const both = (type: TypeName): boolean => may(a, type) && may(b, type);
  if (op === "&&" || op === "||") return both("boolean") ? "boolean" : null;
  if (ARITHMETIC.includes(op)) return both("number") ? "number" : null;
  if (op === "in") return membership(a, b) ? "boolean" : null;
  if (op === "==" || op === "!=") {
    return both("number") || both("string") || both("boolean") ? "boolean" : null;
  }
  if (!both("number") && !both("string")) return null;
  if (op !== "+") return "boolean";
  if (a.type === "number" || b.type === "number") return "number";
  return a.type === "string" || b.type === "string" ? "string" : "any";
}

function membership(x: Typed, list: Typed): boolean {
  if (!may(list, "list") || x.type === "list" || x.type === "record") return false;
  return list.type !== "list" || may(itemOf(list), x.type) || may(x, itemOf(list).type);
}
