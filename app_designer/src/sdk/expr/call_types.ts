import { SIGNATURES } from "../../generated/expr_signatures.gen";
import { conversion, isKnown, parseUnit, power, root, type Unit } from "../units/units";
import type { Call, Node } from "./ast";
import type { TypeName } from "./types";
import { ANY, type Findings, itemOf, may, operatorType, plainType, type Typed } from "./typing";

const SECONDS = parseUnit("s");

/** Kind and unit of a call whose name and number of arguments are right. */
export function callType(found: Findings, node: Call, args: readonly Typed[]): Typed {
  const [kinds, result, rule] = SIGNATURES[node.name] as (typeof SIGNATURES)[string];
  args.forEach((arg, i) => {
    argument(found, node, i, arg, kinds[i] ?? kinds[kinds.length - 1] ?? "any");
  });
  if (node.name === "switch") return switchType(found, node, args);
  if (node.name === "coalesce") return coalesceType(found, node, args);
  if (node.name === "last_good") return args[0] ?? ANY;
  if (node.name === "unit") {
    found.texts.set(node.nameStart, args[0]?.unit?.text ?? "");
    return plainType("string");
  }
  return plainType(result as TypeName, callUnit(found, node, args, rule));
}

function argument(found: Findings, node: Call, i: number, arg: Typed, kind: string): void {
  const wanted = kind.replace(/\.\.\.$|\?$/, "");
  const several = kind.endsWith("...") && node.args.length === 1;
  const value = several && arg.type === "list" ? itemOf(arg) : arg;
  if (accepts(wanted, value)) return;
  found.add("argument_type", node.args[i] as Node, { name: node.name, wanted, found: value.type });
}

function accepts(wanted: string, value: Typed): boolean {
  if (wanted === "number" || wanted === "string" || wanted === "list") return may(value, wanted);
  if (wanted === "text or list") return may(value, "string", "list");
  return true;
}

function callUnit(found: Findings, node: Call, args: readonly Typed[], rule: string): Unit | null {
  const unit = args[0]?.unit ?? null;
  switch (rule) {
    case "first":
      return unit;
    case "same":
      return args.slice(1).reduce((sum, arg, i) => found.fit(sum, arg.unit, node.args[i + 1] as Node), unit);
    case "s":
      return SECONDS;
    case "sqrt":
      return unit ? root(unit) : null;
    case "pow": {
      const exponent = node.args[1];
      const whole = exponent?.kind === "literal" && typeof exponent.value === "number" ? exponent.value : 0;
      return unit && [1, 2, 3].includes(whole) ? power(unit, whole) : null;
    }
    case "convert":
      return converted(found, node, unit);
    default:
      return null;
  }
}

function converted(found: Findings, node: Call, unit: Unit | null): Unit | null {
  const named = node.args.slice(1).map((arg) => {
    const text = arg.kind === "literal" ? String(arg.value) : "";
    const parsed = parseUnit(text);
    if (parsed && isKnown(parsed)) return parsed;
    found.add("unit_unknown", arg, { unit: text });
    return null;
  });
  const to = named[named.length - 1] ?? null;
  if (named.includes(null) || to === null) return null;
  const from = named.length === 2 ? (named[0] ?? null) : unit;
  const value = node.args[0] as Node;
  if (named.length === 2) found.fit(unit, from, value);
  if (from === null) {
    found.add("unit_missing", value);
    return to;
  }
  const by = conversion(from, to);
  if (by) found.conversions.set(node.nameStart, by);
  else found.add("unit_convert", node, { left: from.text, right: to.text });
  return to;
}

function coalesceType(found: Findings, node: Call, args: readonly Typed[]): Typed {
  return args
    .slice(1)
    .reduce((sum, arg, i) => found.unify(sum, arg, "branch_types", node.args[i + 1] as Node), args[0] ?? ANY);
}

function switchType(found: Findings, node: Call, args: readonly Typed[]): Typed {
  const [x = ANY, ...rest] = args;
  let out: Typed | null = null;
  for (let i = 0; i < rest.length; i += 1) {
    const arg = rest[i] as Typed;
    const place = node.args[i + 1] as Node;
    const isCase = i % 2 === 0 && i + 1 < rest.length;
    if (!isCase) {
      out = out === null ? arg : found.unify(out, arg, "branch_types", place);
    } else if (operatorType("==", x, arg) === null) {
      found.add("operand_type", place, { op: "switch", left: x.type, right: arg.type });
    } else {
      found.fit(x.unit, arg.unit, place);
    }
  }
  return out ?? ANY;
}
