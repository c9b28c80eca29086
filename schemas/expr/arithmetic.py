"""Functions of numbers. Twin of sdk/expr/math.ts."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from schemas.expr.elementary import exp, log, power
from schemas.expr.operators import no_value
from schemas.expr.run import Code, List, Raw, Run, element, fault, finite
from schemas.expr.value import BAD, NOT_A_NUMBER

Maker = Callable[[Sequence[Code]], Code]

_DIGITS_MAX: Final = 10
_FACTORS: Final = tuple(float(10**digits) for digits in range(_DIGITS_MAX + 1))
#: From here on a double has no halves.
WHOLE_FROM: Final = 4503599627370496.0
_LIFT: Final = 1 + 2.0**-52


def _one(arg: Code, of: Callable[[Run, float], Raw]) -> Code:
    def code(run: Run) -> Raw:
        x = arg(run)
        return of(run, x) if type(x) is float else no_value(run, x)

    return code


def _two(args: Sequence[Code], of: Callable[[Run, float, float], Raw]) -> Code:
    first, second = args

    def code(run: Run) -> Raw:
        x = first(run)
        y = second(run)
        if type(x) is float and type(y) is float:
            return of(run, x, y)
        return no_value(run, x, y)

    return code


def rounded(x: float, digits: int) -> float:
    """Half away from zero; a decimal such as 1.005 lies a hair below its half, a relative epsilon lifts it."""
    factor = _FACTORS[digits]
    scaled = abs(x) * factor
    if not scaled < WHOLE_FROM:
        return x
    size = math.floor(scaled * _LIFT + 0.5) / factor
    return -size if x < 0 else size


def digits_of(run: Run, digits: float) -> int:
    """A count of decimals from a value; -1 after a fault."""
    if digits.is_integer() and 0 <= digits <= _DIGITS_MAX:
        return int(digits)
    fault(run, BAD, "digits")
    return -1


def _round(args: Sequence[Code]) -> Code:
    if len(args) == 1:
        return _one(args[0], lambda _run, x: rounded(x, 0))

    def of(run: Run, x: float, wanted: float) -> Raw:
        digits = digits_of(run, wanted)
        return None if digits < 0 else rounded(x, digits)

    return _two(args, of)


def _pow(run: Run, x: float, y: float) -> Raw:
    if x == 0 and y < 0:
        return fault(run, NOT_A_NUMBER, "division_by_zero")
    if x < 0 and not y.is_integer():
        return fault(run, NOT_A_NUMBER, "negative_base")
    return finite(run, power(x, y))


def _sqrt(run: Run, x: float) -> Raw:
    return fault(run, NOT_A_NUMBER, "negative_root") if x < 0 else math.sqrt(x)


def _log(run: Run, x: float) -> Raw:
    return log(x) if x > 0 else fault(run, NOT_A_NUMBER, "negative_log")


def _clamp(args: Sequence[Code]) -> Code:
    value, low, high = args

    def code(run: Run) -> Raw:
        x = value(run)
        lo = low(run)
        hi = high(run)
        if type(x) is float and type(lo) is float and type(hi) is float:
            return lo if x < lo else hi if x > hi else x
        return no_value(run, x, lo, hi)

    return code


class _Fold:
    """A number made of several numbers or of one list, from left to right."""

    def __init__(
        self, step: Callable[[float, float], float], first: float | None, end: Callable[[float, int], float]
    ) -> None:
        self._step, self._first, self._end = step, first, end

    def maker(self, args: Sequence[Code]) -> Code:
        """The code for several arguments, or for one that may be a list."""
        if len(args) > 1:
            return lambda run: self._fold(run, (arg(run) for arg in args), len(args))
        only = args[0]

        def code(run: Run) -> Raw:
            value = only(run)
            if type(value) is not List:
                return self._fold(run, (value,), 1)
            count = len(value.items)
            run.steps += count
            return self._fold(run, (element(run, value, i) for i in range(count)), count)

        return code

    def _fold(self, run: Run, values: Iterable[Raw], count: int) -> Raw:
        # One after the other, each looked at before the next: the first reason is the one that is told.
        total, missing = self._first, False
        for x in values:
            if type(x) is not float:
                no_value(run, x)
                missing = True
            elif not missing:
                total = x if total is None else self._step(total, x)
        return None if missing or total is None else finite(run, self._end(total, count))


def _same(total: float, _count: int) -> float:
    return total


MATH: Final[Mapping[str, Maker]] = {
    "abs": lambda args: _one(args[0], lambda _run, x: abs(x)),
    "floor": lambda args: _one(args[0], lambda _run, x: float(math.floor(x))),
    "ceil": lambda args: _one(args[0], lambda _run, x: float(math.ceil(x))),
    "sign": lambda args: _one(args[0], lambda _run, x: 1.0 if x > 0 else -1.0 if x < 0 else 0.0),
    "sqrt": lambda args: _one(args[0], _sqrt),
    "log": lambda args: _one(args[0], _log),
    "exp": lambda args: _one(args[0], lambda run, x: finite(run, exp(x))),
    "round": _round,
    "pow": lambda args: _two(args, _pow),
    "clamp": _clamp,
    "min": _Fold(lambda a, b: b if b < a else a, None, _same).maker,
    "max": _Fold(lambda a, b: b if b > a else a, None, _same).maker,
    "sum": _Fold(lambda a, b: a + b, 0.0, _same).maker,
    "avg": _Fold(lambda a, b: a + b, None, lambda total, count: total / count).maker,
}
