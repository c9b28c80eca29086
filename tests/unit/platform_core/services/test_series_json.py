"""Reduced series: extremes kept, and a hole that is shorter than a bucket stays a hole."""

from __future__ import annotations

from typing import Any

import numpy as np

from platform_core.services.series_json import reduced_points
from platform_core.stores.base import BucketSeries

STEP = 1000


def buckets(n: list[int], bad: list[int]) -> BucketSeries:
    """Buckets of 1,000 µs whose smallest value 1.0 comes at +100 and whose largest, 2.0, at +200."""
    t = np.arange(len(n), dtype="i8") * STEP
    ones = np.ones(len(n))
    fields: dict[str, Any] = {"n": np.array(n, "i8"), "bad_us": np.array(bad, "i8")}
    fields |= {"min": ones, "min_t": t + 100, "max": 2 * ones, "max_t": t + 200}
    return BucketSeries(7, "f", t, **fields)


def test_a_short_hole_is_not_drawn_over() -> None:
    t, v, q = reduced_points(buckets([5, 3, 5], [0, 400, 0]), 100)
    assert t == [100, 200, 1100, 1200, 1201, 2100, 2200]
    assert v == [1.0, 2.0, 1.0, 2.0, None, 1.0, 2.0]
    assert q[4] >= 128


def test_a_bucket_without_values_is_a_hole_only_when_it_was_bad() -> None:
    t, v, _ = reduced_points(buckets([5, 0, 0], [0, 0, 1000]), 100)
    assert (t, v) == ([100, 200, 2000], [1.0, 2.0, None])


def test_the_number_of_points_stays_within_its_bound() -> None:
    t, v, _ = reduced_points(buckets([5] * 10, [400] * 10), 23)
    assert len(t) == 23
    assert v.count(None) == 3
    assert v.count(1.0) == v.count(2.0) == 10
