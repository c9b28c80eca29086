"""What a few registers may hold: every type and byte order beside the raw words, each with a mark.

The same decoder as in operation reads the words, so what is seen here is what a tag will show. A mark is a guess by
the size of the number, nothing more: only the machine's manual or its display says what is right.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from connectors.decode import WORDS, Decoder, Field, clean_text
from connectors.modbus.address import Table, parse_address
from schemas.errors import ConfigError
from schemas.models.tag import DataType

__all__ = ["ORDERS", "AddressForms", "Form", "Mark", "address_forms", "forms_of", "locate", "mark_of"]

Mark = Literal["likely", "possible", "unlikely"]
Value = float | int | str

#: Byte orders by words of the value; A is the most significant byte.
ORDERS: Final[dict[int, tuple[str, ...]]] = {
    1: ("ABCD", "BADC"),
    2: ("ABCD", "CDAB", "BADC", "DCBA"),
    4: ("ABCDEFGH", "GHEFCDAB", "BADCFEHG", "HGFEDCBA", "CDABGHEF", "EFGHABCD", "DCBAHGFE", "FEHGBADC"),
}
_TYPES: Final[tuple[DataType, ...]] = (
    "uint16", "int16", "uint32", "int32", "float32", "uint64", "int64", "float64",
)  # fmt: skip
#: What devices send for "there is no such value" (SunSpec Device Information Model Specification §5, and NaN).
_ABSENT: Final = {"8000", "ffff", "7fff", "80000000", "ffffffff", "7fc00000", "ffc00000"}
_FIVE_DIGITS_MAX = 9998
_DIGIT: Final[dict[Table, str]] = {"coil": "0", "discrete": "1", "input": "3", "holding": "4"}


@dataclass(frozen=True, slots=True)
class Form:
    """One reading of the words: `value` is None where they cannot be of this type."""

    type: str
    order: str
    words: int
    value: Value | None
    mark: Mark
    note: str = ""


@dataclass(frozen=True, slots=True)
class AddressForms:
    """One address as different manuals write it."""

    table: Table
    #: From 0, as it goes over the wire and as tags name it.
    address: int

    @property
    def tag(self) -> str:
        """As a tag names it."""
        return f"{self.table}:{self.address}"

    @property
    def five_digits(self) -> str:
        """As 40001; empty where it does not fit."""
        return f"{_DIGIT[self.table]}{self.address + 1:04d}" if self.address <= _FIVE_DIGITS_MAX else ""

    @property
    def six_digits(self) -> str:
        """As 400001."""
        return f"{_DIGIT[self.table]}{self.address + 1:05d}"

    @property
    def hex(self) -> str:
        """As hexadecimal number from 0."""
        return f"0x{self.address:04X}"

    def __str__(self) -> str:
        number = f"{self.five_digits} or {self.six_digits}" if self.five_digits else self.six_digits
        return f"{self.tag} = {number} (counted from 1) = {self.address} or {self.hex} (counted from 0)"


def locate(text: str) -> AddressForms:
    """An address in any usual form: `holding:12`, `holding:0x0C`, `40013`, `400013`. Raises ConfigError."""
    table, mark, number = text.strip().lower().partition(":")
    try:
        plain = f"{table}:{int(number, 16)}" if mark and number.strip().startswith("0x") else text.strip().lower()
        return address_forms(*parse_address(plain))
    except ValueError as error:
        raise ConfigError(
            "read.address", f"'{text}' is no Modbus address",
            hint="Write holding:12 or holding:0x0C (counted from 0), 40013 (counted from 1); or input, coil, discrete.",
        ) from error  # fmt: skip


def address_forms(table: Table, address: int) -> AddressForms:
    """The forms of an address counted from 0."""
    return AddressForms(table, address)


def forms_of(words: Sequence[int], *, text_encoding: str = "utf-8") -> list[Form]:
    """Every reading of `words` from the first on; a type longer than what was read is left out."""
    found: list[Form] = []
    for data_type in _TYPES:
        if WORDS[data_type] <= len(words):
            found += [_number(words, data_type, order) for order in ORDERS[WORDS[data_type]]]
    found += [_bcd(words, count, order) for count in (1, 2) if count <= len(words) for order in ORDERS[count][:2]]
    found += [_text(words, order, text_encoding) for order in ORDERS[1]]
    if words:
        found.append(_bits(words[0]))
    return found


def decode_number(words: Sequence[int], data_type: DataType, order: str) -> float | int:
    """The words as one number, by the decoder of the drivers."""
    count = WORDS[data_type]
    image = b"".join(word.to_bytes(2, "big") for word in words[:count])
    decoder = Decoder([Field(0, 0, 0, data_type, order)], len(image))
    columns = decoder.decode(image, np.zeros(1, "u1"), np.zeros(1, "<i8"))[0]
    value: float | int = columns.v[0].item()
    return value


def mark_of(value: float | int, data_type: DataType) -> Mark:
    """How usual a number of this size is for a machine; 0 says nothing and is possible in every type."""
    if isinstance(value, float):
        if not math.isfinite(value):
            return "unlikely"
        size = abs(value)
        if size == 0:
            return "possible"
        return "likely" if 1e-3 <= size < 1e7 else "possible" if 1e-6 <= size < 1e10 else "unlikely"
    size = abs(value)
    if size == 0 or WORDS[data_type] == 1:
        return "possible"
    if size >= 0x10000 and size % 0x10000 == 0:
        return "unlikely"  # a small number with its words the wrong way round
    return "likely" if size < 10_000_000 else "possible" if size < 2_000_000_000 else "unlikely"


def _number(words: Sequence[int], data_type: DataType, order: str) -> Form:
    count = WORDS[data_type]
    value = decode_number(words, data_type, order)
    raw = "".join(f"{word:04x}" for word in words[:count])
    mark, note = mark_of(value, data_type), ""
    if raw in _ABSENT:
        mark, note = "unlikely", "often means: no such value"
    shown = order[:2] if count == 1 else order
    return Form(data_type, shown, count, value, mark, note)


def _bcd(words: Sequence[int], count: int, order: str) -> Form:
    picked = list(words[:count])
    if count == 1:
        number = picked[0] if order == "ABCD" else int.from_bytes(picked[0].to_bytes(2, "little"), "big")
        digits, shown = f"{number:04x}", order[:2]
    else:
        digits, shown = "".join(f"{word:04x}" for word in (picked if order == "ABCD" else picked[::-1])), order
    if not digits.isdecimal():
        return Form(f"bcd{count * 16}", shown, count, None, "unlikely", "not all digits are 0 to 9")
    return Form(f"bcd{count * 16}", shown, count, int(digits), "possible")


def _text(words: Sequence[int], order: str, encoding: str) -> Form:
    endian: Literal["big", "little"] = "big" if order == "ABCD" else "little"
    text, sound = clean_text(b"".join(word.to_bytes(2, endian) for word in words), encoding)
    letters = sum(char.isalnum() for char in text)
    mark: Mark = "likely" if sound and letters >= 3 and letters * 2 >= len(text) else "unlikely"
    return Form("string", order[:2], len(words), text if sound and text else None, mark)


def _bits(word: int) -> Form:
    on = [str(bit) for bit in range(16) if word >> bit & 1]
    return Form("bits", "", 1, f"{word:016b}", "possible", f"on: {', '.join(on)}" if on else "none on")
