"""Recorded times: which column, which format, which zone; to integer µs UTC."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from schemas.errors import ConfigError

__all__ = ["LocalZone", "TimeFormat", "find_time_format", "machine_zone", "named_zone", "to_utc_us"]

_EPOCH = datetime(1970, 1, 1)
_MICROSECOND = timedelta(microseconds=1)
_DATES = ("%d.%m.%Y", "%Y/%m/%d", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%Y.%m.%d", "%Y年%m月%d日", "%d-%b-%Y")
_CLOCKS = (" %H:%M:%S", " %H:%M:%S.%f", " %H:%M", " %I:%M:%S %p", " %H时%M分%S秒", "")
_STRPTIME = (*tuple(date + clock for date in _DATES for clock in _CLOCKS), "%Y年%m月%d日%H:%M:%S")
_COMPACT = "%Y%m%d%H%M%S"  # only for exactly 14 digits: strptime takes shorter numbers apart, too
_ISO = re.compile(r"\d{4}-\d\d?-\d\d?([T ].*)?|\d{8}T\d+.*")
_EPOCH_UNITS = (("epoch_s", 1e8, 1e10), ("epoch_ms", 1e11, 1e13), ("epoch_us", 1e14, 1e16))  # 1973 to 2286
_TIME_NAMES = re.compile(
    r"(^|[^a-z])(time|date|datetime|timestamp|ts|epoch|utc)([^a-z]|$)|time|时间|日期", re.IGNORECASE
)
_SAMPLE = 200
_SHARE = 0.9


@dataclass(frozen=True)
class TimeFormat:
    """How the times of one column are written: ``iso``, ``epoch_s|ms|us`` or a strptime pattern."""

    name: str

    def parse(self, text: str) -> datetime | int | None:
        """A naive or aware datetime, µs since 1970 for epochs, or None when the text is no such time."""
        if self.name.startswith("epoch"):
            scale = {"epoch_s": 1_000_000, "epoch_ms": 1_000, "epoch_us": 1}[self.name]
            try:
                return round(float(text) * scale) if "." in text else int(text) * scale
            except ValueError:
                return None
        try:
            return _parse_iso(text) if self.name == "iso" else datetime.strptime(text, self.name)
        except ValueError:
            return None


class LocalZone:
    """The machine's own rules, where its zone has no name that we can find."""

    key = "the machine's local time"

    def offset(self, naive: datetime, fold: int) -> timedelta:
        """UTC offset of a wall-clock time."""
        offset = naive.replace(fold=fold).astimezone().utcoffset()
        return offset if offset is not None else timedelta(0)


@dataclass(frozen=True)
class NamedZone:
    """A zone of the tz database."""

    zone: ZoneInfo

    @property
    def key(self) -> str:
        """Its name, as ``Europe/Berlin``."""
        return self.zone.key

    def offset(self, naive: datetime, fold: int) -> timedelta:
        """UTC offset of a wall-clock time."""
        offset = naive.replace(tzinfo=self.zone, fold=fold).utcoffset()
        return offset if offset is not None else timedelta(0)


Zone = LocalZone | NamedZone


def named_zone(name: str) -> Zone:
    """The zone called ``name``. Raises ConfigError when the tz database has no such zone."""
    try:
        return NamedZone(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ConfigError("replay.zone", f"no time zone {name!r}", hint="an IANA name: Europe/Berlin, UTC") from error


def machine_zone() -> Zone:
    """The zone this machine is set to: TZ, then the localtime link, then its local rules; UTC by name."""
    candidates = [os.environ.get("TZ", "").lstrip(":")]
    link = Path("/etc/localtime")
    if link.is_symlink():
        candidates.append(os.path.realpath(link).partition("zoneinfo/")[2])
    for name in candidates:
        if name and not name.startswith("/"):
            try:
                return NamedZone(ZoneInfo(name))
            except (ZoneInfoNotFoundError, ValueError):
                continue
    return named_zone("UTC") if time.timezone == 0 and not time.daylight else LocalZone()


def find_time_format(label: str, cells: Sequence[str], *, given: bool = False) -> TimeFormat | None:
    """The format that reads at least nine in ten cells, or None.

    Plain numbers count as a time only in a column that is called so, or is ``given`` as the time column.
    Where day and month cannot be told apart, rising times decide, then the day comes first.
    """
    step = max(1, len(cells) // _SAMPLE)
    sample = [cell for cell in cells[::step] if cell]
    if not sample:
        return None
    if sum(_ISO.fullmatch(cell) is not None for cell in sample) >= _SHARE * len(sample):
        return TimeFormat("iso")
    if given or _TIME_NAMES.search(label):
        for name, low, high in _EPOCH_UNITS:
            if sum(_in_range(cell, low, high) for cell in sample) >= _SHARE * len(sample):
                return TimeFormat(name)
    if all(re.fullmatch(r"\d{14}", cell) for cell in sample):
        return TimeFormat(_COMPACT) if TimeFormat(_COMPACT).parse(sample[0]) is not None else None
    scores = [(sum(TimeFormat(form).parse(c) is not None for c in sample), form) for form in _STRPTIME]
    best = max(score for score, _ in scores)
    if best < _SHARE * len(sample):
        return None
    equal = [TimeFormat(form) for score, form in scores if score == best]
    return min(equal, key=lambda form: _misfit(form, cells))


def to_utc_us(moment: datetime | int, zone: Zone, previous_us: int | None) -> int:
    """µs UTC of a parsed time. In the repeated hour of autumn the earlier reading holds until time would go back."""
    if isinstance(moment, int):
        return moment
    if moment.tzinfo is not None:
        return (moment.astimezone(UTC).replace(tzinfo=None) - _EPOCH) // _MICROSECOND
    wall = (moment - _EPOCH) // _MICROSECOND
    first = wall - zone.offset(moment, 0) // _MICROSECOND
    if previous_us is None or first >= previous_us:
        return first
    second = wall - zone.offset(moment, 1) // _MICROSECOND
    return second if second > first and second >= previous_us else first


def _parse_iso(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        for pattern in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d %H:%M"):  # 2020-2-8 9:05:00
            try:
                return datetime.strptime(text, pattern)
            except ValueError:
                continue
        raise


def _in_range(cell: str, low: float, high: float) -> bool:
    try:
        return low <= float(cell) < high
    except ValueError:
        return False


def _misfit(form: TimeFormat, cells: Sequence[str]) -> int:
    parse: Callable[[str], datetime | int | None] = form.parse
    bad, previous = 0, None
    for cell in cells[:5000]:
        moment = parse(cell)
        if not isinstance(moment, datetime):
            bad += 1
            continue
        bad += previous is not None and moment < previous
        previous = moment
    return bad
