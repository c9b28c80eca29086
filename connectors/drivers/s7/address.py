"""S7 addresses as integrators write them: `DB10.DBD4:REAL`, `DB1.DBX0.3`, `DB1.STRING20`, `MW4`, `I0.0`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from schemas.models.tag import DataType

__all__ = ["Address", "Area", "parse_address", "types_of"]

#: Inputs, outputs, flags (merkers) and data blocks; timers and counters are not read.
Area = Literal["I", "Q", "M", "DB"]

BYTE_MAX: Final = 65_535
_AREAS: Final[dict[str, Area]] = {"I": "I", "E": "I", "Q": "Q", "A": "Q", "M": "M"}
#: Bytes of an S7 type, and the types a tag may have for it. Bit strings say nothing about a sign.
_TYPES: Final[dict[str, tuple[int, tuple[DataType, ...]]]] = {
    "BYTE": (1, ("uint16", "int16", "bool")),
    "USINT": (1, ("uint16", "int16", "bool")),
    "SINT": (1, ("int16",)),
    "WORD": (2, ("uint16", "int16", "bool")),
    "UINT": (2, ("uint16", "bool")),
    "DATE": (2, ("uint16",)),
    "INT": (2, ("int16", "bool")),
    "DWORD": (4, ("uint32", "int32")),
    "UDINT": (4, ("uint32",)),
    "TOD": (4, ("uint32",)),
    "DINT": (4, ("int32",)),
    "TIME": (4, ("int32",)),
    "REAL": (4, ("float32",)),
    "LWORD": (8, ("uint64", "int64")),
    "ULINT": (8, ("uint64",)),
    "LINT": (8, ("int64",)),
    "LTIME": (8, ("int64",)),
    "LREAL": (8, ("float64",)),
}
_WIDTHS: Final = {"X": 0, "B": 1, "W": 2, "D": 4, "L": 8}
#: Types where the address names none: whatever has the width.
_OF_WIDTH: Final[dict[int, tuple[DataType, ...]]] = {
    1: ("uint16", "int16", "bool"),
    2: ("int16", "uint16", "bool"),
    4: ("int32", "uint32", "float32"),
    8: ("int64", "uint64", "float64"),
}
_TEXTS: Final = ("STRING", "WSTRING")
_NAMES: Final = "|".join(sorted((*_TYPES, *_TEXTS, "BOOL"), key=len, reverse=True))
_PLACE: Final = rf"({_NAMES}|[XBWDL])([0-9]{{1,5}})(?:\.([0-9]{{1,3}})|\[([0-9]{{1,3}})\])?(?::([A-Z]+))?\Z"
_BLOCK: Final = re.compile(rf"DB([0-9]{{1,5}})[.,](?:DB)?{_PLACE}")
_OTHER: Final = re.compile(rf"([IEQAM]){_PLACE}")
_BIT: Final = re.compile(r"([IEQAM])()([0-9]{1,5})\.([0-9]{1,3})()(?::(BOOL))?\Z")


@dataclass(frozen=True, slots=True)
class Address:
    """A place in a PLC: `width` is in bytes, 0 for a bit or text; `name` is the S7 type, "" where none is given."""

    area: Area
    block: int
    start: int
    width: int
    name: str = ""
    bit: int | None = None
    length: int | None = None


def parse_address(text: str) -> Address:
    """Where an address points. Raises ValueError with what is wrong with it."""
    plain = re.sub(r"\s+", "", text).upper().removeprefix("%")
    match = _BLOCK.match(plain)
    if match is not None:
        number = int(match.group(1))
        if not 1 <= number <= 65_535:
            raise ValueError(f"'{text}': data blocks are numbered from 1 to 65535")
        return _place(text, "DB", number, match)
    match = _OTHER.match(plain) or _BIT.match(plain)
    if match is not None:
        return _place(text, _AREAS[match.group(1)], 0, match)
    if re.match(r"P[IEQA]", plain):
        raise ValueError(f"'{text}': the periphery cannot be read; its process image (IW, QW) can")
    if re.match(r"[TCZ][0-9]+\Z", plain):
        raise ValueError(
            f"'{text}': timers and counters cannot be read; let the program copy the value to a data block"
        )
    raise ValueError(f"'{text}' is no S7 address")


def types_of(address: Address) -> tuple[DataType, ...]:
    """Types a tag at this address may have."""
    if address.bit is not None:
        return ("bool",)
    if address.name in _TEXTS:
        return ("string",)
    return _TYPES[address.name][1] if address.name else _OF_WIDTH[address.width]


def _place(text: str, area: Area, block: int, match: re.Match[str]) -> Address:
    word, digits, after_dot, in_brackets, suffix = match.groups()[1:]
    start = int(digits)
    if start > BYTE_MAX:
        raise ValueError(f"'{text}' is outside 0 to {BYTE_MAX}")
    name = _name(text, word, suffix)
    if name in _TEXTS:
        return _text(text, Address(area, block, start, 0, name), word, after_dot, in_brackets)
    if in_brackets:
        raise ValueError(f"'{text}': only STRING and WSTRING have a length")
    if word in ("X", "", "BOOL") or name == "BOOL":
        return _bit(text, Address(area, block, start, 0, name), after_dot)
    if after_dot is not None:
        raise ValueError(f"'{text}': only a bit is written with a dot; use DBX, or M{digits}.{after_dot}")
    width = _TYPES[name][0] if name else _WIDTHS[word]
    if word in ("W", "D", "L") and width != _WIDTHS[word]:
        raise ValueError(f"'{text}': {name} takes {width} bytes, {word} stands for {_WIDTHS[word]}")
    return Address(area, block, start, width, name)


def _name(text: str, word: str, suffix: str | None) -> str:
    """The S7 type an address names, at its head (`DB1.REAL4`) or its end (`DB1.DBD4:REAL`)."""
    if suffix is not None and suffix not in (*_TYPES, *_TEXTS, "BOOL"):
        raise ValueError(f"'{text}': '{suffix}' is no type this driver knows; known: BOOL, {', '.join(_TYPES)}, STRING")
    if len(word) < 2:
        return suffix or ""
    if suffix is not None and suffix != word:
        raise ValueError(f"'{text}' names two types")
    return word


def _bit(text: str, address: Address, after_dot: str | None) -> Address:
    """A bit; or, as `DBX8.0:LREAL`, what begins at that byte."""
    if after_dot is None:
        raise ValueError(f"'{text}' must name a bit, for example DB1.DBX0.3 or M10.0")
    bit = int(after_dot)
    if bit > 7:
        raise ValueError(f"'{text}': bits are numbered from 0 to 7")
    if address.name in ("", "BOOL"):
        return Address(address.area, address.block, address.start, 0, "BOOL", bit)
    if bit:
        raise ValueError(f"'{text}': a {address.name} begins at a whole byte, bit 0")
    return Address(address.area, address.block, address.start, _TYPES[address.name][0], address.name)


def _text(text: str, address: Address, word: str, after_dot: str | None, in_brackets: str | None) -> Address:
    """A text; its length may follow in brackets or after a dot: `DB1.STRING20[30]`, `DB1.STRING20.30`."""
    if word in ("W", "D", "L"):
        raise ValueError(f"'{text}': write DB1.STRING20, or DB1.DBB20:STRING")
    given = in_brackets if word == "X" else in_brackets or after_dot
    if word == "X" and after_dot not in (None, "0"):
        raise ValueError(f"'{text}': a {address.name} begins at a whole byte, bit 0")
    length = None if given is None else int(given)
    if length is not None and not 1 <= length <= 254:
        raise ValueError(f"'{text}': a text has 1 to 254 characters")
    return Address(address.area, address.block, address.start, 0, address.name, None, length)
