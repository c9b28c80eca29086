"""The role map as CSV, for spreadsheets: nothing in it can become a formula, and every wrong line is named."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from schemas.errors import Problem
from schemas.identifiers import is_identifier

COLUMNS = ("asset", "role", "edge", "tag", "valid_from")
CELL_MAX = 400
#: A spreadsheet takes a cell that begins so for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One line: `line` counts from 1 with the header; `key` is connection/name; `valid_from` µs UTC."""

    line: int
    asset: str
    role: str
    edge: str
    key: str
    valid_from: int


def write_csv(rows: Iterable[CsvRow]) -> str:
    """The file's text: UTF-8 with a mark by which spreadsheets know it, lines end with CR LF."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in rows:
        cells = (row.asset, row.role, row.edge, row.key, _written(row.valid_from))
        writer.writerow([_safe(cell) for cell in cells])
    return "\ufeff" + out.getvalue()


def read_csv(text: str, rows_max: int) -> tuple[list[CsvRow], list[Problem]]:
    """Rows and problems of a file; comma or semicolon, columns in any order, unknown ones ignored."""
    text = text.removeprefix("\ufeff")
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[CsvRow] = []
    problems: list[Problem] = []
    try:
        header = [cell.strip().lower() for cell in next(reader, [])]
        missing = [name for name in ("asset", "role", "tag") if name not in header]
        if missing:
            hint = f"The first line names the columns: {','.join(COLUMNS)}."
            return [], [Problem("csv.header", "/lines/1", f"Columns are missing: {', '.join(missing)}.", hint, 1)]
        for cells in reader:
            line = reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if len(rows) + len(problems) >= rows_max:
                problems.append(Problem("csv.rows", f"/lines/{line}", f"At most {rows_max} rows.", "", line))
                break
            row = _row(line, dict(zip(header, cells, strict=False)), problems)
            if row is not None:
                rows.append(row)
    except csv.Error as error:
        line = reader.line_num
        problems.append(Problem("csv.damaged", f"/lines/{line}", f"The line cannot be read: {error}.", "", line))
    return rows, problems


def _row(line: int, cells: dict[str, str], problems: list[Problem]) -> CsvRow | None:
    values = {name: _plain(cells.get(name, "")) for name in COLUMNS}
    before = len(problems)
    for name in ("asset", "role"):
        if not is_identifier(values[name]):
            text = f"{values[name][:40]!r} is no id: a-z, 0-9, _ and -, at most 40."
            problems.append(Problem("csv.id", f"/lines/{line}/{name}", text, "", line))
    if not values["tag"]:
        problems.append(Problem("csv.tag", f"/lines/{line}/tag", "The tag is missing.", "connection/name", line))
    if any(len(value) > CELL_MAX for value in values.values()):
        problems.append(Problem("csv.cell", f"/lines/{line}", f"A cell has at most {CELL_MAX} characters.", "", line))
    valid_from = _read_time(values["valid_from"])
    if valid_from is None:
        text = f"{values['valid_from'][:40]!r} is no time."
        hint = "As 2026-11-25T08:00:00Z; empty: from the beginning."
        problems.append(Problem("csv.time", f"/lines/{line}/valid_from", text, hint, line))
    if len(problems) > before or valid_from is None:
        return None
    return CsvRow(line, values["asset"], values["role"], values["edge"], values["tag"], valid_from)


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith((*FORMULA_STARTS, "'")) else cell


def _plain(cell: str) -> str:
    """A cell as it was before it was made safe."""
    text = cell.strip(" ")
    if text.startswith("'") and text[1:].startswith((*FORMULA_STARTS, "'")):
        return text[1:]
    return text.strip()


def _written(ts: int) -> str:
    if ts == 0:
        return ""
    return (_EPOCH + timedelta(microseconds=ts)).isoformat().replace("+00:00", "Z")


def _read_time(text: str) -> int | None:
    if not text:
        return 0
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    if parsed.tzinfo is None:
        return None
    ts = (parsed - _EPOCH) // timedelta(microseconds=1)
    return ts if ts >= 0 else None
