"""The suite. A test module subclasses `StoreConformance` and gives a fixture `bench` of type `Proving`."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from platform_core.stores.base import Between, Block
from platform_core.stores.testing.model import HOUR_US, SECOND_US, ModelStore, block, check_buckets, check_raw
from platform_core.stores.testing.proving import Proving
from schemas.wire.columns import Kind

DAY_US = 24 * HOUR_US
T0 = 20_600 * DAY_US
TENANT = "factory"
HUGE: dict[Kind, list[Any]] = {
    "i": [2**53 + 1, -(2**53) - 1, 2**63 - 1, -(2**63), 0],
    "u": [2**64 - 1, 2**53 + 1, 0, 1, 2**63],
    "f": [5e-324, 1.7976931348623157e308, -0.0, 0.1, 1e16],
    "b": [0, 1, 1, 0, 1],
    "s": ["", "running", "停止 ⚙", "x" * 300, "line\nbreak"],
}
ZONE_DAYS: dict[str, list[tuple[int, int, int, float]]] = {
    "Europe/Berlin": [(2026, 3, 29, 23), (2026, 10, 25, 25)],
    "America/New_York": [(2026, 3, 8, 23), (2026, 11, 1, 25)],
    "Australia/Lord_Howe": [(2026, 10, 4, 23.5), (2026, 4, 5, 24.5)],
}


class StoreConformance:
    """Promises of every store; times are far from now, so that no test depends on the day it runs."""

    def test_every_kind_comes_back_exactly(self, bench: Proving) -> None:
        store = bench.open()
        for no, (kind, values) in enumerate(HUGE.items(), 1):
            rows = [(no, T0 + i * SECOND_US, v, 0) for i, v in enumerate(values)]
            store.apply(block(no, kind, rows))
        for _ in range(2):
            for no, (kind, values) in enumerate(HUGE.items(), 1):
                (series,) = store.raw(TENANT, [no], T0, T0 + DAY_US)
                assert (series.kind, series.v.tolist()) == (kind, values)
            bench.settle(T0 + 3 * DAY_US)
            store = bench.open()

    def test_what_is_not_a_number_is_bad_and_has_no_value(self, bench: Proving) -> None:
        store = bench.open()
        store.apply(block(1, "f", [(1, T0, float("nan"), 0), (1, T0 + 1, 7.0, 129), (1, T0 + 2, 7.0, 64)]))
        for _ in range(2):
            (series,) = store.raw(TENANT, [1], T0, T0 + 9)
            assert (series.q.tolist(), series.v.tolist()) == ([136, 129, 64], [0.0, 0.0, 7.0])
            bench.settle(T0 + 3 * DAY_US)

    def test_nothing_is_found_where_nothing_is(self, bench: Proving) -> None:
        store = bench.open()
        assert store.raw(TENANT, [1], T0, T0 + DAY_US, bounds=True) == []
        assert store.buckets(TENANT, [1], T0, T0 + DAY_US, HOUR_US) == []
        store.apply(block(1, "f", []))
        store.apply(block(2, "f", [(1, T0, 1.0, 0)]))
        assert store.raw(TENANT, [2, 4_000_000_000], T0, T0 + DAY_US, bounds=True) == []
        assert store.raw(TENANT, [], T0, T0 + DAY_US) == []
        assert store.raw(TENANT, [1], T0 + 1, T0 + 1) == []
        assert store.raw(TENANT, [1], T0 + 5, T0) == []

    def test_another_tenants_ids_give_nothing(self, bench: Proving) -> None:
        store = bench.open()
        store.apply(block(1, "f", [(1, T0, 1.0, 0)], tenant="other"))
        for _ in range(2):
            assert store.raw(TENANT, [1], T0 - DAY_US, T0 + DAY_US, bounds=True) == []
            assert store.buckets(TENANT, [1], T0 - DAY_US, T0 + DAY_US, HOUR_US) == []
            assert len(store.raw("other", [1], T0, T0 + DAY_US)) == 1
            store.drop_before(TENANT, T0 + DAY_US)
            bench.settle(T0 + 3 * DAY_US)

    def test_the_newer_seq_wins_wherever_the_older_lies(self, bench: Proving) -> None:
        store = bench.open()
        store.apply(block(1, "i", [(1, T0, 50, 0)], seq=50))
        store.apply(block(2, "i", [(1, T0, 40, 0)], seq=40))
        assert store.raw(TENANT, [1], T0, T0 + 1)[0].v.tolist() == [50]
        bench.settle(T0)
        store.apply(block(3, "i", [(1, T0, 45, 0)], seq=45))
        assert store.raw(TENANT, [1], T0, T0 + 1)[0].v.tolist() == [50]
        bench.settle(T0 + 3 * DAY_US)
        assert store.raw(TENANT, [1], T0, T0 + 1)[0].v.tolist() == [50]
        store.apply(block(4, "i", [(1, T0, 60, 0)], seq=60))
        assert store.raw(TENANT, [1], T0, T0 + 1)[0].v.tolist() == [60]
        bench.settle(T0 + 6 * DAY_US)
        assert bench.open().raw(TENANT, [1], T0, T0 + 1)[0].v.tolist() == [60]

    def test_a_block_counts_once_however_often_it_comes(self, bench: Proving) -> None:
        store = bench.open()
        model = ModelStore()
        blocks = [block(no, "f", [(1, T0 + no * SECOND_US, float(no), 0)]) for no in range(1, 30)]
        for one in blocks:
            store.apply(one)
            model.apply(one)
        bench.settle(T0)
        assert store.applied() == 29
        store = bench.open()
        for one in blocks:
            store.apply(one)
        check_raw(store, model, TENANT, [1], T0, T0 + DAY_US)
        (series,) = store.buckets(TENANT, [1], T0, T0 + DAY_US, DAY_US, fns=["n"])
        assert series.n is not None
        assert series.n.tolist() == [29]

    def test_a_block_without_samples_moves_applied_along(self, bench: Proving) -> None:
        store = bench.open()
        store.apply(Block(7, TENANT, 1, False, []))
        bench.settle(T0)
        assert bench.open().applied() == 7

    def test_the_value_before_the_range_comes_with_its_own_time(self, bench: Proving) -> None:
        store = bench.open()
        store.apply(block(1, "f", [(1, T0 - 40 * DAY_US, 1.5, 0), (1, T0 + 5, 2.5, 0)]))
        for _ in range(2):
            (series,) = store.raw(TENANT, [1], T0, T0 + 10, bounds=True)
            assert series.ts.tolist() == [T0 - 40 * DAY_US, T0 + 5]
            (held,) = store.buckets(TENANT, [1], T0, T0 + 10, SECOND_US, fns=["twa"])
            assert held.twa is not None
            assert held.twa.tolist() == [2.0]
            bench.settle(T0 + 3 * DAY_US)

    def test_limit_keeps_the_oldest_and_says_so(self, bench: Proving) -> None:
        store = bench.open()
        store.apply(block(1, "f", [(1, T0 + i * HOUR_US, float(i), 0) for i in range(100)]))
        (series,) = store.raw(TENANT, [1], T0 + HOUR_US, T0 + 90 * HOUR_US, bounds=True, limit=10)
        assert (series.v.tolist(), series.truncated) == ([float(i) for i in range(11)], True)
        (series,) = store.raw(TENANT, [1], T0, T0 + 10 * HOUR_US, limit=10)
        assert (len(series), series.truncated) == (10, False)

    def test_a_value_holds_until_bad_or_too_old(self, bench: Proving) -> None:
        store = bench.open()
        minute = 60 * SECOND_US
        rows = [
            (1, T0, 10.0, 0),
            (1, T0 + minute, 20.0, 0),
            (1, T0 + 2 * minute, 0.0, 129),
            (1, T0 + 4 * minute, 30.0, 0),
        ]
        store.apply(block(1, "f", rows))
        (series,) = store.buckets(TENANT, [1], T0, T0 + 20 * minute, 20 * minute, between=Between(3 * minute))
        assert series.twa is not None
        assert series.bad_us is not None
        assert series.good_us is not None
        assert series.twa.tolist() == [(10 + 20 + 3 * 30) / 5]
        assert (series.bad_us.tolist(), series.good_us.tolist()) == ([2 * minute], [5 * minute])

    def test_between_samples_lies_a_line_where_it_is_asked_for(self, bench: Proving) -> None:
        store = bench.open()
        model = ModelStore()
        minute = 60 * SECOND_US
        course = [(0, 10.0, 0), (2, 30.0, 0), (3, 0.0, 129), (4, 40.0, 0), (5, 0.0, 64), (60, 100.0, 0), (61, 0.0, 0)]
        one = block(1, "f", [(1, T0 + at * minute, v, q) for at, v, q in course])
        store.apply(one)
        model.apply(one)
        for _ in range(2):
            (series,) = store.buckets(
                TENANT, [1], T0, T0 + minute, minute, fns=["twa"], between=Between(line_us=3 * minute)
            )
            assert series.twa is not None
            assert series.twa.tolist() == [15.0]  # half of the way to a sample behind the range
            for begin, end, step in ((0, 120, 1), (0, 7, 7), (1, 3, 60), (60, 61, 1), (4, 61, 13), (6, 30, 5)):
                for hold_us, line_us in ((None, 3 * minute), (9 * minute, 3 * minute), (None, HOUR_US)):
                    span = (T0 + begin * minute + 1, T0 + end * minute - 1, step * minute)
                    check_buckets(store, model, TENANT, [1], *span, hold_us, line_us=line_us)
            bench.settle(T0 + 3 * DAY_US)

    def test_days_follow_the_zone(self, bench: Proving) -> None:
        store = bench.open()
        model = ModelStore()
        no = 0
        for zone, days in ZONE_DAYS.items():
            for year, month, day, hours in days:
                no += 1
                begin = datetime(year, month, day, tzinfo=ZoneInfo(zone))
                t0 = int(begin.timestamp()) * SECOND_US
                t1 = int(begin.replace(day=day + 1).timestamp()) * SECOND_US
                assert (t1 - t0) / HOUR_US == hours
                rows = [(no, t, float(i % 7), 0) for i, t in enumerate(range(t0, t1, 10 * 60 * SECOND_US))]
                store.apply(block(no, "f", rows))
                model.apply(block(no, "f", rows))
                (one,) = store.buckets(TENANT, [no], t0, t1, DAY_US, zone, ["n"])
                assert one.t.tolist() == [t0]
                assert one.n is not None
                assert one.n.tolist() == [hours * 6]
                for step in (HOUR_US, 6 * HOUR_US, DAY_US):
                    check_buckets(store, model, TENANT, [no], t0, t1, step, None, zone)
                starts = store.buckets(TENANT, [no], t0, t1, HOUR_US, zone, ["n"])[0].t
                assert len(starts) == (24 if hours in (23.5, 24.5) else hours)
                assert np.all(np.diff(starts) > 0)

    def test_dropped_is_gone_for_good(self, bench: Proving) -> None:
        store = bench.open()
        store.apply(block(1, "f", [(1, T0 + i * HOUR_US, float(i), 0) for i in range(72)]))
        bench.settle(T0 + 9 * DAY_US)
        store.drop_before(TENANT, T0 + 30 * HOUR_US)
        store.apply(block(2, "f", [(1, T0 + HOUR_US, 99.0, 0), (1, T0 + 31 * HOUR_US + 1, 31.5, 0)]))
        for _ in range(3):
            (series,) = store.raw(TENANT, [1], T0, T0 + 72 * HOUR_US, bounds=True)
            assert series.ts.tolist()[:3] == [T0 + 30 * HOUR_US, T0 + 31 * HOUR_US, T0 + 31 * HOUR_US + 1]
            (first,) = store.buckets(TENANT, [1], T0, T0 + 72 * HOUR_US, DAY_US, fns=["n"])
            assert first.n is not None
            assert first.n.tolist() == [0, 19, 24]
            bench.settle(T0 + 20 * DAY_US)
            store = bench.open()
