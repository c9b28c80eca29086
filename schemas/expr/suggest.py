"""The known name most like a mistyped one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_FAR: Final = 2


def near(name: str, known: Iterable[str]) -> str | None:
    """The nearest known name; None where none is near. Ties go to the first."""
    best: str | None = None
    least = min(_FAR, len(name) // 2) + 1
    for candidate in known:
        distance = _edits(name.lower(), candidate.lower())
        if distance < least:
            least, best = distance, candidate
    return best


def _edits(a: str, b: str) -> int:
    """Single characters to insert, remove or change between two short names."""
    if abs(len(a) - len(b)) > _FAR:
        return _FAR + 1
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        following = [i]
        for j, right in enumerate(b, 1):
            following.append(min(row[j - 1] + (left != right), row[j] + 1, following[j - 1] + 1))
        row = following
    return row[-1]
