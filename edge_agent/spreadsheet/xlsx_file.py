"""XLSX (ECMA-376) read and written with the standard library alone: the cells of one sheet, within bounds.

No part is unpacked beyond its bound (a small file may hold gigabytes), documents with a DOCTYPE or
entities are refused, links to the outside are never followed, formulas and dates are refused by cell.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from xml.parsers import expat
from xml.sax.saxutils import escape

from edge_agent.spreadsheet.sheet import (
    CELL_CHARS_MAX,
    COLUMNS_MAX,
    FILE_BYTES_MAX,
    ROWS_MAX,
    Sheet,
    sheet_error,
)  # fmt: skip

__all__ = ["read_xlsx", "write_xlsx"]

#: Unpacked bytes of all parts read together.
UNPACKED_BYTES_MAX = 128 * 1024 * 1024
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})\Z")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
#: Formats 14-22 and 45-47 show dates and times (ECMA-376 part 1, 18.8.30).
_DATE_FORMATS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_DATE_CODE = re.compile(r"[dmyhs]", re.IGNORECASE)
_NOT_DATE_PART = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.')
_NO_FORMULA = "A formula is not taken: its value may be old, or another one elsewhere."
_TEXT_HINT = "Format the column as text and write it again."
Attributes = dict[str, str]


def read_xlsx(data: bytes) -> Sheet:
    """The sheet named "tags", or the first one. Raises ConfigError for a file that is not fit to be read."""
    if len(data) > FILE_BYTES_MAX:
        raise sheet_error("too_large", f"the file is larger than {FILE_BYTES_MAX >> 20} MiB", "Split it.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _Workbook(archive).sheet()
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError) as error:
        raise sheet_error("xlsx", f"the XLSX file is damaged: {error}", "Save it again.") from error
    except expat.ExpatError as error:
        raise sheet_error("xlsx", f"the XLSX file has damaged XML: {error}") from error


class _Workbook:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._left = UNPACKED_BYTES_MAX
        self._names = set(archive.namelist())

    def sheet(self) -> Sheet:
        path = self._sheet_path()
        reader = _SheetReader(self._shared_texts(), self._date_styles())
        self._parse(path, reader.start, reader.end, reader.text)
        return Sheet(reader.rows, reader.refused)

    def _sheet_path(self) -> str:
        sheets: list[tuple[str, str]] = []
        targets: dict[str, str] = {}

        def workbook(tag: str, attributes: Attributes) -> None:
            if tag == "sheet":
                sheets.append((attributes.get("name", ""), attributes.get("id", "")))

        def relation(tag: str, attributes: Attributes) -> None:
            if tag == "Relationship" and attributes.get("TargetMode") != "External":
                targets[attributes.get("Id", "")] = attributes.get("Target", "")

        self._parse("xl/workbook.xml", workbook)
        self._parse("xl/_rels/workbook.xml.rels", relation)
        chosen = next((id for name, id in sheets if name.casefold() == "tags"), sheets[0][1] if sheets else "")
        target = targets.get(chosen, "")
        return target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))

    def _shared_texts(self) -> list[str]:
        texts: list[str] = []
        parts: list[str] = []
        inside: list[str] = []

        def start(tag: str, _: Attributes) -> None:
            inside.append(tag)
            if tag == "si":
                parts.clear()

        def end(tag: str) -> None:
            inside.pop()
            if tag == "si":
                texts.append(_unescaped("".join(parts)))

        def text(piece: str) -> None:
            if inside and inside[-1] == "t" and "rPh" not in inside:  # rPh: how to pronounce it
                parts.append(piece)

        if "xl/sharedStrings.xml" in self._names:
            self._parse("xl/sharedStrings.xml", start, end, text)
        return texts

    def _date_styles(self) -> frozenset[int]:
        """Numbers of the cell styles that show a date."""
        dates = set(_DATE_FORMATS)
        styles: list[int] = []
        inside: list[str] = []

        def start(tag: str, attributes: Attributes) -> None:
            inside.append(tag)
            number = attributes.get("numFmtId", "")
            if tag == "numFmt" and number.isdecimal():
                code = _NOT_DATE_PART.sub("", attributes.get("formatCode", ""))
                (dates.add if _DATE_CODE.search(code) else dates.discard)(int(number))
            if tag == "xf" and "cellXfs" in inside:
                styles.append(int(number) if number.isdecimal() else 0)

        def end(_: str) -> None:
            inside.pop()

        if "xl/styles.xml" in self._names:
            self._parse("xl/styles.xml", start, end)
        return frozenset(place for place, number in enumerate(styles) if number in dates)

    def _parse(
        self, name: str, start: Callable[[str, Attributes], None],
        end: Callable[[str], None] | None = None, text: Callable[[str], None] | None = None,
    ) -> None:  # fmt: skip
        if name not in self._names:
            raise sheet_error("xlsx", f"the file has no part {name}: it is no XLSX workbook", "Save it as .xlsx.")
        parser = expat.ParserCreate(namespace_separator="|")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.StartElementHandler = lambda tag, given: start(
            tag.rpartition("|")[2], {key.rpartition("|")[2]: value for key, value in given.items()}
        )
        if end is not None:
            ended = end
            parser.EndElementHandler = lambda tag: ended(tag.rpartition("|")[2])
        if text is not None:
            parser.CharacterDataHandler = text
        with self._archive.open(name) as part:
            while piece := part.read(1 << 16):
                self._left -= len(piece)
                if self._left < 0:
                    raise sheet_error("too_large", f"unpacked, the file has more than {UNPACKED_BYTES_MAX >> 20} MiB")
                parser.Parse(piece, False)
        parser.Parse(b"", True)


def _refuse_doctype(*_: object) -> None:
    raise sheet_error("xlsx", "the XLSX file has a DOCTYPE, which no spreadsheet writes", "Save it again.")


class _SheetReader:
    """Takes the elements of a worksheet; see ECMA-376 part 1, 18.3.1."""

    def __init__(self, shared: list[str], date_styles: frozenset[int]) -> None:
        self.rows: list[tuple[int, list[str]]] = []
        self.refused: dict[tuple[int, int], tuple[str, str, str]] = {}
        self._shared, self._date_styles = shared, date_styles
        self._row, self._column = 0, -1
        self._cells: list[str] = []
        self._kind, self._style = "n", 0
        self._formula = False
        self._take = False
        self._parts: list[str] = []

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "row":
            number = attributes.get("r", "")
            self._row = int(number) if number.isdecimal() and len(number) < 9 else self._row + 1
            self._cells, self._column = [], -1
            if self._row > ROWS_MAX:
                raise sheet_error("too_many_rows", f"the sheet has more than {ROWS_MAX:,} rows", "Split it.")
        elif tag == "c":
            place = _REFERENCE.match(attributes.get("r", ""))
            self._column = _column_of(place.group(1)) if place else self._column + 1
            if self._column >= COLUMNS_MAX:
                raise sheet_error("too_many_columns", f"row {self._row} has more than {COLUMNS_MAX} columns")
            self._kind = attributes.get("t", "n")
            style = attributes.get("s", "0")
            self._style = int(style) if style.isdecimal() else 0
            self._formula = False
            self._parts = []
        elif tag == "f":
            self._formula = True
        elif tag in ("v", "t"):
            self._take = True
        elif tag == "rPh":
            self._take = False

    def text(self, piece: str) -> None:
        if self._take:
            self._parts.append(piece)

    def end(self, tag: str) -> None:
        if tag in ("v", "t"):
            self._take = False
        elif tag == "c":
            self._cell("".join(self._parts))
        elif tag == "row" and any(cell.strip() for cell in self._cells):
            self.rows.append((self._row, self._cells))

    def _cell(self, raw: str) -> None:
        if raw == "" and not self._formula:
            return
        at = (self._row, self._column)
        text = raw
        if self._kind == "s":
            place = int(raw) if raw.isdecimal() else -1
            if not 0 <= place < len(self._shared):
                raise sheet_error("xlsx", f"row {self._row} names a text that is not in the file", "Save it again.")
            text = self._shared[place]
        elif self._kind in ("inlineStr", "str"):
            text = _unescaped(raw)
        elif self._kind == "b":
            text = "TRUE" if raw == "1" else "FALSE"
        elif self._kind == "e":
            self.refused[at] = ("sheet.error_value", f"the cell shows the error {raw}", "Write the value.")
        elif self._kind == "d" or self._style in self._date_styles:
            self.refused[at] = ("sheet.date", "the spreadsheet made a date of the cell", _TEXT_HINT)
        else:
            text = _number(raw)
        if self._formula:
            self.refused[at] = ("sheet.formula", "the cell is a formula", _NO_FORMULA)
        if len(text) > CELL_CHARS_MAX:
            raise sheet_error("cell_too_long", f"row {self._row} has a cell of more than {CELL_CHARS_MAX:,} characters")
        self._cells += [""] * (self._column + 1 - len(self._cells))
        self._cells[self._column] = text or "?"


def _number(raw: str) -> str:
    """A number cell as a person would write it: 40001, not 40001.0."""
    try:
        value = float(raw)
    except ValueError:
        return raw
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def _column_of(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1


def _letters(column: int) -> str:
    name = ""
    while column >= 0:
        name = chr(65 + column % 26) + name
        column = column // 26 - 1
    return name


def _unescaped(text: str) -> str:
    """`_x000D_` is how XLSX writes a character that XML cannot hold (ECMA-376 part 1, 22.9.2.19)."""
    return _ESCAPED.sub(lambda match: chr(int(match.group(1), 16)), text) if "_x" in text else text


def _escaped(text: str) -> str:
    guarded = _ESCAPED.sub(lambda match: "_x005F" + match.group(0), text)
    return escape(re.sub(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]", lambda match: f"_x{ord(match.group(0)):04X}_", guarded))


_PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    '<Override PartName="/xl/styles.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="xl/workbook.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>',
    "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
    '<sheet name="tags" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="worksheets/sheet1.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/>'
    '<Relationship Id="rId2" Target="styles.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles"/></Relationships>',
    # Style 1 is text (format 49): what a person types there stays as typed. Style 2 is the heading.
    "xl/styles.xml": '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs>'
    "</styleSheet>",
}
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def write_xlsx(rows: Iterable[Sequence[str]]) -> bytes:
    """A workbook with one sheet "tags"; every cell is text, so that the spreadsheet changes none of them."""
    lines: list[str] = []
    width = 1
    for number, row in enumerate(rows, 1):
        style = 2 if number == 1 else 1
        width = max(width, len(row))
        cells = [
            f'<c r="{_letters(at)}{number}" s="{style}" t="inlineStr">'
            f'<is><t xml:space="preserve">{_escaped(cell)}</t></is></c>'
            for at, cell in enumerate(row)
            if cell
        ]
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews>'
        '<sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        f'</sheetView></sheetViews><cols><col min="1" max="{width}" width="16" style="1" customWidth="1"/></cols>'
        f"<sheetData>{''.join(lines)}</sheetData></worksheet>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**_PARTS, "xl/worksheets/sheet1.xml": sheet}.items():
            # A fixed time: the same tags make the same file.
            archive.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), _XML + content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
