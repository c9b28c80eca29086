"""Modbus addresses as people write them: `holding:12`, `40013`, `coil:0`; and ranges `holding:100-110`."""

from __future__ import annotations

import re
from typing import Final, Literal

__all__ = ["BIT_TABLES", "READ_FUNCTION", "Table", "parse_address", "parse_range"]

Table = Literal["coil", "discrete", "input", "holding"]

READ_FUNCTION: Final[dict[Table, int]] = {"coil": 1, "discrete": 2, "holding": 3, "input": 4}
BIT_TABLES: Final[frozenset[Table]] = frozenset({"coil", "discrete"})
_LEADING_DIGIT: Final[dict[str, Table]] = {"0": "coil", "1": "discrete", "3": "input", "4": "holding"}
_NAMED = re.compile(r"(coil|discrete|input|holding)\s*:\s*([0-9]{1,5})\Z")
_NUMBERED = re.compile(r"([0134])([0-9]{4,5})\Z")
_RANGE = re.compile(r"(coil|discrete|input|holding)\s*:\s*([0-9]{1,5})(?:\s*-\s*([0-9]{1,5}))?\Z")
_TABLES: Final[dict[str, Table]] = {"coil": "coil", "discrete": "discrete", "input": "input", "holding": "holding"}
ADDRESS_MAX = 65_535


def parse_address(text: str) -> tuple[Table, int]:
    """Table and address from 0. `40001` and `400001` are the first holding register. Raises ValueError."""
    plain = text.strip()
    named = _NAMED.match(plain)
    if named is not None:
        table, address = _TABLES[named.group(1)], int(named.group(2))
    else:
        numbered = _NUMBERED.match(plain)
        if numbered is None:
            raise ValueError(f"'{text}' is no Modbus address")
        table, address = _LEADING_DIGIT[numbered.group(1)], int(numbered.group(2)) - 1
    if not 0 <= address <= ADDRESS_MAX:
        raise ValueError(f"'{text}' is outside 0 to {ADDRESS_MAX}")
    return table, address


def parse_range(text: str) -> tuple[Table, int, int]:
    """Table, first address and the one after the last, from `holding:100-110`. Raises ValueError."""
    match = _RANGE.match(text.strip())
    if match is None:
        raise ValueError(f"'{text}' is no range such as holding:100-110")
    first = int(match.group(2))
    last = first if match.group(3) is None else int(match.group(3))
    if not first <= last <= ADDRESS_MAX:
        raise ValueError(f"'{text}' must rise and stay within 0 to {ADDRESS_MAX}")
    return _TABLES[match.group(1)], first, last + 1
