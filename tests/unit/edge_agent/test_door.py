"""The swinging door keeps its word: no value that was not sent is further from the line than the deviation."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connectors.driver import Reading
from edge_agent.pipeline.door import SwingingDoor
from edge_agent.pipeline.scan import ScanClass
from edge_agent.pipeline.stamp import unique_times
from schemas.models.connection import ConnectionConfig
from schemas.models.tag import TagConfig
from schemas.quality import BAD_FROM, Quality
from schemas.wire.columns import Columns, columns

SECOND = 1_000_000
T0 = 1_700_000_000 * SECOND


class Sample(NamedTuple):
    ts: int
    v: float
    q: int


class Walk:
    """One tag as read and as sent; `see` is told both after each step and proves what lies between."""

    def __init__(self, within: float) -> None:
        self.within = Fraction(within)
        self.pending: list[Sample] = []
        self.last: Sample | None = None
        self.sent: list[Sample] = []

    def see(self, read: Sample | None, sent: list[Sample]) -> None:
        if read is not None and read.q < BAD_FROM:
            self.pending.append(read)
        for one in sent:
            if one.q >= BAD_FROM:
                assert not self.pending, "held back behind a bad sample"
                self.last = None
            else:
                at = next(i for i, p in enumerate(self.pending) if (p.ts, p.v) == (one.ts, one.v))
                for between in self.pending[:at]:
                    self._prove(between, one)
                del self.pending[: at + 1]
                self.last = one
        self.sent += sent

    def _prove(self, between: Sample, end: Sample) -> None:
        start = self.last
        assert start is not None, "a stretch without a beginning"
        assert start.q == between.q == end.q
        part = Fraction(between.ts - start.ts, end.ts - start.ts)
        line = Fraction(start.v) + (Fraction(end.v) - Fraction(start.v)) * part
        assert abs(line - Fraction(between.v)) <= self.within


class Plant:
    """Tags behind doors of one scan class, read together."""

    def __init__(self, tags: list[TagConfig], **report: Any) -> None:
        self.tags = tags
        self.conn = ConnectionConfig(id="c", driver="modbus_tcp", tags=tuple(tags), report=report)
        self.walks = [Walk(tag.swinging_door or 0) for tag in tags]
        self.newest = np.zeros(len(tags), dtype=np.int64)
        self.start()

    def start(self) -> None:
        self.scan = ScanClass(self.conn, self.tags, 1000, np.arange(len(self.tags), dtype=np.uint32), {}, T0)
        self.newest[:] = 0

    def read(self, at: int, values: list[float], q: int = 0) -> None:
        now = np.full(len(values), at, dtype=np.int64)
        ts = unique_times(now, self.newest)
        self.newest = ts
        group = columns("f", np.arange(len(values)), now, np.full(len(values), q), values)
        sent = by_tag(self.scan.process([Reading(group)]).groups, len(values))
        for place, walk in enumerate(self.walks):
            quality = q if q >= BAD_FROM or math.isfinite(values[place]) else int(Quality.NOT_A_NUMBER)
            walk.see(Sample(int(ts[place]), values[place], quality), sent[place])

    def tell(self, groups: list[Columns]) -> None:
        for walk, sent in zip(self.walks, by_tag(groups, len(self.walks)), strict=True):
            walk.see(None, sent)

    def lose(self, at: int) -> None:
        self.tell(self.scan.lost(Quality.NO_COMMUNICATION, at))
        self.newest = np.maximum(self.newest, self.scan.reporter.ts)

    def end(self) -> None:
        self.tell(self.scan.held())
        assert not any(walk.pending for walk in self.walks)


def by_tag(groups: list[Columns], n: int) -> list[list[Sample]]:
    out: list[list[Sample]] = [[] for _ in range(n)]
    for group in groups:
        rows = zip(group.id.tolist(), group.ts.tolist(), group.v.tolist(), group.q.tolist(), strict=True)
        for tag, ts, v, q in rows:
            out[tag].append(Sample(ts, v, q))
    return out


def tag(name: str, **how: Any) -> TagConfig:
    return TagConfig(name=name, address="holding:0", **{"type": "float64", **how})


STEP = st.sampled_from([1, 900_000, SECOND, SECOND, SECOND, 61 * SECOND, 0, -3, -90 * SECOND])
NUMBER = st.one_of(
    st.floats(-10, 10), st.integers(-3, 3).map(float), st.floats(allow_infinity=False),
    st.sampled_from([math.nan, 1e300, -1e300, 5e-324, 0.1 + 0.2]),
)  # fmt: skip
EVENT = st.sampled_from(["read"] * 12 + ["uncertain", "bad", "lost", "restart"])


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(STEP, NUMBER, NUMBER, EVENT), max_size=50), st.floats(1e-3, 20))
@example([(SECOND, v, v, "read") for v in (0.0, 0.9, 0.0, 1.9, 0.0, 2.9, 9.0, 9.1)], 1.0)
def test_no_value_is_further_from_the_line_than_the_deviation(
    steps: list[tuple[int, float, float, str]], within: float
) -> None:
    plant = Plant([tag("a", swinging_door=within), tag("b", swinging_door=within / 3)])
    at = T0
    for dt, a, b, event in steps:
        at += dt
        if event == "lost":
            plant.lose(at)
        elif event == "restart":
            plant.end()
            plant.start()
        elif event == "bad":
            plant.read(at, [0.0, 0.0], Quality.TIMEOUT)
        else:
            plant.read(at, [a, b], Quality.UNCERTAIN if event == "uncertain" else 0)
    plant.end()


RAMP_AND_WAVE = [n * 0.5 + math.sin(n / 3) for n in range(200)]


def _ride(plant: Plant) -> None:
    for n, value in enumerate(RAMP_AND_WAVE):
        plant.read(T0 + n * SECOND, [value])
    plant.end()


def test_negative_control_a_door_that_never_closes_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SwingingDoor, "_in_window", lambda _self, ids, _ts, _v: np.ones(len(ids), dtype=np.bool_))
    plant = Plant([tag("a", swinging_door=0.2)])
    with pytest.raises(AssertionError):
        _ride(plant)


def test_negative_control_what_is_not_handed_over_before_a_loss_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SwingingDoor, "release", lambda _self: [])
    plant = Plant([tag("a", swinging_door=0.2)])
    for n in range(3):
        plant.read(T0 + n * SECOND, [float(n)])
    with pytest.raises(AssertionError, match="held back"):
        plant.lose(T0 + 5 * SECOND)


def test_a_straight_line_needs_its_ends_only() -> None:
    plant = Plant([tag("a", swinging_door=0.01)], silence_max_s=3600)
    for n in range(100):
        plant.read(T0 + n * SECOND, [n * 0.25])
    plant.end()
    assert [(one.ts - T0) // SECOND for one in plant.walks[0].sent] == [0, 99]


def test_after_the_silence_the_value_of_that_moment_is_sent_with_its_own_time() -> None:
    plant = Plant([tag("a", swinging_door=1.0)], silence_max_s=10)
    for n in range(31):
        plant.read(T0 + n * SECOND, [n * 0.25])
    assert [((one.ts - T0) // SECOND, one.v) for one in plant.walks[0].sent] == [(0, 0), (10, 2.5), (20, 5), (30, 7.5)]


def test_a_crossed_limit_is_sent_at_once_and_no_alarm_waits_for_the_door() -> None:
    plant = Plant([tag("a", swinging_door=5.0, limits={"hi": 80})], silence_max_s=3600)
    for n in range(20):
        plant.read(T0 + n * SECOND, [70.5 + n])
    assert [one.v for one in plant.walks[0].sent] == [70.5, 80.5]


def test_whole_numbers_come_back_as_they_were() -> None:
    door = tag("n", type="uint16", swinging_door=1)
    scan = ScanClass(ConnectionConfig(id="c", driver="d", tags=(door,)), [door], 1000, np.array([7], "u4"), {}, T0)
    sent: list[int] = []
    for n, value in enumerate([5, 6, 7, 60_000, 60_001]):
        read = Reading(columns("u", [0], [T0 + n * SECOND], [0], [value]))
        sent += [int(v) for group in scan.process([read]).groups for v in group.v]
    sent += [int(v) for group in scan.held() for v in group.v]
    assert sent == [5, 7, 60_000, 60_001]


def test_a_tag_with_a_door_and_one_without_share_a_scan_class() -> None:
    plant = Plant([tag("a", swinging_door=1.0)])
    both = [tag("a", swinging_door=1.0), tag("b")]
    scan = ScanClass(plant.conn, both, 1000, np.array([10, 11], "u4"), {}, T0)
    for n in range(5):
        group = columns("f", [0, 1], [T0 + n * SECOND] * 2, [0, 0], [n * 0.1, n * 0.1])
        sent = by_tag(scan.process([Reading(group)]).groups, 12)
        assert [len(sent[10]), len(sent[11])] == [1 if n == 0 else 0, 1]


def test_a_gap_in_the_rows_ends_the_stretch() -> None:
    tags = [tag("row", type="uint32"), tag("a", swinging_door=1.0)]
    conn = ConnectionConfig(id="c", driver="d", tags=tuple(tags), sequences=[{"tag": "row"}])  # type: ignore[list-item]
    scan = ScanClass(conn, tags, 1000, np.arange(2, dtype=np.uint32), {}, T0)
    sent: list[float] = []
    for n, row in enumerate([1, 2, 3, 9, 10]):
        ts = [T0 + n * SECOND]
        reads = [Reading(columns("u", [0], ts, [0], [row])), Reading(columns("f", [1], ts, [0], [n * 1.0]))]
        sent += [v for group in scan.process(reads).groups if group.kind == "f" for v in group.v.tolist()]
    assert sent == [0.0, 2.0, 3.0]
