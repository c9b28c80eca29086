"""Goes once through a tree: kinds, units and everything wrong with them. Twin of sdk/expr/infer.ts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from schemas.expr.call_types import call_type
from schemas.expr.calls import SIGNATURES, call_problem
from schemas.expr.kinds import ANY, BOOLEAN, Findings, Typed, from_var, item_of, may, operator_type, product_unit
from schemas.expr.nodes import Binary, Call, Conditional, Index, ListNode, Literal, Macro, Member, Name, Node, Unary
from schemas.expr.suggest import near
from schemas.expr.value import TypeName, VarType


class Inference(Findings):
    """One check of one formula against its variables."""

    def __init__(self, variables: Mapping[str, VarType]) -> None:
        super().__init__()
        self._vars = variables
        self._scope: list[tuple[str, Typed]] = []
        self._by_kind: dict[type[Any], Callable[[Any], Typed]] = {
            Literal: _literal,
            ListNode: self._list,
            Name: self._name,
            Member: self._member,
            Index: self._index,
            Unary: self._unary,
            Binary: self._binary,
            Conditional: self._conditional,
            Call: self._call,
            Macro: self._macro,
        }

    def node(self, node: Node) -> Typed:
        """Kind and unit of a part."""
        return self._by_kind[type(node)](node)

    def _list(self, node: ListNode) -> Typed:
        items: Typed | None = None
        for item in node.items:
            typed = self.node(item)
            if typed.type == "list":
                self.add("list_in_list", item)
                typed = ANY
            items = typed if items is None else self.unify(items, typed, "list_types", item)
        return Typed("list", items.unit if items else None, items or ANY)

    def _name(self, node: Name) -> Typed:
        for name, typed in reversed(self._scope):
            if name == node.name:
                return typed
        given = self._vars.get(node.name)
        if given:
            return from_var(given)
        closest = near(node.name, [*(name for name, _ in self._scope), *self._vars])
        if closest is None:
            self.add("unknown_name", node, name=node.name)
        else:
            self.add("unknown_name_near", node, name=node.name, near=closest)
        return ANY

    def _member(self, node: Member) -> Typed:
        base = self.node(node.base)
        if not may(base, "record"):
            self.add("not_a_record", node.base, found=base.type)
            return ANY
        if base.fields is None:
            return ANY
        field = base.fields.get(node.field)
        if field:
            return from_var(field)
        self.at("unknown_field", node.field_start, node.end, name=node.field, known=", ".join(base.fields))
        return ANY

    def _index(self, node: Index) -> Typed:
        base = self.node(node.base)
        at = self.node(node.index)
        if not may(at, "number"):
            self.add("index_type", node.index, found=at.type)
        if may(base, "list"):
            return item_of(base)
        self.add("not_a_list", node.base, found=base.type)
        return ANY

    def _unary(self, node: Unary) -> Typed:
        arg = self.node(node.arg)
        wanted: TypeName = "number" if node.op == "-" else "boolean"
        if not may(arg, wanted):
            self.add("unary_type", node, op=node.op, found=arg.type)
        return Typed(wanted, arg.unit if node.op == "-" else None)

    def _binary(self, node: Binary) -> Typed:
        op = node.op
        a = self.node(node.left)
        b = self.node(node.right)
        kind = operator_type(op, a, b)
        if kind is None:
            right = item_of(b).type if op == "in" and b.type == "list" else b.type
            self.add("operand_type", node, op=op, left=a.type, right=right)
            return ANY
        if op in ("/", "%") and isinstance(node.right, Literal) and node.right.value == 0 and kind == "number":
            self._by_zero(node.right)
        if op in ("&&", "||"):
            return BOOLEAN
        if op in ("*", "/"):
            return Typed(kind, product_unit(op, a.unit, b.unit))
        if op in ("+", "-"):
            return Typed(kind, self.sum(op, a.unit, b.unit, node))
        unit = self.fit(a.unit, item_of(b).unit if op == "in" else b.unit, node)
        return Typed("number", unit) if op == "%" else BOOLEAN

    def _by_zero(self, right: Literal) -> None:
        if type(right.value) is float:
            self.add("division_by_zero", right)

    def _condition(self, node: Node) -> None:
        typed = self.node(node)
        if not may(typed, "boolean"):
            self.add("condition_type", node, found=typed.type)

    def _conditional(self, node: Conditional) -> Typed:
        self._condition(node.test)
        then = self.node(node.then)
        other = self.node(node.other)
        return self.unify(then, other, "branch_types", node.other)

    def _call(self, node: Call) -> Typed:
        args = [self.node(arg) for arg in node.args]
        problem = call_problem(node, [name for name, _ in self._scope])
        if problem is None:
            return call_type(self, node, args)
        unknown = problem.code == "unknown_function"
        closest = near(node.name, SIGNATURES) if unknown else None
        if unknown and node.name.lower() == "if":
            self.at("unknown_function_if", problem.start, problem.end, **problem.values)
        elif closest is None:
            self.at(problem.code, problem.start, problem.end, **problem.values)
        else:
            self.at("unknown_function_near", problem.start, problem.end, **problem.values, near=closest)
        return ANY

    def _macro(self, node: Macro) -> Typed:
        source = self.node(node.list)
        fits = may(source, "list")
        if not fits:
            self.add("not_a_list", node.list, found=source.type)
        self._scope.append((node.name, item_of(source) if fits else ANY))
        if node.macro != "map":
            self._condition(node.body)
            self._scope.pop()
            return replace(source, type="list") if node.macro == "filter" else BOOLEAN
        body = self.node(node.body)
        self._scope.pop()
        if body.type == "list":
            self.add("list_in_list", node.body)
        return Typed("list", body.unit, ANY if body.type == "list" else body)


def _literal(node: Literal) -> Typed:
    if node.value is None:
        return Typed("null")
    if isinstance(node.value, bool):
        return Typed("boolean")
    return Typed("string" if isinstance(node.value, str) else "number")
