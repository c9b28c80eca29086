"""Rows of a sheet → what they say of tags; tags → rows. All problems of all rows are found at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from edge_agent.plain_words import problems_of, suggestion
from edge_agent.spreadsheet.columns import (
    COLUMNS,
    CellError,
    assemble,
    cell_text,
    column_of,
    guarded,
    heading_of,
    parse_cell,
    values_of,
)  # fmt: skip
from edge_agent.spreadsheet.sheet import CellProblem, Sheet
from schemas.models.tag import TagConfig

__all__ = ["TagRow", "TagRows", "build_tag", "parse_rows", "rows_of"]

_REQUIRED = ("name", "address")


@dataclass(slots=True)
class TagRow:
    """What one row says: values by column, only of the columns the sheet has; `connection` "" where not said."""

    row: int
    connection: str
    values: dict[str, Any]


@dataclass(slots=True)
class TagRows:
    """All rows, and the problems of headings and cells; rows with problems are left out."""

    rows: list[TagRow] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)
    columns: tuple[str, ...] = ()


def parse_rows(sheet: Sheet) -> TagRows:
    """The rows below the headings; the first filled row has them. A heading that begins with # is passed over."""
    out = TagRows()
    if not sheet.rows:
        out.problems.append(CellProblem(1, "", "sheet.empty", "the sheet is empty", "Begin with a row of headings."))
        return out
    number, headings = sheet.rows[0]
    columns = _columns(number, headings, out.problems)
    out.columns = tuple(columns.values())
    if out.problems:
        return out
    for number, cells in sheet.rows[1:]:
        found = _row(sheet, number, cells, columns, out.problems)
        if found is not None:
            out.rows.append(found)
    return out


def _columns(number: int, headings: list[str], problems: list[CellProblem]) -> dict[int, str]:
    known = ["connection", *(column.heading for column in COLUMNS)]
    columns: dict[int, str] = {}
    for place, cell in enumerate(headings):
        text = cell.strip()
        if not text or text.startswith("#"):
            continue
        heading = heading_of(text)
        if heading is None:
            hint = suggestion(text.casefold(), known) or f"Known: {', '.join(known)}."
            problems.append(
                CellProblem(
                    number, text, "sheet.heading", f"there is no column '{text}'",
                    f"{hint} A heading that begins with # is passed over.",
                )
            )  # fmt: skip
        elif heading in columns.values():
            problems.append(CellProblem(number, text, "sheet.heading", f"the column '{heading}' is there twice"))
        else:
            columns[place] = heading
    missing = [name for name in _REQUIRED if name not in columns.values()]
    if missing and not problems:
        problems.append(
            CellProblem(
                number, missing[0], "sheet.heading", f"the column '{missing[0]}' is missing",
                "The first row has the headings; name and address must be among them.",
            )
        )  # fmt: skip
    return columns


def _row(
    sheet: Sheet, number: int, cells: list[str], columns: dict[int, str], problems: list[CellProblem]
) -> TagRow | None:
    before = len(problems)
    values: dict[str, Any] = {}
    for place, heading in columns.items():
        cell = cells[place] if place < len(cells) else ""
        refused = sheet.refused.get((number, place))
        if refused is not None:
            problems.append(CellProblem(number, heading, *refused))
            continue
        try:
            values[heading] = parse_cell(heading, cell, decimal_comma=sheet.decimal_comma)
        except CellError as error:
            problems.append(CellProblem(number, heading, error.code, error.message, error.hint))
    problems += [
        CellProblem(
            number, f"column {place + 1}", "sheet.beyond", "there is a cell without a heading",
            "Give the column a heading; one that begins with # is passed over.",
        )
        for place, cell in enumerate(cells)
        if place not in columns and cell.strip() and not _has_heading(sheet, place)
    ]  # fmt: skip
    connection = values.pop("connection", None) or ""
    return TagRow(number, connection, values) if len(problems) == before else None


def _has_heading(sheet: Sheet, place: int) -> bool:
    headings = sheet.rows[0][1]
    return place < len(headings) and bool(headings[place].strip())


def build_tag(row: TagRow, base: TagConfig | None = None) -> tuple[TagConfig | None, list[CellProblem]]:
    """The tag of a row; what the sheet has no column for is as in `base`."""
    values = {**(values_of(base) if base is not None else {}), **row.values}
    try:
        return TagConfig.model_validate(assemble(values)), []
    except ValidationError as error:
        return None, [
            CellProblem(
                row.row, column_of(tuple(problem.path.split("/")[1:])), problem.code, problem.message, problem.hint
            )
            for problem in problems_of(error, TagConfig, "")
        ]  # fmt: skip


def rows_of(tags: Iterable[tuple[str, TagConfig]], *, connection: bool = True) -> list[list[str]]:
    """Headings and one row for each tag; without the columns that no tag uses, but for the first few.

    `connection`: with a column for the connection's name, the first of each pair.
    """
    table: list[tuple[str, dict[str, str]]] = []
    used: set[str] = {"name", "address", "type", "scale", "unit", "description"}
    for owner, tag in tags:
        cells = {heading: cell_text(heading, value) for heading, value in values_of(tag).items()}
        used |= {heading for heading, cell in cells.items() if cell}
        table.append((owner, cells))
    headings: Sequence[str] = [column.heading for column in COLUMNS if column.heading in used]
    out = [["connection", *headings] if connection else [*headings]]
    for owner, cells in table:
        row = [cells[heading] for heading in headings]
        out.append([guarded(owner), *row] if connection else row)
    return out
