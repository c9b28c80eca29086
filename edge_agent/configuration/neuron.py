"""Tags of EMQX Neuron (Modbus plugins), as its HTTP API and its dashboard export them as JSON.

What a tag says is mapped or named; nothing is left out in silence. Addresses are
`SLAVE!ADDRESS[.BIT][#ENDIAN][.LEN[H|L]]` (Neuron documentation, "Modbus TCP", Address format), data types and
attributes are numbers ("HTTP API", since version 2.1).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from edge_agent.spreadsheet.sheet import CellProblem, sheet_error
from edge_agent.spreadsheet.tag_rows import TagRow, TagRows
from schemas.models.tag import SCAN_MS_MAX, SCAN_MS_MIN

__all__ = ["NeuronTags", "is_neuron", "read_neuron"]

_TYPES: Final = {
    3: "int16", 4: "uint16", 5: "int32", 6: "uint32", 7: "int64", 8: "uint64", 9: "float32", 10: "float64",
    11: "bit", 12: "bit", 13: "string",
}  # fmt: skip
_READ, _WRITE, _SUBSCRIBE = 1, 2, 4
_ADDRESS: Final = re.compile(
    r"(?P<slave>\d{1,3})!(?P<table>[0134])(?P<number>\d{4,5})(?:\.(?P<rest>\d{1,3})(?P<way>[HLDE])?)?"
    r"(?:#(?P<endian>LL|LB|BL|BB|L|B))?\Z"
)
_TABLES: Final = {"0": "coil", "1": "discrete", "3": "input", "4": "holding"}
_ORDERS: Final = {"": "ABCD", "L": "ABCD", "B": "BADC", "LL": "ABCD", "LB": "BADC", "BL": "CDAB", "BB": "DCBA"}
_FORM: Final = "An export has {drivers: [{name, groups: [{group, interval, tags: []}]}]}, or groups or tags alone."


@dataclass(slots=True)
class NeuronTags:
    """The tags as our rows (numbered in the order of the file), notes of what differs, and what cannot be mapped."""

    rows: TagRows
    notes: list[str] = field(default_factory=list)
    left_out: list[CellProblem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Found:
    row: int
    pointer: str
    driver: str
    group: str
    interval: Any
    tag: dict[str, Any]


def is_neuron(data: bytes) -> bool:
    """Whether a file is JSON at all: no sheet begins so."""
    return data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def read_neuron(data: bytes) -> NeuronTags:
    """Maps every tag. Raises ConfigError where the file is no JSON of Neuron."""
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise sheet_error("json", f"the file looks like JSON and is not: {error}", _FORM) from None
    found = [_Found(number, *place) for number, place in enumerate(_tags(document), start=1)]
    if not found:
        raise sheet_error("json", "there are no tags of Neuron in the file", _FORM)
    out = NeuronTags(TagRows())
    told: dict[str, list[str]] = {}
    groups = {(one.driver, one.group) for one in found}
    mapped: list[tuple[str, TagRow]] = []
    for one in found:
        mapper = _Mapper(one, told, with_group=len({group for driver, group in groups if driver == one.driver}) > 1)
        values = mapper.map()
        out.left_out += mapper.problems
        if not mapper.problems:
            mapped.append((f"{one.driver}_{mapper.slave}" if one.driver else f"unit_{mapper.slave}",
                           TagRow(one.row, "", values)))  # fmt: skip
    stations = sorted({station for station, _ in mapped})
    for station, row in mapped:
        row.connection = station if len(stations) > 1 else ""
        out.rows.rows.append(row)
    if len(stations) > 1:
        told["has several stations: each is a connection here, by these names: " + ", ".join(stations)] = []
    if mapped:
        told["settings of the device (address, first register 0 or 1, byte order) are not taken from the file: "
             "first register 1 and ABCD are meant where a tag says nothing else"] = []  # fmt: skip
    out.notes = [f"{text} ({_some(tags)})" if tags else text for text, tags in told.items()]
    return out


def _some(names: list[str]) -> str:
    return f"{len(names)} tags: {', '.join(names[:3])}, …" if len(names) > 3 else ", ".join(names)


def _tags(document: Any) -> Iterator[tuple[str, str, str, Any, dict[str, Any]]]:
    """Pointer, driver, group, interval and tag of each, from any of the forms."""
    if isinstance(document, list):
        document = {"tags": document}
    if not isinstance(document, dict):
        return
    drivers = document.get("drivers", document.get("nodes"))
    if not isinstance(drivers, list):
        drivers = [document]
        prefix = ""
    else:
        prefix = "/drivers" if "drivers" in document else "/nodes"
    for d, driver in enumerate(drivers):
        if not isinstance(driver, dict):
            continue
        here = f"{prefix}/{d}" if prefix else ""
        name = str(driver.get("name", driver.get("node", "")))
        groups = driver.get("groups")
        in_groups = isinstance(groups, list)
        for g, group in enumerate(groups if isinstance(groups, list) else [driver]):
            tags = group.get("tags") if isinstance(group, dict) else None
            for t, tag in enumerate(tags if isinstance(tags, list) else ()):
                if isinstance(tag, dict):
                    place = f"{here}/groups/{g}/tags/{t}" if in_groups else f"{here}/tags/{t}"
                    label = str(group.get("group", group.get("name", ""))) if in_groups else ""
                    yield place, name, label, group.get("interval"), tag


class _Mapper:
    """One tag."""

    def __init__(self, found: _Found, told: dict[str, list[str]], *, with_group: bool) -> None:
        self._found, self._told = found, told
        self._name = str(found.tag.get("name", ""))
        self._label = f"{found.group}.{self._name}" if with_group and found.group else self._name
        self.slave = 0
        self.problems: list[CellProblem] = []

    def map(self) -> dict[str, Any]:
        """Values by our columns."""
        tag = self._found.tag
        values: dict[str, Any] = {"name": self._label, "description": str(tag.get("description") or "") or None}
        attribute = tag.get("attribute")
        if not isinstance(attribute, int) or not attribute & (_READ | _SUBSCRIBE):
            self._wrong("attribute", "the tag is not read from the device (static, or only written)")
            return {}
        if attribute & _WRITE:
            self._tell("may be written in Neuron; here it is only read until it gets a 'write' rule")
        values |= self._where() | self._factor()
        interval = self._found.interval
        if isinstance(interval, int | float) and not isinstance(interval, bool) and interval > 0:
            bounded = min(max(round(interval), SCAN_MS_MIN), SCAN_MS_MAX)
            if bounded != interval:
                self._tell(f"an interval outside {SCAN_MS_MIN} to {SCAN_MS_MAX} ms is set to the nearest")
            values["scan_ms"] = bounded
        if tag.get("precision"):
            self._tell("is rounded in Neuron; here the exact value is kept")
        return values

    def _wrong(self, key: str, message: str, hint: str = "") -> None:
        pointer = f"{self._found.pointer}/{key}"
        self.problems.append(CellProblem(self._found.row, pointer, "neuron.tag", f"{self._label}: {message}", hint))

    def _tell(self, text: str) -> None:
        self._told.setdefault(text, []).append(self._label)

    def _where(self) -> dict[str, Any]:
        text, kind = str(self._found.tag.get("address", "")), self._kind()
        match = _ADDRESS.match(text.strip())
        if match is None:
            self._wrong("address", f"'{text}' is no Modbus address of Neuron", "Such as 1!400001 or 1!400010#BB.")
            return {}
        self.slave = int(match["slave"])
        offset = int(match["number"]) - 1
        if not 0 <= offset <= 65_535 or self.slave > 255:
            self._wrong("address", f"'{text}' is outside station 0 to 255 or register 1 to 65536")
            return {}
        table = _TABLES[match["table"]]
        where = {"address": f"{table}:{offset}"}
        if table in ("coil", "discrete"):
            if kind not in ("bit", None) or match["rest"] or match["endian"]:
                self._wrong("type", f"a {table} is a BIT")
            return where | {"type": "bool"}
        return where | self._register(kind, match)

    def _kind(self) -> str | None:
        number = self._found.tag.get("type")
        kind = _TYPES.get(number) if isinstance(number, int) else None
        if kind is None:
            self._wrong("type", f"data type {number!r} has no counterpart here", "Known: 3 to 13 (INT16 to STRING).")
        return kind

    def _register(self, kind: str | None, match: re.Match[str]) -> dict[str, Any]:
        rest, way, endian = match["rest"], match["way"], match["endian"] or ""
        if kind == "bit":
            if rest is None or int(rest) > 15 or way or endian:
                self._wrong("address", "a BIT in a register needs its bit", "Write for example 1!400001.3 (0 to 15).")
                return {}
            return {"type": "uint16", "order": "ABCD", "bit": int(rest)}
        if kind == "string":
            if rest is None or not 1 <= int(rest) <= 240 or way in ("D", "E") or endian:
                self._wrong("address", "a STRING needs its length in bytes, 1 to 240, two bytes to a register",
                            "One byte to a register (D, E) cannot be mapped.")  # fmt: skip
                return {}
            return {"type": "string", "length": int(rest), "order": "ABCD" if way == "H" else "BADC"}
        if rest is not None:
            self._wrong("address", f"'.{rest}' stands at an address that is neither BIT nor STRING")
        wide = kind in ("int32", "uint32", "float32")
        if (endian and (len(endian) == 2) != wide) or (endian and kind in ("int64", "uint64", "float64")):
            self._wrong("address", f"#{endian} does not go with this data type")
        return {"type": kind, "order": _ORDERS[endian]}

    def _factor(self) -> dict[str, Any]:
        """`decimal` is the factor, `bias` what is added after it; 0 stands for no factor."""
        values: dict[str, Any] = {}
        for key, ours in (("decimal", "scale"), ("bias", "offset")):
            number = self._found.tag.get(key) or 0
            if not isinstance(number, int | float) or isinstance(number, bool):
                self._wrong(key, f"{number!r} is no number")
            elif number:
                values[ours] = float(number)
        if values and self._found.tag.get("type") in (11, 12, 13):
            self._wrong("decimal", "a BIT or STRING cannot be scaled")
        return values
