"""The address of a typed value: its name in the journal and, where it must be typed again and again, how often."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

__all__ = ["EntryAddress", "parse_address"]

_EVERY: Final = re.compile(r"every ([1-9][0-9]{0,3}) ?(min|h|d)\Z", re.ASCII)
_UNIT_US: Final = {"min": 60_000_000, "h": 3_600_000_000, "d": 86_400_000_000}
NAME_MAX: Final = 120


@dataclass(frozen=True, slots=True)
class EntryAddress:
    """`every_us`: an entry holds so long; 0: until the next one."""

    name: str
    every_us: int = 0


def parse_address(text: str) -> EntryAddress:
    """`batch_weight`, or `batch_weight; every 8 h`. Raises ValueError with the reason in words."""
    name, mark, tail = (part.strip() for part in text.partition(";"))
    if not name or len(name) > NAME_MAX or not name.isprintable():
        raise ValueError(f"'{name[:60]}' is no name: 1 to {NAME_MAX} characters that can be printed")
    if not mark:
        return EntryAddress(name)
    found = _EVERY.match(tail)
    if found is None:
        raise ValueError(f"'{tail[:60]}' says nothing: after ; comes how often, for example every 8 h")
    return EntryAddress(name, int(found[1]) * _UNIT_US[found[2]])
