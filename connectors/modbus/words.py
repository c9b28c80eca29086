"""Modbus frames in words: unit, function, addresses, exception, registers (Modbus Application Protocol V1.1b3)."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final

from connectors.diagnostics.frames import Frame
from connectors.modbus.crc import crc16

_TABLES: Final = {
    1: "coil",
    2: "discrete",
    3: "holding",
    4: "input",
    5: "coil",
    6: "holding",
    15: "coil",
    16: "holding",
}
_READS: Final = frozenset({1, 2, 3, 4})
EXCEPTIONS: Final = {
    1: "illegal function",
    2: "illegal data address",
    3: "illegal data value",
    4: "device failure",
    5: "acknowledge",
    6: "device busy",
    8: "memory parity error",
    10: "gateway path unavailable",
    11: "gateway target does not respond",
}
_SHOWN: Final = 12


def read_tcp(frames: Sequence[Frame]) -> list[str]:
    """Words for each frame with an MBAP header; an answer is told with the addresses of the request it belongs to."""
    asked: dict[tuple[int, int], bytes] = {}
    out = []
    for frame in frames:
        data = frame.data
        if frame.way == "note":
            out.append("")
        elif len(data) < 8 or data[2:4] != b"\0\0":
            out.append("no Modbus TCP frame")
        else:
            number, _, length = struct.unpack_from(">HHH", data)
            unit, pdu = data[6], data[7 : 6 + length]
            key = (number, unit)
            if frame.way == "sent":
                asked[key] = pdu
                words = _request(pdu)
            else:
                words = _answer(pdu, asked.pop(key, b""))
            cut = "" if len(data) == 6 + length else f"; {len(data)} bytes where {6 + length} were announced"
            out.append(f"#{number} unit {unit} {words}{cut}")
    return out


def read_rtu(frames: Sequence[Frame]) -> list[str]:
    """Words for each RTU frame; an answer belongs to the request before it."""
    out = []
    asked = b""
    for frame in frames:
        data = frame.data
        if frame.way == "note":
            out.append("")
        elif len(data) < 4:
            out.append("too short for an RTU frame")
        else:
            pdu = data[1:-2]
            right = "" if crc16(data[:-2]) == data[-2:] else "; CRC wrong"
            if frame.way == "sent":
                asked = pdu
                words = _request(pdu)
            else:
                words, asked = _answer(pdu, asked), b""
            out.append(f"unit {data[0]} {words}{right}")
    return out


def _request(pdu: bytes) -> str:
    if not pdu:
        return "empty"
    function = pdu[0]
    table = _TABLES.get(function)
    if table is None or len(pdu) < 5:
        return f"function {function}"
    first, second = struct.unpack_from(">HH", pdu, 1)
    if function in _READS:
        return f"read {_range(table, first, second)}"
    if function in (5, 6):
        value = ("off" if second == 0 else "on") if function == 5 else f"0x{second:04X}"
        return f"write {table}:{first} := {value}"
    return f"write {_range(table, first, second)} := {_words(pdu[6:])}"


def _answer(pdu: bytes, request: bytes) -> str:
    if not pdu:
        return "empty"
    function = pdu[0]
    if function & 0x80:
        code = pdu[1] if len(pdu) > 1 else 0
        return f"EXCEPTION {code} {EXCEPTIONS.get(code, '')}".rstrip() + _to(request)
    if request and request[0] != function:
        return f"function {function}, which was not asked for"
    if function in _READS:
        values = _bits(pdu[2:]) if function in (1, 2) else _words(pdu[2:])
        return f"{_place(request) or _TABLES[function]} = {values}"
    return f"done{_to(request)}" if function in _TABLES else f"function {function}"


def _place(request: bytes) -> str:
    if len(request) < 5 or request[0] not in _TABLES:
        return ""
    first, count = struct.unpack_from(">HH", request, 1)
    return _range(_TABLES[request[0]], first, 1 if request[0] in (5, 6) else count)


def _to(request: bytes) -> str:
    place = _place(request)
    return f" to {'read' if request[0] in _READS else 'write'} {place}" if place else ""


def _range(table: str, first: int, count: int) -> str:
    return f"{table}:{first}" if count == 1 else f"{table}:{first}-{first + count - 1} ({count})"


def _words(data: bytes) -> str:
    words = [data[at : at + 2].hex().upper() for at in range(0, min(len(data), 2 * _SHOWN), 2)]
    return " ".join(words) + (f" … {len(data) // 2} words" if len(data) > 2 * _SHOWN else "")


def _bits(data: bytes) -> str:
    shown = "".join("1" if byte >> bit & 1 else "0" for byte in data[:_SHOWN] for bit in range(8))
    return shown + (f" … {len(data)} bytes" if len(data) > _SHOWN else "")
