"""Places in a text: the parser counts code points, whoever shows them counts UTF-16 units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from schemas.expr.value import ExprProblem


def in_utf16(text: str, problems: Sequence[ExprProblem]) -> list[ExprProblem]:
    """The problems with their places in UTF-16 units, in order of place."""
    moved = list(problems)
    if not text.isascii():
        moved = [replace(item, start=_units(text, item.start), end=_units(text, item.end)) for item in problems]
    return sorted(moved, key=lambda item: (item.start, item.end))


def _units(text: str, at: int) -> int:
    return at + sum(char > "\uffff" for char in text[:at])
