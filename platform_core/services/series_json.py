"""Columns of the store as plain lists that JSON can carry."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from platform_core.stores.base import BucketSeries
from schemas.quality import BAD_FROM, Quality
from schemas.wire.columns import Kind

JSON_INTEGER_MAX = 2**53


def plain_values(kind: Kind, values: NDArray[Any], quality: NDArray[np.uint8]) -> list[Any]:
    """Values as JSON has them: null where bad or not finite, integers beyond 2^53 as text, bool as bool."""
    null = quality >= BAD_FROM
    if kind == "f":
        null = null | ~np.isfinite(values)
        out: list[Any] = values.tolist()
    elif kind == "b":
        out = (values != 0).tolist()
    elif kind == "s":
        out = [str(value) for value in values]
    else:
        out = [n if -JSON_INTEGER_MAX <= n <= JSON_INTEGER_MAX else str(n) for n in values.tolist()]
    for row in np.flatnonzero(null).tolist():
        out[row] = None
    return out


def reduced_points(rows: BucketSeries, points_max: int) -> tuple[list[int], list[Any], list[int]]:
    """Times, values and qualities: per bucket its smallest and largest value in time order.

    A bucket that was bad and had no value gives one null at its beginning; one that was bad for a part of
    it gives one null behind its values, so that no line is drawn across a short hole, as long as all fit
    into ``points_max`` points. One in which nothing happened gives nothing. Text, which has no order, gives
    its first and last value.
    """
    if rows.n is None or rows.bad_us is None:
        return [], [], []
    low, low_t, high, high_t = (
        (rows.first, rows.first_t, rows.last, rows.last_t)
        if rows.kind == "s"
        else (rows.min, rows.min_t, rows.max, rows.max_t)
    )
    if low is None or low_t is None or high is None or high_t is None:
        return [], [], []
    has = np.flatnonzero(rows.n > 0)
    twice = has[low_t[has] != high_t[has]]
    dead = np.flatnonzero((rows.n == 0) & (rows.bad_us > 0))
    partly = np.flatnonzero((rows.n > 0) & (rows.bad_us > 0))
    partly = partly[: max(0, points_max - len(has) - len(twice) - len(dead))]
    behind = np.maximum(low_t[partly], high_t[partly]) + 1
    times = np.concatenate([low_t[has], high_t[twice], rows.t[dead], behind])
    values = np.concatenate([low[has], high[twice], np.zeros(len(dead) + len(partly), dtype=low.dtype)])
    quality = np.zeros(len(times), dtype=np.uint8)
    quality[len(has) + len(twice) :] = Quality.BAD
    order = np.argsort(times, kind="stable")
    return (
        times[order].tolist(),
        plain_values(rows.kind, values[order], quality[order]),
        quality[order].tolist(),
    )
