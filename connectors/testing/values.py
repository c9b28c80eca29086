"""Values every type must carry from device to column and back."""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from typing import Final

from schemas.models.tag import DataType

__all__ = ["RANGES", "SAMPLES", "TYPES", "same"]

Value = float | int | bool | str

#: Lowest value and the first one that does not fit.
RANGES: Final[Mapping[DataType, tuple[int, int]]] = {
    "int16": (-(2**15), 2**15),
    "uint16": (0, 2**16),
    "int32": (-(2**31), 2**31),
    "uint32": (0, 2**32),
    "int64": (-(2**63), 2**63),
    "uint64": (0, 2**64),
}
SAMPLES: Final[Mapping[DataType, tuple[Value, ...]]] = {
    "bool": (True, False, True),
    **{name: (low, high - 1, 0x0102 % high, 0) for name, (low, high) in RANGES.items()},
    "float32": (1.5, -0.0, 3.4028234663852886e38, 1.401298464324817e-45, -12.625),
    "float64": (math.pi, -1e300, 5e-324, 2.0**53 + 1, -12.625),
    "string": ("Drücke 1", "", "00123", "twelve chars"),
}
TYPES: Final[tuple[DataType, ...]] = tuple(SAMPLES)


def same(data_type: DataType | str, got: Value, wanted: Value) -> bool:
    """Equal to the last bit, so that 0.0 is not -0.0; text and whole numbers exactly."""
    if data_type in ("float32", "float64"):
        return struct.pack(">d", float(got)) == struct.pack(">d", float(wanted))
    return got == wanted
