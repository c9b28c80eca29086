"""Shaping: sentinels, NaN, scale, span, kinds."""

import math

import numpy as np
import pytest

from connectors.driver import Reading
from connectors.shape import Shaper
from schemas.models.tag import TagConfig
from schemas.quality import Quality
from schemas.wire.columns import Columns, columns


def tag(name, of, **more):
    return TagConfig(name=name, address="holding:0", type=of, **more)


def shape(tags, kind, values, q=None, shaper=None):
    ids = np.arange(len(tags), dtype="<u4")
    readings = [Reading(columns(kind, ids, [5] * len(tags), q or [0] * len(tags), values))]
    out = {}
    for reading in (shaper or Shaper(tags)).shape(readings):
        c = reading.columns
        for index, value, quality in zip(c.id.tolist(), c.v.tolist(), c.q.tolist(), strict=True):
            out[tags[index].name] = (c.kind, value, quality)
    assert len(out) == len(tags)
    return out


def test_integers_stay_integers_unless_scaled():
    tags = [tag("a", "int64"), tag("b", "int64", scale=2), tag("c", "int64", offset=1)]
    out = shape(tags, "i", [2**53 + 1, 3, 4])
    assert out == {"a": ("i", 2**53 + 1, 0), "b": ("f", 6.0, 0), "c": ("f", 5.0, 0)}


def test_sentinels_are_compared_in_the_raw_type():
    tags = [
        tag("pattern", "int16", sentinels=(32768,)),
        tag("signed", "int16", sentinels=(-32768,)),
        tag("large", "uint64", sentinels=(2.0**63,)),
        tag("two", "int32", sentinels=(-1, -2)),
        tag("other", "int16", sentinels=(7,)),
    ]
    assert shape(tags[:2] + tags[3:], "i", [-32768, -32768, -2, 8]) == {
        "pattern": ("i", 0, Quality.NOT_IMPLEMENTED),
        "signed": ("i", 0, Quality.NOT_IMPLEMENTED),
        "two": ("i", 0, Quality.NOT_IMPLEMENTED),
        "other": ("i", 8, 0),
    }
    assert shape(tags[2:3], "u", [2**63])["large"] == ("u", 0, Quality.NOT_IMPLEMENTED)
    assert shape(tags[2:3], "u", [2**63 + 1])["large"] == ("u", 2**63 + 1, 0)


def test_sentinel_of_a_float_is_rounded_as_the_device_does():
    tags = [tag("a", "float32", sentinels=(0.1,)), tag("b", "float64", sentinels=(0.1,))]
    out = shape(tags, "f", [float(np.float32(0.1)), 0.1])
    assert {quality for _, _, quality in out.values()} == {Quality.NOT_IMPLEMENTED}


def test_nan_and_infinity_and_overflow_by_scale():
    tags = [tag("n", "float64"), tag("i", "float64"), tag("o", "float64", scale=1e10)]
    out = shape(tags, "f", [math.nan, -math.inf, 1e300])
    assert out == {
        "n": ("f", 0.0, Quality.NOT_A_NUMBER),
        "i": ("f", 0.0, Quality.OVERFLOW),
        "o": ("f", 0.0, Quality.OVERFLOW),
    }


def test_span_is_of_the_scaled_value_and_keeps_it():
    tags = [tag("a", "int16", scale=0.1, span=(0, 10)), tag("b", "int16", scale=0.1, span=(0, 10))]
    assert shape(tags, "i", [100, 101]) == {"a": ("f", 10.0, 0), "b": ("f", pytest.approx(10.1), Quality.OUT_OF_RANGE)}


def test_bad_quality_of_the_driver_stays_and_has_no_value():
    tags = [tag("a", "float32", sentinels=(0,), span=(1, 2), offset=5)]
    assert shape(tags, "f", [0.0], q=[Quality.TIMEOUT])["a"] == ("f", 0.0, Quality.TIMEOUT)


def test_uncertain_is_not_made_better_by_the_span():
    tags = [tag("a", "float32", span=(0, 1))]
    assert shape(tags, "f", [5.0], q=[Quality.CLOCK])["a"][2] == Quality.CLOCK


def test_text_bits_and_device_time_pass():
    tags = [tag("s", "string", length=4), tag("x", "string", length=4)]
    ids = np.array([0, 1], dtype="<u4")
    reading = Reading(columns("s", ids, [1, 2], [0, 64], ["a", "b"]), np.array([11, 12]))
    (out,) = Shaper(tags).shape([reading])
    assert out.columns.v.tolist() == ["a", "b"]
    assert out.device_ts.tolist() == [11, 12]


def test_device_time_follows_its_rows_where_kinds_part():
    tags = [tag("a", "int16"), tag("b", "int16", scale=1), tag("c", "int16")]
    reading = Reading(columns("i", [0, 1, 2], [1, 1, 1], [0, 0, 0], [7, 8, 9]), np.array([10, 11, 12]))
    out = Shaper(tags).shape([reading])
    times = {i: t for r in out for i, t in zip(r.columns.id.tolist(), r.device_ts.tolist(), strict=True)}
    assert times == {0: 10, 1: 11, 2: 12}


