"""From the bytes of a CSV file to text cells: encoding, separator, preamble, header and units found or given.

A row is one line: an unclosed quote breaks that line alone, and never swallows the rest of the file.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from connectors.peers.replay.problems import RowProblem
from schemas.errors import ConfigError

__all__ = ["CsvOptions", "CsvText", "is_number", "parse_number", "read_csv_text"]

SEPARATORS = (";", ",", "\t", "|")
MISSING = frozenset({"", "nan", "na", "n/a", "null", "none", "-", "--", "#n/a"})
_SAMPLE_LINES = 200
_NUMBER_LENGTH_MAX = 400
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_COMMA_NUMBER = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+)?,?\d+([eE][+-]?\d+)?", re.ASCII)
_COMMA_MARK = re.compile(r"[+-]?\d+,\d+([eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True)
class CsvOptions:
    """What the user gives; None means "find it"."""

    separator: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    header: bool | None = None


@dataclass
class CsvText:
    """The cells of one file, as text. ``rows`` are ``(line number from 1, cells)`` of equal length."""

    path: Path
    encoding: str
    separator: str
    decimal: str
    labels: list[str]
    units: list[str]
    rows: list[tuple[int, list[str]]]
    problems: list[RowProblem] = field(default_factory=list)
    header_line: int | None = None


def read_csv_text(path: Path, options: CsvOptions) -> CsvText:
    """Read a file into cells. Raises ConfigError when it has no rows at all or cannot be opened."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError("replay.file", f"{path}: {error.strerror}", hint="give a CSV file that exists") from error
    encoding = options.encoding or find_encoding(data)
    lines = _lines(data, encoding)
    separator = options.separator or _find_separator([text for _, text in lines[:_SAMPLE_LINES]])
    cells, problems = _split(lines, separator)
    if not cells:
        raise ConfigError("replay.empty", f"{path}: no rows", hint="the file needs at least one line of values")
    width = _modal_width(cells)
    while cells and len(cells[0][1]) != width and cells[0][0] <= _SAMPLE_LINES:
        cells.pop(0)  # a preamble before the table: names of the machine, of the export, of the shift
    decimal = options.decimal or _find_decimal(cells, separator)
    has_header = _has_header(cells, decimal) if options.header is None else options.header
    labels = [f"column {index + 1}" for index in range(width)]
    header_line = None
    if has_header:
        header_line, labels = cells.pop(0)
    labels, units = _units_of(labels)
    if cells and has_header and _is_unit_row(cells[0][1], cells[1:4], decimal):
        units = [unit or cell.strip("[]() ") for unit, cell in zip(units, cells.pop(0)[1], strict=True)]
    rows = []
    for line, row in cells:
        if len(row) == width:
            rows.append((line, row))
        else:
            problems.append(RowProblem(line, "fields", f"{len(row)} fields, {width} expected"))
    return CsvText(path, encoding, separator, decimal, labels, units, rows, problems, header_line)


