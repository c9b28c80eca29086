"""A recording: typed columns, times and line numbers, from one or more CSV files played one after the other."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from connectors.peers.replay.column_types import ColumnType, find_type, parse_cells
from connectors.peers.replay.csv_text import CsvOptions, CsvText, read_csv_text
from connectors.peers.replay.csv_time import (
    TimeFormat,
    Zone,
    find_time_format,
    machine_zone,
    named_zone,
    to_utc_us,
)
from connectors.peers.replay.problems import RowProblem
from schemas.errors import ConfigError

__all__ = ["Column", "Recording", "RecordingOptions", "identifier_of", "load_recording"]

RESERVED = frozenset({"row_number", "recorded_time"})
NO_TIME_COLUMN = "none"


@dataclass(frozen=True)
class RecordingOptions:
    """What the user gives; None means "find it". ``types`` maps a column (label or name) to a type."""

    csv: CsvOptions = field(default_factory=CsvOptions)
    time_column: str | None = None
    time_format: str | None = None
    zone: str | None = None
    types: Mapping[str, ColumnType] = field(default_factory=dict)


@dataclass
class Column:
    """One signal: ``values`` has a row per row; NaN and "" mean that the cell was empty."""

    name: str
    label: str
    unit: str
    type: ColumnType
    values: NDArray[Any]


@dataclass
class Recording:
    """Rows in playing order. ``time_us`` is µs UTC, or None without a time column; ``line`` is the file's."""

    columns: list[Column]
    time_us: NDArray[np.int64] | None
    line: NDArray[np.int64]
    file: NDArray[np.int32]
    files: list[Path]
    problems: list[RowProblem]
    notes: list[str]

    def __len__(self) -> int:
        return len(self.line)


@dataclass
class _Part:
    text: CsvText
    time_us: list[int] | None
    rows: list[tuple[int, list[str]]]
    time_columns: frozenset[int]
    problems: list[RowProblem]
    notes: list[str]
    arrays: dict[str, NDArray[Any]] = field(default_factory=dict)

    @cached_property
    def positions(self) -> dict[str, int]:
        """Name of each signal → its column; names are unique and leave those of the row number free."""
        out: dict[str, int] = {}
        for index, label in enumerate(self.text.labels):
            base = identifier_of(label, f"column_{index + 1}")
            name, number = base, 2
            while name in RESERVED or name in out:
                name, number = f"{base}_{number}", number + 1
            out[name] = index
        return {name: index for name, index in out.items() if index not in self.time_columns}


def load_recording(paths: Sequence[Path], options: RecordingOptions) -> Recording:
    """Read the files. Rows that cannot be served are in ``problems``, the others are all kept, doubles too.

    Raises ConfigError when nothing is left to serve, or when a given column or zone does not exist.
    """
    zone = machine_zone() if options.zone is None else named_zone(options.zone)
    parts = [_read_part(path, options, zone) for path in paths]
    names = _column_names(parts)
    types = {name: _type_of(name, label, parts, options) for name, (label, _) in names.items()}
    _parse(parts, types)
    columns = [_column(name, label, unit, parts, types[name]) for name, (label, unit) in names.items()]
    lines = [line for part in parts for line, _ in part.rows]
    if not lines or not columns:
        raise ConfigError("replay.empty", "no row is left to serve", hint="see the rows reported as broken")
    with_time = all(part.time_us is not None for part in parts)
    if not with_time and any(part.time_us is not None for part in parts):
        raise ConfigError("replay.time", "some files have a time column and some have none")
    times = [moment for part in parts for moment in part.time_us or ()]
    return Recording(
        columns=columns,
        time_us=np.array(times, np.int64) if with_time else None,
        line=np.array(lines, np.int64),
        file=np.repeat(np.arange(len(parts), dtype=np.int32), [len(part.rows) for part in parts]),
        files=list(paths),
        problems=sorted((p for part in parts for p in part.problems), key=lambda p: (p.file, p.line)),
        notes=[note for part in parts for note in part.notes],
    )


