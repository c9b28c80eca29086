"""Addresses as Logix programs write them: `Speed`, `Program:Main.Motor[2].Temp`, `Status.5`, `Local:1:I.Data`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

__all__ = ["Address", "parse_address"]

_NAME: Final = r"[A-Za-z_][A-Za-z0-9_]{0,39}"
_FIRST: Final = re.compile(rf"{_NAME}(?::(?:{_NAME}|[0-9]{{1,3}})){{0,3}}\Z")
_NEXT: Final = re.compile(rf"{_NAME}\Z")
_INDEXED: Final = re.compile(r"([^\[\]]*)\[([0-9, ]*)\]\Z")
#: Element numbers are 32 bits wide; no controller has memory for more than this.
_ELEMENT_MAX: Final = 2**31 - 1
_DEPTH_MAX: Final = 20


@dataclass(frozen=True, slots=True)
class Address:
    """A place in a controller: `base` is all of it but the last element numbers and the bit."""

    base: str
    index: tuple[int, ...] = ()
    bit: int | None = None

    @property
    def text(self) -> str:
        """The whole place without the bit."""
        return f"{self.base}[{','.join(map(str, self.index))}]" if self.index else self.base


def parse_address(text: str) -> Address:
    """Where an address points. Raises ValueError with what is wrong with it."""
    parts = text.strip().split(".")
    if len(parts) > _DEPTH_MAX:
        raise ValueError(f"'{text[:60]}…' has more than {_DEPTH_MAX} parts")
    bit = None
    if len(parts) > 1 and parts[-1].isascii() and parts[-1].isdigit():
        bit = int(parts.pop()[:4])
        if bit > 63:
            raise ValueError(f"'{text}': bits are numbered from 0 to 63")
    names: list[tuple[str, tuple[int, ...]]] = []
    for number, part in enumerate(parts):
        name, index = _part(text, part)
        if not (_NEXT if number else _FIRST).match(name):
            raise ValueError(f"'{text}' is no tag of a Logix controller: '{part}' is no name")
        names.append((name, index))
    scope = names[0][0].lower().startswith("program:")
    if scope and (len(names) == 1 or names[0][1]):
        raise ValueError(f"'{text}' names a program and no tag in it")
    *before, (last, index) = names
    base = ".".join([*(_written(name, numbers) for name, numbers in before), last])
    return Address(base, index, bit)


def _part(text: str, part: str) -> tuple[str, tuple[int, ...]]:
    match = _INDEXED.match(part)
    if match is None:
        return part, ()
    numbers = [one.strip() for one in match.group(2).split(",")]
    if not 1 <= len(numbers) <= 3 or not all(one.isdigit() and len(one) <= 10 for one in numbers):
        raise ValueError(f"'{text}': an array has one to three element numbers, as in Recipe[2] or Map[1,4]")
    index = tuple(int(one) for one in numbers)
    if max(index) > _ELEMENT_MAX:
        raise ValueError(f"'{text}': no array has that many elements")
    return match.group(1), index


def _written(name: str, index: tuple[int, ...]) -> str:
    return f"{name}[{','.join(map(str, index))}]" if index else name
