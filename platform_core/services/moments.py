"""Values at a past moment, and one number of a range: for time travel and for tiles that count.

What is in force is the newest sample at or before a moment; it holds until the next one, and a bad one ends it, or
that it was not read for long (see `in_force`). Behind a swinging door a value lies on the line to the next sample.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, get_args

import numpy as np
from numpy.typing import NDArray

from platform_core.auth.clock import Clock, now_us
from platform_core.services.gaps import Gaps
from platform_core.services.history import step_for
from platform_core.services.in_force import alike, between_of, good_samples, samples_after, share_of, value_between
from platform_core.services.series_json import JSON_INTEGER_MAX, plain_values
from platform_core.services.tags import Tag, TagDirectory
from platform_core.stores.base import UNTIL_NEXT, Between, BucketFn, BucketSeries, Series, Store
from schemas.errors import ConfigError
from schemas.models.binding import HistoryFn
from schemas.models.sample import Freshness
from schemas.quality import BAD_FROM, Quality

IDS_MAX: Final = 1000
RAW_MAX: Final = 50_000
BUCKETS_MAX: Final = 5_000
FNS: tuple[HistoryFn, ...] = get_args(HistoryFn)
_TEXT_FNS: Final = ("last", "first", "count")
_BUCKET_FNS: tuple[BucketFn, ...] = ("n", "min", "max", "mean", "twa", "first", "last", "bad_us", "good_us")
_BUCKET_TEXT_FNS: tuple[BucketFn, ...] = ("n", "first", "last", "bad_us", "good_us")


@dataclass(slots=True)
class Course:
    """What a number is made of: the values of a stretch of time, from samples or from buckets."""

    n: int = 0
    first: Any = None
    last: Any = None
    low: Any = None
    high: Any = None
    integral: float = 0.0
    good_us: int = 0
    total: float = 0.0
    rise: float = 0.0
    resets: int = 0
    q: int = int(Quality.GOOD)
    ts: int | None = None


class Moments:
    """Answers from the store."""

    def __init__(
        self, store: Store, tags: TagDirectory, gaps: Gaps, zone_of: Callable[[str], str], clock: Clock = now_us
    ) -> None:
        self._store = store
        self._tags = tags
        self._gaps = gaps
        self._zone_of = zone_of
        self._clock = clock

    def at(self, tenant: str, ids: Sequence[int], ts: int) -> list[dict[str, Any]]:
        """What each tag had at ``ts``: ``{id, v, q, ts, fresh}``; unknown tags are left out.

        A tag without a sample until then has q 140 (waiting) and ts 0. ``fresh`` is 2 where a gap is known from after
        the sample until that moment, and where it was not said again for long: nothing was read then.
        """
        if len(ids) > IDS_MAX:
            raise ConfigError("moment.ids", f"Ask for at most {IDS_MAX} tags at a time.")
        known = self._tags.by_ids(tenant, list(dict.fromkeys(ids)))
        wanted = [tag_id for tag_id in dict.fromkeys(ids) if tag_id in known]
        between = {tag_id: between_of(known[tag_id].meta) for tag_id in wanted}
        found: dict[int, Series] = {}
        after: dict[int, Series] = {}
        for start in range(0, len(wanted), 200):
            part = wanted[start : start + 200]
            after |= samples_after(self._store, tenant, part, between, ts + 1)
            for series in self._store.raw(tenant, part, ts, ts + 1, bounds=True):
                found[series.id] = series
        places = {(known[tag_id].edge, known[tag_id].connection) for tag_id in wanted}
        gaps = self._gaps.overlapping(tenant, places, ts, ts + 1) if places else []
        return [
            _at(known[tag_id], found.get(tag_id), after.get(tag_id), ts, between[tag_id], gaps) for tag_id in wanted
        ]

    def summary(
        self, tenant: str, ids: Sequence[int], t0: int, t1: int, fn: HistoryFn, *, counter: bool | None = None
    ) -> list[dict[str, Any]]:
        """One number for each known tag, of ``[t0, t1)`` as far as it is past. See ``docs/reference/writes.md``.

        ``counter`` says whether a fall is a counter that began anew; None: only for kind ``u``.
        """
        if not 0 < len(ids) <= IDS_MAX:
            raise ConfigError("summary.ids", f"Ask for 1 to {IDS_MAX} tags at a time.")
        if not t0 < t1:
            raise ConfigError("summary.range", "The range ends before it begins.", hint="Times are µs UTC, [from, to).")
        end = min(t1, self._clock())
        known = self._tags.by_ids(tenant, list(dict.fromkeys(ids)))
        wanted = [tag_id for tag_id in dict.fromkeys(ids) if tag_id in known]
        courses: dict[int, Course] = {}
        if end > t0:
            courses = self._courses(tenant, wanted, t0, end, known, counter)
        return [_number(tag_id, known[tag_id].kind, courses.get(tag_id), fn, max(0, end - t0)) for tag_id in wanted]

    def _courses(
        self, tenant: str, ids: list[int], t0: int, t1: int, known: Any, counter: bool | None
    ) -> dict[int, Course]:
        courses: dict[int, Course] = {}
        long: list[int] = []
        between = {tag_id: between_of(known[tag_id].meta) for tag_id in ids}
        for start in range(0, len(ids), 50):
            part = ids[start : start + 50]
            after = samples_after(self._store, tenant, part, between, t1)
            for series in self._store.raw(tenant, part, t0, t1, bounds=True, limit=RAW_MAX):
                if series.truncated:
                    long.append(series.id)
                    continue
                is_counter = _counts(known[series.id].kind, counter)
                courses[series.id] = course_of(series, t0, t1, is_counter, between[series.id], after.get(series.id))
        step, zone = step_for(t1 - t0, BUCKETS_MAX), self._zone_of(tenant)
        for is_text, fns in ((False, _BUCKET_FNS), (True, _BUCKET_TEXT_FNS)):
            part = [tag_id for tag_id in long if (known[tag_id].kind == "s") is is_text]
            if not part:
                continue
            before = {series.id: series for series in self._store.raw(tenant, part, t0, t0 + 1, bounds=True, limit=1)}
            for one, group in alike(part, between).items():
                for rows in self._store.buckets(tenant, group, t0, t1, step, zone, fns, one):
                    is_counter = _counts(known[rows.id].kind, counter)
                    courses[rows.id] = course_of_buckets(rows, before.get(rows.id), t0, is_counter, one)
        return courses


def course_of(
    series: Series,
    t0: int,
    t1: int,
    is_counter: bool,
    between: Between = UNTIL_NEXT,
    after: Series | None = None,
) -> Course:
    """From samples; one before ``t0`` is what is in force when the range begins, unless it is too old for that: then
    it is the last one known, and what has been counted since counts from it. ``after`` is the first sample from ``t1``
    on.
    """
    good = good_samples(series)
    inside = good & (series.ts >= t0)
    course = Course(n=int(inside.sum()))
    at = np.flatnonzero(good)
    if not len(at):
        return course
    course.last = plain_values(series.kind, series.v[at[-1:]], series.q[at[-1:]])[0]
    course.ts, course.q = int(series.ts[at[-1]]), int(series.q[at[-1]])
    in_force = at if between.holds(int(series.ts[at[0]]), t0) else at[1:]
    if not len(in_force):
        return course
    course.first = plain_values(series.kind, series.v[in_force[:1]], series.q[in_force[:1]])[0]
    course.q = int(series.q[in_force].max())
    share = share_of(series, good, t0, t1, between, after)
    course.good_us = int(share.held_us.sum())
    if series.kind == "s":
        return course
    course.low, course.high = _plain(series.v[in_force].min()), _plain(series.v[in_force].max())
    course.integral = float(share.area.sum())
    course.total = float(series.v[inside].astype(np.float64).sum())
    course.rise, course.resets = _rise(series.v[at].astype(np.float64), is_counter)
    return course


def course_of_buckets(
    rows: BucketSeries, before: Series | None, t0: int, is_counter: bool, between: Between = UNTIL_NEXT
) -> Course:
    """From buckets: the same numbers, as long as a counter begins anew at most once in a bucket."""
    course = Course()
    if rows.n is None or rows.first is None or rows.last is None or rows.last_t is None or rows.good_us is None:
        return course
    has = np.flatnonzero(rows.n > 0)
    course.n, course.good_us = int(rows.n.sum()), int(rows.good_us.sum())
    start = before if before is not None and int(before.q[0]) < BAD_FROM and int(before.ts[0]) <= t0 else None
    in_force = start if start is not None and between.holds(int(start.ts[0]), t0) else None
    if not len(has):
        if start is not None:
            course = course_of(start, t0, t0 + course.good_us, is_counter, between)
            course.integral = _integral(rows)
        return course
    quality = np.zeros(len(has), dtype=np.uint8)
    firsts = plain_values(rows.kind, rows.first[has], quality)
    lasts = plain_values(rows.kind, rows.last[has], quality)
    course.first, course.last, course.ts = firsts[0], lasts[-1], int(rows.last_t[has[-1]])
    if in_force is not None:
        course.first = plain_values(in_force.kind, in_force.v[:1], in_force.q[:1])[0]
    if rows.kind == "s" or rows.min is None or rows.max is None or rows.mean is None:
        return course
    first_value = [] if in_force is None else [in_force.v[0]]
    course.low = _plain(min([*first_value, rows.min[has].min()]))
    course.high = _plain(max([*first_value, rows.max[has].max()]))
    course.integral = _integral(rows)
    course.total = float((rows.mean[has] * rows.n[has]).sum())
    steps = [] if start is None else [float(start.v[0])]
    for bucket in has.tolist():
        first, last = float(rows.first[bucket]), float(rows.last[bucket])
        peak = float(rows.max[bucket])
        steps += [first, peak, last] if is_counter and peak > last else [first, last]
    course.rise, course.resets = _rise(np.array(steps), is_counter)
    return course


def _integral(rows: BucketSeries) -> float:
    if rows.twa is None or rows.good_us is None:
        return 0.0
    known = np.isfinite(rows.twa) & (rows.good_us > 0)
    return float((rows.twa[known] * rows.good_us[known]).sum())


def _rise(numbers: NDArray[np.float64], is_counter: bool) -> tuple[float, int]:
    """How much it has risen. A counter that falls has begun anew at 0: what it shows then has been added."""
    if not is_counter:
        return float(numbers[-1] - numbers[0]), 0
    steps = np.diff(numbers)
    falls = steps < 0
    return float(steps[~falls].sum() + numbers[1:][falls].sum()), int(falls.sum())


def _number(tag_id: int, kind: str, course: Course | None, fn: HistoryFn, range_us: int) -> dict[str, Any]:
    empty = {"id": tag_id, "v": None, "q": int(Quality.WAITING), "ts": None, "n": 0, "coverage": 0.0, "resets": 0}
    if kind == "s" and fn not in _TEXT_FNS:
        return empty | {"q": int(Quality.TYPE_MISMATCH)}
    if course is None:
        return empty | ({"v": 0, "q": int(Quality.GOOD)} if fn == "count" else {})
    values: dict[str, Any] = {
        "first": course.first,
        "last": course.last,
        "min": course.low,
        "max": course.high,
        "mean": course.integral / course.good_us if course.good_us else None,
        "sum": course.total if course.n else None,
        "delta": course.rise if course.low is not None else None,
        "count": course.n,
    }
    value = values[fn]
    if isinstance(value, float) and not np.isfinite(value):
        value = None
    if isinstance(value, float) and kind in ("i", "u", "b") and fn in ("sum", "delta") and value.is_integer():
        value = int(value)
    return {
        "id": tag_id,
        "v": value,
        "q": int(Quality.WAITING) if value is None else course.q,
        "ts": course.ts,
        "n": course.n,
        "coverage": round(course.good_us / range_us, 4) if range_us else 0.0,
        "resets": course.resets,
    }


def _at(
    tag: Tag, series: Series | None, after: Series | None, at: int, between: Between, gaps: Sequence[Any]
) -> dict[str, Any]:
    if series is None or not len(series):
        return {"id": tag.id, "v": None, "q": int(Quality.WAITING), "ts": 0, "fresh": int(Freshness.OFFLINE)}
    ts, quality = int(series.ts[-1]), int(series.q[-1])
    value = value_between(series, after, at, between.line_us)
    is_missing = not between.holds(ts, at) or any(
        gap["edge"] == tag.edge and gap["connection"] in (None, "", tag.connection) and gap["to"] > ts for gap in gaps
    )
    fresh = Freshness.OFFLINE if is_missing else Freshness.FRESH
    plain = plain_values(series.kind, np.array([value], series.v.dtype), series.q[-1:])[0]
    return {"id": tag.id, "v": plain, "q": quality, "ts": ts, "fresh": int(fresh)}


def _counts(kind: str, counter: bool | None) -> bool:
    return kind == "u" if counter is None else counter


def _plain(number: Any) -> Any:
    value = number.item() if isinstance(number, np.generic) else number
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return value if -JSON_INTEGER_MAX <= value <= JSON_INTEGER_MAX else str(value)
