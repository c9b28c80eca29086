"""The time of a row: parsed as configured, in the zone configured, and what is doubtful about it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from connectors.drivers.csv_folder.config import CsvFolderConfig

__all__ = ["RowClock", "RowTime"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
#: A row that is further ahead than this was written with a wrong clock, format or zone.
FUTURE_MAX_US: Final = 86_400_000_000
_UNIX: Final = {"unix_s": 1_000_000, "unix_ms": 1000}


@dataclass(frozen=True, slots=True)
class RowTime:
    """µs UTC; `sure` is false for an hour that the zone has twice or not at all."""

    us: int
    sure: bool = True


class RowClock:
    """Times of the rows of one connection."""

    def __init__(self, config: CsvFolderConfig) -> None:
        self._format = config.time_format
        self._zone = ZoneInfo(config.time_zone) if config.time_zone else None

    def parse(self, text: str, last_us: int) -> RowTime:
        """Time of a row; `last_us` is that of the row before it in the file (0: none), which tells the two passes of a
        doubled hour apart. Raises ValueError with the reason in words."""
        found = self._parse(text, last_us)
        if found.us <= 0:
            raise ValueError(f"the time '{text}' is before 1970")
        if found.us > time.time_ns() // 1000 + FUTURE_MAX_US:
            raise ValueError(f"the time '{text}' lies more than a day ahead")
        return found

    def _parse(self, text: str, last_us: int) -> RowTime:
        factor = _UNIX.get(self._format)
        try:
            if factor is not None:
                return RowTime(round(float(text) * factor))
            if self._format == "iso8601":
                moment = datetime.fromisoformat(text)
            else:
                moment = datetime.strptime(text, self._format)
        except (ValueError, OverflowError):
            raise ValueError(f"'{text[:60]}' is no time in the form {self._format}") from None
        if moment.tzinfo is not None:
            return RowTime(_us(moment))
        if self._zone is None:
            raise ValueError(f"the time '{text}' has no offset: set time_zone")
        return _local(moment, self._zone, last_us)


def _local(moment: datetime, zone: ZoneInfo, last_us: int) -> RowTime:
    first = moment.replace(tzinfo=zone, fold=0)
    second = moment.replace(tzinfo=zone, fold=1)
    if first.utcoffset() == second.utcoffset():
        return RowTime(_us(first))
    early, late = sorted((_us(first), _us(second)))
    # A doubled hour: the second pass is what would go back behind the row before.
    return RowTime(late if last_us > early else early, sure=False)


def _us(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND
