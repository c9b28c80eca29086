"""Functions of time: seconds since 1970 (UTC), read on the clock of a zone. Twin of sdk/expr/clock.ts."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from schemas.expr.arithmetic import Maker
from schemas.expr.operators import no_value
from schemas.expr.run import Code, Raw, Run, fault, finite
from schemas.expr.value import BAD

#: 1970 to 2199: before, zones were kept in other ways; later, nobody knows.
_END_S: Final = 7258118400
#: To ask for the offset of a zone takes longer than to add.
_ZONE_STEPS: Final = 24
_QUARTER_S: Final = 900
_PATTERN_MAX: Final = 40
_ZONE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}")
_TOKEN: Final = re.compile(r"yyyy|MM|dd|HH|mm|ss|EEE")
_DAYS: Final = {
    "en": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    "zh-CN": ["周一", "周二", "周三", "周四", "周五", "周六", "周日"],
}


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo | None:
    if len(name) > 40 or not _ZONE.fullmatch(name):
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        exact = _by_small_letters().get(name.lower())
        return ZoneInfo(exact) if exact else None


@lru_cache(maxsize=1)
def _by_small_letters() -> dict[str, str]:
    """Browsers take zone names in any letters; files are named in one way."""
    return {name.lower(): name for name in available_timezones()}


@lru_cache(maxsize=4096)
def _offset_s(name: str, quarter: int) -> int:
    """Offset of a known zone in a quarter of an hour: changes of the clocks happen between them."""
    offset = datetime.fromtimestamp(quarter * _QUARTER_S, _zone(name)).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0


def _wall(run: Run, at_s: float, zone: str) -> datetime | None:
    """What the clock of a zone shows, as if it were UTC; None after a fault."""
    if not 0 <= at_s < _END_S:
        fault(run, BAD, "time_range")
        return None
    run.steps += _ZONE_STEPS
    if _zone(zone) is None:
        fault(run, BAD, "zone")
        return None
    whole = math.floor(at_s)
    return datetime.fromtimestamp(whole + _offset_s(zone, whole // _QUARTER_S), UTC)


def _field(of: Callable[[datetime], int]) -> Maker:
    def maker(args: Sequence[Code]) -> Code:
        def code(run: Run) -> Raw:
            at_s = args[0](run)
            zone = args[1](run) if len(args) > 1 else run.zone
            if type(at_s) is not float or type(zone) is not str:
                return no_value(run, at_s, zone)
            date = _wall(run, at_s, zone)
            return None if date is None else float(of(date))

        return code

    return maker


def _written(date: datetime, pattern: str, language: str) -> str:
    parts = {
        "yyyy": str(date.year),
        "MM": f"{date.month:02}",
        "dd": f"{date.day:02}",
        "HH": f"{date.hour:02}",
        "mm": f"{date.minute:02}",
        "ss": f"{date.second:02}",
        "EEE": _DAYS.get(language, _DAYS["en"])[date.weekday()],
    }
    return _TOKEN.sub(lambda token: parts[token.group()], pattern)


def _format_time(args: Sequence[Code]) -> Code:
    def code(run: Run) -> Raw:
        at_s = args[0](run)
        pattern = args[1](run)
        zone = args[2](run) if len(args) > 2 else run.zone
        if type(at_s) is not float or type(pattern) is not str or type(zone) is not str:
            return no_value(run, at_s, pattern, zone)
        if len(pattern) > _PATTERN_MAX:
            return fault(run, BAD, "pattern")
        date = _wall(run, at_s, zone)
        return None if date is None else _written(date, pattern, run.language)

    return code


def _span(seconds: float) -> Maker:
    def maker(args: Sequence[Code]) -> Code:
        def code(run: Run) -> Raw:
            n = args[0](run)
            return finite(run, n * seconds) if type(n) is float else no_value(run, n)

        return code

    return maker


TIME: Final[Mapping[str, Maker]] = {
    "now": lambda _args: lambda run: run.now / 1e6,
    "year": _field(lambda date: date.year),
    "month": _field(lambda date: date.month),
    "day": _field(lambda date: date.day),
    "hour": _field(lambda date: date.hour),
    "minute": _field(lambda date: date.minute),
    "second": _field(lambda date: date.second),
    "weekday": _field(lambda date: date.isoweekday()),
    "seconds": _span(1.0),
    "minutes": _span(60.0),
    "hours": _span(3600.0),
    "days": _span(86400.0),
    "format_time": _format_time,
}
