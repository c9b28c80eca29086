"""CSV as spreadsheets write it: any of the usual character sets, separators and decimal signs.

What cannot be told apart for sure is told in the sheet's notes, never decided in silence.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Sequence

from edge_agent.spreadsheet.sheet import (
    CELL_CHARS_MAX,
    COLUMNS_MAX,
    FILE_BYTES_MAX,
    ROWS_MAX,
    Sheet,
    sheet_error,
)  # fmt: skip

__all__ = ["read_csv", "write_csv"]

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SEPARATORS = (",", ";", "\t")
_SEP_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_COMMA_NUMBER = re.compile(r"\s*-?[0-9]+,[0-9]+\s*\Z")


def read_csv(data: bytes, *, encoding: str | None = None) -> Sheet:
    """The sheet in a CSV file; `encoding` overrides what is found out. Raises ConfigError."""
    if len(data) > FILE_BYTES_MAX:
        raise sheet_error("too_large", f"the file is larger than {FILE_BYTES_MAX >> 20} MiB", "Split it.")
    text, notes = _decoded(data, encoding)
    if "\0" in text:
        raise sheet_error("no_text", "the file is not text", "Save it as CSV UTF-8, or give the XLSX file.")
    told = _SEP_LINE.match(text)
    separator = told.group(1) if told else _separator(text)
    rows: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for number, cells in enumerate(reader, 1):
            if (told and number == 1) or not any(cell.strip() for cell in cells):
                continue
            _bounded(number, cells)
            rows.append((number, cells))
    except csv.Error as error:
        raise sheet_error(
            "csv", f"line {reader.line_num}: the quotes do not match ({error})", "Save it again from the spreadsheet."
        ) from error
    return Sheet(rows, decimal_comma=separator != "," and _has_comma_numbers(rows), notes=notes)


def write_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with BOM, commas: what Excel, WPS and LibreOffice open without asking."""
    out = io.StringIO(newline="")
    # A lone carriage return is quoted by QUOTE_MINIMAL too, since the line ending holds one.
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return codecs.BOM_UTF8 + out.getvalue().encode("utf-8")


def _bounded(number: int, cells: list[str]) -> None:
    if number > ROWS_MAX:
        raise sheet_error("too_many_rows", f"the file has more than {ROWS_MAX:,} rows", "Split it.")
    if len(cells) > COLUMNS_MAX:
        raise sheet_error("too_many_columns", f"row {number} has more than {COLUMNS_MAX} columns")
    if any(len(cell) > CELL_CHARS_MAX for cell in cells):
        raise sheet_error("cell_too_long", f"row {number} has a cell of more than {CELL_CHARS_MAX:,} characters")


def _decoded(data: bytes, encoding: str | None) -> tuple[str, list[str]]:
    if encoding is not None:
        try:
            info = codecs.lookup(encoding)
            if not getattr(info, "_is_text_encoding", True):
                raise LookupError(encoding)
            return data.decode(info.name).removeprefix("\ufeff"), []
        except LookupError as error:
            raise sheet_error(
                "encoding", f"'{encoding}' is no known character set", "Try utf-8, gb18030 or cp1252."
            ) from error
        except UnicodeDecodeError as error:
            raise sheet_error("encoding", f"the file is not {encoding} text (byte {error.start})") from error
    for bom, name in _BOMS:
        if data.startswith(bom):
            try:
                return data.decode(name), []
            except UnicodeDecodeError as error:
                raise sheet_error("encoding", f"the file is damaged at byte {error.start}") from error
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        return _legacy(data)


def _legacy(data: bytes) -> tuple[str, list[str]]:
    """Excel's and WPS's plain "CSV" is in the machine's old character set: Chinese or Western.

    A Chinese text is pairs of bytes of 0xA1 and above; a Western one (°C, ü) mostly single such bytes
    before a letter, which GB18030 would read as a rare character. So the share of common pairs decides.
    """
    for name, other in (("gb18030", "cp1252"), ("cp1252", "gb18030")):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if name == "gb18030" and not _common_chinese(text):
            continue
        note = f"The file is not UTF-8; it was read as {name}. Where texts look wrong, give --encoding {other}."
        return text, [note]
    raise sheet_error("encoding", "the character set of the file is not known", "Save it as CSV UTF-8.")


def _common_chinese(text: str) -> bool:
    strange = [char for char in text if ord(char) > 127]
    common = 0
    for char in strange:
        try:
            pair = char.encode("gb2312")
        except UnicodeEncodeError:
            continue
        common += pair[0] < 0xD8  # signs and the characters of everyday use
    return common >= 0.7 * len(strange)


def _separator(text: str) -> str:
    """The separator of the first line with something in it."""
    for line in text.splitlines():
        outside = "".join(line.split('"')[::2])
        if outside.strip():
            return max(_SEPARATORS, key=outside.count)
    return ","


def _has_comma_numbers(rows: list[tuple[int, list[str]]]) -> bool:
    return any(_COMMA_NUMBER.match(cell) for _, cells in rows for cell in cells)
