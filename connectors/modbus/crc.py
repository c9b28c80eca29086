"""CRC of RTU frames (Modbus over Serial Line V1.02, 6.2.2), of a whole frame at once."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["ADU_MAX", "crc16"]

#: Bytes of the longest RTU frame.
ADU_MAX: Final = 256
_POLYNOMIAL: Final = 0xA001
_START: Final = 0xFFFF


def _table() -> NDArray[np.uint16]:
    """What a byte adds to the sum when `row` bytes follow it: the sum is linear, so that contributions just add."""
    value = np.arange(256, dtype=np.uint16)
    for _ in range(8):
        value = np.where(value & 1, value >> 1 ^ _POLYNOMIAL, value >> 1).astype(np.uint16)
    rows = [value]
    for _ in range(ADU_MAX - 1):
        rows.append(rows[-1] >> 8 ^ value[rows[-1] & 0xFF])
    return np.concatenate(rows)


class _Tables:
    """Made with the first frame: 128 KiB that an agent without a serial line does not need."""

    parts: NDArray[np.uint16] | None = None
    #: Where the row of a byte begins, for the bytes of the longest frame in order.
    rows: Final = np.arange(ADU_MAX - 1, -1, -1, dtype=np.intp) * 256


def crc16(data: bytes) -> bytes:
    """The two bytes of the check sum as they are sent, low byte first; what is longer than a frame takes longer."""
    count = len(data)
    if not 2 <= count <= ADU_MAX:
        return _bit_by_bit(data)
    if _Tables.parts is None:
        _Tables.parts = _table()
    # What the sum starts with lies over the first two bytes.
    octets = np.frombuffer(bytes((data[0] ^ 0xFF, data[1] ^ 0xFF)) + data[2:], np.uint8)
    value = int(np.bitwise_xor.reduce(_Tables.parts[_Tables.rows[ADU_MAX - count :] + octets]))
    return value.to_bytes(2, "little")


def _bit_by_bit(data: bytes) -> bytes:
    value = _START
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ _POLYNOMIAL if value & 1 else value >> 1
    return value.to_bytes(2, "little")
