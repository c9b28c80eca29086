"""Report by exception, row numbers, times: what becomes a sample, with which time."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from connectors.driver import Reading
from edge_agent.buffer.rows import SequenceKey
from edge_agent.pipeline.change import thinned_by
from edge_agent.pipeline.report import Reporter
from edge_agent.pipeline.scan import Cycle, ScanClass
from edge_agent.pipeline.sequence import SequenceTracker
from edge_agent.pipeline.stamp import RecordedTimes, unique_times
from schemas.models.connection import ConnectionConfig, ReportConfig
from schemas.models.tag import TagConfig
from schemas.quality import BAD_FROM, Quality
from schemas.wire.columns import columns

SECOND = 1_000_000
T0 = 1_700_000_000 * SECOND


def tag(name: str = "a", **how: Any) -> TagConfig:
    return TagConfig(name=name, address="holding:0", **how)


def reported(tags: list[TagConfig], reads: list[tuple[int, float, int]], **report: Any) -> list[bool]:
    """Which of the reads (seconds, value, quality) of the only tag are reported."""
    reporter = Reporter(tags, ReportConfig(**report))
    out = []
    for at, value, q in reads:
        group = columns(tags[0].kind, [0], [T0 + at * SECOND], [q], [value])
        chosen = bool(reporter.select(group)[0])
        if chosen:
            reporter.reported(group, group.ts)
        out.append(chosen)
    return out


def test_exact_repeats_are_silent_until_the_maximum_silence() -> None:
    reads = [(at, 5.0, 0) for at in range(0, 40, 10)] + [(40, 5.5, 0)]
    assert reported([tag()], reads, silence_max_s=30) == [True, False, False, True, True]


def test_deadband_is_measured_from_the_last_report_so_that_a_slow_drift_is_seen() -> None:
    reads = [(at, value, 0) for at, value in enumerate([10.0, 10.1, 10.2, 10.3, 10.15])]
    assert reported([tag(deadband=0.25)], reads) == [True, False, False, True, False]


def test_the_larger_of_absolute_and_percent_of_span_counts() -> None:
    wide = tag(deadband=0.1, deadband_percent=1.0, span=(0, 200))
    assert reported([wide], [(0, 10.0, 0), (1, 11.9, 0), (2, 12.1, 0)]) == [True, False, True]


def test_unsigned_differences_do_not_wrap() -> None:
    counter = tag(type="uint64", deadband=5)
    assert reported([counter], [(0, 10, 0), (1, 7, 0), (2, 2, 0)]) == [True, False, True]


def test_a_change_of_quality_is_always_reported_and_a_bad_one_only_once() -> None:
    reads = [(0, 5.0, 0), (1, 0.0, 130), (2, 0.0, 130), (3, 5.0, 0)]
    assert reported([tag()], reads) == [True, True, False, True]
    assert reported([tag()], reads, mode="always") == [True, True, False, True]


def test_mode_always_reports_every_good_read() -> None:
    assert reported([tag()], [(at, 5.0, 0) for at in range(3)], mode="always") == [True] * 3


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=60), st.floats(0, 10))
def test_what_is_reported_is_never_further_off_than_the_deadband(values: list[float], band: float) -> None:
    shown = None
    flags = reported([tag(type="float64", deadband=band)], [(0, value, 0) for value in values])
    for value, flag in zip(values, flags, strict=True):
        shown = value if flag else shown
        assert shown is not None
        assert abs(shown - value) <= band


@given(
    st.lists(st.one_of(st.floats(-100, 100), st.sampled_from([math.nan, 1e308, -1e308])), max_size=60),
    st.floats(0.01, 5),
)
def test_percent_of_span_as_a_default_of_the_connection_keeps_its_bound(values: list[float], percent: float) -> None:
    wide = tag(type="float64", span=(-100, 100))
    shown = math.nan
    one = scan([wide], report={"deadband_percent": percent})
    for at, value in enumerate(values):
        cycle = one.process([Reading(columns("f", [0], [T0 + at], [0], [value]))])
        for group in cycle.groups:
            shown = float(group.v[0]) if group.q[0] < BAD_FROM else math.nan
        assert math.isnan(value) == math.isnan(shown)
        assert math.isnan(value) or abs(shown - value) <= percent * 2 * (1 + 1e-12)


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=40), st.floats(0.5, 2**62))
def test_the_deadband_of_whole_numbers_is_exact(values: list[int], band: float) -> None:
    shown = None
    flags = reported([tag(type="int64", deadband=band)], [(0, value, 0) for value in values])
    for value, flag in zip(values, flags, strict=True):
        moved = shown is None or abs(value - shown) > Fraction(band)
        assert flag == moved
        shown = value if flag else shown


def test_only_exact_repeats_are_left_out_by_default() -> None:
    reads = [(0, 0.0, 0), (0, -0.0, 0), (0, -0.0, 0), (0, 5e-324, 0), (0, 5e-324, 0)]
    assert reported([tag(type="float64")], reads) == [True, True, False, True, False]


def test_a_tag_that_says_how_takes_nothing_of_its_connection() -> None:
    report = ReportConfig(deadband=2.0)
    said = [thinned_by(one, report) for one in (tag(), tag(deadband=0), tag(swinging_door=1), tag(type="bool"))]
    assert [None if one is None else (one.by, one.within) for one in said] == [
        ("deadband", 2.0), None, ("swinging_door", 1.0), None,
    ]  # fmt: skip


def test_a_value_beyond_its_limit_is_reported_although_it_moved_less_than_the_deadband() -> None:
    reads = [(at, value, 0) for at, value in enumerate([79.0, 79.9, 80.0, 80.1, 80.9, 79.95])]
    assert reported([tag(deadband=5, limits={"hi": 80})], reads) == [True, False, True, True, False, True]
    assert reported([tag(deadband=5)], reads) == [True, False, False, False, False, False]


def scan(tags: list[TagConfig], marks: dict[SequenceKey, int] | None = None, **conn: Any) -> ScanClass:
    config = ConnectionConfig(id="c1", driver="modbus_tcp", tags=tuple(tags), **conn)
    aliases = np.arange(100, 100 + len(tags), dtype=np.uint32)
    return ScanClass(config, tags, 1000, aliases, marks or {}, T0)


ROW = [tag("row", type="uint32"), tag("v", type="float64"), tag("t", type="int64")]


def row_read(at: int, row: int, value: float, time: int = 0, q: int = 0) -> list[Reading]:
    ts = T0 + at * SECOND
    return [
        Reading(columns("u", [0], [ts], [q], [row])),
        Reading(columns("f", [1], [ts], [0], [value])),
        Reading(columns("i", [2], [ts], [0], [time])),
    ]


def samples(cycle: Cycle) -> list[tuple[int, int, float]]:
    return [
        (alias, ts, v)
        for group in cycle.groups
        for alias, ts, v in zip(group.id.tolist(), group.ts.tolist(), group.v.tolist(), strict=True)
    ]


def test_a_row_gives_samples_once_and_a_jump_a_gap_with_its_count() -> None:
    one = scan(ROW, {SequenceKey("c1", "row"): 3}, report={"mode": "always"}, sequences=[{"tag": "row"}])
    first = one.process(row_read(1, 4, 1.5))
    assert first.marks == {SequenceKey("c1", "row"): 4}
    assert len(samples(first)) == 3
    assert not first.gaps
    same = one.process(row_read(2, 4, 9.0))
    assert (samples(same), same.marks, same.gaps) == ([], {}, [])
    jump = one.process(row_read(3, 8, 2.5))
    (gap,) = jump.gaps
    assert (gap.kind, gap.reason, gap.n, gap.seq_from, gap.seq_to) == ("not_sampled", "sequence_jump", 3, 5, 7)
    assert (gap.from_ts, gap.to_ts) == (T0 + 2 * SECOND, T0 + 3 * SECOND)
    back = one.process(row_read(4, 3, 2.5)).gaps[0]
    assert (back.reason, back.n, back.seq_from, back.seq_to) == ("device_restarted", 2, 1, 2)


def test_a_value_without_a_readable_row_number_belongs_nowhere() -> None:
    one = scan(ROW, report={"mode": "always"}, sequences=[{"tag": "row"}])
    cycle = one.process(row_read(1, 0, 7.0, q=130))
    assert [alias for alias, _, _ in samples(cycle)] == [100]


def test_recorded_times_are_kept_even_years_back_and_repeated_ones_stay_apart() -> None:
    sequence = {"tag": "row", "time_tag": "t", "time": "device"}
    one = scan(ROW, report={"mode": "always"}, time={"skew_max_s": None}, sequences=[sequence])
    hour = [T0 - 10**12 + n * 300 * SECOND for n in range(12)]
    times = [
        {ts for _, ts, _ in samples(one.process(row_read(n, n + 1, float(n), time)))}
        for n, time in enumerate(hour + hour)  # the hour that a summer time's end repeats
    ]
    assert all(len(of_row) == 1 for of_row in times)
    flat = [ts for of_row in times for ts in of_row]
    assert flat[:12] == hour
    assert flat[12:] == [time + 1 for time in hour]
    assert one.process(row_read(30, 25, 1.0, hour[0])).groups[0].lag is not None


def test_a_device_clock_that_is_off_makes_the_value_uncertain_at_acquisition_time() -> None:
    one = scan([tag("v", type="float64")], time={"source": "device", "skew_max_s": 5})
    ts = T0 + SECOND
    fine = one.process([Reading(columns("f", [0], [ts], [0], [1.0]), np.array([ts - 2 * SECOND]))]).groups[0]
    assert (fine.ts[0], fine.q[0], fine.lag is not None and fine.lag[0]) == (ts - 2 * SECOND, 0, 2000)
    off = one.process([Reading(columns("f", [0], [ts + 1], [0], [2.0]), np.array([ts - 60 * SECOND]))]).groups[0]
    assert (off.ts[0], off.q[0]) == (ts + 1, Quality.CLOCK)


def test_losing_the_link_marks_every_tag_once() -> None:
    one = scan([tag("a", type="float64"), tag("b", type="string", length=4)])
    one.process([Reading(columns("f", [0], [T0], [0], [1.0])), Reading(columns("s", [1], [T0], [0], ["x"]))])
    lost = one.lost(Quality.NO_COMMUNICATION, T0 + 5)
    assert sorted(int(g.id[0]) for g in lost) == [100, 101]
    assert all(g.q[0] == 129 for g in lost)
    assert one.lost(Quality.NO_COMMUNICATION, T0 + 9) == []
    assert one.reporter.bad_count() == 2


def test_a_snapshot_is_the_last_reported_samples_with_their_times() -> None:
    one = scan([tag("a", type="float64"), tag("b", type="float64")])
    one.process([Reading(columns("f", [0, 1], [T0, T0], [0, 0], [1.0, 2.0]))])
    one.process([Reading(columns("f", [0, 1], [T0 + 7, T0 + 7], [0, 0], [1.0, 3.0]))])
    (group,) = one.current()
    assert (group.id.tolist(), group.ts.tolist(), group.v.tolist()) == ([100, 101], [T0, T0 + 7], [1.0, 3.0])


def test_no_two_samples_of_a_tag_share_a_time() -> None:
    last = np.array([100, 100, 100, 0], dtype=np.int64) + T0
    now = np.array([100, 99, 101, 100], dtype=np.int64) + T0
    assert (unique_times(now, last) - T0).tolist() == [101, 101, 101, 100]
    far_back = np.array([T0 - 3600 * SECOND], dtype=np.int64)
    assert unique_times(far_back, last[:1]).tolist() == far_back.tolist()


@given(st.lists(st.integers(1, 40), max_size=200))
def test_recorded_times_never_repeat(times: list[int]) -> None:
    recorded = RecordedTimes()
    given_out = [recorded.unique(ts) for ts in times]
    assert len(set(given_out)) == len(given_out)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=80), st.none() | st.integers(1, 10))
def test_rows_and_gaps_cover_what_the_device_served_exactly(rows: list[int], last: int | None) -> None:
    tracker = SequenceTracker(SequenceKey("c", "row"), last, T0)
    before = last or 0
    for at, row in enumerate(rows):
        step = tracker.step(row, T0 + at)
        missed = step.gap.n if step.gap else 0
        if row < 1:
            assert (step.verdict, step.gap) == ("none", None)
            continue
        if row == before and (before or last is not None):
            assert (step.verdict, missed) == ("same", 0)
            continue
        first = before + 1 if row > before else 1
        assert (step.verdict, missed) == ("new", row - first)
        before = row


def test_a_row_number_beyond_what_the_spool_keeps_is_none() -> None:
    tracker = SequenceTracker(SequenceKey("c", "row"), 1, T0)
    assert tracker.step(2**63, T0).verdict == "none"
    assert tracker.step(2**63 - 1, T0).verdict == "new"
