"""EtherNet/IP frames in words: what is asked for and how it was answered (as Wireshark's CIP dissector reads them)."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final

from connectors.diagnostics.frames import Frame
from connectors.drivers.ethernet_ip.cip import Status
from connectors.drivers.ethernet_ip.messages import SEVERAL, split

__all__ = ["in_words"]

_COMMANDS: Final = {0x63: "list identity", 0x65: "register session", 0x66: "end session"}
_SERVICES: Final = {
    0x01: "get attributes", 0x03: "get attributes", 0x0A: "several", 0x4C: "read", 0x4D: "write", 0x4E: "set bit",
    0x52: "read on", 0x55: "list tags",
}  # fmt: skip
_MANAGER: Final = {0x4E: "close connection", 0x52: "send", 0x54: "open connection", 0x5B: "open large connection"}
_SEND_RR: Final = 0x6F
_SEND_UNIT: Final = 0x70
_SHOWN: Final = 24
_NAMED: Final = 8


def in_words(frames: Sequence[Frame]) -> list[str]:
    """One line of words for each frame."""
    return [_frame(frame.data) if frame.way != "note" else "" for frame in frames]


def _frame(data: bytes) -> str:
    try:
        command, _, _, status = struct.unpack_from("<HHII", data)
        if status:
            return f"{_COMMANDS.get(command, f'command 0x{command:02X}')} REFUSED 0x{status:02X}"
        if command == _SEND_UNIT:
            return f"#{struct.unpack_from('<H', data, 44)[0]} {_message(data[46:], _SERVICES)}"
        if command == _SEND_RR:
            return _message(data[40:], _SERVICES | _MANAGER)
        return _COMMANDS.get(command, "no EtherNet/IP frame")
    except (struct.error, IndexError, ValueError):
        return "no whole EtherNet/IP frame"


def _message(data: bytes, services: dict[int, str]) -> str:
    service = data[0] & 0x7F
    name = services.get(service, f"service 0x{service:02X}")
    if not data[0] & 0x80:
        words = data[1]
        rest = data[2 + 2 * words :]
        if service == SEVERAL:
            parts = [_message(part, services) for part in split(rest, struct.unpack_from("<H", rest)[0])]
            return f"{len(parts)} parts: {_few(parts)}"
        return f"{name} {_path(data[2 : 2 + 2 * words])}".rstrip()
    rest = data[4 + 2 * data[3] :]
    if service == SEVERAL and data[2] in (0, 0x1E):
        parts = [_message(part, services) for part in split(rest, struct.unpack_from("<H", rest)[0])]
        return f"{len(parts)} parts answered: {_few(parts)}"
    if data[2]:
        return f"{name} REFUSED {Status(data[2], struct.unpack_from('<H', data, 4)[0] if data[3] else None)}"
    return f"{name} answered {rest[:_SHOWN].hex(' ')}".rstrip()


def _path(path: bytes) -> str:
    """Names and element numbers of a tag's path; nothing for others."""
    name, at = "", 0
    while at < len(path):
        if path[at] == 0x91:
            size = path[at + 1]
            text = path[at + 2 : at + 2 + size].decode("ascii", "replace")
            name += ("." if name else "") + "".join(char if char.isprintable() else "?" for char in text)
            at += 2 + size + size % 2
        elif path[at] in (0x28, 0x29, 0x2A):
            size = (1, 2, 4)[path[at] - 0x28]
            start = at + (1 if size == 1 else 2)
            name += f"[{int.from_bytes(path[start : start + size], 'little')}]"
            at = start + size
        else:
            return name
    return name


def _few(parts: Sequence[str]) -> str:
    return ", ".join(parts[:_NAMED]) + (" …" if len(parts) > _NAMED else "")
