"""What a CPU answers: the items of a read, its return codes, and what they mean for people."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final

from schemas.quality import Quality

__all__ = ["ACCESS_ERRORS", "ADDRESS_CODES", "ADDRESS_ERRORS", "GOOD", "meaning", "quality_of", "split_items"]

GOOD: Final = 0xFF
#: Return codes of an item that will not change soon: the address or the right to it is wrong.
ADDRESS_CODES: Final = frozenset({0x03, 0x05, 0x06, 0x07, 0x0A})
_QUALITY: Final = {
    0x01: Quality.DEVICE_ERROR,
    0x03: Quality.ACCESS_DENIED,
    0x05: Quality.BAD_ADDRESS,
    0x06: Quality.TYPE_MISMATCH,
    0x07: Quality.TYPE_MISMATCH,
    0x0A: Quality.BAD_ADDRESS,
}
_MEANING: Final = {
    0x01: "the CPU reports a hardware fault",
    0x03: "access is not allowed",
    0x05: "the address is beyond the end of the block or area",
    0x06: "the CPU does not support this type there",
    0x07: "the type does not fit",
    0x0A: "the block does not exist, or it has optimised block access (switch that off in its properties)",
}
#: Errors of a whole message by which a CPU keeps others out: PUT/GET not permitted, or a protection level.
ACCESS_ERRORS: Final = frozenset({0x8104, 0x8703, 0xD241, 0xD602})
#: Errors of a whole message by which some CPUs refuse one address in it.
ADDRESS_ERRORS: Final = frozenset({0x8404, 0x8701, 0xD012, 0xD015, 0xD042})
#: Transport sizes whose length is in bits (BYTE/WORD and INTEGER); that of the others is in bytes.
_IN_BITS: Final = frozenset({0x04, 0x05})
_IN_BYTES: Final = frozenset({0x03, 0x06, 0x07, 0x09})


def quality_of(code: int) -> Quality:
    """Quality of a tag whose item has this return code."""
    return _QUALITY.get(code, Quality.DEVICE_ERROR)


def meaning(code: int) -> str:
    """A return code in plain words."""
    return _MEANING.get(code, f"the CPU answers with code 0x{code:02x}")


def split_items(data: bytes, sizes: Sequence[int]) -> list[bytes | int]:
    """The bytes of each item of a read answer, or its return code. Raises ValueError for an answer that is none.

    Each item is code, transport size, length and data; all but the last are filled to an even length.
    """
    out: list[bytes | int] = []
    place = 0
    for size in sizes:
        if place + 4 > len(data):
            raise ValueError("an answer is cut short")
        code, transport, length = struct.unpack_from(">BBH", data, place)
        place += 4
        if code != GOOD:
            out.append(code)
            continue
        if transport in _IN_BITS:
            length, rest = divmod(length, 8)
        elif transport in _IN_BYTES:
            rest = 0
        else:
            raise ValueError("an answer has data of an unknown kind")
        if rest or length != size or place + length > len(data):
            raise ValueError("an answer has another length than was asked for")
        out.append(data[place : place + length])
        place += length + length % 2
    if place < len(data):
        raise ValueError("an answer has more than was asked for")
    return out
