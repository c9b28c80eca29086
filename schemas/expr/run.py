"""One evaluation: where quality and time gather while plain Python values travel. Twin of sdk/expr/run.ts."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from schemas.expr.value import LIST_MAX, NOT_A_NUMBER, OVERFLOW, TEXT_MAX, TYPE_MISMATCH, Value
from schemas.units import Conversion

NEVER: Final = math.inf


class List:
    """A list at work: elements with their own quality and time, where they have any beside that of the whole."""

    __slots__ = ("items", "q", "ts")

    def __init__(self, items: Sequence[Any], q: Sequence[int] | None = None, ts: Sequence[float] | None = None) -> None:
        self.items, self.q, self.ts = items, q, ts


@dataclass(frozen=True, slots=True)
class UnitPlan:
    """What the units of this evaluation's inputs lead to; made anew only when a unit changes."""

    unit: str
    #: Code of a contradiction, or None.
    problem: str | None
    #: Per place in the text.
    conversions: Mapping[int, Conversion]
    texts: Mapping[int, str]


class Run:
    """Quality (the worst) and time (the oldest, µs) of all that was used so far."""

    __slots__ = ("q", "ts", "why", "steps", "vars", "now", "zone", "language", "plan", "v", "vq", "vts")  # noqa: RUF023

    def __init__(
        self, variables: Mapping[str, Value], now: int, zone: str, language: str, plan: UnitPlan, depth: int
    ) -> None:
        self.q = 0
        self.ts: float = NEVER
        self.why: str | None = None
        self.steps = 0
        self.vars = variables
        self.now, self.zone, self.language, self.plan = now, zone, language, plan
        if depth:
            # Variables of macros, by nesting.
            self.v: list[Any] = [None] * depth
            self.vq = [0] * depth
            self.vts: list[float] = [NEVER] * depth


#: A number, text, yes/no, None, List or record (dict).
Raw = Any
Code = Callable[[Run], Raw]


def fault(run: Run, q: int, why: str) -> Raw:
    """Makes the evaluation bad; the first reason stays."""
    run.q = max(run.q, q)
    if run.why is None:
        run.why = why
    return None


def wrong_type(run: Run) -> Raw:
    """A value of a kind the formula cannot use."""
    return fault(run, TYPE_MISMATCH, "type")


def finite(run: Run, value: float) -> Raw:
    """A number that is one: infinity is an overflow, never a result."""
    if math.isfinite(value):
        return value
    return fault(run, OVERFLOW, "overflow")


def charge_text(run: Run, *texts: str) -> None:
    """What a function of texts costs: a step for 16 UTF-16 units, so that long texts end a macro sooner."""
    units = 0
    for text in texts:
        units += len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
    run.steps += units >> 4


def short_text(run: Run, value: str) -> Raw:
    """A text within the limit."""
    if len(value) <= TEXT_MAX:
        return value
    return fault(run, OVERFLOW, "text_too_long")


def from_data(run: Run, v: Any) -> Raw:
    """The value of an input, checked: what is no number, too long or of no known kind is bad."""
    kind = type(v)
    if kind is float:
        return v if -NEVER < v < NEVER else fault(run, NOT_A_NUMBER, "not_a_number")
    if kind is int:
        return _from_int(run, v)
    if kind is str:
        return short_text(run, v)
    if v is None or kind is bool or kind is dict:
        return v
    if kind in (list, tuple):
        if len(v) > LIST_MAX:
            return fault(run, OVERFLOW, "list_too_long")
        return List([_plain_int(item) for item in v])
    return wrong_type(run)


def _from_int(run: Run, v: int) -> Raw:
    try:
        return float(v)
    except OverflowError:
        return fault(run, OVERFLOW, "overflow")


def _plain_int(item: Any) -> Any:
    return float(item) if type(item) is int and abs(item) < 2**1000 else item


def alone(run: Run, code: Code) -> Raw:
    """A part of an evaluation apart from the rest; what it used is in `run` afterwards, to be kept or not."""
    run.q = 0
    run.ts = NEVER
    run.why = None
    value = code(run)
    return None if run.q >= 128 else value


def join(run: Run, q: int, ts: float, why: str | None) -> None:
    """Adds what was used before (`q`, `ts`, `why`) to what `run` holds now."""
    if q > run.q:
        run.q = q
    if ts < run.ts:
        run.ts = ts
    if why is not None:
        run.why = why


def element(run: Run, source: List, i: int) -> Raw:
    """Element `i` of a list, its quality and time taken into account."""
    if source.q is not None and source.ts is not None:
        q, ts = source.q[i], source.ts[i]
        if q > run.q:
            run.q = q
        if ts < run.ts:
            run.ts = ts
        return None if q >= 128 else source.items[i]
    item = source.items[i]
    if type(item) is float and -NEVER < item < NEVER:
        return item
    value = from_data(run, item)
    return wrong_type(run) if type(value) is List else value
