"""Protocol Buffers on the wire: numbered fields, as far as Sparkplug B needs them.

A field is a key (number << 3 | wire type) and its content: 0 = varint, 1 = 8 bytes, 2 = length and bytes, 5 = 4 bytes
(protobuf.dev, "Encoding"). Groups (3, 4) are long deprecated and are refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from schemas.errors import WireError

VARINT: Final = 0
FIXED64: Final = 1
BYTES: Final = 2
FIXED32: Final = 5
_WIDTH: Final = {FIXED64: 8, FIXED32: 4}
_VARINT_BYTES_MAX: Final = 10


def varint(value: int) -> bytes:
    """A number ≥ 0 as a varint: seven bits to a byte, lowest first."""
    if value < 0x80:
        return bytes((value,))
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def key(field: int, wire_type: int) -> bytes:
    """The key before a field's content."""
    return varint(field << 3 | wire_type)


def number(field: int, value: int) -> bytes:
    """A varint field."""
    return key(field, VARINT) + varint(value)


def block(field: int, content: bytes) -> bytes:
    """A field of text, bytes or a message."""
    return key(field, BYTES) + varint(len(content)) + content


def read_varint(data: bytes, at: int, end: int) -> tuple[int, int]:
    """A varint (its lower 64 bits) and where it ends. Raises WireError."""
    value = shift = 0
    for place in range(at, min(end, at + _VARINT_BYTES_MAX)):
        byte = data[place]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFF_FFFF_FFFF_FFFF, place + 1
        shift += 7
    raise WireError("sparkplug.payload", "The payload ends inside a number.")


def read_fields(data: bytes, at: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """Fields of a message in `data[at:end]` as (number, wire type, a, b): a is the value of a varint, otherwise the
    content is `data[a:b]`. Raises WireError where the bytes are no message."""
    while at < end:
        head = data[at]  # nearly every key and length is one byte: the short way for those
        if head < 0x80:
            at += 1
        else:
            head, at = read_varint(data, at, end)
        field, wire_type = head >> 3, head & 7
        if not field:
            raise WireError("sparkplug.payload", "The payload has a field 0.")
        if wire_type == VARINT:
            value, at = read_varint(data, at, end)
            yield field, VARINT, value, at
            continue
        if wire_type == BYTES:
            if at < end and data[at] < 0x80:
                size, at = data[at], at + 1
            else:
                size, at = read_varint(data, at, end)
        elif wire_type in _WIDTH:
            size = _WIDTH[wire_type]
        else:
            raise WireError("sparkplug.payload", f"The payload has a field of wire type {wire_type}.")
        if size > end - at:
            raise WireError("sparkplug.payload", "The payload ends inside a field.")
        yield field, wire_type, at, at + size
        at += size


def text_at(data: bytes, at: int, end: int) -> str:
    """Text of a field. Raises WireError where it is not UTF-8."""
    try:
        return data[at:end].decode()
    except UnicodeDecodeError as error:
        raise WireError("sparkplug.payload", "A text in the payload is not UTF-8.") from error
