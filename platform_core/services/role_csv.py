"""The role map as CSV, for spreadsheets: nothing in it can become a formula, and every wrong line is named."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from platform_core.services.refusals import problem
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
            columns = ",".join(COLUMNS)
            return [], [problem("csv.header", "/lines/1", line=1, missing=", ".join(missing), columns=columns)]
        for cells in reader:
            line = reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if len(rows) + len(problems) >= rows_max:
                problems.append(problem("csv.rows", f"/lines/{line}", line=line, max=rows_max))
                break
            row = _row(line, dict(zip(header, cells, strict=False)), problems)
            if row is not None:
                rows.append(row)
    except csv.Error as error:
        line = reader.line_num
        problems.append(problem("csv.damaged", f"/lines/{line}", line=line, detail=error))
    return rows, problems


def _row(line: int, cells: dict[str, str], problems: list[Problem]) -> CsvRow | None:
    values = {name: _plain(cells.get(name, "")) for name in COLUMNS}
    before = len(problems)
    problems.extend(
        problem("csv.id", f"/lines/{line}/{name}", line=line, id=values[name][:40])
        for name in ("asset", "role")
        if not is_identifier(values[name])
    )
    if not values["tag"]:
        problems.append(problem("csv.tag", f"/lines/{line}/tag", line=line))
    if any(len(value) > CELL_MAX for value in values.values()):
        problems.append(problem("csv.cell", f"/lines/{line}", line=line, max=CELL_MAX))
    valid_from = _read_time(values["valid_from"])
    if valid_from is None:
        problems.append(problem("csv.time", f"/lines/{line}/valid_from", line=line, time=values["valid_from"][:40]))
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
