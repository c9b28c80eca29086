"""Data types of Sparkplug B (Sparkplug 3.0 §6.4.16) and how they meet the five kinds of value."""

from __future__ import annotations

import struct
from enum import IntEnum
from typing import Final

from schemas.errors import WireError
from schemas.sparkplug.fields import BYTES, FIXED32, FIXED64, VARINT, block, key, number
from schemas.wire.kinds import Kind

Value = int | float | bool | str | bytes


class DataType(IntEnum):
    """Numbers of the types as the specification gives them; only those of single values."""

    INT8 = 1
    INT16 = 2
    INT32 = 3
    INT64 = 4
    UINT8 = 5
    UINT16 = 6
    UINT32 = 7
    UINT64 = 8
    FLOAT = 9
    DOUBLE = 10
    BOOLEAN = 11
    STRING = 12
    DATE_TIME = 13
    TEXT = 14
    UUID = 15
    BYTES = 17


_SIGNED_BITS: Final = {DataType.INT8: 8, DataType.INT16: 16, DataType.INT32: 32, DataType.INT64: 64}
_UNSIGNED_BITS: Final = {DataType.UINT8: 8, DataType.UINT16: 16, DataType.UINT32: 32, DataType.UINT64: 64}
_LONG: Final = (DataType.INT64, DataType.UINT64, DataType.DATE_TIME)
_TEXTS: Final = (DataType.STRING, DataType.TEXT, DataType.UUID)

#: Kind of value a metric of each type becomes; types that are not here are not taken in.
KIND_OF: Final[dict[DataType, Kind]] = {
    DataType.INT8: "i", DataType.INT16: "i", DataType.INT32: "i", DataType.INT64: "i",
    DataType.UINT8: "u", DataType.UINT16: "u", DataType.UINT32: "u", DataType.UINT64: "u",
    DataType.FLOAT: "f", DataType.DOUBLE: "f", DataType.BOOLEAN: "b",
    DataType.STRING: "s", DataType.TEXT: "s", DataType.UUID: "s", DataType.DATE_TIME: "u",
}  # fmt: skip

#: The type of a value in a device → its data type where it is sent as it was read.
TYPE_OF: Final[dict[str, DataType]] = {
    "bool": DataType.BOOLEAN, "int16": DataType.INT16, "uint16": DataType.UINT16, "int32": DataType.INT32,
    "uint32": DataType.UINT32, "int64": DataType.INT64, "uint64": DataType.UINT64, "float32": DataType.FLOAT,
    "float64": DataType.DOUBLE, "string": DataType.STRING,
}  # fmt: skip


_FLOAT: Final = struct.Struct("<f").pack
_DOUBLE: Final = struct.Struct("<d").pack
_KEY_OF: Final = {(field, kind): key(field, kind) for field in range(20) for kind in (FIXED32, FIXED64)}
_BY_NUMBER: Final = {int(datatype): datatype for datatype in DataType}


def datatype_of(number_: int | None) -> DataType | None:
    """The type of a number, None for arrays, templates and what no specification knows."""
    return None if number_ is None else _BY_NUMBER.get(number_)


def encode_value(first_field: int, datatype: DataType, value: Value) -> bytes:
    """The value's field; `first_field` is the number of `int_value` in the message (10 in a metric, 3 in a property).

    Negative integers are in two's complement of 32 or 64 bits (§6.4.16).
    """
    if datatype is DataType.FLOAT:
        return _KEY_OF[first_field + 2, FIXED32] + _FLOAT(value)
    if datatype is DataType.DOUBLE:
        return _KEY_OF[first_field + 3, FIXED64] + _DOUBLE(value)
    if datatype in _LONG:
        return number(first_field + 1, int(value) & 0xFFFF_FFFF_FFFF_FFFF)
    if datatype is DataType.BOOLEAN:
        return number(first_field + 4, int(bool(value)))
    if datatype in _TEXTS:
        return block(first_field + 5, str(value).encode())
    if datatype is DataType.BYTES:
        return block(first_field + 6, value if isinstance(value, bytes) else str(value).encode())
    return number(first_field, int(value) & 0xFFFF_FFFF)


def decode_value(datatype: DataType, wire_type: int, raw: int | bytes) -> Value:
    """A value from its field's content. Raises WireError where it cannot be of that type.

    Which of the fields of the `oneof` carries an integer is not looked at: encoders differ (UInt32 is met in
    `long_value`), and the number is the same.
    """
    if datatype in _SIGNED_BITS or datatype in _UNSIGNED_BITS or datatype in (DataType.BOOLEAN, DataType.DATE_TIME):
        if wire_type != VARINT or not isinstance(raw, int):
            raise _mismatch(datatype)
        return _integer(datatype, raw)
    if isinstance(raw, int):
        raise _mismatch(datatype)
    if datatype in (DataType.FLOAT, DataType.DOUBLE):
        if wire_type == FIXED32:
            return float(struct.unpack("<f", raw)[0])
        if wire_type == FIXED64:
            return float(struct.unpack("<d", raw)[0])
        raise _mismatch(datatype)
    if wire_type != BYTES:
        raise _mismatch(datatype)
    if datatype is DataType.BYTES:
        return raw
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise _mismatch(datatype) from error


def _integer(datatype: DataType, raw: int) -> int | bool:
    if datatype is DataType.BOOLEAN:
        return raw != 0
    if datatype is DataType.DATE_TIME:
        return raw
    if datatype in _UNSIGNED_BITS:
        bits = _UNSIGNED_BITS[datatype]
        if raw >> bits:
            raise _mismatch(datatype)
        return raw
    bits = _SIGNED_BITS[datatype]
    # Small negative numbers come in the two's complement of 8, 16, 32 or 64 bits, as the encoder likes.
    for width in (bits, 32, 64):
        if width >= bits and raw >> width == 0:
            signed = raw - (1 << width) if raw >> (width - 1) else raw
            if -(1 << (bits - 1)) <= signed < 1 << (bits - 1):
                return signed
    raise _mismatch(datatype)


def _mismatch(datatype: DataType) -> WireError:
    return WireError("sparkplug.value", f"A value does not fit its data type {datatype.name}.")
