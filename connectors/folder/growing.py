"""Files that grow: the next lines of one, how far it was read, and whether it is still the same file.

A position is a place and a fingerprint of the bytes before it: so a file that was cut off or replaced is told from one
that has grown.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO, Final

__all__ = ["Position", "fingerprint", "fits", "next_lines", "open_regular", "recall", "record"]

#: So many bytes before a position tell whether the file is still the same one.
PRINT_BYTES: Final = 256
PART_BYTES: Final = 128 * 1024
_FIELDS: Final = ("offset", "line", "print", "mtime")


@dataclass(frozen=True, slots=True)
class Position:
    """Up to where a file was read: bytes, lines, fingerprint of what is before, and its time of writing then (µs)."""

    offset: int = 0
    line: int = 0
    print: int = 0
    mtime: int = 0


def recall(marks: Mapping[str, int]) -> dict[str, Position]:
    """Positions by file, of what `record` made. A name in them has no `/`."""
    found: dict[str, dict[str, int]] = {}
    for key, value in marks.items():
        name, _, field = key.rpartition("/")
        if name and field in _FIELDS:
            found.setdefault(name, {})[field] = value
    return {name: Position(**fields) for name, fields in found.items()}


def record(name: str, position: Position | None) -> dict[str, int]:
    """A position as whole numbers; None: forget the file."""
    if position is None:
        return {f"{name}/{field}": -1 for field in _FIELDS}
    return {f"{name}/{field}": getattr(position, field) for field in _FIELDS}


def open_regular(folder: Path, name: str) -> BinaryIO:
    """Opens a file for reading; no link, nothing but a regular file. Raises OSError."""

    def opener(path: str, flags: int) -> int:
        return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0))

    file = open(folder / name, "rb", opener=opener)  # noqa: SIM115 - the caller closes it
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise FileNotFoundError(name)
    return file


def fits(file: BinaryIO, size: int, position: Position) -> bool:
    """Whether the position is one of this file, which has `size` bytes now."""
    return position.offset <= size and fingerprint(file, position.offset) == position.print


def fingerprint(file: BinaryIO, end: int) -> int:
    """Of the bytes before `end`: 63 bits, as the spool keeps numbers; 0 at the start."""
    if end == 0:
        return 0
    begin = max(0, end - PRINT_BYTES)
    file.seek(begin)
    return int.from_bytes(blake2b(file.read(end - begin), digest_size=8).digest(), "big") >> 1


def next_lines(
    file: BinaryIO, size: int, offset: int, line_max: int, lines_max: int, whole: bool
) -> tuple[tuple[bytes | None, ...], int]:
    """Whole lines from `offset` on, and the place after them; None among them is one longer than `line_max`. `whole`: a
    last line without an end counts."""
    file.seek(offset)
    data = file.read(min(size - offset, max(PART_BYTES, line_max + 1)))
    *lines, rest = data.split(b"\n", lines_max)
    end = offset + len(data) - len(rest)
    found: list[bytes | None] = [line if len(line) <= line_max else None for line in lines]
    at_end = offset + len(data) >= size
    if len(lines) < lines_max:
        if at_end and whole and rest:
            found.append(rest if len(rest) <= line_max else None)
            end = offset + len(data)
        elif not lines and len(rest) > line_max:
            end = _after_line(file, size, offset + len(data))
            if end or whole:
                found.append(None)
            end = end or (size if whole else offset)
    return tuple(found), end


def _after_line(file: BinaryIO, size: int, offset: int) -> int:
    """Where the line ends that goes on at `offset`; 0: not in this file."""
    file.seek(offset)
    while offset < size:
        data = file.read(min(PART_BYTES, size - offset))
        if not data:
            break
        if (place := data.find(b"\n")) >= 0:
            return offset + place + 1
        offset += len(data)
    return 0
