"""Requests to tags as bytes and their answers, each checked before anything in it is believed."""

from __future__ import annotations

import itertools
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from connectors.drivers.ethernet_ip.cip import BOOL, EMBEDDED, PARTIAL, STRUCTURE, TOO_LARGE, TYPES, Status

__all__ = [
    "MODIFY", "READ", "READ_ON", "SEVERAL", "WRITE", "Answer", "Data", "check_size", "pack", "parse_answer",
    "parse_data", "path_of", "several", "split",
]  # fmt: skip

READ: Final = 0x4C
READ_ON: Final = 0x52
WRITE: Final = 0x4D
MODIFY: Final = 0x4E
SEVERAL: Final = 0x0A
_SYMBOL: Final = 0x91
_STEP: Final = re.compile(r"([^.\[\]]+)|\[([0-9,]+)\]")
_MESSAGE_ROUTER: Final = b"\x02\x20\x02\x24\x01"


@dataclass(frozen=True, slots=True)
class Data:
    """What a tag holds: code of its type, handle of a structure, bytes; `more` where they did not all fit."""

    code: int
    handle: int
    data: bytes
    more: bool = False


#: What became of a read.
Answer = Data | Status


def path_of(text: str) -> bytes:
    """The path of a tag by its name: symbols and element numbers, the length in words before it.

    Not by the library, which marks element numbers beyond 65,535 as of a kind that is reserved.
    """
    path = bytearray()
    for name, numbers in _STEP.findall(text):
        if name:
            path += bytes([_SYMBOL, len(name)]) + name.encode("ascii") + bytes(len(name) % 2)
            continue
        for number in map(int, numbers.split(",")):
            if number < 1 << 8:
                path += struct.pack("<BB", 0x28, number)
            elif number < 1 << 16:
                path += struct.pack("<BBH", 0x29, 0, number)
            else:
                path += struct.pack("<BBI", 0x2A, 0, number)
    return bytes([len(path) // 2]) + bytes(path)


def pack(service: int, path: bytes, form: str, *values: int) -> bytes:
    """A request: service, path, and numbers."""
    return bytes([service]) + path + struct.pack(form, *values)


def several(requests: Sequence[bytes]) -> bytes:
    """Requests in one Multiple Service Packet."""
    count = len(requests)
    at, places = 2 + 2 * count, []
    for request in requests:
        places.append(at)
        at += len(request)
    head = bytes([SEVERAL]) + _MESSAGE_ROUTER + struct.pack(f"<H{count}H", count, *places)
    return head + b"".join(requests)


def parse_answer(answer: bytes, service: int) -> tuple[Status | None, int, bytes]:
    """(refusal, general status, data) of a message router's answer. Raises ValueError for one that is none."""
    if len(answer) < 4 or answer[0] != service | 0x80:
        raise ValueError("an answer to something else")
    general, words = answer[2], answer[3]
    data = answer[4 + 2 * words :]
    if len(answer) < 4 + 2 * words:
        raise ValueError("an answer is cut short")
    extended = struct.unpack_from("<H", answer, 4)[0] if words else None
    if general == 0 or (general == PARTIAL and service in (READ, READ_ON) and data):
        return None, general, data
    if general == EMBEDDED and service == SEVERAL:
        return None, general, data
    return Status(general, extended), general, data


def split(data: bytes, count: int) -> list[bytes]:
    """The answers in that of a Multiple Service Packet. Raises ValueError for what does not fit."""
    if len(data) < 2 + 2 * count or struct.unpack_from("<H", data)[0] != count:
        raise ValueError("an answer has another number of parts than was asked for")
    places = [*struct.unpack_from(f"<{count}H", data, 2), len(data)]
    if places[0] != 2 + 2 * count or any(end - start < 4 for start, end in itertools.pairwise(places)):
        raise ValueError("the parts of an answer do not fit together")
    return [data[start:end] for start, end in itertools.pairwise(places)]


def parse_data(answer: bytes, service: int, count: int) -> Answer:
    """What a read of `count` elements brought, or a part of it. Raises ValueError for an answer that is none."""
    refusal, general, data = parse_answer(answer, service)
    if refusal is not None:
        # Some say that nothing fits instead of sending a part.
        return Data(0, 0, b"", more=True) if refusal.general in (PARTIAL, TOO_LARGE) else refusal
    code = struct.unpack_from("<H", data)[0] if len(data) >= 2 else 0
    handle = 0
    if code == STRUCTURE:
        if len(data) < 4:
            raise ValueError("an answer is cut short")
        handle, body = struct.unpack_from("<H", data, 2)[0], data[4:]
    else:
        body = data[2:]
        code &= 0xFF  # of a BOOL the bit's number stands above
        if code not in TYPES and code != BOOL:
            raise ValueError(f"an answer has the unknown type 0x{code:02X}")
    more = general == PARTIAL
    if service == READ and not more:
        check_size(code, len(body), count)
    return Data(code, handle, body, more)


def check_size(code: int, size: int, count: int) -> None:
    """Raises ValueError where that many bytes are not `count` elements of a type."""
    if (size % count or not size) if code == STRUCTURE else size != count * TYPES[code].size:
        raise ValueError("an answer has another length than was asked for")
