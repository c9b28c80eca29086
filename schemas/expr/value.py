"""What goes into a formula and what comes out; limits and quality codes. Twin of sdk/expr/types.ts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

SOURCE_MAX: Final = 2048
NODES_MAX: Final = 200
DEPTH_MAX: Final = 32
STEPS_MAX: Final = 10_000
#: Code points of a text.
TEXT_MAX: Final = 2048
LIST_MAX: Final = 1000

# Quality codes a formula gives of its own (schemas/quality.py).
UNCERTAIN: Final = 64
BAD: Final = 128
NOT_A_NUMBER: Final = 136
TYPE_MISMATCH: Final = 139
OVERFLOW: Final = 141

TypeName = Literal["number", "string", "boolean", "null", "list", "record", "any"]


@dataclass(slots=True)
class Value:
    """A value with its quality, time (µs UTC; None for what has no time, as a constant) and unit.

    Of a result, bad (`q` ≥ 128) always has `v` None, and `why` says what in the formula itself made it bad.
    """

    v: Any
    q: int = 0
    ts: int | None = None
    unit: str = ""
    #: The last good value and its time, for `last_good()`.
    good: tuple[Any, int] | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """When (µs UTC), in which zone (IANA name) and for which language a formula is evaluated."""

    now: int
    zone: str = "UTC"
    language: str = "en"


@dataclass(frozen=True, slots=True)
class VarType:
    """What is known of a variable while a formula is written."""

    type: TypeName = "any"
    unit: str = ""
    #: Of a list: what its elements are.
    items: VarType | None = None
    #: Of a record: its fields; None allows every field.
    fields: Mapping[str, VarType] | None = None


@dataclass(frozen=True, slots=True)
class ExprProblem:
    """Something wrong with a formula. Positions count UTF-16 units, as editors in a browser do."""

    code: str
    start: int
    end: int
    #: What the message names.
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checked:
    """Kind and unit of a formula, and everything wrong with it, in order of place."""

    type: TypeName
    unit: str
    problems: Sequence[ExprProblem]


def wide_integer(v: Any, q: int = 0) -> tuple[Any, int]:
    """The value of an integer tag as a formula takes it: beyond 2^53 the nearest double, and then uncertain."""
    if isinstance(v, str) and len(v) <= 21 and v.removeprefix("-").isascii() and v.removeprefix("-").isdigit():
        v = int(v)
    if isinstance(v, bool) or not isinstance(v, int):
        return v, q
    near = float(v)
    return near, q if abs(near) <= 2**53 - 1 else max(q, UNCERTAIN)
