"""Quality codes of a sample: one byte, an append-only list.

0-63 good, 64-127 uncertain, 128-255 bad. A bad sample has no value (null).
Sources: Modbus Application Protocol V1.1b3 §7 (exception codes), OPC UA Part 8 (StatusCode
severities), Sparkplug 3.0 §6.4.14 (192 good, 500 stale, 0 bad).
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Quality(IntEnum):
    """What is known about a sample's value."""

    GOOD = 0
    MANUAL = 1
    UNCERTAIN = 64
    CLOCK = 65
    OUT_OF_RANGE = 66
    BAD = 128
    NO_COMMUNICATION = 129
    TIMEOUT = 130
    DEVICE_ERROR = 131
    BAD_ADDRESS = 132
    FUNCTION_NOT_SUPPORTED = 133
    SENSOR = 134
    NOT_IMPLEMENTED = 135
    NOT_A_NUMBER = 136
    OUT_OF_SERVICE = 137
    ACCESS_DENIED = 138
    TYPE_MISMATCH = 139
    WAITING = 140
    OVERFLOW = 141


UNCERTAIN_FROM = 64
BAD_FROM = 128

#: Modbus exception code → quality (Modbus Application Protocol V1.1b3 §7).
FROM_MODBUS_EXCEPTION: dict[int, Quality] = {
    1: Quality.FUNCTION_NOT_SUPPORTED,
    2: Quality.BAD_ADDRESS,
    3: Quality.BAD_ADDRESS,
    4: Quality.DEVICE_ERROR,
    5: Quality.DEVICE_ERROR,
    6: Quality.DEVICE_ERROR,
    8: Quality.DEVICE_ERROR,
    10: Quality.NO_COMMUNICATION,
    11: Quality.TIMEOUT,
}

#: OPC UA StatusCode, upper 16 bits → quality; what is not listed goes by its severity bits.
FROM_OPCUA_STATUS: dict[int, Quality] = {
    0x8005: Quality.NO_COMMUNICATION,  # BadCommunicationError
    0x800A: Quality.TIMEOUT,  # BadTimeout
    0x801F: Quality.ACCESS_DENIED,  # BadUserAccessDenied
    0x8031: Quality.NO_COMMUNICATION,  # BadNoCommunication
    0x8032: Quality.WAITING,  # BadWaitingForInitialData
    0x8033: Quality.BAD_ADDRESS,  # BadNodeIdInvalid
    0x8034: Quality.BAD_ADDRESS,  # BadNodeIdUnknown
    0x8035: Quality.BAD_ADDRESS,  # BadAttributeIdInvalid
    0x803A: Quality.ACCESS_DENIED,  # BadNotReadable
    0x803C: Quality.OUT_OF_RANGE,  # BadOutOfRange
    0x803D: Quality.FUNCTION_NOT_SUPPORTED,  # BadNotSupported
    0x8074: Quality.TYPE_MISMATCH,  # BadTypeMismatch
    0x808A: Quality.NO_COMMUNICATION,  # BadNotConnected
    0x808B: Quality.DEVICE_ERROR,  # BadDeviceFailure
    0x808C: Quality.SENSOR,  # BadSensorFailure
    0x808D: Quality.OUT_OF_SERVICE,  # BadOutOfService
}

#: What a person reads for each code (English; the web app has its own catalogue).
LABELS: dict[int, str] = {int(quality): quality.name.replace("_", " ").lower() for quality in Quality}


def from_opcua_status(status: int) -> Quality:
    """Quality for a 32-bit OPC UA StatusCode (Part 4 §7.39)."""
    known = FROM_OPCUA_STATUS.get((status >> 16) & 0xFFFF)
    if known is not None and (known >= BAD_FROM) == (status >> 30 >= 2):
        return known
    severity = (status >> 30) & 0b11
    if severity == 0:
        return Quality.GOOD
    return Quality.UNCERTAIN if severity == 1 else Quality.BAD


def to_sparkplug(quality: int) -> int:
    """Sparkplug 3.0 quality property: 192 good, 0 bad."""
    return 192 if quality < BAD_FROM else 0


def is_bad(quality: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Mask of the bad samples of a quality column."""
    mask: NDArray[np.bool_] = quality >= BAD_FROM
    return mask


def worst(*qualities: int) -> int:
    """The quality of something computed from several samples: the worst of theirs."""
    return max(qualities, default=int(Quality.GOOD))


def label(quality: int) -> str:
    """A short English word for a code; unknown codes go by their range."""
    known: Any = LABELS.get(quality)
    if known is not None:
        return str(known)
    if quality >= BAD_FROM:
        return "bad"
    return "uncertain" if quality >= UNCERTAIN_FROM else "good"
