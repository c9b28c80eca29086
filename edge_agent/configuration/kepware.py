"""Tags of KEPServerEX (Modbus drivers), as its "Export CSV" writes them.

What a row says is mapped or named; nothing is left out in silence. Addresses: Kepware help, "Modbus
Addressing" (decimal 5 and 6 digits, hexadecimal H…, bits .0-.15, strings .length with L or H for the byte order).
Kepware's defaults of a Modbus device: first word low (CDAB), and strings high byte first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from edge_agent.spreadsheet.columns import CellError, parse_cell, plain
from edge_agent.spreadsheet.sheet import CellProblem, Sheet
from edge_agent.spreadsheet.tag_rows import TagRow, TagRows
from schemas.models.tag import SCAN_MS_MAX, SCAN_MS_MIN

__all__ = ["KepwareTags", "is_kepware", "read_kepware"]

_HEADINGS = (
    "tag name", "address", "data type", "respect data type", "client access", "scan rate", "scaling", "raw low",
    "raw high", "scaled low", "scaled high", "scaled data type", "clamp low", "clamp high", "eng units",
    "description", "negate value",
)  # fmt: skip
#: Kepware's type → ours.
_TYPES = {
    "boolean": "bool", "short": "int16", "word": "uint16", "long": "int32", "dword": "uint32", "float": "float32",
    "double": "float64", "llong": "int64", "qword": "uint64", "string": "string",
}  # fmt: skip
_WIDTH = {"int32": 2, "uint32": 2, "float32": 2, "int64": 4, "uint64": 4, "float64": 4}
_ADDRESS = re.compile(
    r"(?P<h>H)?(?P<table>[0134])(?P<number>[0-9A-F]{4,5})(?:\.(?P<rest>\d{1,3}[HL]?))?\Z", re.IGNORECASE
)
_TABLES = {"0": "coil", "1": "discrete", "3": "input", "4": "holding"}


@dataclass(slots=True)
class KepwareTags:
    """The rows as ours, named warnings of what Kepware has and we do not, and rows that cannot be mapped."""

    rows: TagRows
    notes: list[str] = field(default_factory=list)
    left_out: list[CellProblem] = field(default_factory=list)


def is_kepware(headings: Sequence[str]) -> bool:
    """Whether the first row is that of a Kepware export."""
    words = {cell.strip().casefold() for cell in headings}
    return {"tag name", "address", "respect data type"} <= words


def read_kepware(sheet: Sheet) -> KepwareTags:
    """Maps every row; what cannot be mapped is left out and told by row, what differs is a note."""
    number, headings = sheet.rows[0]
    out = KepwareTags(TagRows())
    names = [cell.strip().casefold() for cell in headings]
    for name in names:
        if name and name not in _HEADINGS:
            text = f"there is no column '{name}' in an export of KEPServerEX"
            out.rows.problems.append(CellProblem(number, name, "kepware.heading", text))
    told: dict[str, list[str]] = {}
    for row, cells in sheet.rows[1:]:
        given = {name: cells[at].strip() if at < len(cells) else "" for at, name in enumerate(names)}
        mapper = _Mapper(row, given, sheet.decimal_comma, told)
        values = mapper.map()
        out.left_out += mapper.problems
        if not mapper.problems:
            out.rows.rows.append(TagRow(row, "", values))
    if out.rows.rows:
        told["the device's own settings are not in the file: Kepware's defaults were taken (addresses from 1)"] = []
    out.notes = [f"{text} ({_some(tags)})" if tags else text for text, tags in told.items()]
    return out


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:3])
    return f"{len(names)} tags: {shown}, …" if len(names) > 3 else shown


class _Mapper:
    """One row."""

    def __init__(self, row: int, given: dict[str, str], comma: bool, told: dict[str, list[str]]) -> None:
        self._row, self._given, self._comma, self._told = row, given, comma, told
        self.problems: list[CellProblem] = []

    def map(self) -> dict[str, Any]:
        """Values by our columns."""
        values: dict[str, Any] = {"name": self._name(), "description": self._get("description") or None}
        values["unit"] = self._get("eng units") or None
        values |= self._where()
        values |= self._scaling(str(values.get("type", "")))
        rate = self._number("scan rate")
        if rate is not None:
            values["scan_ms"] = self._rate(rate)
        access = self._get("client access").upper()
        if access == "WO":
            self._wrong("client access", "the tag can only be written, never read")
        if access in ("R/W", "RW"):
            self._tell("may be written in Kepware; here it is only read until it gets a 'write' rule")
        if self._get("respect data type") == "0":
            self._tell("'Respect Data Type' is off; the type is fixed here")
        if self._get("negate value") in ("1", "True", "true"):
            values |= self._negated(values)
        return values

    def _get(self, name: str) -> str:
        text = self._given.get(name, "")
        return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text

    def _wrong(self, column: str, message: str, hint: str = "") -> None:
        self.problems.append(CellProblem(self._row, column, "kepware.row", message, hint))

    def _tell(self, text: str) -> None:
        self._told.setdefault(text, []).append(self._get("tag name"))

    def _number(self, column: str) -> float | None:
        text = self._get(column)
        try:
            number: float | None = parse_cell("scale", text, decimal_comma=self._comma)
        except CellError as error:
            self._wrong(column, error.message, error.hint)
            return None
        return number

    def _name(self) -> str:
        """Groups are joined with dots in Kepware, as here; what a name cannot have is refused."""
        name = self._get("tag name")
        if name.startswith("_"):
            self._wrong("tag name", f"'{name}' is a system tag of the server", "Leave the row out.")
        return name

    def _rate(self, rate: float) -> int:
        """Milliseconds, within what the agent scans."""
        bounded = min(max(round(rate), SCAN_MS_MIN), SCAN_MS_MAX)
        if bounded != rate:
            self._tell(f"a scan rate outside {SCAN_MS_MIN} to {SCAN_MS_MAX} ms is set to the nearest")
        return bounded

    # -- address and type -------------------------------------------------------------------

    def _where(self) -> dict[str, Any]:
        text = self._get("address").replace(" ", "")
        match = _ADDRESS.match(text)
        kind = self._get("data type").casefold()
        if match is None or (match["h"] is None and not match["number"].isdecimal()):
            self._wrong(
                "address", f"'{self._get('address')}' is no Modbus address that can be mapped",
                "Arrays ([n]), Modbus function 23 and other drivers' addresses are entered by hand.",
            )  # fmt: skip
            return {}
        table = _TABLES[match["table"]]
        offset = int(match["number"], 16 if match["h"] else 10) - 1
        if not 0 <= offset <= 65_535:
            self._wrong("address", f"'{text}' is outside 1 to 65536")
            return {}
        values: dict[str, Any] = {"address": f"{table}:{offset}"}
        return values | self._type(table, kind, (match["rest"] or "").upper())

    def _type(self, table: str, kind: str, rest: str) -> dict[str, Any]:
        ours = _TYPES.get(kind)
        if ours is None:
            hint = f"Known: {', '.join(name.capitalize() for name in _TYPES)}."
            self._wrong("data type", f"'{self._get('data type')}' has no counterpart here", hint)
            return {}
        if table in ("coil", "discrete"):
            if ours != "bool" or rest:
                self._wrong("data type", f"a {table} is a Boolean", "Set the data type to Boolean.")
            return {"type": "bool"}
        if ours == "string":
            return self._string(rest)
        if ours == "bool":
            if not rest.isdecimal() or int(rest) > 15:
                self._wrong("address", "a Boolean in a register needs its bit", "Write for example 400001.3 (0 to 15).")
                return {}
            return {"type": "uint16", "order": "ABCD", "bit": int(rest)}
        if rest:
            self._wrong("address", f"'.{rest}' stands at an address of type {kind}", "Use Boolean for a bit.")
            return {}
        if ours in _WIDTH:
            self._tell(
                "two and four registers are read low word first (order CDAB), Kepware's default; "
                "where 'First Word Low' is off there, use ABCD"
            )
            return {"type": ours, "order": "CDAB"}
        return {"type": ours, "order": "ABCD"}

    def _string(self, rest: str) -> dict[str, Any]:
        length = rest.rstrip("HL")
        if not length.isdecimal() or not 1 <= int(length) <= 240:
            self._wrong("address", "a String needs its length, 1 to 240", "Write for example 400001.20H.")
            return {}
        return {"type": "string", "length": int(length), "order": "BADC" if rest.endswith("L") else "ABCD"}

    # -- scaling ----------------------------------------------------------------------------

    def _scaling(self, kind: str) -> dict[str, Any]:
        way = self._get("scaling").casefold()
        if way in ("", "none"):
            return {}
        if way != "linear":
            self._wrong("scaling", f"'{self._get('scaling')}' scaling cannot be mapped", "Only Linear and None can.")
            return {}
        bounds = [self._number(name) for name in ("raw low", "raw high", "scaled low", "scaled high")]
        raw_low, raw_high, low, high = bounds
        if raw_low is None or raw_high is None or low is None or high is None:
            self._wrong("raw low", "linear scaling needs raw and scaled bounds")
            return {}
        if raw_high == raw_low or high == low:
            self._wrong("raw high", "the bounds of the scaling are equal: there is no factor")
            return {}
        if kind in ("string", "bool"):
            self._wrong("scaling", f"a {kind} cannot be scaled")
            return {}
        scale = (high - low) / (raw_high - raw_low)
        offset = low - raw_low * scale
        clamps = [name for name in ("clamp low", "clamp high") if self._get(name).casefold() in ("1", "true", "yes")]
        out: dict[str, Any] = {"scale": scale, "offset": offset or None}
        if clamps:
            self._tell("is clamped in Kepware; here a value outside the span stays and is marked uncertain")
            if len(clamps) == 2 and low < high:
                out |= {"span_low": low, "span_high": high}
        scaled = self._get("scaled data type").casefold()
        if scaled and scaled not in ("double", "float", "default"):
            self._tell(f"is rounded to {self._get('scaled data type')} in Kepware; here the exact value is kept")
        return out

    def _negated(self, values: dict[str, Any]) -> dict[str, Any]:
        scale, offset = values.get("scale"), values.get("offset")
        if values.get("type") in ("string", "bool") or values.get("bit") is not None:
            self._wrong("negate value", "only a number can be negated")
            return {}
        self._tell(f"is negated, by the factor ({plain(-1.0)})" if scale is None else "is negated, by the factor")
        negated: dict[str, Any] = {"scale": -(scale or 1.0), "offset": -offset if offset else None}
        if values.get("span_low") is not None:
            negated |= {"span_low": -values["span_high"], "span_high": -values["span_low"]}
        return negated
