"""From the lines of a file to rows of values by tag."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from connectors.drivers.csv_folder.clock import RowClock, RowTime
from connectors.drivers.csv_folder.config import DELIMITERS, CsvFolderConfig
from connectors.drivers.csv_folder.files import LinesPart
from connectors.json_values import Row, convert
from connectors.text_values import value_of_text
from schemas.models.tag import TagConfig
from schemas.quality import UNCERTAIN_FROM, Quality

__all__ = ["RowReader", "Rows", "column_number"]

_COLUMN: Final = re.compile(r"#([1-9][0-9]{0,3})\Z")
BOM: Final = "\ufeff"


def column_number(text: str) -> int | None:
    """Place of the column `#3`, from 0; None for a name."""
    found = _COLUMN.match(text)
    return None if found is None else int(found[1]) - 1


@dataclass(slots=True)
class Rows:
    """Rows of a part of a file by tag index, in their order; `refused` are (line, why) of lines that are no rows."""

    rows: list[dict[int, Row]] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)
    #: Time of the last row, µs UTC.
    last_us: int = 0


class _Refused(Exception):
    """A line that is no row; says why."""


class RowReader:
    """Reads the rows of one connection's files for the tags of a plan."""

    def __init__(self, config: CsvFolderConfig, items: Sequence[tuple[int, TagConfig]]) -> None:
        self._config, self._items = config, tuple(items)
        self._clock = RowClock(config)
        self._by_address: dict[str, list[tuple[int, TagConfig]]] = {}
        for index, tag in items:
            self._by_address.setdefault(tag.address, []).append((index, tag))

    def header(self, part: LinesPart) -> list[str]:
        """Names of the columns, as far as the file has a header. Raises ValueError."""
        if not self._config.header or not part.head:
            return []
        try:
            cells = self._cells(part.head[-1])
        except _Refused as error:
            raise ValueError(str(error)) from error
        return [cell.strip() for cell in cells]

    def read(self, part: LinesPart, header: Sequence[str], last_us: int, now_us: int) -> Rows:
        """The rows of a part. `last_us`: time of the row before it, µs (0: not known)."""
        out = Rows(last_us=last_us)
        columns = _Columns(header)
        for number, line in enumerate(part.lines, part.first_line):
            if line is not None and not line.strip(b"\r \t,;|"):
                continue  # an empty line, or one of delimiters alone
            try:
                time, values = self._row(line, columns, out.last_us, part.mtime_us, now_us)
            except _Refused as error:
                out.refused.append((number, str(error)))
                continue
            out.last_us = time.us
            if values:
                out.rows.append(values)
        return out

    def _row(
        self, line: bytes | None, columns: _Columns, last_us: int, mtime_us: int, now_us: int
    ) -> tuple[RowTime, dict[int, Row]]:
        cells = self._cells(line)
        time = self._time(cells, columns, last_us, mtime_us)
        if self._config.layout == "wide":
            pairs = [(index, tag, columns.cell(cells, tag.address)) for index, tag in self._items]
        else:
            name = columns.cell(cells, self._config.tag_column)
            value = columns.cell(cells, self._config.value_column)
            if name is None or value is None:
                missing = self._config.tag_column if name is None else self._config.value_column
                raise _Refused(f"it has no column '{missing}'")
            pairs = [(index, tag, value) for index, tag in self._by_address.get(name.strip(), ())]
        values: dict[int, Row] = {}
        for index, tag, cell in pairs:
            worth, quality = self._value(tag, cell)
            if not time.sure and quality < UNCERTAIN_FROM:
                quality = Quality.CLOCK
            values[index] = (worth, quality, now_us, time.us)
        return time, values

    def _cells(self, line: bytes | None) -> list[str]:
        if line is None:
            raise _Refused(f"it is longer than {self._config.line_size_max_kb} KiB")
        try:
            text = line.decode(self._config.encoding).removesuffix("\r").removeprefix(BOM)
        except UnicodeDecodeError:
            raise _Refused(f"it is no {self._config.encoding}") from None
        try:
            return next(csv.reader([text], delimiter=DELIMITERS[self._config.delimiter], strict=True), [])
        except csv.Error as error:
            raise _Refused(f"it is no line of CSV: {error}") from None

    def _time(self, cells: list[str], columns: _Columns, last_us: int, mtime_us: int) -> RowTime:
        if not self._config.time_columns:
            return RowTime(mtime_us)
        found = [(name, columns.cell(cells, name)) for name in self._config.time_columns]
        texts = [cell.strip() for _, cell in found if cell is not None]
        if len(texts) < len(found):
            missing = next(name for name, cell in found if cell is None)
            raise _Refused(f"it has no time: no column '{missing}'")
        try:
            return self._clock.parse(" ".join(texts), last_us)
        except ValueError as error:
            raise _Refused(str(error)) from error

    def _value(self, tag: TagConfig, cell: str | None) -> tuple[float | int | bool | str, Quality]:
        if cell is None:
            return 0, Quality.BAD_ADDRESS
        if tag.type == "string":
            return convert(tag, cell)
        if self._config.decimal_comma and tag.type != "bool":
            if "." in cell:  # a thousands separator, or a point: nobody knows
                return 0, Quality.TYPE_MISMATCH
            cell = cell.replace(",", ".")
        return value_of_text(tag, cell)


class _Columns:
    """Places of columns by name or number."""

    def __init__(self, header: Sequence[str]) -> None:
        # A name that is there twice says nothing: such a column has its number.
        self._places = {name: place for place, name in enumerate(header) if header.count(name) == 1}

    def cell(self, cells: Sequence[str], address: str) -> str | None:
        number = column_number(address)
        place = self._places.get(address) if number is None else number
        return cells[place] if place is not None and place < len(cells) else None
