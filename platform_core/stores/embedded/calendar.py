"""Where buckets begin: by the epoch below an hour, by the wall clock of a zone from an hour on."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from platform_core.stores.base import IntArray
from schemas.errors import ConfigError

SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US
BUCKETS_MAX = 1_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Steps a person would choose, in µs: what `step_for` picks from.
NICE_STEPS_US: tuple[int, ...] = (
    *(digit * 10**power for power in range(3, 6) for digit in (1, 2, 5)),
    *(count * SECOND_US for count in (1, 2, 5, 10, 15, 30)),
    *(count * MINUTE_US for count in (1, 2, 5, 10, 15, 30)),
    *(count * HOUR_US for count in (1, 2, 3, 4, 6, 8, 12)),
    *(count * DAY_US for count in (1, 2, 7, 14, 28, 91, 364)),
)


def step_for(t0: int, t1: int, points: int) -> int:
    """The finest nice step that cuts `[t0, t1)` into at most `points` buckets (of equal length)."""
    for step in NICE_STEPS_US:
        if (t1 - t0) <= step * points:
            return step
    return -(-(t1 - t0) // (points * DAY_US)) * DAY_US


def bucket_starts(t0: int, t1: int, step_us: int, tz: str) -> IntArray:
    """Beginnings of all buckets that touch `[t0, t1)`, the first at or before `t0`.

    Raises ConfigError: a step that is not positive, or above a day and no whole
    number of days; an unknown zone; more than a million buckets.
    """
    if step_us <= 0 or (step_us > DAY_US and step_us % DAY_US):
        raise ConfigError(
            "store.step", f"A step of {step_us} µs is not possible.", hint="Above a day, steps are whole days."
        )
    if (t1 - t0) // step_us > BUCKETS_MAX:
        raise ConfigError(
            "store.buckets", f"The range has more than {BUCKETS_MAX} buckets.", hint="Choose a longer step."
        )
    if t1 <= t0:
        return np.empty(0, "i8")
    if step_us < HOUR_US:
        return np.arange(t0 // step_us * step_us, t1, step_us, dtype="i8")
    return _local_starts(t0, t1, step_us, _zone(tz))


def _zone(tz: str) -> ZoneInfo:
    try:
        return ZoneInfo(tz)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ConfigError(
            "store.zone", f"There is no time zone {tz!r}.", hint="Write one like Europe/Berlin."
        ) from None


def _local_starts(t0: int, t1: int, step_us: int, zone: ZoneInfo) -> IntArray:
    """Wall-clock edges; the days needed reach one beyond the range on both sides."""
    days_per_step = max(1, step_us // DAY_US)
    first = (t0 // DAY_US - 1) // days_per_step * days_per_step - days_per_step
    last = t1 // DAY_US + 2
    found: list[int] = []
    for day in range(first, last, days_per_step):
        found.extend(_day_starts(day, min(step_us, DAY_US), zone))
    edges = np.unique(np.array(found, "i8"))
    lo = max(0, int(np.searchsorted(edges, t0, side="right")) - 1)
    return edges[lo : int(np.searchsorted(edges, t1, side="left"))]


@lru_cache(maxsize=4_096)
def _day_starts(day: int, step_us: int, zone: ZoneInfo) -> tuple[int, ...]:
    """Instants at which the wall clock of one local day reads a multiple of the step.

    An hour that comes twice begins twice when the step is an hour; longer
    steps begin at the first of the two. A time that is skipped falls on the
    moment of the change.
    """
    try:
        midnight = datetime.combine(date(1970, 1, 1) + timedelta(days=day), time(), zone)
    except OverflowError:
        return (day * DAY_US,)
    found: list[int] = []
    for offset in range(0, DAY_US, step_us):
        wall = midnight + timedelta(microseconds=offset)
        first, second = _instant_us(wall), _instant_us(wall.replace(fold=1))
        found.append(first)
        if step_us == HOUR_US and second > first:  # (a skipped time has the two the other way round)
            found.append(second)
    return tuple(found)


def _instant_us(wall: datetime) -> int:
    return (wall - EPOCH) // timedelta(microseconds=1)
