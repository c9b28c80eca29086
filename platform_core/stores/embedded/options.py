"""What can be set about the embedded store, with the defaults a plant runs on."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


def wall_clock_us() -> int:
    """Microseconds UTC, by the computer's clock."""
    return time.time_ns() // 1000


@dataclass(frozen=True, slots=True)
class StoreOptions:
    """Sizes in rows, times in seconds.

    `background` False leaves sealing and compacting to calls of `maintain`
    (and sealing to `apply` itself when the tail is full).
    """

    seal_rows: int = 1_000_000
    seal_age_s: float = 300.0
    tail_rows_max: int = 4_000_000
    hour_segments: int = 12
    day_close_s: float = 3_600.0
    late_settle_s: float = 900.0
    late_segments_max: int = 8
    rows_per_group: int = 65_536
    rows_per_small_group: int = 16_384
    merge_rows: int = 500_000
    minute_rollup_min_rows: int = 10
    background: bool = True
    clock_us: Callable[[], int] = wall_clock_us
