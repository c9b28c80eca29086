"""Values of a moment and numbers of a range, against the raw samples."""

import numpy as np
import pytest

from platform_core.services import moments
from platform_core.services.moments import course_of
from platform_core.stores.base import Series

from .conftest import MINUTE

SECOND = 1_000_000


def _summary(plant, tag, t0, t1, fn, **more):
    body = {"ids": [tag], "from": t0, "to": t1, "fn": fn, **more}
    answer = plant.client("viewer").post("/api/v1/values/summary", json=body)
    assert answer.status_code == 200, answer.text
    (value,) = answer.json()["values"]
    return value


def _at(plant, ids, ts):
    return plant.client("viewer").post("/api/v1/values/at", json={"ids": ids, "ts": ts}).json()["values"]


def test_a_moment_has_the_newest_sample_until_then(plant):
    temperature, count, state = plant.ids
    moment = plant.t + 100 * SECOND + 400_000
    values = {row["id"]: row for row in _at(plant, [*plant.ids, plant.foreign[0], 9999], moment)}
    assert set(values) == set(plant.ids)
    assert (values[temperature]["v"], values[temperature]["ts"]) == (20.0 + 100 % 60, plant.t + 100 * SECOND)
    assert values[count]["v"] == str(2**60 + 100)
    assert values[state]["v"] == "factory stops"
    exact = _at(plant, [temperature], plant.t + 100 * SECOND)[0]
    assert exact["ts"] == plant.t + 100 * SECOND
    before = _at(plant, [temperature], plant.t - 1)[0]
    assert (before["v"], before["q"], before["ts"], before["fresh"]) == (None, 140, 0, 2)


def test_a_bad_sample_is_bad_at_its_moment_and_a_gap_is_told(plant):
    tag = plant.ids[0]
    plant.put("factory", tag, "f", [plant.t + 600 * SECOND], [0.0], [130])
    value = _at(plant, [tag], plant.t + 601 * SECOND)[0]
    assert (value["v"], value["q"]) == (None, 130)
    plant.put("factory", plant.ids[1], "u", [9 * MINUTE], [5])
    assert _at(plant, [plant.ids[1]], 10 * MINUTE + 5)[0]["fresh"] == 2  # the gap of the fill: 10 to 11 minutes
    assert _at(plant, [plant.ids[1]], 9 * MINUTE + 5)[0]["fresh"] == 0


def test_each_function_means_what_the_reference_says(plant):
    tag = plant.ids[0]
    t0, t1 = plant.t + 30 * SECOND + 500_000, plant.t + 90 * SECOND + 500_000  # half-way between samples
    inside = [20.0 + n % 60 for n in range(31, 91)]
    expected = {
        "first": 20.0 + 30,  # in force when the range begins
        "last": 20.0 + 90 % 60,
        "min": 20.0,
        "max": 79.0,
        "sum": sum(inside),
        "count": 60,
        "delta": (20.0 + 30) - (20.0 + 30),
    }
    for fn, value in expected.items():
        assert _summary(plant, tag, t0, t1, fn)["v"] == pytest.approx(value), fn
    held = [0.5, *[1.0] * 59, 0.5]
    mean = sum(v * s for v, s in zip([50.0, *inside], held, strict=True)) / 60
    got = _summary(plant, tag, t0, t1, "mean")
    assert got["v"] == pytest.approx(mean)
    assert (got["q"], got["n"], got["coverage"]) == (0, 60, 1.0)
    assert got["ts"] == plant.t + 90 * SECOND


def test_a_quiet_tag_has_a_value_although_nothing_came(plant):
    tag = plant.ids[0]
    t0, t1 = plant.t + 1000 * SECOND, plant.t + 1100 * SECOND
    last = 20.0 + 299 % 60
    for fn in ("first", "last", "min", "max", "mean"):
        got = _summary(plant, tag, t0, t1, fn)
        assert (got["v"], got["n"], got["coverage"]) == (last, 0, 1.0), fn
    assert _summary(plant, tag, t0, t1, "count")["v"] == 0
    assert _summary(plant, tag, t0, t1, "sum")["v"] is None
    assert _summary(plant, tag, t0, t1, "delta")["v"] == 0
    before = _summary(plant, tag, plant.t - 100 * SECOND, plant.t - 50 * SECOND, "last")
    assert (before["v"], before["q"], before["coverage"]) == (None, 140, 0.0)


