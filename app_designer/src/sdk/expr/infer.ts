import { SIGNATURES } from "../../generated/expr_signatures.gen";
import type { Call, Macro, Node } from "./ast";
import { callType } from "./call_types";
import { callProblem } from "./calls";
import { near } from "./suggest";
import type { TypeName, VarType } from "./types";
import {
  ANY,
  BOOLEAN,
  Findings,
  fromVar,
  itemOf,
  may,
  operatorType,
  plainType,
  productUnit,
  type Typed,
} from "./typing";

/** Goes once through a tree: kinds, units and everything wrong with them. */
export class Inference extends Findings {
  private readonly scope: { name: string; typed: Typed }[] = [];

  constructor(private readonly vars: Readonly<Record<string, VarType>>) {
    super();
  }

  node(node: Node): Typed {
    switch (node.kind) {
      case "literal":
        return plainType(node.value === null ? "null" : (typeof node.value as TypeName));
      case "list":
        return this.list(node.items);
      case "name":
        return this.name(node);
      case "member":
        return this.member(node);
      case "index":
        return this.index(node);
      case "unary":
        return this.unary(node);
      case "binary":
        return this.binary(node);
      case "conditional":
        return this.conditional(node);
      case "call":
        return this.call(node);
      default:
        return this.macro(node);
    }
  }

  private list(nodes: readonly Node[]): Typed {
    let items: Typed | null = null;
    for (const node of nodes) {
      let typed = this.node(node);
      if (typed.type === "list") {
        this.add("list_in_list", node);
        typed = ANY;
      }
      items = items === null ? typed : this.unify(items, typed, "list_types", node);
    }
    return { type: "list", unit: items?.unit ?? null, items: items ?? ANY };
  }

  private name(node: Extract<Node, { kind: "name" }>): Typed {
    for (let at = this.scope.length - 1; at >= 0; at -= 1) {
      const local = this.scope[at];
      if (local?.name === node.name) return local.typed;
    }
    const given = Object.hasOwn(this.vars, node.name) ? this.vars[node.name] : undefined;
    if (given) return fromVar(given);
    const known = [...this.scope.map((local) => local.name), ...Object.keys(this.vars)];
    const closest = near(node.name, known);
    if (closest === null) this.add("unknown_name", node, { name: node.name });
    else this.add("unknown_name_near", node, { name: node.name, near: closest });
    return ANY;
  }

  private member(node: Extract<Node, { kind: "member" }>): Typed {
    const base = this.node(node.base);
    if (!may(base, "record")) {
      this.add("not_a_record", node.base, { found: base.type });
      return ANY;
    }
    if (!base.fields) return ANY;
    const field = Object.hasOwn(base.fields, node.field) ? base.fields[node.field] : undefined;
    if (field) return fromVar(field);
    const known = Object.keys(base.fields).join(", ");
    this.add("unknown_field", { start: node.fieldStart, end: node.end }, { name: node.field, known });
    return ANY;
  }

  private index(node: Extract<Node, { kind: "index" }>): Typed {
    const base = this.node(node.base);
    const at = this.node(node.index);
    if (!may(at, "number")) this.add("index_type", node.index, { found: at.type });
    if (may(base, "list")) return itemOf(base);
    this.add("not_a_list", node.base, { found: base.type });
    return ANY;
  }

  private unary(node: Extract<Node, { kind: "unary" }>): Typed {
    const arg = this.node(node.arg);
    const wanted: TypeName = node.op === "-" ? "number" : "boolean";
    if (!may(arg, wanted)) this.add("unary_type", node, { op: node.op, found: arg.type });
    return plainType(wanted, node.op === "-" ? arg.unit : null);
  }

  private binary(node: Extract<Node, { kind: "binary" }>): Typed {
    const { op } = node;
    const a = this.node(node.left);
    const b = this.node(node.right);
    const type = operatorType(op, a, b);
    if (type === null) {
      const right = op === "in" && b.type === "list" ? itemOf(b).type : b.type;
      this.add("operand_type", node, { op, left: a.type, right });
      return ANY;
    }
    if ((op === "/" || op === "%") && node.right.kind === "literal" && node.right.value === 0) {
      this.add("division_by_zero", node.right);
    }
    if (op === "&&" || op === "||") return BOOLEAN;
    if (op === "*" || op === "/") return plainType(type, productUnit(op, a.unit, b.unit));
    if (op === "+" || op === "-") return plainType(type, this.sum(op, a.unit, b.unit, node));
    const unit = this.fit(a.unit, op === "in" ? itemOf(b).unit : b.unit, node);
    return op === "%" ? plainType("number", unit) : BOOLEAN;
  }

  private condition(node: Node): void {
    const typed = this.node(node);
    if (!may(typed, "boolean")) this.add("condition_type", node, { found: typed.type });
  }

  private conditional(node: Extract<Node, { kind: "conditional" }>): Typed {
    this.condition(node.test);
    const then = this.node(node.then);
    const other = this.node(node.other);
    return this.unify(then, other, "branch_types", node.other);
  }

  private call(node: Call): Typed {
    const args = node.args.map((arg) => this.node(arg));
    const problem = callProblem(
      node,
      this.scope.map((local) => local.name),
    );
    if (!problem) return callType(this, node, args);
    const unknown = problem.code === "unknown_function";
    const closest = unknown ? near(node.name, Object.keys(SIGNATURES)) : null;
    if (unknown && node.name.toLowerCase() === "if")
      this.add("unknown_function_if", problem, { ...problem.values });
    else if (closest === null) this.add(problem.code, problem, { ...problem.values });
    else this.add("unknown_function_near", problem, { ...problem.values, near: closest });
    return ANY;
  }

  private macro(node: Macro): Typed {
    const list = this.node(node.list);
    if (!may(list, "list")) this.add("not_a_list", node.list, { found: list.type });
    this.scope.push({ name: node.name, typed: may(list, "list") ? itemOf(list) : ANY });
    if (node.macro !== "map") {
      this.condition(node.body);
      this.scope.pop();
      return node.macro === "filter" ? { ...list, type: "list" } : BOOLEAN;
    }
    const body = this.node(node.body);
    this.scope.pop();
    if (body.type === "list") this.add("list_in_list", node.body);
    return { type: "list", unit: body.unit, items: body.type === "list" ? ANY : body };
  }
}
