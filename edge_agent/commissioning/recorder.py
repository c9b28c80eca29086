"""A machine as it is, row by row into a CSV file that the replay simulator plays back."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from edge_agent.read_now import Value
from schemas.errors import ConfigError
from schemas.models.tag import TagConfig
from schemas.quality import BAD_FROM

__all__ = ["RESERVED", "RecordFile", "RowFacts"]

#: What the simulator puts beside the columns itself.
RESERVED: Final = frozenset({"row_number", "recorded_time", "time"})


@dataclass(slots=True, frozen=True)
class RowFacts:
    """What became of a row: cells written, and the tags whose cells are empty as their values are bad."""

    cells: int
    empty: tuple[str, ...]


class RecordFile:
    """One file, opened for rows of these tags. Each row is with the system before the next is read.

    Raises ConfigError where the file is there already, cannot be made, or a tag has a name of the simulator's own.
    """

    def __init__(self, path: Path, tags: Sequence[TagConfig]) -> None:
        taken = [tag.name for tag in tags if tag.name.lower() in RESERVED]
        if taken:
            raise ConfigError(
                "record.name", f"a recording has a column '{taken[0]}' of its own", hint="Choose others with --tag."
            )
        try:
            self._file = path.open("x", encoding="utf-8", newline="")
        except FileExistsError as error:
            raise ConfigError(
                "record.exists", f"{path} is there already", hint="Nothing is overwritten: give another --output."
            ) from error
        except OSError as error:
            raise ConfigError(
                "record.file", f"{path} cannot be written: {error.strerror}", hint="Choose a folder you may write to."
            ) from error
        self._write(["time", *(_heading(tag) for tag in tags)])

    def add(self, values: Sequence[Value], at_us: int) -> RowFacts:
        """One row, with the time it was read, µs UTC."""
        cells = [None if one.quality >= BAD_FROM or one.value is None else one.value for one in values]
        self._write([_moment(at_us), *map(_text, cells)])
        empty = tuple(one.tag.name for one, cell in zip(values, cells, strict=True) if cell is None)
        return RowFacts(len(cells) - len(empty), empty)

    def close(self) -> None:
        """Whole lines only are in the file."""
        self._file.close()

    def _write(self, cells: Sequence[str]) -> None:
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow(cells)
        self._file.write(line.getvalue())
        self._file.flush()


def _heading(tag: TagConfig) -> str:
    return f"{tag.name} [{tag.unit}]" if tag.unit else tag.name


def _moment(at_us: int) -> str:
    seconds, rest = divmod(at_us, 1_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:06d}Z"


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    # A text that breaks the line would break the row.
    return " ".join(value.splitlines()) if isinstance(value, str) else repr(value)
