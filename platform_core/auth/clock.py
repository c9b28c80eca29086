"""The wall clock in the unit of the whole platform: integer µs UTC."""

from __future__ import annotations

import time
from collections.abc import Callable

Clock = Callable[[], int]

SECOND_US = 1_000_000


def now_us() -> int:
    """µs since 1970-01-01 UTC."""
    return time.time_ns() // 1000
