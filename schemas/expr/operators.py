"""Operators as closures. Twin of sdk/expr/operators.ts."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from schemas.expr.nodes import BinaryOp, Literal, Node
from schemas.expr.run import NEVER, Code, List, Raw, Run, alone, fault, finite, join, short_text, wrong_type
from schemas.expr.value import NOT_A_NUMBER

_INF = math.inf


def no_value(run: Run, *values: Raw) -> Raw:
    """What an operator without a value says: nothing where a value is missing or bad, else a wrong type."""
    return wrong_type(run) if all(value is not None for value in values) else None


def _divide(run: Run, a: float, b: float) -> Raw:
    return fault(run, NOT_A_NUMBER, "division_by_zero") if b == 0 else finite(run, a / b)


def _remainder(run: Run, a: float, b: float) -> Raw:
    return fault(run, NOT_A_NUMBER, "division_by_zero") if b == 0 else math.fmod(a, b)


def _plus(left: Code, right: Code) -> Code:
    def code(run: Run) -> Raw:
        a = left(run)
        b = right(run)
        if type(a) is float and type(b) is float:
            total = a + b
            return total if -_INF < total < _INF else finite(run, total)
        if type(a) is str and type(b) is str:
            return short_text(run, a + b)
        return no_value(run, a, b)

    return code


def _minus(left: Code, right: Code) -> Code:
    def code(run: Run) -> Raw:
        a = left(run)
        b = right(run)
        if type(a) is float and type(b) is float:
            value = a - b
            return value if -_INF < value < _INF else finite(run, value)
        return no_value(run, a, b)

    return code


def _times(left: Code, right: Code) -> Code:
    def code(run: Run) -> Raw:
        a = left(run)
        b = right(run)
        if type(a) is float and type(b) is float:
            value = a * b
            return value if -_INF < value < _INF else finite(run, value)
        return no_value(run, a, b)

    return code


def _numeric(left: Code, right: Code, of: Callable[[Run, float, float], Raw]) -> Code:
    def code(run: Run) -> Raw:
        a = left(run)
        b = right(run)
        if type(a) is float and type(b) is float:
            return of(run, a, b)
        return no_value(run, a, b)

    return code


def _ordered(left: Code, right: Code, holds: Callable[[Any, Any], bool]) -> Code:
    def code(run: Run) -> Raw:
        a = left(run)
        b = right(run)
        if type(a) is type(b) and type(a) in (float, str):
            return holds(a, b)
        return no_value(run, a, b)

    return code


def equal(run: Run, a: Raw, b: Raw) -> bool | None:
    """Whether two values are equal; None where that cannot be said."""
    if a is None or b is None:
        return None if run.q >= 128 else a is b
    if type(a) is not type(b) or type(a) not in (float, str, bool):
        wrong_type(run)
        return None
    return bool(a == b)


def _equality(left: Code, right: Code, wanted: bool) -> Code:
    def code(run: Run) -> Raw:
        a = left(run)
        same = equal(run, a, right(run))
        return None if same is None else same is wanted

    return code


def _membership(left: Code, right: Code) -> Code:
    """`x in list`: true where any element equals x; elements of another type are not equal to it."""

    def code(run: Run) -> Raw:
        x = left(run)
        source = right(run)
        if x is None or source is None:
            return None
        if type(source) is not List or type(x) not in (float, str, bool):
            return wrong_type(run)
        run.steps += len(source.items)
        lost, oldest, nothing = 0, NEVER, False
        for i, item in enumerate(source.items):
            q = source.q[i] if source.q is not None else 0
            ts = source.ts[i] if source.ts is not None else NEVER
            if q < 128 and type(item) is type(x) and item == x:
                join(run, q, ts, None)
                return True
            lost, oldest = max(lost, q), min(oldest, ts)
            nothing = nothing or item is None
        join(run, lost, oldest, None)
        return None if lost >= 128 or nothing else False

    return code


def _logic(left: Code, right: Code, decides: bool) -> Code:
    """`&&` (decides = False) and `||` (True): a side that decides alone gives its own quality and time."""

    def code(run: Run) -> Raw:
        q, ts, why = run.q, run.ts, run.why
        a = alone(run, left)
        if a is decides:
            join(run, q, ts, why)
            return a
        if a is not None and type(a) is not bool:
            wrong_type(run)
        left_q, left_ts, left_why = run.q, run.ts, run.why
        b = alone(run, right)
        if b is decides:
            join(run, q, ts, why)
            return b
        if b is not None and type(b) is not bool:
            wrong_type(run)
        join(run, left_q, left_ts, left_why)
        join(run, q, ts, why)
        return None if a is None or b is None else not decides

    return code


def negate(arg: Code) -> Code:
    """`-x`."""

    def code(run: Run) -> Raw:
        a = arg(run)
        return -a if type(a) is float else no_value(run, a)

    return code


def invert(arg: Code) -> Code:
    """`!x`."""

    def code(run: Run) -> Raw:
        a = arg(run)
        return not a if type(a) is bool else no_value(run, a)

    return code


def conditional(test: Code, then: Code, other: Code) -> Code:
    """`test ? then : other`: only the branch taken is evaluated."""

    def code(run: Run) -> Raw:
        t = test(run)
        if t is True:
            return then(run)
        if t is False:
            return other(run)
        return no_value(run, t)

    return code


def binary(op: BinaryOp, left: Code, right: Code) -> Code:
    """The code of a binary operator."""
    made = _BINARY.get(op)
    return made(left, right) if made else _logic(left, right, op == "||")


_BINARY: dict[str, Callable[[Code, Code], Code]] = {
    "+": _plus,
    "-": _minus,
    "*": _times,
    "/": lambda left, right: _numeric(left, right, _divide),
    "%": lambda left, right: _numeric(left, right, _remainder),
    "==": lambda left, right: _equality(left, right, True),
    "!=": lambda left, right: _equality(left, right, False),
    "<": lambda left, right: _ordered(left, right, lambda a, b: a < b),
    "<=": lambda left, right: _ordered(left, right, lambda a, b: a <= b),
    ">": lambda left, right: _ordered(left, right, lambda a, b: a > b),
    ">=": lambda left, right: _ordered(left, right, lambda a, b: a >= b),
    "in": _membership,
}


def list_of(items: Sequence[Code], nodes: Sequence[Node]) -> Code:
    """The elements of a list literal: each keeps its own quality and time."""
    if all(isinstance(node, Literal) for node in nodes):
        fixed = List([node.value for node in nodes if isinstance(node, Literal)])
        return lambda _run: fixed

    def code(run: Run) -> Raw:
        q, ts, reason = run.q, run.ts, run.why
        values: list[Any] = []
        qs: list[int] = []
        times: list[float] = []
        for item in items:
            value = alone(run, item)
            values.append(wrong_type(run) if type(value) is List else value)
            qs.append(run.q)
            times.append(run.ts)
            reason = run.why if reason is None else reason
        run.q, run.ts, run.why = q, ts, reason
        return List(values, qs, times)

    return code
