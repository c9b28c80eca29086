"""Kinds and units of the parts of a formula before it runs. Twin of sdk/expr/typing.ts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from schemas.expr.nodes import BinaryOp, Node
from schemas.expr.value import ExprProblem, TypeName, VarType
from schemas.units import Conversion, Unit, parse_unit, same_dimension, same_unit, times


@dataclass(frozen=True, slots=True)
class Typed:
    """What is known of a part of a formula."""

    type: TypeName
    unit: Unit | None = None
    items: Typed | None = None
    fields: Mapping[str, VarType] | None = None


ANY: Final = Typed("any")
BOOLEAN: Final = Typed("boolean")


def may(typed: Typed, *types: str) -> bool:
    """Whether a value may be of a type, as far as that is known."""
    return typed.type in ("any", "null") or typed.type in types


def from_var(given: VarType) -> Typed:
    """What a variable's declaration tells."""
    items = from_var(given.items) if given.items else None
    unit = parse_unit(given.unit) or (items.unit if items else None)
    return Typed(given.type, unit, items, given.fields)


def item_of(typed: Typed) -> Typed:
    """What the elements of a list are."""
    return typed.items or Typed("any", typed.unit)


class Findings:
    """Problems and what the units lead to, gathered on the way through a tree."""

    def __init__(self) -> None:
        self.problems: list[ExprProblem] = []
        self.conversions: dict[int, Conversion] = {}
        self.texts: dict[int, str] = {}

    def at(self, code: str, start: int, end: int, **values: str) -> None:
        """Adds a problem."""
        self.problems.append(ExprProblem(code, start, end, values))

    def add(self, code: str, node: Node, **values: str) -> None:
        """Adds a problem of a part of the formula."""
        self.at(code, node.start, node.end, **values)

    def fit(self, a: Unit | None, b: Unit | None, node: Node) -> Unit | None:
        """Two units that must agree: the one both have."""
        if a is None or b is None:
            return a or b
        if not same_unit(a, b):
            self.add("unit_scale" if same_dimension(a, b) else "unit_mismatch", node, left=a.text, right=b.text)
        return a

    def unify(self, a: Typed, b: Typed, code: str, node: Node) -> Typed:
        """Two values one of which is taken: their common kind."""
        unit = self.fit(a.unit, b.unit, node)
        if a.type == "null":
            return replace(b, unit=unit)
        if b.type == "null":
            return replace(a, unit=unit)
        if a.type == "any" or b.type == "any":
            return Typed("any", unit)
        if a.type != b.type:
            self.add(code, node, left=a.type, right=b.type)
            return Typed("any", unit)
        return replace(a, unit=unit)

    def sum(self, op: str, a: Unit | None, b: Unit | None, node: Node) -> Unit | None:
        """Unit of a sum or difference. Temperatures have a zero point: their difference is another kind of unit."""
        if a is None or b is None:
            return a or b
        left, right = a.dimension == "temperature", b.dimension == "temperature"
        if left and right and op == "-" and same_unit(a, b):
            return _span_unit(a)
        span = _span_unit(a) if left else _span_unit(b) if right and op == "+" else None
        other = b if left else a
        if span and other.dimension == "temperature_difference":
            if not same_unit(span, other):
                self.add("unit_scale", node, left=span.text, right=other.text)
            return a if left else b
        return self.fit(a, b, node)


def _span_unit(unit: Unit) -> Unit | None:
    return parse_unit("Δ°F" if unit.text == "°F" else "Δ°C")


def product_unit(op: str, a: Unit | None, b: Unit | None) -> Unit | None:
    """Unit of a product or quotient. A plain number changes no unit, and over a unit says nothing about it."""
    if b is None:
        return a
    if a is None:
        return b if op == "*" else None
    return times(a, b, 1 if op == "*" else -1)


def operator_type(op: BinaryOp, a: Typed, b: Typed) -> TypeName | None:
    """What an operator gives for two kinds; None where it does not work with them."""

    def both(kind: str) -> bool:
        return may(a, kind) and may(b, kind)

    if op in ("&&", "||"):
        return "boolean" if both("boolean") else None
    if op in ("-", "*", "/", "%"):
        return "number" if both("number") else None
    if op == "in":
        return "boolean" if _membership(a, b) else None
    if op in ("==", "!="):
        return "boolean" if both("number") or both("string") or both("boolean") else None
    if not both("number") and not both("string"):
        return None
    return _plus_type(a, b) if op == "+" else "boolean"


def _plus_type(a: Typed, b: Typed) -> TypeName:
    if "number" in (a.type, b.type):
        return "number"
    return "string" if "string" in (a.type, b.type) else "any"


def _membership(x: Typed, source: Typed) -> bool:
    if not may(source, "list") or x.type in ("list", "record"):
        return False
    return source.type != "list" or may(item_of(source), x.type) or may(x, item_of(source).type)
