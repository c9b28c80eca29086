"""Means say what was so: a value nobody read any more counts for nothing, and behind a door they go along the line."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.driver import Reading
from edge_agent.pipeline.scan import ScanClass
from platform_core.db.tags import TagRow
from platform_core.services import history, moments
from platform_core.services.in_force import between_of, good_samples, share_of, value_between
from platform_core.stores.base import Between, Series
from platform_core.stores.testing.model import ModelSample, model_bucket
from schemas.models.connection import ConnectionConfig
from schemas.models.tag import TagConfig, Thinned
from schemas.wire.columns import columns

from .conftest import MINUTE
from .test_moments import _at, _summary

SECOND = 1_000_000


def _describe(plant, tag, meta):
    with plant.database.write() as session:
        session.get(TagRow, tag).meta = json.dumps(meta)


def _ways(monkeypatch):
    """Answers from samples, then from buckets."""
    yield 1000
    monkeypatch.setattr(moments, "RAW_MAX", 3)
    yield 2


def _trend_mean(plant, tag, t0, t1, points):
    body = {"ids": [tag], "from": t0, "to": t1, "points": points}
    (series,) = plant.client("viewer").post("/api/v1/values/history", json=body).json()["series"]
    assert series["reduced"] is (points < 100)
    return series["stats"]["mean"]


def test_a_value_counts_three_times_as_long_as_it_may_be_silent(plant, monkeypatch):
    """Ten values a second apart, nothing for an hour while the agent was off, and ten others."""
    tag, t = plant.ids[0], plant.t - 180 * MINUTE
    _describe(plant, tag, {"unit": "°C", "silence_max_s": 20.0})
    plant.put("factory", tag, "f", [t + n * SECOND for n in range(10)], [100.0] * 10)
    plant.put("factory", tag, "f", [t + 60 * MINUTE + n * SECOND for n in range(10)], [0.0] * 10)
    end = t + 60 * MINUTE + 9 * SECOND
    known_s = 9 + 60 + 9
    for points in _ways(monkeypatch):
        got = _summary(plant, tag, t, end, "mean")
        assert got["v"] == pytest.approx(100.0 * 69 / known_s), points
        assert got["coverage"] == pytest.approx(known_s / 3609, abs=1e-4)
        assert _trend_mean(plant, tag, t, end, points) == pytest.approx(100.0 * 69 / known_s)
        later = _summary(plant, tag, t + 5 * MINUTE, end, "max")
        assert later["v"] == 0.0, "what was so before nobody looked any more is no part of the range"
        for fn in ("first", "mean", "min", "delta"):
            assert _summary(plant, tag, t + 5 * MINUTE, t + 6 * MINUTE, fn)["v"] is None
        last = _summary(plant, tag, t + 5 * MINUTE, t + 6 * MINUTE, "last")
        assert (last["v"], last["ts"], last["coverage"]) == (100.0, t + 9 * SECOND, 0.0)
        counted = _summary(plant, tag, t + 5 * MINUTE, end, "delta")
        assert counted["v"] == -100.0, "what a counter made while nobody looked is not lost"
    assert [_at(plant, [tag], t + s * SECOND)[0]["fresh"] for s in (9, 9 + 59, 9 + 60)] == [0, 0, 2]


def test_without_a_known_silence_a_value_holds_until_the_next(plant, monkeypatch):
    tag, t = plant.ids[0], plant.t - 180 * MINUTE
    plant.put(
        "factory", tag, "f", [t, t + SECOND, t + 2 * SECOND, t + 3 * SECOND, t + 54 * MINUTE], [100.0] * 4 + [0.0]
    )
    for points in _ways(monkeypatch):
        got = _summary(plant, tag, t, t + 60 * MINUTE, "mean")
        assert (got["v"], got["coverage"]) == (pytest.approx(90.0), 1.0)
        assert _trend_mean(plant, tag, t, t + 60 * MINUTE, points) == pytest.approx(90.0)


def test_behind_a_door_the_mean_goes_along_the_line(plant, monkeypatch):
    """A ramp of which the door sent an end each minute; the range ends in the middle of a stretch."""
    tag, t = plant.ids[0], plant.t - 180 * MINUTE
    thinned = {"by": "swinging_door", "within": 0.5, "silence_max_s": 60.0}
    _describe(plant, tag, {"thinned": thinned})
    plant.put("factory", tag, "f", [t + n * MINUTE for n in range(11)], [60.0 * n for n in range(11)])
    t0, t1 = t + 30 * SECOND, t + 570 * SECOND
    for points in _ways(monkeypatch):
        assert _summary(plant, tag, t0, t1, "mean")["v"] == pytest.approx(300.0)
        assert _trend_mean(plant, tag, t0, t1, points) == pytest.approx(300.0)
    assert _at(plant, [tag], t + 15 * SECOND)[0]["v"] == pytest.approx(15.0)
    _describe(plant, tag, {"thinned": thinned | {"by": "deadband"}})  # the control: held, it is another number
    assert _summary(plant, tag, t0, t1, "mean")["v"] == pytest.approx(270.0)
    assert _at(plant, [tag], t + 15 * SECOND)[0]["v"] == 0.0


def test_the_silence_of_thinned_tags_of_earlier_agents_is_known():
    thinned = Thinned(by="swinging_door", within=1.0, silence_max_s=60.0).model_dump()
    assert between_of({"thinned": thinned, "scan_ms": 2000}) == Between(180 * SECOND, 66 * SECOND)
    assert between_of({"thinned": thinned | {"by": "deadband"}}) == Between(180 * SECOND)
    assert between_of({"silence_max_s": 600.0, "thinned": None}) == Between(1800 * SECOND)
    assert between_of({}) == Between()


def test_whole_numbers_stay_whole_on_the_line():
    def one(ts, v, q=0):
        return Series(1, "i", np.array([ts]), np.array([v], "i8"), np.array([q], "u1"))

    assert value_between(one(0, 1), one(10, 4), 5, 60) == 2
    assert value_between(one(0, 1), one(10, 4, 129), 5, 60) == 1
    assert value_between(one(0, 1), one(10, 4), 5, 9) == 1
    assert value_between(one(0, 1), None, 5, 60) == 1


SAMPLES = st.lists(
    st.tuples(st.integers(1, 200), st.floats(-100, 100), st.sampled_from([0, 0, 0, 64, 129])), min_size=1, max_size=30
)
LIMIT = st.sampled_from([None, 1, 20, 90, 500])


@settings(max_examples=300, deadline=None)
@given(SAMPLES, st.integers(-50, 3000), st.integers(1, 3000), LIMIT, LIMIT)
def test_shares_are_those_of_the_model(samples, begin, length, hold_us, line_us):
    ts, rows = 0, []
    for gap, v, q in samples:
        ts += gap
        rows.append(ModelSample(ts, None if q >= 128 else v, q))
    end = begin + length
    before = [one for one in rows if one.ts < begin][-1:]
    inside = [one for one in rows if begin <= one.ts < end]
    after = [one for one in rows if one.ts >= end][:1]
    expected = model_bucket([*before, *inside, *after], begin, end, hold_us, True, line_us)
    series = _series([*before, *inside])
    share = share_of(
        series, good_samples(series), begin, end, Between(hold_us, line_us), _series(after) if after else None
    )
    assert int(share.held_us.sum()) == expected["good_us"]
    if expected["good_us"]:
        assert float(share.area.sum()) / expected["good_us"] == pytest.approx(expected["twa"], rel=1e-9, abs=1e-9)


def _series(rows):
    values = [0.0 if one.v is None else one.v for one in rows]
    return Series(
        1,
        "f",
        np.array([one.ts for one in rows], "i8"),
        np.array(values, "f8"),
        np.array([one.q for one in rows], "u1"),
    )


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(-5, 5), min_size=2, max_size=200), st.floats(0.1, 5))
def test_a_mean_behind_a_real_door_is_no_further_off_than_the_door_allows(steps, within):
    """The walk as it was read, its mean along straight lines; against the mean of what the door sent."""
    read = np.cumsum(steps)
    tag = TagConfig(name="a", address="holding:0", type="float64", swinging_door=within)
    conn = ConnectionConfig(id="c", driver="modbus_tcp", tags=(tag,))
    scan = ScanClass(conn, (tag,), 1000, np.zeros(1, "u4"), {}, 0)
    sent = []
    for n, v in enumerate(read.tolist()):
        sent += scan.process([Reading(columns("f", [0], [n * SECOND], [0], [v]))]).groups
    sent += scan.held()
    rows = [ModelSample(int(ts), float(v), 0) for one in sent for ts, v in zip(one.ts, one.v, strict=True)]
    series, end = _series(rows), (len(read) - 1) * SECOND
    between = between_of({"thinned": Thinned(by="swinging_door", within=within, silence_max_s=60.0).model_dump()})
    share = share_of(series, good_samples(series), 0, end, between)
    truth = float(((read[1:] + read[:-1]) / 2).mean())
    assert abs(float(share.area.sum()) / end - truth) <= within * (1 + 1e-9)
    assert not math.isnan(truth)


def test_control_held_values_leave_the_bound_of_a_door():
    """The test above would notice: of a ramp the door sends its ends alone, and held, the first is the mean."""
    series = _series([ModelSample(0, 0.0, 0), ModelSample(60 * SECOND, 60.0, 0)])
    held = share_of(series, good_samples(series), 0, 60 * SECOND, Between(180 * SECOND))
    line = share_of(series, good_samples(series), 0, 60 * SECOND, Between(180 * SECOND, 62 * SECOND))
    assert [float(one.area.sum()) / (60 * SECOND) for one in (held, line)] == [0.0, 30.0]


def test_history_asks_for_tags_alike_together(plant, monkeypatch):
    """Tags of one kind of silence are one question to the store."""
    asked = []
    honest = plant.store.buckets

    def watched(tenant, ids, *rest):
        asked.append((list(ids), rest[-1]))
        return honest(tenant, ids, *rest)

    monkeypatch.setattr(plant.store, "buckets", watched)
    _describe(plant, plant.ids[1], {"silence_max_s": 60.0})
    history.History(plant.store, plant.services.tags, lambda _: "UTC").query(
        "factory", history.HistoryQuery(plant.ids[:2], plant.t, plant.t + 5 * MINUTE, 10)
    )
    assert asked == [([plant.ids[0]], Between()), ([plant.ids[1]], Between(180 * SECOND))]