def identifier_of(label: str, fallback: str) -> str:
    """A plain identifier for a name: lower case letters, digits and ``_``; ``fallback`` when none is left."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z]{2}|[A-Z][a-z])", "_", label)
    name = re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")[:36].rstrip("_")
    return name or fallback


def _read_part(path: Path, options: RecordingOptions, zone: Zone) -> _Part:
    text = read_csv_text(path, options.csv)
    found = f"{path.name}: {len(text.rows)} rows, separator {text.separator!r}, {text.encoding}"
    notes = [found + (", decimal comma" if text.decimal == "," else "")]
    indices, form = _time_column(text, options)
    times: list[int] | None = None
    rows = text.rows
    if indices:
        rows, times = _read_times(text, indices, form, zone)
        where = " + ".join(text.labels[index] for index in indices)
        given = "given" if options.zone is not None else "this machine's; --zone to change"
        notes.append(f"{path.name}: time in {where!r} as {form.name}, read in {zone.key} ({given})")
    else:
        notes.append(f"{path.name}: no time column")
    problems = [RowProblem(p.line, p.kind, p.reason, path.name) for p in text.problems]
    return _Part(text, times, rows, frozenset(indices), problems, notes)


def _time_column(text: CsvText, options: RecordingOptions) -> tuple[list[int], TimeFormat]:
    nothing: tuple[list[int], TimeFormat] = ([], TimeFormat("iso"))
    if options.time_column == NO_TIME_COLUMN:
        return nothing
    if options.time_column is not None:
        indices = [_index_of(text, part) for part in options.time_column.split("+")]
        form = _given_format(options) or find_time_format("", _cells(text, indices), given=True)
        if form is None:
            raise ConfigError(
                "replay.time", f"{text.path.name}: no known time format in {options.time_column!r}",
                hint="give --time-format, as %d.%m.%Y %H:%M:%S",
            )  # fmt: skip
        return indices, form
    for index, label in enumerate(text.labels):
        pair = [index, index + 1]
        if index + 1 < len(text.labels) and _is_clock(_cells(text, [index + 1])):
            form = _given_format(options) or find_time_format(label, _cells(text, pair))
            if form is not None:
                return pair, form
        form = _given_format(options) or find_time_format(label, _cells(text, [index]))
        if form is not None and any(form.parse(cell) is not None for cell in _cells(text, [index])[:50]):
            return [index], form
    return nothing


def _given_format(options: RecordingOptions) -> TimeFormat | None:
    return None if options.time_format is None else TimeFormat(options.time_format)


def _cells(text: CsvText, indices: Sequence[int]) -> list[str]:
    return [" ".join(row[index] for index in indices) for _, row in text.rows]


def _is_clock(cells: Sequence[str]) -> bool:
    sample = cells[:: max(1, len(cells) // 50)]
    return bool(sample) and all(re.fullmatch(r"\d\d?:\d\d(:\d\d([.,]\d+)?)?", cell) for cell in sample)


def _index_of(text: CsvText, wanted: str) -> int:
    names = [identifier_of(label, f"column_{index + 1}") for index, label in enumerate(text.labels)]
    for choices in (text.labels, names):
        if wanted in choices:
            return choices.index(wanted)
    raise ConfigError("replay.column", f"{text.path.name}: no column {wanted!r}", hint=f"one of {text.labels}")


def _read_times(
    text: CsvText, indices: Sequence[int], form: TimeFormat, zone: Zone
) -> tuple[list[tuple[int, list[str]]], list[int]]:
    rows: list[tuple[int, list[str]]] = []
    times: list[int] = []
    for line, row in text.rows:
        cell = " ".join(row[index] for index in indices)
        moment = form.parse(cell)
        if moment is None:
            text.problems.append(RowProblem(line, "time", f"{cell[:40]!r} is not a time written as {form.name}"))
            continue
        rows.append((line, row))
        times.append(to_utc_us(moment, zone, times[-1] if times else None))
    return rows, times


def _column_names(parts: Sequence[_Part]) -> dict[str, tuple[str, str]]:
    names: dict[str, tuple[str, str]] = {}
    for part in parts:
        for name, index in part.positions.items():
            names.setdefault(name, (part.text.labels[index], part.text.units[index]))
    return names


def _type_of(name: str, label: str, parts: Sequence[_Part], options: RecordingOptions) -> ColumnType:
    for key in (name, label):
        if key in options.types:
            return options.types[key]
    found = []
    for part in parts:
        index = part.positions.get(name)
        cells = [] if index is None else [row[index] for _, row in part.rows]
        found.append(find_type(cells, part.text.decimal, absent=index is None))
    return max(found, key=list(ColumnType).index)


def _parse(parts: Sequence[_Part], types: Mapping[str, ColumnType]) -> None:
    """Fill the parts' arrays; leave out the rows with a cell that its column's type cannot hold, and say which."""
    for part in parts:
        bad: dict[int, RowProblem] = {}
        for name, index in part.positions.items():
            cells = [row[index] for _, row in part.rows]
            part.arrays[name], wrong = parse_cells(cells, types[name], part.text.decimal)
            for row in wrong:
                reason = f"{cells[row][:40]!r} in {part.text.labels[index]!r} is not a {types[name].value}"
                bad.setdefault(row, RowProblem(part.rows[row][0], "value", reason, part.text.path.name))
        if bad:
            part.problems.extend(bad.values())
            gone = list(bad)
            part.arrays = {name: np.delete(values, gone) for name, values in part.arrays.items()}
            if part.time_us is not None:
                part.time_us = [moment for row, moment in enumerate(part.time_us) if row not in bad]
            part.rows = [entry for row, entry in enumerate(part.rows) if row not in bad]


def _column(name: str, label: str, unit: str, parts: Sequence[_Part], kind: ColumnType) -> Column:
    arrays = []
    for part in parts:
        values = part.arrays.get(name)
        if values is None:
            values, _ = parse_cells([""] * len(part.rows), kind, part.text.decimal)
        arrays.append(values)
    return Column(name, label, unit, kind, np.concatenate(arrays))