def find_encoding(data: bytes) -> str:
    """Name of the encoding: a byte order mark decides, then UTF-8, then GB 18030, then Windows-1252."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return name
    odd = [line for line in data.split(b"\n") if not line.isascii()]
    if not odd:
        return "utf-8"
    valid = sum(_decodes(line, "utf-8") for line in odd)
    if valid * 2 >= len(odd):
        return "utf-8"  # the lines that are not are broken rows
    # Chinese text comes as pairs of high bytes; western text as single ones between ASCII letters.
    runs = re.findall(rb"[\x80-\xff]+", b"\n".join(odd))
    paired = sum(len(run) >= 2 for run in runs)
    return "gb18030" if paired * 2 > len(runs) and _decodes(data, "gb18030") else "cp1252"


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _lines(data: bytes, encoding: str) -> list[tuple[int, str]]:
    try:
        text = data.decode(encoding, errors="surrogateescape")
    except UnicodeDecodeError:  # a multi-byte codec may refuse the escape
        text = data.decode(encoding, errors="replace")
    except LookupError as error:
        raise ConfigError("replay.encoding", f"encoding {encoding!r} is not known", hint="utf-8 or gb18030") from error
    text = text.removeprefix("\ufeff")
    parts = text.split("\n") if "\n" in text else text.split("\r")
    return [(number, part.rstrip("\r")) for number, part in enumerate(parts, 1)]


def _find_separator(lines: Sequence[str]) -> str:
    best, best_score = ",", (0, 0)
    for candidate in SEPARATORS:
        counts = Counter(line.count(candidate) for line in lines if line.strip() and not line.startswith("#"))
        count, agreeing = max(((n, c) for n, c in counts.items() if n), key=lambda pair: pair[1], default=(0, 0))
        if (agreeing, count) > best_score and count:
            # A decimal comma makes "," as regular as the real separator: SEPARATORS puts ";" first,
            # so equal agreement keeps the earlier one.
            if best_score[0] and agreeing <= best_score[0]:
                continue
            best, best_score = candidate, (agreeing, count)
    return best


def _split(lines: Sequence[tuple[int, str]], separator: str) -> tuple[list[tuple[int, list[str]]], list[RowProblem]]:
    rows: list[tuple[int, list[str]]] = []
    problems: list[RowProblem] = []
    for number, line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        if any("\udc80" <= char <= "\udcff" for char in line) if not line.isascii() else False:
            problems.append(RowProblem(number, "encoding", "bytes that are not text in the file's encoding"))
        elif "\0" in line:
            problems.append(RowProblem(number, "encoding", "a NUL character"))
        elif '"' not in line:
            rows.append((number, [cell.strip() for cell in line.split(separator)]))
        else:
            try:
                cells = next(csv.reader([line], delimiter=separator, strict=True))
            except csv.Error:
                problems.append(RowProblem(number, "quote", "a quote is not closed on its line"))
            else:
                rows.append((number, [cell.strip() for cell in cells]))
    return rows, problems


def _modal_width(cells: Sequence[tuple[int, list[str]]]) -> int:
    return Counter(len(row) for _, row in cells[: _SAMPLE_LINES * 5]).most_common(1)[0][0]


def _find_decimal(cells: Sequence[tuple[int, list[str]]], separator: str) -> str:
    if separator == ",":
        return "."
    sample = [cell for _, row in cells[: _SAMPLE_LINES * 5] for cell in row]
    commas = sum(_COMMA_MARK.fullmatch(cell) is not None for cell in sample)
    points = sum("." in cell and _NUMBER.fullmatch(cell) is not None for cell in sample)
    return "," if commas > points else "."


def is_number(text: str, decimal: str) -> bool:
    """Whether a cell is a number as written in this file (no separators of thousands but with ",")."""
    if len(text) > _NUMBER_LENGTH_MAX:
        return False
    return (_COMMA_NUMBER if decimal == "," else _NUMBER).fullmatch(text) is not None


def parse_number(text: str, decimal: str) -> float:
    """The number of a cell for which :func:`is_number` holds."""
    return float(text.replace(".", "").replace(",", ".")) if decimal == "," else float(text)


def _has_header(cells: Sequence[tuple[int, list[str]]], decimal: str) -> bool:
    first = cells[0][1]
    if any(is_number(cell, decimal) for cell in first):
        return False
    later: Iterator[str] = (cell for _, row in cells[1:6] for cell in row)
    return any(is_number(cell, decimal) for cell in later) or len(set(first)) == len(first)


def _units_of(labels: Sequence[str]) -> tuple[list[str], list[str]]:
    names, units = [], []
    for label in labels:
        found = re.fullmatch(r"(.+?)\s*[\[(]([^\])]{1,16})[\])]", label)
        names.append(found.group(1) if found else label)
        units.append(found.group(2) if found else "")
    return names, units


def _is_unit_row(row: Sequence[str], later: Sequence[tuple[int, list[str]]], decimal: str) -> bool:
    bracketed = sum(cell.startswith(("[", "(")) for cell in row)
    if not bracketed or not later:
        return False
    return not any(is_number(cell, decimal) for cell in row)
