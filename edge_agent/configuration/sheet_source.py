"""A file somebody gives to import: which format it has, by its content, and its rows of tags."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from edge_agent.configuration.kepware import is_kepware, read_kepware
from edge_agent.configuration.neuron import is_neuron, read_neuron
from edge_agent.spreadsheet.csv_file import read_csv
from edge_agent.spreadsheet.sheet import FILE_BYTES_MAX, CellProblem, Sheet, sheet_error
from edge_agent.spreadsheet.tag_rows import TagRows, parse_rows
from edge_agent.spreadsheet.xlsx_file import read_xlsx
from schemas.errors import ConfigError

__all__ = ["GivenTags", "read_sheet", "read_tags", "sheet_in", "tags_in"]

_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(slots=True)
class GivenTags:
    """Rows of tags with what a person should know of how they were read."""

    rows: TagRows
    format: str
    notes: list[str] = field(default_factory=list)
    left_out: list[CellProblem] = field(default_factory=list)
    """What the file has and the agent cannot read: told, and not taken."""


def read_tags(path: Path, *, encoding: str | None = None) -> GivenTags:
    """The tags in a CSV, XLSX, Kepware or Neuron file. Raises ConfigError where it is no such file."""
    return tags_in(_content(path), encoding=encoding)


def read_sheet(path: Path, *, encoding: str | None = None) -> Sheet:
    """The sheet in a CSV or XLSX file. Raises ConfigError where it is no such file."""
    return sheet_in(_content(path), encoding=encoding)


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            raise sheet_error("too_large", f"{path.name} is larger than {FILE_BYTES_MAX >> 20} MiB", "Split it.")
        return path.read_bytes()
    except OSError as error:
        raise ConfigError("sheet.unreadable", f"{path} cannot be read: {error.strerror}") from error


def sheet_in(data: bytes, *, encoding: str | None = None) -> Sheet:
    """As `read_sheet`, from the content of a file."""
    if data.startswith(_OLD_EXCEL):
        raise sheet_error("old_excel", "the file is an Excel 97 workbook (.xls)", "Save it as .xlsx or CSV UTF-8.")
    return read_xlsx(data) if data.startswith(_ZIP) else read_csv(data, encoding=encoding)


def tags_in(data: bytes, *, encoding: str | None = None) -> GivenTags:
    """As `read_tags`, from the content of a file."""
    if is_neuron(data):
        tags = read_neuron(data)
        return GivenTags(tags.rows, "Neuron JSON", tags.notes, tags.left_out)
    sheet = sheet_in(data, encoding=encoding)
    if sheet.rows and is_kepware(sheet.rows[0][1]):
        found = read_kepware(sheet)
        return GivenTags(found.rows, "Kepware CSV", [*sheet.notes, *found.notes], found.left_out)
    return GivenTags(parse_rows(sheet), "XLSX" if data.startswith(_ZIP) else "CSV", list(sheet.notes))
