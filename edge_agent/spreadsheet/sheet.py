"""A sheet: rows of cells as text, and what was found wrong with single cells while reading them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from schemas.errors import ConfigError, Problem

#: Bounds of what is read; a connection has at most 20,000 tags.
FILE_BYTES_MAX = 32 * 1024 * 1024
ROWS_MAX = 100_000
COLUMNS_MAX = 256
CELL_CHARS_MAX = 32_767  # Excel's own


@dataclass(slots=True, frozen=True)
class CellProblem:
    """Something wrong in a sheet: `row` as the spreadsheet counts it (from 1), `column` by its heading."""

    row: int
    column: str
    code: str
    message: str
    hint: str = ""

    def as_problem(self) -> Problem:
        """As a problem of the document, with the row as its line."""
        return Problem(self.code, f"/{self.column}" if self.column else "", self.message, self.hint, self.row)


@dataclass(slots=True)
class Sheet:
    """The filled rows of a sheet, each with its number from 1.

    `refused` has, by (row number, place of the column), what makes a cell unfit whatever its text says.
    `decimal_comma`: numbers are written as 0,5. `notes`: what a person should know of how it was read.
    """

    rows: list[tuple[int, list[str]]]
    refused: dict[tuple[int, int], tuple[str, str, str]] = field(default_factory=dict)
    decimal_comma: bool = False
    notes: list[str] = field(default_factory=list)


def sheet_error(code: str, message: str, hint: str = "") -> ConfigError:
    """The whole file cannot be read."""
    return ConfigError(f"sheet.{code}", message, hint=hint)


def problems_error(problems: Iterable[CellProblem], what: str) -> ConfigError:
    """All problems of a sheet at once."""
    found = sorted(problems, key=lambda one: (one.row, one.column))
    told = f"{what} has {len(found)} problem{'s' if len(found) != 1 else ''}"
    return ConfigError("sheet.invalid", told, problems=[one.as_problem() for one in found])
