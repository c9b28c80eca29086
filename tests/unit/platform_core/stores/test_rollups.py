"""Rollups and ladders: used where they can be, told apart from stale ones, and equal to the samples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from platform_core.stores.base import Between
from platform_core.stores.embedded import segment as segments
from platform_core.stores.embedded.calendar import NICE_STEPS_US, bucket_starts, step_for
from platform_core.stores.embedded.options import StoreOptions
from platform_core.stores.embedded.store import EmbeddedStore
from platform_core.stores.embedded.trends import MERGED_FROM
from platform_core.stores.testing.conformance import DAY_US, T0, TENANT
from platform_core.stores.testing.model import HOUR_US, SECOND_US, ModelStore, block, check_buckets
from schemas.errors import ConfigError

DAYS = 70
MINUTE_US = 60 * SECOND_US
HOLD_US = 30 * MINUTE_US


class Clock:
    now_us = T0

    def __call__(self) -> int:
        return self.now_us


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock):
    options = StoreOptions(background=False, clock_us=clock, minute_rollup_min_rows=2, late_settle_s=0)
    with EmbeddedStore(tmp_path, options) as store:
        yield store


def fill(store: EmbeddedStore, clock: Clock) -> ModelStore:
    model = ModelStore()
    for day in range(DAYS):
        start = T0 + day * DAY_US
        rows = [
            (1, start + i * 10 * MINUTE_US + i % 3, float((day * i) % 17), 129 if i % 29 == 7 else 0)
            for i in range(144)
        ]
        rows += [(2, start + 6 * HOUR_US + i * 20 * SECOND_US, i * 0.1, 0) for i in range(60)]
        one = block(day + 1, "f", rows)
        store.apply(one)
        model.apply(one)
        clock.now_us = start + DAY_US + 2 * HOUR_US
        store.seal()
        while store.maintain():
            pass
    return model


def forbid_samples(patch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("samples were read")

    patch.setattr(segments.SegmentFile, "_read", refuse)


def test_long_ranges_are_answered_from_hour_rollups_alone(
    store: EmbeddedStore, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = fill(store, clock)
    assert len(store._views.current.manifest.ladders) >= 2
    for tag in (1, 2):
        check_buckets(store, model, TENANT, [tag], T0, T0 + DAYS * DAY_US, 12 * HOUR_US, HOLD_US)
    with monkeypatch.context() as patch:
        forbid_samples(patch)
        store.buckets(TENANT, [1, 2], T0, T0 + 60 * DAY_US, 12 * HOUR_US, between=Between(24 * HOUR_US))
        with pytest.raises(AssertionError, match="samples were read"):  # the control: a short hold needs them
            store.buckets(TENANT, [1], T0, T0 + 60 * DAY_US, 12 * HOUR_US, between=Between(SECOND_US))


@pytest.mark.parametrize(
    ("hold_us", "line_us"), [(None, None), (90 * SECOND_US, None), (90 * SECOND_US, 30 * SECOND_US)]
)
def test_a_day_of_many_samples_is_put_together_without_losing_its_pauses(store, hold_us, line_us) -> None:
    rows = [(1, T0 + i * 9 * SECOND_US + (i // 700) * HOUR_US, float(i * i % 101), 0) for i in range(5_000)]
    rows += [(1, T0 + 40 * HOUR_US + i * 60 * SECOND_US, float(i % 7), 129 if i % 5 == 0 else 0) for i in range(60)]
    model = ModelStore()
    for one in (block(1, "f", rows[:3000]), block(2, "f", rows[3000:])):
        store.apply(one)
        model.apply(one)
    assert max(np.unique([ts // DAY_US for _, ts, _, _ in rows], return_counts=True)[1]) > MERGED_FROM
    for step_us in (7 * MINUTE_US, HOUR_US, 3 * DAY_US):
        check_buckets(store, model, TENANT, [1], T0, T0 + 2 * DAY_US, step_us, hold_us, line_us=line_us)


def test_late_samples_make_the_old_rollups_count_no_more(store: EmbeddedStore, clock: Clock) -> None:
    model = fill(store, clock)
    late = block(DAYS + 1, "f", [(1, T0 + 3 * DAY_US + 5 * HOUR_US + 5, 1e6, 0)])
    store.apply(late)
    model.apply(late)
    whole = (TENANT, [1, 2], T0, T0 + DAYS * DAY_US, 12 * HOUR_US, HOLD_US)
    check_buckets(store, model, *whole)  # in the tail
    store.seal()
    check_buckets(store, model, *whole)  # in a segment of its own
    clock.now_us += HOUR_US
    while store.maintain():
        pass
    check_buckets(store, model, *whole)  # merged, ladder built anew
    (count,) = {segment.level for segment in store._views.current.manifest.segments if segment.day == T0 // DAY_US + 3}
    assert count == 2


def test_dropped_samples_are_not_in_rollups(store: EmbeddedStore, clock: Clock) -> None:
    model = fill(store, clock)
    floor = T0 + 40 * DAY_US + 7 * HOUR_US + 1
    store.drop_before(TENANT, floor)
    model.drop_before(TENANT, floor)
    check_buckets(store, model, TENANT, [1, 2], T0, T0 + DAYS * DAY_US, DAY_US, HOLD_US, "America/New_York")
    assert len(store._views.current.manifest.ladders) < 3


def test_anyone_can_read_the_files(store: EmbeddedStore, clock: Clock) -> None:
    fill(store, clock)
    (path,) = [store.folder / one.path for one in store._views.current.manifest.segments if one.day == T0 // DAY_US]
    table = pq.read_table(path)
    assert table.column_names == ["tag", "ts", "v", "q", "seq"]
    assert str(table.schema.field("ts").type) == "timestamp[us, tz=UTC]"
    assert table.column("v").null_count == np.count_nonzero(np.array(table.column("q")) >= 128) > 0


def test_steps_that_make_no_sense_are_refused() -> None:
    for step, tz in (
        (0, "UTC"),
        (-1, "UTC"),
        (DAY_US + 1, "UTC"),
        (1, "UTC"),
        (HOUR_US, "Mars/Olympus"),
        (HOUR_US, "../x"),
    ):
        with pytest.raises(ConfigError):
            bucket_starts(T0, T0 + 2 * DAY_US, step, tz)


def test_step_for_gives_no_more_buckets_than_asked() -> None:
    for length in (1, 999, SECOND_US, HOUR_US, DAY_US, 365 * DAY_US, 4_000 * DAY_US):
        for points in (1, 100, 1_000):
            step = step_for(T0, T0 + length, points)
            assert -(-length // step) <= points
            assert step in NICE_STEPS_US or step % DAY_US == 0


def test_a_fast_tag_is_read_by_the_groups_of_the_range(store: EmbeddedStore, clock: Clock) -> None:
    count = 400_000
    at = T0 + np.arange(count) * 200_000
    one = block(1, "i", [])
    one.columns[0].__init__("i", np.full(count, 9, "u4"), at, np.zeros(count, "u1"), np.arange(count))
    store.apply(one)
    clock.now_us = T0 + 3 * DAY_US
    store.seal()
    while store.maintain():
        pass
    for first in (0, 1, 65_535, 65_536, 131_073, 399_990):
        (series,) = store.raw(TENANT, [9], int(at[first]), int(at[first]) + SECOND_US, bounds=True)
        assert series.v.tolist() == list(range(max(0, first - 1), min(count, first + 5)))
    (path,) = [store.folder / one.path for one in store._views.current.manifest.segments]
    assert pq.read_metadata(path).num_row_groups > 4
