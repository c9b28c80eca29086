"""The files of the folder, and how far each was read.

A file is known by its name and by the bytes before the place where reading stopped: so one that grows goes on there,
one that was cut off or replaced begins anew, and one that was renamed (rotated) is not read again.
"""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from connectors.drivers.csv_folder.config import CsvFolderConfig
from connectors.folder.growing import Position, fingerprint, fits, next_lines, open_regular

__all__ = ["DONE", "FOUND_MAX", "LinesPart", "ListedFile", "list_files", "read_part"]

DONE: Final = "done"
FOUND_MAX: Final = 50_000
HEAD_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A regular file of the folder; `mtime_us` is when it was last written, µs UTC."""

    name: str
    size: int
    mtime_us: int


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


def read_part(
    folder: Path, name: str, config: CsvFolderConfig, position: Position | None, *, others: Iterable[Position] = (),
    lines_max: int, whole: bool,
) -> LinesPart:  # fmt: skip
    """The next lines of a file. `whole`: a last line without an end counts. A new name may be one of the `others`,
    renamed. Raises OSError."""
    with open_regular(folder, name) as file:
        about = os.fstat(file.fileno())
        size, mtime_us = about.st_size, about.st_mtime_ns // 1000
        anew = False
        if position is None:
            position = next((one for one in others if fits(file, size, one)), Position())
        elif not fits(file, size, position) or _rewritten(config, position, size, mtime_us):
            position, anew = Position(), True
        head, head_end = _head(file, size, config)
        if head is None:
            return LinesPart(None, (), 1, position, mtime_us, anew, size)
        if position.offset < head_end:
            position = Position(head_end, len(head), fingerprint(file, head_end), mtime_us)
        lines, end = next_lines(file, size, position.offset, config.line_size_max_kb * 1024, lines_max, whole)
        after = Position(end, position.line + len(lines), fingerprint(file, end), mtime_us)
        return LinesPart(head, lines, position.line + 1, after, mtime_us, anew, size - end)


def _rewritten(config: CsvFolderConfig, position: Position, size: int, mtime_us: int) -> bool:
    """Without times in the rows the same text written once more is news."""
    return not config.time_columns and size <= position.offset and mtime_us != position.mtime


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
