"""The table of units and the arithmetic of units. The twin of app_designer/src/sdk/units/units.ts."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

TEXT_MAX: Final = 40
_EXPONENTS: Final = {"²": 2, "³": 3, "2": 2, "3": 3}


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit, known by the table or put together. Value in base units = (x + pre) × num / den."""

    text: str
    #: Of a known unit; None for one that was put together or that nobody knows.
    dimension: str | None
    #: Exponents of base units; a unit nobody knows stands for itself (`#carton`).
    vector: Mapping[str, int]
    pre: float
    num: float
    den: float


@dataclass(frozen=True, slots=True)
class Conversion:
    """x → (x + pre) × num / den − post."""

    pre: float
    num: float
    den: float
    post: float

    def apply(self, x: float) -> float:
        """The number in the other unit; may be infinite."""
        return ((x + self.pre) * self.num) / self.den - self.post


def _key(vector: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    return tuple(sorted(vector.items()))


class _Table:
    def __init__(self, source: dict[str, Any]) -> None:
        vectors = {row["id"]: row["vector"] for row in source["dimensions"]}
        self.units: list[Unit] = []
        self.known: dict[str, Unit] = {}
        self.folded: dict[str, Unit | None] = {}
        self.by_vector: dict[tuple[tuple[str, float], ...], list[Unit]] = {}
        for row in source["units"]:
            dimension = row["dimension"]
            pre, num, den = float(row.get("pre", 0)), float(row["num"]), float(row["den"])
            unit = Unit(row["id"], dimension, vectors[dimension], pre, num, den)
            self.units.append(unit)
            self.by_vector.setdefault(_key(unit.vector), []).append(unit)
            for name in (row["id"], *row["aliases"]):
                self.known[name] = unit
                small = name.lower()
                # mW and MW differ by case alone: such a text must be exact.
                same = small not in self.folded or self.folded[small] is unit
                self.folded[small] = unit if same else None

    def find(self, text: str) -> Unit | None:
        return self.known.get(text) or self.folded.get(text.lower())


_TABLE: Final = _Table(json.loads(Path(__file__).with_name("units.json").read_text("utf-8")))


def parse_unit(text: str | None) -> Unit | None:
    """The unit a text names; None for none. A text nobody knows is a unit of its own."""
    wanted = (text or "").strip()
    return _parse(wanted) if wanted else None


@lru_cache(maxsize=500)
def _parse(text: str) -> Unit | None:
    direct = _TABLE.find(text)
    if direct:
        return direct
    unit: Unit | None = None
    for i, part in enumerate(text.split("/")):
        for atom in part.replace("*", "·").split("·"):
            unit = times(unit, _atom(atom.strip()), 1 if i == 0 else -1)
    return unit if unit is None or unit.dimension is not None else replace(unit, text=text)


def _atom(text: str) -> Unit | None:
    if text in ("", "1"):
        return None
    direct = _TABLE.find(text)
    if direct:
        return direct
    exponent = _EXPONENTS.get(text[-1:])
    base = text[:-1].removesuffix("^") if exponent else ""
    powered = _TABLE.find(base) if base else None
    if exponent and powered:
        return power(powered, exponent)
    return Unit(text, None, {f"#{text}": 1}, 0.0, 1.0, 1.0)


def is_known(unit: Unit) -> bool:
    """Whether it is made of units of the table alone."""
    return not any(base.startswith("#") for base in unit.vector)


def times(a: Unit | None, b: Unit | None, sign: int) -> Unit | None:
    """a × b (sign 1) or a ÷ b (sign -1); None stands for a plain number."""
    if b is None:
        return a
    vector = dict(a.vector) if a else {}
    for base, exponent in b.vector.items():
        total = vector.get(base, 0) + sign * exponent
        if total:
            vector[base] = total
        else:
            vector.pop(base, None)
    num = (a.num if a else 1.0) * (b.num if sign == 1 else b.den)
    den = (a.den if a else 1.0) * (b.den if sign == 1 else b.num)
    text = (f"{a.text}·" if a else "") + b.text if sign == 1 else f"{a.text if a else '1'}/{b.text}"
    return _named(text, vector, num, den)


def power(unit: Unit, exponent: int) -> Unit | None:
    """The unit to the power of a whole number from -3 to 3."""
    out: Unit | None = None
    for _ in range(abs(exponent)):
        out = times(out, unit, 1 if exponent > 0 else -1)
    return out


def root(unit: Unit) -> Unit | None:
    """The unit whose square it is, where there is one."""
    return _look_up({base: exponent / 2 for base, exponent in unit.vector.items()}, math.sqrt(unit.num / unit.den))


def _named(text: str, vector: dict[str, int], num: float, den: float) -> Unit | None:
    scale = _over(num, den)
    if not vector and _near(scale, 1.0):
        return None
    found = _look_up(vector, scale)
    if found:
        return found
    return Unit(text if len(text) <= TEXT_MAX else "", None, vector, 0.0, num, den)


def _over(num: float, den: float) -> float:
    # Chains of units can leave the range of doubles; JavaScript then says infinity.
    return num / den if den else math.inf


def _look_up(vector: Mapping[str, float], scale: float) -> Unit | None:
    for unit in _TABLE.by_vector.get(_key(vector), ()):
        if unit.dimension != "temperature" and _near(unit.num / unit.den, scale):
            return unit
    return None


def _near(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-9 * abs(b)


def same_dimension(a: Unit, b: Unit) -> bool:
    """Whether two units measure the same thing."""
    if a.dimension is not None and b.dimension is not None:
        return a.dimension == b.dimension
    return _key(a.vector) == _key(b.vector)


def same_unit(a: Unit, b: Unit) -> bool:
    """Whether numbers in the two units may be compared and added as they are."""
    if a is b or a.text == b.text:
        return True
    return same_dimension(a, b) and a.pre == b.pre and _near(_over(a.num, a.den), _over(b.num, b.den))


def conversion(source: Unit, target: Unit) -> Conversion | None:
    """How to convert; None where the units measure different things."""
    if not same_dimension(source, target):
        return None
    if same_unit(source, target):
        return Conversion(0.0, 1.0, 1.0, 0.0)
    den = source.den * target.num
    return Conversion(source.pre, source.num * target.den, den, target.pre) if den else None


def convert_value(x: float, source: str, target: str) -> float | None:
    """A number in another unit; None where that is impossible."""
    a, b = parse_unit(source), parse_unit(target)
    by = conversion(a, b) if a and b else None
    return by.apply(x) if by else None


def units_like(text: str) -> list[str]:
    """Known units of the same dimension as a unit, itself among them; empty where nobody knows it."""
    unit = parse_unit(text)
    if unit is None or unit.dimension is None:
        return [unit.text] if unit and is_known(unit) else []
    return [other.text for other in _TABLE.units if other.dimension == unit.dimension]


def dimension_of(text: str) -> str | None:
    """The dimension a unit text belongs to; None where nobody knows it."""
    unit = parse_unit(text)
    return unit.dimension if unit else None
