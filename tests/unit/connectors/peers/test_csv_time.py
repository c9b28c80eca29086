"""Recorded times to µs UTC: formats, zones, the hour that comes twice."""

import itertools
from datetime import UTC, datetime

import pytest

from connectors.peers.replay.csv_time import TimeFormat, find_time_format, machine_zone, named_zone, to_utc_us
from schemas.errors import ConfigError


def _us(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp()) * 1_000_000


@pytest.mark.parametrize(
    ("cell", "expected", "us"),
    [
        ("2020-02-08 13:30:47", "iso", _us(2020, 2, 8, 13, 30, 47)),
        ("2020-02-08T13:30:47.250Z", "iso", _us(2020, 2, 8, 13, 30, 47) + 250_000),
        ("2020-02-08T13:30:47+02:00", "iso", _us(2020, 2, 8, 11, 30, 47)),
        ("2020-2-8 9:05:00", "iso", _us(2020, 2, 8, 9, 5)),
        ("31.12.2020 23:59:58", "%d.%m.%Y %H:%M:%S", _us(2020, 12, 31, 23, 59, 58)),
        ("2020/2/8 13:30", "%Y/%m/%d %H:%M", _us(2020, 2, 8, 13, 30)),
        ("02/28/2020 01:30:00 PM", "%m/%d/%Y %I:%M:%S %p", _us(2020, 2, 28, 13, 30)),
        ("2020年02月08日 13:30:47", "%Y年%m月%d日 %H:%M:%S", _us(2020, 2, 8, 13, 30, 47)),
        ("20200208133047", "%Y%m%d%H%M%S", _us(2020, 2, 8, 13, 30, 47)),
        ("1581168647", "epoch_s", 1581168647_000_000),
        ("1581168647123", "epoch_ms", 1581168647_123_000),
        ("1581168647123456", "epoch_us", 1581168647_123_456),
    ],
)
def test_formats_are_found_and_read(cell: str, expected: str, us: int) -> None:
    form = find_time_format("timestamp", [cell] * 3)
    assert form == TimeFormat(expected)
    moment = form.parse(cell)
    assert moment is not None
    assert to_utc_us(moment, named_zone("UTC"), None) == us


def test_a_number_in_a_column_of_another_name_is_no_time() -> None:
    assert find_time_format("pressure", ["1581168647"] * 3) is None
    assert find_time_format("pressure", ["1581168647"] * 3, given=True) == TimeFormat("epoch_s")


def test_words_are_no_times() -> None:
    assert find_time_format("time", ["soon", "later"]) is None


def test_day_and_month_are_told_apart_by_rising_times() -> None:
    american = [f"{month:02}/01/2020 00:00:00" for month in range(1, 13)]
    assert find_time_format("t", american) == TimeFormat("%d/%m/%Y %H:%M:%S")  # 1 … 12 January rises too
    days = [f"01/{day:02}/2020 00:00:00" for day in range(9, 13)] + ["01/13/2020 00:00:00"]
    assert find_time_format("t", days * 3) == TimeFormat("%m/%d/%Y %H:%M:%S")
    european = ["30/01/2020 00:00:00", "31/01/2020 00:00:00", "01/02/2020 00:00:00"]
    assert find_time_format("t", european) == TimeFormat("%d/%m/%Y %H:%M:%S")


def test_the_repeated_hour_goes_forward() -> None:
    zone, previous, seen = named_zone("Europe/Berlin"), None, []
    for clock in ("01:30", "02:00", "02:30", "02:00", "02:30", "03:00"):
        previous = to_utc_us(datetime.fromisoformat(f"2025-10-26 {clock}"), zone, previous)
        seen.append(previous)
    steps = [(after - before) // 1_000_000 for before, after in itertools.pairwise(seen)]
    assert steps == [1800, 1800, 1800, 1800, 1800]


def test_times_that_go_back_otherwise_stay_as_they_are() -> None:
    zone = named_zone("Europe/Berlin")
    late = to_utc_us(datetime(2025, 6, 1, 12), zone, None)
    assert to_utc_us(datetime(2025, 6, 1, 11), zone, late) == late - 3600 * 1_000_000


def test_zones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    assert machine_zone().key == "Asia/Shanghai"
    assert to_utc_us(datetime(2020, 1, 1, 8), machine_zone(), None) == _us(2020, 1, 1)
    with pytest.raises(ConfigError, match="no time zone"):
        named_zone("Mars/Olympus")
