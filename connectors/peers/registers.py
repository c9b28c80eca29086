"""Values to 16-bit registers, big-endian words and bytes (ABCD), as the peers lay them out."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Final

__all__ = ["REGISTER_COUNT", "encode_text", "encode_value", "register_count"]

_FORMATS: Final[Mapping[str, str]] = {
    "bool": ">H",
    "int16": ">h",
    "uint16": ">H",
    "int32": ">i",
    "uint32": ">I",
    "int64": ">q",
    "uint64": ">Q",
    "float32": ">f",
    "float64": ">d",
}
REGISTER_COUNT: Final[Mapping[str, int]] = {name: struct.calcsize(form) // 2 for name, form in _FORMATS.items()}


def register_count(type_name: str, length: int = 0) -> int:
    """Registers a value of ``type_name`` takes; ``length`` is the bytes of a string."""
    return (length + 1) // 2 if type_name == "string" else REGISTER_COUNT[type_name]


def encode_value(type_name: str, value: float | int | bool) -> list[int]:
    """Registers of one number. Raises ``struct.error`` when it does not fit the type."""
    number = float(value) if type_name.startswith("float") else int(value)
    packed = struct.pack(_FORMATS[type_name], number)
    return list(struct.unpack(f">{len(packed) // 2}H", packed))


def encode_text(text: str, length: int) -> list[int]:
    """Registers of a UTF-8 string in a field of ``length`` bytes, cut at a character, filled with NUL."""
    data = text.encode("utf-8")[:length].decode("utf-8", errors="ignore").encode("utf-8")
    data = data.ljust(length + length % 2, b"\0")
    return list(struct.unpack(f">{len(data) // 2}H", data))
