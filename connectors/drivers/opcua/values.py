"""Built-in types of OPC UA and what they become: columns of a tag's raw kind. OPC UA Part 6, §5.2.2."""

from __future__ import annotations

import struct
from typing import Any, Final

import numpy as np
from asyncua import ua
from asyncua.common.utils import Buffer
from numpy.typing import NDArray

from schemas.errors import ConnectError
from schemas.wire.columns import VALUE_DTYPE, Kind

__all__ = ["LOCALIZED_TEXT", "SCALARS", "TEXTS", "convert", "fits", "header_of", "micros", "text_of"]

#: Built-in types of fixed size that can become a value.
SCALARS: Final[dict[int, np.dtype[Any]]] = {
    1: np.dtype("u1"),
    2: np.dtype("i1"),
    3: np.dtype("u1"),
    4: np.dtype("<i2"),
    5: np.dtype("<u2"),
    6: np.dtype("<i4"),
    7: np.dtype("<u4"),
    8: np.dtype("<i8"),
    9: np.dtype("<u8"),
    10: np.dtype("<f4"),
    11: np.dtype("<f8"),
    13: np.dtype("<i8"),  # DateTime: µs UTC once converted
    19: np.dtype("<u4"),  # StatusCode
}
_DATE_TIME, LOCALIZED_TEXT = 13, 21
TEXTS = frozenset({12, 15, 16})  # String, ByteString, XmlElement
_EPOCH_1601_100NS = 116_444_736_000_000_000


def micros(ticks: NDArray[np.int64]) -> NDArray[np.int64]:
    """µs UTC of DateTimes (100 ns since 1601); 0 where none is given."""
    return np.where(ticks > _EPOCH_1601_100NS, (ticks - _EPOCH_1601_100NS) // 10, 0)


def fits(kind: Kind, of: int) -> bool:
    """Whether a value of built-in type `of` can be one of `kind`."""
    if kind == "s":
        return of in TEXTS or of == LOCALIZED_TEXT
    if of not in SCALARS:
        return False
    if kind == "f":
        return of != _DATE_TIME
    return SCALARS[of].kind != "f"


def convert(
    kind: Kind, of: int, raw: NDArray[Any], bits: NDArray[np.int64] | None
) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
    """Numbers of built-in type `of` as the kind has them, and where it cannot hold them: a mismatch, no wrapped number.

    `bits`: the bit wanted of each, -1 for the whole value; None where no tag wants one.
    """
    if of == _DATE_TIME:
        raw = (raw - _EPOCH_1601_100NS) // 10
    if kind == "b":
        if bits is None:
            return (raw != 0).astype("u1"), None
        whole = raw.astype("<i8") if raw.dtype.kind != "f" else np.zeros(len(raw), dtype="<i8")
        return np.where(bits < 0, whole != 0, (whole >> np.maximum(bits, 0)) & 1).astype("u1"), None
    if kind == "u" and raw.dtype.kind == "i":
        wrong = raw < 0
    elif kind == "i" and raw.dtype == np.dtype("<u8"):
        wrong = raw > np.uint64(2**63 - 1)
    else:
        return raw.astype(VALUE_DTYPE[kind]), None
    return np.where(wrong, 0, raw).astype(VALUE_DTYPE[kind]), wrong


def header_of(answer: Buffer, encoding: int) -> ua.ResponseHeader:
    """Takes type and header off an answer.

    Raises ConnectError where it is damaged or an answer to some other question, ua.UaError for a bad result.
    """
    try:
        found = ua.ua_binary.nodeid_from_binary(answer)
        if found.NamespaceIndex != 0 or found.Identifier != encoding:
            raise ConnectError("opcua.answer", f"the server answered with {found.to_string()}, not i={encoding}")
        header = ua.ua_binary.struct_from_binary(ua.ResponseHeader, answer)
    except (struct.error, IndexError, ValueError, TypeError, OverflowError) as error:
        raise ConnectError("opcua.answer", f"the server's answer cannot be read: {error}") from error
    header.ServiceResult.check()
    return header


def text_of(data: bytes) -> str:
    """Text as it can be shown: what is not printable becomes a space."""
    text = data.decode("utf-8", "replace")
    return text if text.isprintable() else "".join(char if char.isprintable() else " " for char in text).rstrip()
