"""The tags of the test's controller: types, structures, memory, and how a path leads to a place in it.

Written by "Logix 5000 Controllers Data Access" (1756-PM020) and no library, so that what this side and the driver
agree on is the protocol.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Final

__all__ = [
    "ATOMIC", "BEYOND", "DENIED", "STRING", "UNKNOWN", "WRONG_TYPE", "Atomic", "Member", "Place", "Refusal",
    "Structure", "Tag", "Tags", "structure",
]  # fmt: skip


class Refusal(Exception):
    """A CIP status with its extended one, if any."""

    def __init__(self, status: int, extended: int | None = None) -> None:
        super().__init__(f"0x{status:02X}")
        self.status, self.extended = status, extended


UNKNOWN: Final = (0x04, 0x0000)
BEYOND: Final = (0xFF, 0x2105)
WRONG_TYPE: Final = (0xFF, 0x2107)
DENIED: Final = (0x0F, None)


@dataclass(frozen=True, slots=True)
class Atomic:
    """A type that has a code."""

    name: str
    code: int
    form: str

    @property
    def size(self) -> int:
        """Bytes."""
        return struct.calcsize(self.form)


ATOMIC: Final = {
    name: Atomic(name, code, form)
    for name, code, form in (
        ("BOOL", 0xC1, "<B"), ("SINT", 0xC2, "<b"), ("INT", 0xC3, "<h"), ("DINT", 0xC4, "<i"), ("LINT", 0xC5, "<q"),
        ("USINT", 0xC6, "<B"), ("UINT", 0xC7, "<H"), ("UDINT", 0xC8, "<I"), ("ULINT", 0xC9, "<Q"),
        ("REAL", 0xCA, "<f"), ("LREAL", 0xCB, "<d"), ("DWORD", 0xD3, "<I"),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """Of a structure; `array` elements or 0; a BOOL is a bit of the byte at `offset`."""

    name: str
    type: Atomic | Structure
    offset: int
    array: int = 0
    bit: int | None = None


@dataclass(frozen=True, slots=True)
class Structure:
    """A user-defined or built-in structure; `template` is its instance, `handle` its checksum."""

    name: str
    template: int
    handle: int
    size: int
    members: tuple[Member, ...]

    def member(self, name: str) -> Member:
        """By its name, in any case."""
        for one in self.members:
            if one.name.lower() == name.lower():
                return one
        raise Refusal(*UNKNOWN)


def structure(
    name: str, template: int, handle: int, members: Sequence[tuple[str, Atomic | Structure, int]]
) -> Structure:
    """Lays members out as a controller does: each at a multiple of its size, neighbouring BOOLs in a hidden SINT."""
    out: list[Member] = []
    at = bits = 0
    host = -1
    for title, of, array in members:
        if isinstance(of, Atomic) and of.name == "BOOL":
            if host < 0 or bits == 8:
                host, bits, at = at, 0, at + 1
                out.append(Member(f"ZZZZZZZZZZ{name}{len(out)}", ATOMIC["SINT"], host))
            out.append(Member(title, of, host, 0, bits))
            bits += 1
            continue
        host = -1
        step = of.size if isinstance(of, Atomic) else 4
        at = -(-at // step) * step
        out.append(Member(title, of, at, array))
        at += of.size * max(1, array)
    return Structure(name, template, handle, -(-at // 4) * 4, tuple(out))


#: The built-in one, known inside by this name.
STRING: Final = structure("ASCIISTRING82", 0xFCE, 0x0FCE, [("LEN", ATOMIC["DINT"], 0), ("DATA", ATOMIC["SINT"], 82)])


@dataclass(slots=True)
class Tag:
    """`access`: rw, r or none."""

    name: str
    type: Atomic | Structure
    dims: tuple[int, ...] = ()
    access: str = "rw"
    memory: bytearray = field(default_factory=bytearray)

    def __post_init__(self) -> None:
        self.memory = self.memory or bytearray(self.type.size * prod(self.dims))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a path leads: the element there, how many follow it (itself included), a bit for a BOOL member."""

    tag: Tag
    type: Atomic | Structure
    at: int
    left: int
    bit: int | None = None


class Tags:
    """Tags of the controller and its programs, by the names as written (`Program:Main.Speed`)."""

    def __init__(self) -> None:
        self.all: dict[str, Tag] = {}

    def add(self, name: str, of: Atomic | Structure, *dims: int, access: str = "rw") -> Tag:
        """A tag full of zeros."""
        tag = self.all[name.lower()] = Tag(name, of, dims, access)
        return tag

    def find(self, path: Sequence[str | int]) -> Place:
        """Follows names and element numbers. Raises Refusal."""
        names = list(path)
        if not names or not isinstance(names[0], str):
            raise Refusal(*UNKNOWN)
        key = str(names.pop(0)).lower()
        if key.startswith("program:") and names:
            key += f".{str(names.pop(0)).lower()}"
        tag = self.all.get(key)
        if tag is None:
            raise Refusal(*UNKNOWN)
        if tag.access == "none":
            raise Refusal(*DENIED)
        at, left = _element(tag.type, tag.dims, names, 0)
        of, bit = tag.type, None
        while names:
            if not isinstance(of, Structure) or bit is not None:
                raise Refusal(*UNKNOWN)
            member = of.member(str(names.pop(0)))
            of, bit = member.type, member.bit
            at, left = _element(of, (member.array,) if member.array else (), names, at + member.offset)
        return Place(tag, of, at, left, bit)


def _element(of: Atomic | Structure, dims: tuple[int, ...], names: list[str | int], at: int) -> tuple[int, int]:
    """Takes the element numbers that stand first: the place, and how many elements there are from there."""
    numbers: list[int] = []
    while names and isinstance(names[0], int):
        numbers.append(int(names.pop(0)))
    if not numbers:
        return at, max(1, prod(dims))
    if len(numbers) != len(dims):
        raise Refusal(*UNKNOWN)
    flat = 0
    for number, dim in zip(numbers, dims, strict=True):
        if number >= dim:
            raise Refusal(0x05)
        flat = flat * dim + number
    return at + flat * of.size, prod(dims) - flat