def test_a_bad_time_weighs_nothing_and_shows_in_the_coverage(plant):
    tag = plant.ids[0]
    t = plant.t + 2000 * SECOND
    plant.put("factory", tag, "f", [t, t + 10 * SECOND, t + 30 * SECOND], [10.0, 0.0, 20.0], [0, 129, 64])
    got = _summary(plant, tag, t, t + 40 * SECOND, "mean")
    assert got["v"] == pytest.approx(15.0)  # 10 s of 10, 10 s of 20
    assert got["coverage"] == 0.5
    assert got["q"] == 64  # the worst of what was used


def test_text_has_first_last_and_count_alone(plant):
    state = plant.ids[2]
    assert _summary(plant, state, plant.t, plant.t + MINUTE, "last")["v"] == "factory stops"
    assert _summary(plant, state, plant.t, plant.t + MINUTE, "count")["v"] == 2
    wrong = _summary(plant, state, plant.t, plant.t + MINUTE, "mean")
    assert (wrong["v"], wrong["q"]) == (None, 139)


def _series(kind, values):
    dtypes = {"f": "<f8", "u": "<u8", "i": "<i8"}
    times = np.arange(len(values), dtype=np.int64) * SECOND
    return Series(1, kind, times, np.array(values, dtype=dtypes[kind]), np.zeros(len(values), dtype=np.uint8))


@pytest.mark.parametrize(
    ("kind", "values", "counter", "delta", "resets"),
    [
        ("u", [5, 9, 12], None, 7, 0),
        ("u", [5, 9, 2, 4], None, 4 + 2 + 2, 1),
        ("f", [5.0, 9.0, 2.0, 4.0], None, -1.0, 0),
        ("f", [5.0, 9.0, 2.0, 4.0], True, 8.0, 1),
        ("u", [9, 2], False, -7, 0),
        ("i", [-3, 4], None, 7, 0),
        ("u", [7], None, 0, 0),
    ],
)
def test_a_counter_that_began_anew_goes_on_counting(kind, values, counter, delta, resets):
    course = course_of(_series(kind, values), 0, 60 * SECOND, moments._counts(kind, counter))
    assert (course.rise, course.resets) == (delta, resets)


@pytest.mark.parametrize("fn", moments.FNS)
def test_a_long_range_gives_the_same_numbers_from_buckets(plant, monkeypatch, fn):
    for tag in plant.ids[:2]:
        t0, t1 = plant.t + 10 * SECOND + 1, plant.t + 250 * SECOND
        exact = _summary(plant, tag, t0, t1, fn)
        monkeypatch.setattr(moments, "RAW_MAX", 10)
        rough = _summary(plant, tag, t0, t1, fn)
        monkeypatch.undo()
        assert rough["n"] == exact["n"]
        assert rough["coverage"] == pytest.approx(exact["coverage"], abs=1e-3)
        if isinstance(exact["v"], str):
            assert rough["v"] == exact["v"]
        else:
            assert float(rough["v"]) == pytest.approx(float(exact["v"]), rel=1e-6), fn


def test_impossible_questions_are_refused(plant):
    client = plant.client("viewer")
    body = {"ids": [1], "from": 5, "to": 5, "fn": "last"}
    assert client.post("/api/v1/values/summary", json=body).status_code == 422
    assert client.post("/api/v1/values/summary", json=body | {"to": 9, "fn": "median"}).status_code == 422
    assert client.post("/api/v1/values/at", json={"ids": [1] * 1001, "ts": 5}).status_code == 422
    future = client.post("/api/v1/values/summary", json={"ids": plant.ids[:1], "from": 2**52, "to": 2**52 + 9,
                                                         "fn": "last"}).json()  # fmt: skip
    assert future["values"][0]["v"] is None
