"""S7 messages in words: what is asked for and how it was answered (as Wireshark's S7COMM dissector reads them)."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final

from connectors.diagnostics.frames import Frame
from connectors.drivers.s7.answers import GOOD, meaning

_FUNCTIONS: Final = {0x04: "read", 0x05: "write", 0xF0: "set up"}
_AREAS: Final = {0x81: "I", 0x82: "Q", 0x83: "M", 0x84: "DB"}
_JOB: Final = 1
_ANSWER: Final = 3
_ITEM: Final = struct.Struct(">BBBBHHB3s")
_SHOWN: Final = 24


def in_words(frames: Sequence[Frame]) -> list[str]:
    """One line of words for each message."""
    return [_message(frame.data) if frame.way != "note" else "" for frame in frames]


def _message(data: bytes) -> str:
    if len(data) < 10 or data[0] != 0x32:
        return "no S7 message"
    kind, _, number, parameters, _ = struct.unpack_from(">BHHHH", data, 1)
    head = 12 if kind == _ANSWER else 10
    body = data[head : head + parameters]
    if kind not in (_JOB, _ANSWER) or len(body) < 2:
        return f"#{number} kind {kind}"
    function = _FUNCTIONS.get(body[0], f"function 0x{body[0]:02X}")
    if kind == _JOB:
        return f"#{number} {function} {', '.join(_items(body)) if body[0] in (4, 5) else ''}".rstrip()
    error = struct.unpack_from(">H", data, 10)[0]
    if error:
        return f"#{number} {function} REFUSED 0x{error:04X}"
    rest = data[head + parameters :]
    code = rest[0] if rest and body[0] in (4, 5) else GOOD
    if code != GOOD:
        return f"#{number} {function}: {meaning(code)}"
    return f"#{number} {function} answered, {body[1]} items {rest[4 : 4 + _SHOWN].hex(' ')}".rstrip()


def _items(body: bytes) -> list[str]:
    found = []
    for place in range(2, len(body) - _ITEM.size + 1, _ITEM.size):
        _, _, _, _, count, block, area, bits = _ITEM.unpack_from(body, place)
        start = int.from_bytes(bits, "big") // 8
        where = f"DB{block}" if area == 0x84 else _AREAS.get(area, f"area 0x{area:02X}")
        found.append(f"{where} bytes {start}-{start + count - 1}")
    return found
