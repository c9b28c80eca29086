"""What goes when the spool is full or old: by policy, with the exact count and cause in the ledger."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from edge_agent.buffer import ledger, room
from edge_agent.buffer.rows import Entry, Priority
from edge_agent.buffer.salvage import SpoolSettings
from edge_agent.buffer.spool import Spool
from edge_agent.buffer.writer import SpoolWriter
from schemas.models.agent import SpoolConfig
from schemas.wire.batch import decode_records
from tests.unit.edge_agent.spool_making import MIB, data_batch, entry, open_at

FULL_AFTER = 120


def told(spool: Spool) -> dict[str, int]:
    """Points by cause, as the platform is told them."""
    counts: dict[str, int] = {}
    for batch in ledger.seal(spool, rev="r"):
        for record in decode_records(batch.body, batch.z):
            counts[record["reason"]] = counts.get(record["reason"], 0) + record["n"]
    return counts


def kept_of(spool: Spool, conn: str) -> list[int]:
    rows = spool.db.execute("SELECT t_first FROM batch WHERE state = 0 AND conn = ? ORDER BY id", (conn,))
    return [row[0] for row in rows]


def fill(spool: Spool, count: int) -> None:
    for at in range(1, count + 1):
        both = [data_batch(at=at, size=15_000, conn=conn) for conn in ("a", "b")]
        spool.append([Entry(both)], alive=1)


def test_thin_keeps_the_whole_course_of_a_cut_in_fewer_points(tmp_path: Path) -> None:
    spool = open_at(tmp_path, size_max=2 * MIB, policy="thin")
    fill(spool, FULL_AFTER)
    for conn in ("a", "b"):  # taking turns in the spool, and neither pays for the other
        kept = kept_of(spool, conn)
        steps = [later - earlier for earlier, later in pairwise(kept)]
        assert kept[0] == 1
        assert max(steps) <= 16
        assert set(steps[-len(steps) // 3 :]) == {1}, "the newest are whole"
        assert sum(steps[: len(steps) // 3]) > 2 * (len(steps) // 3), "the old are thinner"
    assert abs(len(kept_of(spool, "a")) - len(kept_of(spool, "b"))) <= 4
    assert told(spool) == {"thinned": spool.counters.dropped}
    assert spool.audit() == spool.counters
    assert spool.counters.balanced


def test_oldest_is_the_default_and_loses_the_beginning(tmp_path: Path) -> None:
    spool = open_at(tmp_path, size_max=2 * MIB)
    fill(spool, FULL_AFTER)
    kept = kept_of(spool, "a")
    assert kept == list(range(kept[0], FULL_AFTER + 1))
    assert kept[0] > 1
    assert told(spool) == {"spool_full": spool.counters.dropped}


def test_newest_keeps_the_beginning_and_still_takes_what_is_no_data(tmp_path: Path) -> None:
    spool = open_at(tmp_path, size_max=2 * MIB, policy="newest")
    fill(spool, FULL_AFTER)
    kept = kept_of(spool, "a")
    assert kept == list(range(1, kept[-1] + 1))
    assert kept[-1] < FULL_AFTER
    assert told(spool) == {"refused_new": 2 * 10 * (FULL_AFTER - kept[-1])}
    event = replace(data_batch(0, at=999, size=60_000), prio=Priority.EVENT)
    assert len(spool.append([Entry([data_batch(at=999, size=15_000), event])], alive=1)) == 1
    assert spool.used_bytes() <= 2 * MIB
    assert kept_of(spool, "a")[:20] == kept[:20]
    spool.ack([(1, 40)])
    assert len(spool.append([entry(at=1000, size=15_000)], alive=1)) == 1, "what is acked makes way"
    causes = told(spool)
    assert causes["refused_new"] == 10
    assert spool.audit() == spool.counters
    assert spool.counters.balanced


def test_thinning_leaves_what_is_under_way_and_goes_on_to_the_oldest_when_nothing_is_left(tmp_path: Path) -> None:
    spool = open_at(tmp_path, size_max=2 * MIB, policy="thin")
    spool.in_flight = lambda: [3, 4]
    for at in range(1, 60):  # each too large for the older half to be thinned for long
        spool.append([entry(at=at, size=400_000)], alive=1)
    assert [batch.seq for batch in spool.read_pending(0, 5, 9, prio=2)] == [3, 4]
    causes = told(spool)
    assert set(causes) <= {"thinned", "spool_full"}
    assert sum(causes.values()) == spool.counters.dropped


def test_what_waits_too_long_is_dropped_and_declared(tmp_path: Path) -> None:
    spool = open_at(tmp_path)
    spool.append([entry(at=at) for at in range(1, 201)], alive=1)
    spool.in_flight = lambda: [7]
    with spool.transaction():
        while room.drop_aged(spool, 151):
            pass
    assert [batch.seq for batch in spool.read_pending(0, 999, 999, prio=2)] == [7, *range(151, 201)]
    assert told(spool) == {"too_old": 1490}
    assert spool.counters.balanced


@pytest.mark.parametrize(("age_max_s", "left"), [(3600.0, 1), (None, 2)])
def test_the_writer_holds_the_bound_of_age(tmp_path: Path, age_max_s: float | None, left: int) -> None:
    async def run() -> None:
        writer = SpoolWriter(
            tmp_path / "spool.db", SpoolSettings("m1", 64 * MIB), rev="r", retain_acked_s=0, age_max_s=age_max_s
        )
        now = time.time_ns() // 1000
        writer.spool.append([entry(at=now - 7_200_000_000), entry(at=now)], alive=now)
        writer.start()
        for _ in range(2):  # a whole round of the thread lies between two answers, with its chores
            await writer.ask(lambda _: None)
        counters = writer.figures.counters
        assert (counters.pending_batches - int(left == 1), counters.dropped) == ((1, 10) if left == 1 else (2, 0))
        assert await writer.stop(10)

    asyncio.run(run())


def test_nothing_of_this_is_on_by_itself() -> None:
    assert (SpoolConfig().policy, SpoolConfig().age_max_h) == ("oldest", None)


def test_what_has_low_priority_goes_first_and_each_is_told_by_itself(tmp_path: Path) -> None:
    spool = open_at(tmp_path, size_max=3 * MIB)
    for at in range(1, FULL_AFTER + 1):
        lanes = [data_batch(at=at, size=15_000, prio=prio) for prio in (Priority.EVENT, Priority.DATA, Priority.FAST)]
        spool.append([Entry(lanes)], alive=1)
    waiting = {prio: len(spool.read_pending(0, 10**6, 10**6, prio=prio, bytes_max=10**9)) for prio in (1, 2, 3)}
    assert waiting[1] == FULL_AFTER > waiting[2] > waiting[3]
    causes, dropped = told(spool), spool.dropped_by_priority()
    assert (causes["spool_full_low"], causes["spool_full"]) == (dropped["low"], dropped["normal"])
    assert sum(dropped.values()) == spool.counters.dropped
    assert spool.oldest_pending() == 1
    spool.close()
    assert open_at(tmp_path, size_max=3 * MIB).dropped_by_priority() == dropped


def test_where_what_is_old_is_kept_low_priority_still_makes_way(tmp_path: Path) -> None:
    spool = open_at(tmp_path, size_max=2 * MIB, policy="newest")
    for at in range(1, 2 * FULL_AFTER):
        spool.append([entry(at=at, size=15_000, prio=Priority.FAST)], alive=1)
    low = told(spool)["refused_new_low"]
    assert len(spool.append([entry(at=900, size=15_000)], alive=1)) == 1
    assert told(spool) == {"spool_full_low": spool.counters.dropped - low}
