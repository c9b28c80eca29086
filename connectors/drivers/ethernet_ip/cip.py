"""CIP: types with their codes, statuses with their meaning for people, and which tag types a type can be read as."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from schemas.models.tag import DataType
from schemas.quality import Quality

__all__ = [
    "BOOL", "DWORD", "EMBEDDED", "PARTIAL", "STRUCTURE", "TOO_LARGE", "TYPES", "Status", "Type", "type_named",
]  # fmt: skip

BOOL: Final = 0xC1
DWORD: Final = 0xD3
#: Two bytes of handle follow this code, then the structure.
STRUCTURE: Final = 0x02A0
PARTIAL: Final = 0x06
TOO_LARGE: Final = 0x11
EMBEDDED: Final = 0x1E
_GENERAL: Final = 0xFF


@dataclass(frozen=True, slots=True)
class Type:
    """An elementary type; `tags` are the types a tag may have for it, its own first.

    Older controllers have no unsigned types: what is as wide may be taken either way.
    """

    name: str
    size: int
    tags: tuple[DataType, ...]
    signed: bool = False


TYPES: Final[dict[int, Type]] = {
    0xC1: Type("BOOL", 1, ("bool",)),
    0xC2: Type("SINT", 1, ("int16", "uint16"), signed=True),
    0xC3: Type("INT", 2, ("int16", "uint16"), signed=True),
    0xC4: Type("DINT", 4, ("int32", "uint32"), signed=True),
    0xC5: Type("LINT", 8, ("int64", "uint64"), signed=True),
    0xC6: Type("USINT", 1, ("uint16", "int16")),
    0xC7: Type("UINT", 2, ("uint16",)),
    0xC8: Type("UDINT", 4, ("uint32",)),
    0xC9: Type("ULINT", 8, ("uint64",)),
    0xCA: Type("REAL", 4, ("float32",)),
    0xCB: Type("LREAL", 8, ("float64",)),
    0xD1: Type("BYTE", 1, ("uint16", "int16")),
    0xD2: Type("WORD", 2, ("uint16", "int16")),
    0xD3: Type("DWORD", 4, ("uint32", "int32")),
    0xD4: Type("LWORD", 8, ("uint64", "int64")),
}
_QUALITY: Final = {
    0x04: Quality.BAD_ADDRESS,
    0x05: Quality.BAD_ADDRESS,
    0x08: Quality.FUNCTION_NOT_SUPPORTED,
    0x0F: Quality.ACCESS_DENIED,
    0x16: Quality.BAD_ADDRESS,
    0x26: Quality.BAD_ADDRESS,
}
#: Of status 0xFF, by the extended one.
_QUALITY_GENERAL: Final = {
    0x2104: Quality.BAD_ADDRESS,
    0x2105: Quality.BAD_ADDRESS,
    0x2107: Quality.TYPE_MISMATCH,
}
_MEANING: Final = {
    0x01: "the way to the controller failed",
    0x02: "the controller has no resources left",
    0x03: "a parameter is not valid",
    0x04: "there is no tag or member of this name",
    0x05: "there is no such element or instance",
    0x06: "the answer does not fit the message",
    0x08: "the controller does not support this there",
    0x0C: "the controller is in a state that does not allow it",
    0x0E: "it cannot be set",
    0x0F: "access is not allowed (External Access of the tag, or a key switch)",
    0x10: "the device's state does not allow it",
    0x11: "the answer is too large",
    0x13: "there is not enough data",
    0x15: "there is too much data",
    0x16: "the object does not exist",
    0x1E: "one of several requests failed",
    0x26: "the address has a wrong length",
}
_MEANING_EXTENDED: Final = {
    (0x01, 0x0106): "another owns the connection",
    (0x01, 0x0109): "the connection's size is not supported",
    (0x01, 0x0113): "it has no connection free",
    (0x01, 0x0204): "nothing answers there",
    (0x01, 0x0311): "there is no such port",
    (0x01, 0x0312): "there is no module in that slot",
    (0xFF, 0x2104): "it lies beyond the end of the structure",
    (0xFF, 0x2105): "it lies beyond the end of the array",
    (0xFF, 0x2107): "the tag has another type",
}


@dataclass(frozen=True, slots=True)
class Status:
    """A general status that is not success, and the first word of the extended one."""

    general: int
    extended: int | None = None

    def __str__(self) -> str:
        more = f"/0x{self.extended:04X}" if self.extended else ""
        meaning = _MEANING_EXTENDED.get((self.general, self.extended or 0)) or _MEANING.get(self.general)
        return f"CIP status 0x{self.general:02X}{more}" + (f": {meaning}" if meaning else "")

    @property
    def code(self) -> str:
        """In short, for counting."""
        return f"0x{self.general:02X}" + (f"/0x{self.extended:04X}" if self.extended else "")

    @property
    def quality(self) -> Quality:
        """Quality of a tag that is refused with it."""
        if self.general == _GENERAL:
            return _QUALITY_GENERAL.get(self.extended or 0, Quality.DEVICE_ERROR)
        return _QUALITY.get(self.general, Quality.DEVICE_ERROR)

    @property
    def lasts(self) -> bool:
        """It will not change soon: the address or the right to it is wrong."""
        return self.quality != Quality.DEVICE_ERROR


def type_named(code: int) -> str:
    """For people."""
    if code == STRUCTURE:
        return "a structure"
    known = TYPES.get(code)
    return known.name if known is not None else f"type 0x{code:02X}"
