"""Types of recorded columns: found from the cells, and the cells parsed to arrays."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from connectors.peers.replay.csv_text import MISSING, is_number, parse_number

__all__ = ["ColumnType", "find_type", "parse_cells"]

_TRUE = frozenset({"true", "yes", "on"})
_FALSE = frozenset({"false", "no", "off"})
_SHARE = 0.9
_WHOLE = re.compile(r"[+-]?[0-9]{1,19}")
# No letters but e: neither nan nor inf nor 1_000, which float() would take.
_PLAIN = re.compile(r"[0-9+\-.eE]*")
_INT64 = range(-(2**63), 2**63)


class ColumnType(Enum):
    """In order of width: two files that disagree on a column get the later of the two."""

    BOOL = "bool"
    INT = "int"
    FLOAT = "float"
    STRING = "string"


def find_type(cells: Sequence[str], decimal: str, *, absent: bool = False) -> ColumnType:
    """The narrowest type that holds nine in ten of the filled cells; the others are broken rows.

    Whole numbers with empty cells become floats, since only a float can be "no number". Numbers with
    leading zeros (0012) are text: they are names. ``absent``: a file without this column.
    """
    filled = [cell for cell in cells if cell.lower() not in MISSING]
    if absent or not filled:
        return ColumnType.FLOAT
    plain = _plain_numbers(filled, decimal) is not None
    numbers = filled if plain else [cell for cell in filled if is_number(cell, decimal)]
    if len(numbers) >= _SHARE * len(filled):
        if any(len(cell) > 1 and cell[0] == "0" and cell.isdigit() for cell in numbers):
            return ColumnType.STRING
        whole = len(filled) == len(cells) and all(_is_whole(cell) for cell in numbers)
        return ColumnType.INT if whole else ColumnType.FLOAT
    words = sum(cell.lower() in _TRUE or cell.lower() in _FALSE for cell in filled)
    if words >= _SHARE * len(filled) and len(filled) == len(cells):
        return ColumnType.BOOL
    return ColumnType.STRING


def parse_cells(cells: Sequence[str], kind: ColumnType, decimal: str) -> tuple[NDArray[Any], list[int]]:
    """Values of a column and the indices of the cells that are not of its type."""
    if kind is ColumnType.STRING:
        return np.array(list(cells), dtype=object), []
    if kind is ColumnType.FLOAT and (plain := _plain_numbers(cells, decimal)) is not None:
        return np.array(plain, dtype=np.float64), []
    values: list[Any] = []
    bad: list[int] = []
    for index, cell in enumerate(cells):
        try:
            values.append(_PARSERS[kind](cell, decimal))
        except ValueError:
            bad.append(index)
            values.append(0)
    return np.array(values, dtype=_DTYPES[kind]), bad


def _plain_numbers(cells: Sequence[str], decimal: str) -> list[float] | None:
    """All cells as numbers when every one is plainly a number; the usual case, ten times as fast."""
    if decimal != "." or _PLAIN.fullmatch("".join(cells)) is None:
        return None
    try:
        numbers = [float(cell) for cell in cells]
    except ValueError:
        return None
    return numbers if all(map(math.isfinite, numbers)) else None


def _is_whole(cell: str) -> bool:
    return _WHOLE.fullmatch(cell) is not None and int(cell) in _INT64


def _float(cell: str, decimal: str) -> float:
    if cell.lower() in MISSING:
        return float("nan")
    if not is_number(cell, decimal):
        raise ValueError(cell)
    if not math.isfinite(number := parse_number(cell, decimal)):
        raise ValueError(cell)
    return number


def _int(cell: str, _decimal: str) -> int:
    if not _is_whole(cell):
        raise ValueError(cell)
    return int(cell)


def _bool(cell: str, _decimal: str) -> bool:
    word = cell.lower()
    if word in _TRUE or word == "1":
        return True
    if word in _FALSE or word == "0":
        return False
    raise ValueError(cell)


_PARSERS = {ColumnType.FLOAT: _float, ColumnType.INT: _int, ColumnType.BOOL: _bool}
_DTYPES = {ColumnType.FLOAT: np.float64, ColumnType.INT: np.int64, ColumnType.BOOL: np.bool_}