def test_a_driver_that_gives_the_wrong_kind_is_found_out():
    with pytest.raises(ValueError, match="kind"):
        shape([tag("a", "int16")], "f", [1.0])


def test_the_same_input_is_not_changed():
    tags = [tag("a", "float32", sentinels=(3,))]
    given = columns("f", [0], [1], [0], [3.0])
    Shaper(tags).shape([Reading(given)])
    assert (given.v.tolist(), given.q.tolist()) == ([3.0], [0])


def test_layouts_that_come_and_go_take_no_more_and_more_memory():
    tags = [tag("a", "float32")]
    shaper = Shaper(tags)
    for number in range(1000):
        ids = np.zeros(1, dtype="<u4")
        ids.flags.writeable = False
        (out,) = shaper.shape([Reading(columns("f", ids, [1], [0], [float(number)]))])
        assert out.columns.v.tolist() == [float(number)]
    assert len(shaper._compiled) <= 256


def powers(tags, values, qualities=None):
    """Values of int16 tags as read in one cycle, with the reading of the others."""
    return {name: pair[1:] for name, pair in shape(tags, "i", values, qualities).items()}


def test_a_power_of_ten_is_taken_from_the_same_cycle():
    tags = [tag("w", "int16", scale_from="sf"), tag("sf", "int16", sentinels=(0x8000,)), tag("n", "int16")]
    shaper = Shaper(tags)
    assert shape(tags, "i", [2301, -1, 5], shaper=shaper) == {
        "w": ("f", 230.1, 0), "sf": ("i", -1, 0), "n": ("i", 5, 0)
    }  # fmt: skip
    assert shape(tags, "i", [2301, 2, 5], shaper=shaper)["w"] == ("f", 230100.0, 0)
    assert shape(tags, "i", [2301, 0, 5], shaper=shaper)["w"] == ("f", 2301.0, 0)


def test_a_value_is_as_bad_as_its_power():
    tags = [tag("w", "int16", scale_from="sf"), tag("sf", "int16", sentinels=(0x8000,))]
    assert powers(tags, [7, -32768])["w"] == (0.0, Quality.NOT_IMPLEMENTED)
    assert powers(tags, [7, 11])["w"] == (0.0, Quality.DEVICE_ERROR)  # no power of SunSpec
    assert powers(tags, [7, -11])["w"] == (0.0, Quality.DEVICE_ERROR)
    assert powers(tags, [7, 1], [0, Quality.TIMEOUT])["w"] == (0.0, Quality.TIMEOUT)
    assert powers(tags, [7, 1], [0, Quality.CLOCK])["w"] == (70.0, Quality.CLOCK)
    assert powers(tags, [7, 1], [Quality.TIMEOUT, 0])["w"] == (0.0, Quality.TIMEOUT)
    assert powers([tags[0]], [7])["w"] == (0.0, Quality.WAITING)  # its power was not read at all


def test_powers_go_over_kinds_and_with_scale_offset_and_span():
    tags = [
        tag("wh", "uint32", scale_from="sf", scale=0.001, sentinels=(0,)),
        tag("sf", "int16"),
        tag("t", "uint32", scale_from="sf", offset=-5, span=(0, 10)),
        tag("f", "float32", scale_from="sf"),
    ]
    u, i, f = (np.array(ids, dtype="<u4") for ids in ([0, 2], [1], [3]))
    readings = [
        Reading(columns("u", u, [5, 5], [0, 0], [4_000_000_000, 2])), Reading(columns("f", f, [5], [0], [0.5])),
        Reading(columns("i", i, [5], [0], [1])),
    ]  # fmt: skip
    out = {}
    for reading in Shaper(tags).shape(readings):
        c = reading.columns
        out |= {tags[at].name: (v, q) for at, v, q in zip(c.id.tolist(), c.v.tolist(), c.q.tolist(), strict=True)}
    assert out == {"wh": (40_000_000.0, 0), "sf": (1, 0), "t": (15.0, Quality.OUT_OF_RANGE), "f": (5.0, 0)}


def test_a_power_that_came_alone_holds_for_the_values_after_it():
    tags = [tag("w", "int16", scale_from="sf"), tag("sf", "int16")]
    shaper = Shaper(tags)

    def told(index, value):
        columns = Columns("i", np.array([index], dtype="<u4"), np.array([1]), np.zeros(1, "u1"), np.array([value]))
        (reading,) = shaper.shape([Reading(columns)])
        return reading.columns.v.tolist()[0], reading.columns.q.tolist()[0]

    assert told(0, 2301) == (0.0, Quality.WAITING)
    told(1, -1)
    assert told(0, 2301) == (230.1, 0)
    told(1, 2)
    assert told(0, 7) == (700.0, 0)
