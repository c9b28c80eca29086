"""Values while an app's tests run: a scalar with its quality, and the steps of a binding."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

from schemas.models.binding import Transform
from schemas.quality import BAD_FROM, UNCERTAIN_FROM, Quality

Scalar = float | int | bool | str | None


@dataclass(frozen=True, slots=True)
class Value:
    """``v`` is None whenever the quality is bad."""

    v: Scalar
    q: int = 0

    @property
    def quality(self) -> Literal["good", "uncertain", "bad"]:
        """Class of the quality."""
        if self.q >= BAD_FROM:
            return "bad"
        return "uncertain" if self.q >= UNCERTAIN_FROM else "good"


BAD = Value(None, Quality.BAD)
WAITING = Value(None, Quality.WAITING)


def key_of(value: Scalar) -> str:
    """The key of a value in tables of texts: booleans count as 1 and 0, whole numbers have no point."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    return str(value)


def round_half_away(value: float, decimals: int) -> float:
    """Rounds the number as it is written, half away from zero."""
    if not math.isfinite(value):
        return value
    return float(Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP))


def transformed(value: Value, transforms: Iterable[Transform]) -> Value:
    """A value after the steps of its binding; what is bad stays bad."""
    for step in transforms:
        if value.v is None:
            return value
        value = Value(_step(value.v, step), value.q)
    return value


def _step(value: Any, step: Transform) -> Scalar:
    if step.op == "map":
        key = key_of(value)
        table = step.table or {}
        mapped: Scalar = table.get(key, value)
        return mapped
    number = _number(value)
    if number is None:
        plain: Scalar = value
        return plain
    if step.op == "scale":
        factor = 1.0 if step.factor is None else step.factor
        return number * factor + (step.offset or 0.0)
    if step.op == "clamp":
        low = -math.inf if step.min is None else step.min
        high = math.inf if step.max is None else step.max
        return min(high, max(low, number))
    return round_half_away(number, step.decimals or 0)


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (ValueError, OverflowError, TypeError):
        return None
    return number if math.isfinite(number) else None


def same(found: Scalar, expected: Scalar) -> bool:
    """Whether a value is the one expected: numbers within a billionth, everything else exactly."""
    if isinstance(found, bool) or isinstance(expected, bool):
        return found is expected
    if isinstance(found, int | float) and isinstance(expected, int | float):
        return math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-9)
    return found == expected
