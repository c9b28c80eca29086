"""The past of some tags for a trend: at most two points per pixel, extremes kept, the value before the range
first.

Where the samples of the range are few, they are returned as they are. Otherwise the range is cut into
buckets and each gives its smallest and its largest value, in time order; a bucket in which the tag was only
bad gives one null.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from platform_core.auth.clock import Clock, now_us
from platform_core.services.in_force import SCAN_MS_DEFAULT, alike, between_of, samples_after
from platform_core.services.series_json import plain_values, reduced_points
from platform_core.services.series_stats import bucket_stats, sample_stats
from platform_core.services.tags import Tag, TagDirectory
from platform_core.stores.base import UNTIL_NEXT, Between, BucketFn, BucketSeries, Series, Store
from schemas.errors import ConfigError

IDS_MAX = 200
POINTS_MAX = 20_000
POINTS_DEFAULT = 1_000
ALL_POINTS_MAX = 500_000
AHEAD_MAX_US = 300_000_000

_MINUTE = 60_000_000
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
# From a minute on, steps that minutes, hours and days divide into: they can be read from rollups.
STEPS_US = (
    *(n * _MINUTE for n in (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30)),
    *(n * _HOUR for n in (1, 2, 3, 4, 6, 8, 12)),
)
_NUMBER_FNS: tuple[BucketFn, ...] = ("n", "min", "max", "twa", "first", "last", "bad_us", "good_us")
_TEXT_FNS: tuple[BucketFn, ...] = ("n", "first", "last", "bad_us", "good_us")


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """What is asked: tags, the range ``[t0, t1)`` in µs UTC, pixels; ``raw`` wants every sample (up to a
    limit).
    """

    ids: Sequence[int]
    t0: int
    t1: int
    points: int = POINTS_DEFAULT
    raw: bool = False


@dataclass(slots=True)
class SeriesView:
    """One tag's answer. ``v`` is null where ``q`` is bad."""

    id: int
    kind: str
    reduced: bool = False
    truncated: bool = False
    t: list[int] = field(default_factory=list)
    v: list[Any] = field(default_factory=list)
    q: list[int] = field(default_factory=list)
    stats: dict[str, Any] = field(default_factory=dict)
    between: Between = UNTIL_NEXT


