"""Which time a sample carries: the device's where it can be trusted, else that of acquisition.

Within one run no two samples of a tag have the same time: a repetition gets 1 µs more. A clock that
was set back far is followed; what it repeats is then looked up among the last times.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from schemas.quality import Quality

#: A step back below this is a repetition or jitter of the clock; beyond it the clock was set.
STEP_BACK_US = 1_000_000
LAG_MAX_MS = 2**31 - 1
REMEMBERED = 65_536


class RecordedTimes:
    """The last device times of a sequence of rows, to keep repeated ones apart."""

    def __init__(self) -> None:
        self._ring = np.zeros(REMEMBERED, dtype=np.int64)
        self._at = 0
        self._latest = 0

    def unique(self, ts: int) -> int:
        """`ts`, or the next free µs where it was used before."""
        if ts <= self._latest:
            while (self._ring == ts).any():
                ts += 1
        self._latest = max(self._latest, ts)
        self._ring[self._at % REMEMBERED] = ts
        self._at += 1
        return ts


def unique_times(ts: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.int64]:
    """Times that differ from each tag's last one (0 = none); see STEP_BACK_US."""
    repeats = (ts <= last) & (ts > last - STEP_BACK_US)
    return np.where(repeats, last + 1, ts) if repeats.any() else ts


def lag_ms(acquired: NDArray[np.int64], ts: NDArray[np.int64]) -> NDArray[np.int32]:
    """Acquisition minus device time, in ms, held within 32 bits."""
    lag: NDArray[np.int32] = np.clip((acquired - ts) // 1000, -LAG_MAX_MS, LAG_MAX_MS).astype(np.int32)
    return lag


def trusted(
    device: NDArray[np.int64], acquired: NDArray[np.int64], q: NDArray[np.uint8], skew_max_us: int | None
) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Device time (0 = none given) within the skew; elsewhere acquisition time, and a good value
    whose device clock is off becomes uncertain (65)."""
    given = device > 0
    if skew_max_us is None:
        return np.where(given, device, acquired), q
    off = given & (np.abs(device - acquired) > skew_max_us)
    ts = np.where(given & ~off, device, acquired)
    quality = np.where(off & (q < Quality.UNCERTAIN), np.uint8(Quality.CLOCK), q).astype(np.uint8)
    return ts, quality
