"""Figures of a line: percentiles in fixed memory, bounded counters, frames in bounded memory."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.diagnostics import tap as tap_module
from connectors.diagnostics.frames import FRAMES_MAX, KEPT_MAX, FrameRing
from connectors.diagnostics.histogram import WINDOW_S, RollingHistogram
from connectors.diagnostics.tap import CODES_MAX, OTHER, PLACES_MAX, Tap


@given(st.lists(st.floats(2e-5, 100.0), min_size=1, max_size=300), st.sampled_from([0.5, 0.95, 0.99]))
def test_a_percentile_is_the_right_value_within_a_thirtieth(values: list[float], share: float) -> None:
    histogram = RollingHistogram(0.0)
    for value in values:
        histogram.add(value, 1.0)
    exact = sorted(values)[max(1, -int(-share * len(values) // 1)) - 1]
    (found,) = histogram.percentiles((share,), 1.0)
    assert found == pytest.approx(exact, rel=1 / 30)
    assert histogram.count == len(values)


def test_several_percentiles_at_once_are_those_one_by_one() -> None:
    rng = random.Random(5)
    histogram = RollingHistogram(0.0)
    for _ in range(2000):
        histogram.add(rng.lognormvariate(-5, 1), 1.0)
    shares = (0.5, 0.95, 0.99)
    assert histogram.percentiles(shares, 1.0) == [histogram.percentiles((one,), 1.0)[0] for one in shares]


def test_what_is_shorter_or_longer_than_the_scale_is_counted_at_its_ends() -> None:
    histogram = RollingHistogram(0.0)
    for value in (-1.0, 0.0, 1e-9, 1e9):
        histogram.add(value, 0.0)
    assert histogram.count == 4
    assert histogram.percentiles((0.5, 1.0), 0.0)[0] < 1e-5


def test_old_durations_leave_the_percentiles_and_stay_in_the_counts() -> None:
    histogram = RollingHistogram(0.0)
    histogram.add(1.0, 0.0)
    histogram.add(0.001, WINDOW_S + 1)
    assert histogram.percentiles((1.0,), WINDOW_S + 2)[0] == pytest.approx(1.0, rel=0.04)
    assert histogram.percentiles((1.0,), 2 * WINDOW_S + 2)[0] == pytest.approx(0.001, rel=0.04)
    assert histogram.percentiles((1.0,), 9 * WINDOW_S) == []
    assert (histogram.count, histogram.total_s) == (2, pytest.approx(1.001))


def test_exceptions_stay_bounded_and_nothing_is_uncounted() -> None:
    line = Tap()
    for number in range(2 * PLACES_MAX):
        line.refused(number % (2 * CODES_MAX), f"holding:{number}")
    assert len(line.codes) <= CODES_MAX + 1
    assert len(line.places) <= PLACES_MAX + CODES_MAX + 1
    assert sum(line.codes.values()) == sum(line.places.values()) == 2 * PLACES_MAX
    assert line.codes[OTHER] > 0


def test_utilisation_is_the_busy_share_of_the_last_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(tap_module.time, "monotonic", lambda: now)
    line = Tap()
    for second in range(300):
        now = 1000.0 + second
        began = line.began()
        now += 0.25 if second >= 120 else 0.75
        line.answered(began)
        if second == 100:
            assert line.utilisation() == pytest.approx(0.75, abs=0.03)
    assert line.utilisation() == pytest.approx(0.25, abs=0.03)
    now += 600
    line.utilisation()
    now += 20
    assert line.utilisation() == pytest.approx(0.0, abs=0.15)


def test_a_line_without_frames_keeps_none() -> None:
    line = Tap()
    line.sent(b"x")
    line.received(b"y")
    line.note("z")
    assert line.ring is None


@given(st.lists(st.binary(max_size=2 * KEPT_MAX), max_size=60), st.integers(200, 8000))
def test_frames_never_take_more_than_their_memory_and_the_newest_are_kept(frames: list[bytes], limit: int) -> None:
    ring = FrameRing(limit)
    for frame in frames:
        ring.add(0, frame)
        assert ring.bytes_used <= limit
    kept = ring.frames()
    assert ring.lost + len(kept) == len(frames)
    wanted = frames[len(frames) - len(kept) :]
    assert [(frame.data, frame.size) for frame in kept] == [(data[:KEPT_MAX], len(data)) for data in wanted]


def test_a_thousand_frames_are_kept_in_order_of_time() -> None:
    ring = FrameRing(1 << 20)
    for number in range(FRAMES_MAX + 50):
        ring.add(number % 2, number.to_bytes(4, "big"))
    kept = ring.frames()
    assert len(kept) == FRAMES_MAX
    assert ring.lost == 50
    assert [frame.way for frame in kept[:2]] == ["sent", "received"]
    assert [frame.at for frame in kept] == sorted(frame.at for frame in kept)
