"""The files of the folder, and how far each was read.

A file is known by its name and by the bytes before the place where reading stopped: so one that grows goes on there,
one that was cut off or replaced begins anew, and one that was renamed (rotated) is not read again.
"""

from __future__ import annotations

import fnmatch
import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO, Final

from connectors.drivers.csv_folder.config import CsvFolderConfig

__all__ = ["DONE", "FOUND_MAX", "LinesPart", "ListedFile", "Position", "list_files", "read_part", "recall", "record"]

DONE: Final = "done"
FOUND_MAX: Final = 50_000
#: So many bytes before a position tell whether the file is still the same one.
PRINT_BYTES: Final = 256
HEAD_BYTES: Final = 1 << 20
PART_BYTES: Final = 128 * 1024
_FIELDS: Final = ("offset", "line", "print", "mtime")


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A regular file of the folder; `mtime_us` is when it was last written, µs UTC."""

    name: str
    size: int
    mtime_us: int


@dataclass(frozen=True, slots=True)
class Position:
    """Up to where a file was read: bytes, lines, fingerprint of what is before, and its time of writing then (µs)."""

    offset: int = 0
    line: int = 0
    print: int = 0
    mtime: int = 0


@dataclass(frozen=True, slots=True)
class LinesPart:
    """Whole lines of a file from `first_line` (1 = the first of the file) and the position after them.

    None among `lines` is one that was too long. `head` are the lines up to the header; None: not there yet. `anew`: it
    is not the file that was read before, or was written again from its start. `left`: bytes that are not read yet.
    """

    head: tuple[bytes, ...] | None
    lines: tuple[bytes | None, ...]
    first_line: int
    position: Position
    mtime_us: int
    anew: bool = False
    left: int = 0


def list_files(folder: Path, pattern: str) -> list[ListedFile]:
    """The files whose names fit, the oldest first. No links, nothing but regular files. Raises OSError."""
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if not fnmatch.fnmatchcase(entry.name, pattern) or not entry.is_file(follow_symlinks=False):
                continue
            if not entry.name.isprintable():  # also what is no text in this system's character set
                continue
            try:
                about = entry.stat(follow_symlinks=False)
            except FileNotFoundError:  # gone since
                continue
            found.append(ListedFile(entry.name, about.st_size, about.st_mtime_ns // 1000))
    return sorted(found, key=lambda one: (one.mtime_us, one.name))


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


def read_part(
    folder: Path, name: str, config: CsvFolderConfig, position: Position | None, *, others: Iterable[Position] = (),
    lines_max: int, whole: bool,
) -> LinesPart:  # fmt: skip
    """The next lines of a file. `whole`: a last line without an end counts. A new name may be one of the `others`,
    renamed. Raises OSError."""
    with _opened(folder, name) as file:
        about = os.fstat(file.fileno())
        size, mtime_us = about.st_size, about.st_mtime_ns // 1000
        anew = False
        if position is None:
            position = next((one for one in others if _fits(file, size, one)), Position())
        elif not _fits(file, size, position) or _rewritten(config, position, size, mtime_us):
            position, anew = Position(), True
        head, head_end = _head(file, size, config)
        if head is None:
            return LinesPart(None, (), 1, position, mtime_us, anew, size)
        if position.offset < head_end:
            position = Position(head_end, len(head), _print(file, head_end), mtime_us)
        lines, end = _lines(file, size, position.offset, config.line_size_max_kb * 1024, lines_max, whole)
        after = Position(end, position.line + len(lines), _print(file, end), mtime_us)
        return LinesPart(head, lines, position.line + 1, after, mtime_us, anew, size - end)


def _opened(folder: Path, name: str) -> BinaryIO:
    def opener(path: str, flags: int) -> int:
        return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0))

    file = open(folder / name, "rb", opener=opener)  # noqa: SIM115 - the caller closes it
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise FileNotFoundError(name)
    return file


def _rewritten(config: CsvFolderConfig, position: Position, size: int, mtime_us: int) -> bool:
    """Without times in the rows the same text written once more is news."""
    return not config.time_columns and size <= position.offset and mtime_us != position.mtime


def _fits(file: BinaryIO, size: int, position: Position) -> bool:
    return position.offset <= size and _print(file, position.offset) == position.print


def _print(file: BinaryIO, end: int) -> int:
    """63 bits, as the spool keeps numbers; 0 at the start."""
    if end == 0:
        return 0
    begin = max(0, end - PRINT_BYTES)
    file.seek(begin)
    return int.from_bytes(blake2b(file.read(end - begin), digest_size=8).digest(), "big") >> 1


def _head(file: BinaryIO, size: int, config: CsvFolderConfig) -> tuple[tuple[bytes, ...] | None, int]:
    wanted = config.skip_lines + config.header
    if not wanted:
        return (), 0
    file.seek(0)
    data = file.read(min(size, HEAD_BYTES))
    parts = data.split(b"\n", wanted)
    if len(parts) <= wanted:
        return None, 0
    return tuple(parts[:wanted]), len(data) - len(parts[wanted])


def _lines(
    file: BinaryIO, size: int, offset: int, line_max: int, lines_max: int, whole: bool
) -> tuple[tuple[bytes | None, ...], int]:
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
