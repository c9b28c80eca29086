from __future__ import annotations

import json
import random

import numpy as np
import pytest

from platform_core.live.encode import columns_of, message
from platform_core.live.latest import NEVER, Latest
from schemas.wire.columns import columns


def latest_of(**kinds):
    latest = Latest(4)
    latest.define("factory", [int(name[1:]) for name in kinds], list(kinds.values()))
    return latest


def ids(*numbers):
    return np.array(numbers, dtype=np.uint32)


def shown(latest, *numbers):
    rows = latest.read(ids(*numbers))
    return columns_of(rows, np.zeros(len(numbers), np.uint8))


def test_every_kind_comes_back_as_it_was():
    latest = latest_of(t1="f", t2="i", t3="u", t4="b", t5="s")
    latest.update(
        [
            columns("f", [1], [10], [0], [1.5]),
            columns("i", [2], [10], [0], [-(2**62)]),
            columns("u", [3], [10], [0], [2**64 - 1]),
            columns("b", [4], [10], [0], [1]),
            columns("s", [5], [10], [0], ["Stopped"]),
        ],
        1,
    )
    assert shown(latest, 1, 2, 3, 4, 5)["v"] == [1.5, str(-(2**62)), str(2**64 - 1), True, "Stopped"]


def test_integers_that_javascript_can_hold_stay_numbers():
    latest = latest_of(t1="i", t2="i")
    latest.update([columns("i", [1, 2], [1, 1], [0, 0], [2**53, -(2**53)])], 1)
    assert shown(latest, 1, 2)["v"] == [2**53, -(2**53)]


def test_order_is_by_time_then_by_batch():
    latest = latest_of(t1="f")
    latest.update([columns("f", [1], [100], [0], [1.0])], 5)
    assert len(latest.update([columns("f", [1], [99], [0], [2.0])], 9)) == 0
    assert shown(latest, 1)["v"] == [1.0]
    latest.update([columns("f", [1], [100], [0], [3.0])], 4)
    assert shown(latest, 1)["v"] == [1.0]
    latest.update([columns("f", [1], [100], [0], [4.0])], 6)
    assert shown(latest, 1)["v"] == [4.0]
    latest.update([columns("f", [1], [100], [0], [5.0])], 0)  # a snapshot of the same moment
    assert shown(latest, 1)["v"] == [4.0]


def test_a_bad_sample_hides_the_value_and_the_last_good_one_is_kept():
    latest = latest_of(t1="f", t2="s")
    latest.update([columns("f", [1], [10], [0], [7.0]), columns("s", [2], [10], [0], ["on"])], 1)
    latest.update([columns("f", [1], [20], [129], [0.0]), columns("s", [2], [20], [129], [""])], 2)
    row = shown(latest, 1, 2)
    assert row["v"] == [None, None]
    assert row["q"] == [129, 129]
    assert row["good"] == [[7.0, 10], ["on", 10]]


def test_a_tag_without_a_value_is_waiting():
    latest = latest_of(t1="f")
    assert shown(latest, 1) == {"id": [1], "v": [None], "q": [140], "ts": [0], "fresh": [0], "good": [None]}
    assert latest.read(ids(1)).ts[0] == NEVER


def test_it_grows_and_keeps_what_it_has():
    latest = latest_of(t1="f")
    latest.update([columns("f", [1], [10], [0], [7.0])], 1)
    latest.define("factory", [5000], ["s"])
    latest.update([columns("s", [5000], [10], [0], ["x"])], 1)
    assert shown(latest, 1, 5000)["v"] == [7.0, "x"]


def test_tags_of_another_tenant_look_like_none():
    latest = latest_of(t1="f")
    latest.define("other", [2], ["f"])
    assert latest.of_tenant("factory", ids(1, 2, 3, 4_000_000_000)).tolist() == [True, False, False, False]
    assert latest.of_tenant("nobody", ids(1, 2)).tolist() == [False, False]


@pytest.mark.parametrize("seed", range(5))
def test_against_a_model_one_sample_at_a_time(seed):
    rng = random.Random(seed)
    latest = latest_of(t1="f", t2="f", t3="f")
    model: dict[int, tuple[int, int, float, int]] = {}
    good: dict[int, tuple[int, float]] = {}
    for seq in range(1, 40):
        rows = [(rng.randint(1, 3), rng.randint(0, 50), rng.choice([0, 0, 64, 129]), rng.random()) for _ in range(8)]
        latest.update([columns("f", *zip(*[(i, ts, q, v) for i, ts, q, v in rows], strict=True))], seq)
        for tag, ts, q, v in sorted(rows, key=lambda row: row[1]):
            if tag not in model or (ts, seq) >= model[tag][:2]:
                model[tag] = (ts, seq, v, q)
            if q < 128 and (tag not in good or ts >= good[tag][0]):
                good[tag] = (ts, v)
    for tag, (ts, _, v, q) in model.items():
        row = shown(latest, tag)
        assert (row["ts"], row["q"]) == ([ts], [q])
        assert row["v"] == [None if q >= 128 else v]
        if q >= 128 and tag in good:
            assert row["good"] == [[good[tag][1], good[tag][0]]]


def test_a_message_is_json_even_for_numbers_that_are_none():
    latest = latest_of(t1="f")
    latest.update([columns("f", [1], [10], [0], [float("nan")])], 1)
    text = message("snap", 5, latest.read(ids(1)), np.zeros(1, np.uint8), req=3)
    assert json.loads(text) == {
        "type": "snap",
        "req": 3,
        "now": 5,
        "id": [1],
        "v": [None],
        "q": [0],
        "ts": [10],
        "fresh": [0],
        "good": [None],
    }


def test_after_the_clock_was_set_back_the_next_value_is_the_current_one():
    latest = latest_of(t1="f", t2="f")
    for tag in (1, 2):
        latest.update([columns("f", [tag], [1000], [0], [1.0])], 1)
    latest.update([columns("f", [1], [400], [0], [2.0])], 2)
    assert shown(latest, 1)["v"] == [1.0]  # without being told, the older time loses
    latest.rewind(ids(1))
    latest.update([columns("f", [1], [1000], [0], [1.0])], 0)  # a snapshot repeats what had not changed
    assert list(latest.update([columns("f", [1], [500], [0], [3.0])], 3)) == [1]
    latest.update([columns("f", [1], [450], [0], [4.0])], 4)  # once only
    latest.update([columns("f", [2], [500], [0], [5.0])], 5)
    assert shown(latest, 1, 2)["v"] == [3.0, 1.0]
    latest.update([columns("f", [1], [600], [129], [0.0])], 6)
    assert shown(latest, 1)["good"][0] == [3.0, 500]
