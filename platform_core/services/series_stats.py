"""Statistics of a range: count, smallest, largest, the mean over time, and when the first and last value
came.

The mean weighs each value with the time it was in force, so that report by exception does not distort it, and goes
along the line where a swinging door thinned (see `in_force`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from platform_core.services.in_force import good_samples, share_of
from platform_core.services.series_json import JSON_INTEGER_MAX
from platform_core.stores.base import UNTIL_NEXT, Between, BucketSeries, Series


def sample_stats(
    series: Series, t0: int, t1: int, between: Between = UNTIL_NEXT, after: Series | None = None
) -> dict[str, Any]:
    """Statistics of samples; a first sample before ``t0`` counts for the mean only, which looks no further than
    ``t1``. ``after`` is the first sample from there on.
    """
    good = good_samples(series)
    inside = good & (series.ts >= t0)
    n = int(inside.sum())
    stats = _empty() | {"n": n}
    if n:
        times = series.ts[inside]
        stats |= {"first_t": int(times[0]), "last_t": int(times[-1])}
    if series.kind == "s" or not good.any():
        return stats
    if n:
        values = series.v[inside]
        stats |= {"min": _plain(values.min()), "max": _plain(values.max())}
    end = int(series.ts[-1]) if series.truncated else t1
    share = share_of(series, good, t0, max(end, t0), between, None if series.truncated else after)
    if total := float(share.held_us.sum()):
        stats["mean"] = _plain(float(share.area.sum() / total))
    elif n:
        stats["mean"] = _plain(float(series.v[inside].astype(np.float64).mean()))
    return stats


def bucket_stats(rows: BucketSeries) -> dict[str, Any]:
    """The same, put together from buckets."""
    stats = _empty()
    if rows.n is None:
        return stats
    has = np.flatnonzero(rows.n > 0)
    stats["n"] = int(rows.n.sum())
    if len(has) and rows.first_t is not None and rows.last_t is not None:
        stats |= {"first_t": int(rows.first_t[has[0]]), "last_t": int(rows.last_t[has[-1]])}
    if len(has) and rows.min is not None and rows.max is not None:
        stats |= {"min": _plain(rows.min[has].min()), "max": _plain(rows.max[has].max())}
    if rows.twa is not None and rows.good_us is not None:
        known = np.isfinite(rows.twa) & (rows.good_us > 0)
        if known.any():
            weights = rows.good_us[known].astype(np.float64)
            stats["mean"] = _plain(float((rows.twa[known] * weights).sum() / weights.sum()))
    return stats


def _empty() -> dict[str, Any]:
    return {"n": 0, "min": None, "max": None, "mean": None, "first_t": None, "last_t": None}


def _plain(number: Any) -> Any:
    value = number.item() if isinstance(number, np.generic) else number
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return value if -JSON_INTEGER_MAX <= value <= JSON_INTEGER_MAX else str(value)