class History:
    """Answers trends from the store."""

    def __init__(self, store: Store, tags: TagDirectory, zone_of: Callable[[str], str], clock: Clock = now_us) -> None:
        """`zone_of` gives a tenant's IANA zone: buckets of an hour and more follow its wall clock."""
        self._store = store
        self._tags = tags
        self._zone_of = zone_of
        self._clock = clock

    def query(self, tenant: str, asked: HistoryQuery) -> tuple[list[SeriesView], dict[int, Tag]]:
        """A series for each known tag, in the order asked, and the tags themselves."""
        check_query(asked)
        asked = _until_now(asked, self._clock())
        known = self._tags.by_ids(tenant, list(dict.fromkeys(asked.ids)))
        ids = [tag_id for tag_id in dict.fromkeys(asked.ids) if tag_id in known]
        views = {
            tag_id: SeriesView(tag_id, known[tag_id].kind, between=between_of(known[tag_id].meta)) for tag_id in ids
        }
        if asked.raw:
            self._fill_raw(tenant, asked, views, ids, ALL_POINTS_MAX // max(1, len(ids)))
            return list(views.values()), known
        many = [tag_id for tag_id in ids if _expected(known[tag_id], asked) > 2 * asked.points]
        few = [tag_id for tag_id in ids if tag_id not in set(many)]
        # Two passes: report by exception can make "many" few, and a fast tag "few" many.
        sparse = self._fill_reduced(tenant, asked, views, many, keep_sparse=True)
        dense = self._fill_raw(tenant, asked, views, [*few, *sparse], 2 * asked.points)
        self._fill_reduced(tenant, asked, views, dense, keep_sparse=False)
        return list(views.values()), known

    def _fill_raw(
        self, tenant: str, asked: HistoryQuery, views: dict[int, SeriesView], ids: list[int], limit: int
    ) -> list[int]:
        """Fill with samples; returns the tags that have more than ``limit``."""
        if not ids:
            return []
        over = []
        now = self._clock()
        end = max(asked.t0, min(asked.t1, now))
        after = samples_after(self._store, tenant, ids, {tag_id: views[tag_id].between for tag_id in ids}, end)
        for series in self._store.raw(tenant, ids, asked.t0, asked.t1, bounds=True, limit=limit):
            _fill_samples(views[series.id], series, asked.t0, end, after.get(series.id))
            if series.truncated:
                over.append(series.id)
        return over

    def _fill_reduced(
        self,
        tenant: str,
        asked: HistoryQuery,
        views: dict[int, SeriesView],
        ids: list[int],
        *,
        keep_sparse: bool,
    ) -> list[int]:
        """Fill with bucket extremes; with ``keep_sparse`` returns, unfilled, tags with few enough samples."""
        if not ids:
            return []
        sparse: list[int] = []
        filled: list[int] = []
        for rows in self._buckets(tenant, asked, views, ids):
            if keep_sparse and _sample_count(rows) <= 2 * asked.points:
                sparse.append(rows.id)
                continue
            view = views[rows.id]
            view.reduced, view.truncated = True, False
            view.t, view.v, view.q = reduced_points(rows, 2 * asked.points)
            view.stats = bucket_stats(rows)
            filled.append(rows.id)
        if filled:
            for before in self._store.raw(tenant, filled, asked.t0, asked.t0 + 1, bounds=True, limit=1):
                _put_before(views[before.id], before, asked.t0)
        return sparse

    def _buckets(
        self, tenant: str, asked: HistoryQuery, views: dict[int, SeriesView], ids: list[int]
    ) -> list[BucketSeries]:
        step_us = step_for(asked.t1 - asked.t0, asked.points)
        zone = self._zone_of(tenant)
        rows: list[BucketSeries] = []
        for is_text, fns in ((False, _NUMBER_FNS), (True, _TEXT_FNS)):
            part = [tag_id for tag_id in ids if (views[tag_id].kind == "s") is is_text]
            for one, group in alike(part, {tag_id: views[tag_id].between for tag_id in part}).items():
                rows += self._store.buckets(tenant, group, asked.t0, asked.t1, step_us, zone, fns, one)
        return rows


def step_for(range_us: int, points: int) -> int:
    """The bucket length that gives at most ``points`` buckets (and one more, as they need not begin with the
    range).
    """
    ideal = max(1, -(-range_us // points))
    if ideal < STEPS_US[0]:
        return ideal
    for step_us in STEPS_US:
        if step_us >= ideal:
            return step_us
    return -(-ideal // _DAY) * _DAY


def check_query(asked: HistoryQuery) -> None:
    """Raises ``ConfigError`` for a question that cannot be answered."""
    if not 0 < len(asked.ids) <= IDS_MAX:
        raise ConfigError("history.ids", f"Ask for 1 to {IDS_MAX} tags at a time.")
    if not asked.t0 < asked.t1:
        raise ConfigError("history.range", "The range ends before it begins.", hint="Times are µs UTC, [from, to).")
    if not 1 <= asked.points <= POINTS_MAX or asked.points * len(asked.ids) > ALL_POINTS_MAX:
        raise ConfigError(
            "history.points", f"At most {POINTS_MAX} points per tag and {ALL_POINTS_MAX} for all tags together."
        )


def _until_now(asked: HistoryQuery, now: int) -> HistoryQuery:
    """Nothing is known of the future: no value is said to be in force there. Clocks of devices may be a little
    ahead.
    """
    end = max(asked.t0 + 1, min(asked.t1, now + AHEAD_MAX_US))
    return replace(asked, t1=end)


def _expected(tag: Tag, asked: HistoryQuery) -> int:
    scan_ms: int = tag.meta.get("scan_ms") or SCAN_MS_DEFAULT
    return (asked.t1 - asked.t0) // (scan_ms * 1000)


def _sample_count(rows: BucketSeries) -> int:
    return 0 if rows.n is None else int(rows.n.sum())


def _fill_samples(view: SeriesView, series: Series, t0: int, end: int, after: Series | None) -> None:
    view.truncated = series.truncated
    view.t = series.ts.tolist()
    view.v = plain_values(series.kind, series.v, series.q)
    view.q = series.q.tolist()
    view.stats = sample_stats(series, t0, end, view.between, after)


def _put_before(view: SeriesView, before: Series, t0: int) -> None:
    if len(before) and int(before.ts[0]) < t0:
        view.t.insert(0, int(before.ts[0]))
        view.v.insert(0, plain_values(before.kind, before.v[:1], before.q[:1])[0])
        view.q.insert(0, int(before.q[0]))
