"""Percentiles of durations in fixed memory: a histogram with logarithmic buckets, no object per value."""

from __future__ import annotations

import math
from array import array
from typing import Final

#: Buckets in each power of two: a percentile is off by 1/32 of its value at most.
_PARTS: Final = 16
#: The first power of two: 2^-17 s = 7.6 µs; what is shorter counts as that.
_FIRST: Final = -16
_POWERS: Final = 24
_SIZE: Final = _PARTS * _POWERS
#: Two histograms take turns, so that percentiles speak of the last five to ten minutes.
WINDOW_S: Final = 300.0


def _bucket(seconds: float) -> int:
    if seconds <= 0.0:
        return 0
    part, power = math.frexp(seconds)  # part in [0.5, 1)
    place = (power - _FIRST) * _PARTS + int((part - 0.5) * 2 * _PARTS)
    return min(max(place, 0), _SIZE - 1)


def _middle(place: int) -> float:
    power, part = divmod(place, _PARTS)
    return math.ldexp(0.5 + (part + 0.5) / (2 * _PARTS), power + _FIRST)


class RollingHistogram:
    """Durations from 8 µs to 128 s of the last five to ten minutes; 3 KB, whatever comes."""

    __slots__ = ("_before", "_now", "_turned", "count", "total_s")

    def __init__(self, now: float) -> None:
        self._now = array("I", bytes(4 * _SIZE))
        self._before = array("I", bytes(4 * _SIZE))
        self._turned = now
        #: Since the start, not only of the window.
        self.count = 0
        self.total_s = 0.0

    def add(self, seconds: float, now: float) -> None:
        """Counts one duration; `now` in monotonic seconds."""
        if now - self._turned >= WINDOW_S:
            self._turn(now)
        self._now[_bucket(seconds)] += 1
        self.count += 1
        self.total_s += seconds

    def percentiles(self, shares: tuple[float, ...], now: float) -> list[float]:
        """Seconds below which these shares (0 to 1) of the durations lay; empty where there were none."""
        if now - self._turned >= WINDOW_S:
            self._turn(now)
        counts = [a + b for a, b in zip(self._now, self._before, strict=True)]
        whole = sum(counts)
        if not whole:
            return []
        out: list[float] = []
        below, place = 0, -1
        for wanted in (max(1, math.ceil(share * whole)) for share in sorted(shares)):
            while below < wanted:
                place += 1
                below += counts[place]
            out.append(_middle(place))
        return out

    def _turn(self, now: float) -> None:
        late = now - self._turned >= 2 * WINDOW_S
        self._before, self._now = self._now, self._before
        self._now[:] = array("I", bytes(4 * _SIZE))
        if late:
            self._before[:] = array("I", bytes(4 * _SIZE))
        self._turned = now
