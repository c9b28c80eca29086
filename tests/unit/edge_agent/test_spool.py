"""The spool: acceptance, numbers never used twice, settling, bounds, versions."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from edge_agent.buffer import ledger
from edge_agent.buffer.rows import Entry, SequenceKey
from edge_agent.buffer.salvage import SpoolSettings, open_spool
from schemas.errors import ConfigError
from schemas.wire.batch import decode_records
from schemas.wire.gap import GapRecord
from tests.unit.edge_agent.spool_making import MIB, data_batch, entry, open_at


def test_accepted_batches_come_back_after_reopening(tmp_path: Path) -> None:
    spool = open_at(tmp_path)
    stored = spool.append([entry(), entry(5, at=2_000)], alive=7)
    assert [batch.seq for batch in stored] == [1, 2]
    spool.db.close()  # no clean end
    again = open_at(tmp_path)
    assert [batch.body for batch in again.read_pending(0, 99, 9, prio=2)] == [b.body for b in stored]
    assert (again.stream, again.boot, again.max_seq) == (spool.stream, spool.boot + 1, 2)
    assert (again.counters.accepted, again.counters.pending) == (15, 15)
    assert (again.last_alive, again.ended_cleanly) == (7, False)


def test_a_number_is_never_used_twice_even_when_the_last_batch_is_gone(tmp_path: Path) -> None:
    spool = open_at(tmp_path)
    spool.append([entry(), entry()], alive=1)
    spool.ack([(1, 2)])
    with spool.transaction():
        spool.db.execute("DELETE FROM batch")
    spool.close()
    again = open_at(tmp_path)
    assert again.append([entry()], alive=1)[0].seq == 3


def test_row_numbers_and_gaps_commit_with_their_batch_or_not_at_all(tmp_path: Path) -> None:
    spool = open_at(tmp_path)
    key = SequenceKey("c1", "row")
    gap = GapRecord("not_sampled", "sequence_jump", "c1", 1, 2, 4, "rows", 3, 6)
    spool.append([Entry([data_batch()], (gap,), {key: 7})], alive=1)
    unstorable = replace(data_batch(), points=2**70)
    with pytest.raises(OverflowError):
        spool.append([Entry([data_batch()], (), {key: 8}), Entry([unstorable])], alive=1)
    assert spool.marks() == {key: 7}
    assert spool.counters.accepted == 10
    (sealed,) = ledger.seal(spool, rev="r")
    assert [GapRecord.from_record(r) for r in decode_records(sealed.body, sealed.z)] == [gap]
    assert ledger.seal(spool, rev="r") == []


def test_acks_settle_ranges_once_and_ignore_what_was_never_given_out(tmp_path: Path) -> None:
    spool = open_at(tmp_path)
    spool.append([entry(), entry(), entry()], alive=1)
    assert spool.ack([(1, 1), (3, 900)]) == 2
    assert spool.ack([(1, 1)]) == 0
    assert (spool.counters.acked, spool.counters.pending) == (20, 10)
    assert [batch.seq for batch in spool.read_pending(0, 99, 9, prio=2)] == [2]
    assert spool.audit() == spool.counters
    assert spool.counters.balanced


def test_dead_batches_are_booked_with_a_gap(tmp_path: Path) -> None:
    spool = open_at(tmp_path)
    spool.append([entry(), entry()], alive=1)
    spool.ack([], [(1, "wire.body")])
    assert (spool.counters.dead, spool.counters.pending) == (10, 10)
    (sealed,) = ledger.seal(spool, rev="r")
    (record,) = decode_records(sealed.body, sealed.z)
    assert (record["kind"], record["reason"], record["n"], record["seq_from"]) == ("dead", "wire.body", 10, 1)


def test_bounded_settled_first_then_pending_with_the_exact_count_in_the_ledger(tmp_path: Path) -> None:
    spool = open_at(tmp_path, size_max=2 * MIB)
    for n in range(10):
        spool.append([entry(at=n + 1, size=60_000)], alive=1)
    spool.ack([(1, 5)])
    for n in range(200):
        spool.append([entry(at=n + 100, size=60_000)], alive=1)
    assert spool.used_bytes() <= 2 * MIB
    assert spool.path.stat().st_size <= 2.2 * MIB
    counters = spool.counters
    assert counters.acked == 50
    assert counters.dropped > 0
    assert counters.balanced
    assert spool.audit() == counters
    sealed = ledger.seal(spool, rev="r")
    told = sum(r["n"] for batch in sealed for r in decode_records(batch.body, batch.z))
    assert told == counters.dropped


def test_what_is_under_way_is_not_dropped(tmp_path: Path) -> None:
    spool = open_at(tmp_path, size_max=2 * MIB)
    spool.append([entry(at=1, size=60_000)], alive=1)
    spool.in_flight = lambda: [1]
    for n in range(100):
        spool.append([entry(at=n + 2, size=60_000)], alive=1)
    assert spool.read_pending(0, 2, 9, prio=2)[0].seq == 1


def test_a_newer_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    open_at(tmp_path).close()
    db = sqlite3.connect(tmp_path / "spool.db")
    db.execute("PRAGMA user_version = 99")
    db.close()
    before = (tmp_path / "spool.db").read_bytes()
    with pytest.raises(ConfigError, match="newer"):
        open_at(tmp_path)
    assert (tmp_path / "spool.db").read_bytes() == before


def test_a_folder_in_use_is_refused(tmp_path: Path) -> None:
    spool = open_at(tmp_path)
    with pytest.raises(ConfigError, match="another edge-agent"):
        open_at(tmp_path)
    spool.close()
    open_at(tmp_path).close()


def test_a_flipped_bit_in_a_body_is_found_and_declared(tmp_path: Path) -> None:
    spool = open_at(tmp_path)
    spool.append([entry(at=1), entry(at=2)], alive=1)
    spool.db.execute("UPDATE body SET body = zeroblob(100) WHERE id = 1")
    assert [batch.seq for batch in spool.read_pending(0, 99, 9, prio=2)] == [2]
    assert spool.counters.dead == 10
    assert ledger.has_open(spool.db)


def test_a_damaged_file_is_put_aside_and_salvaged_into_a_new_stream(tmp_path: Path) -> None:
    spool = open_at(tmp_path)
    stream = spool.stream
    for n in range(80):
        spool.append([entry(at=n + 1, size=3_000)], alive=1)
    spool.ack([(1, 4)])
    spool.close()
    path = tmp_path / "spool.db"
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2 : len(raw) // 2 + 9_000] = b"\xff" * 9_000
    path.write_bytes(raw)
    again, salvage = open_spool(path, SpoolSettings("m1", 64 * MIB))
    assert salvage is not None
    assert again.stream != stream
    salvage.step()
    again.db.close()  # killed in the middle of it: the next start goes on
    again, salvage = open_spool(path, SpoolSettings("m1", 64 * MIB))
    assert salvage is not None
    while not salvage.done:
        salvage.step()
    counters = again.counters
    assert (counters.accepted, counters.acked) == (800, 40)
    assert 0 < counters.dropped < 400
    assert counters.balanced
    sealed = ledger.seal(again, rev="r")
    assert sum(r["n"] for b in sealed for r in decode_records(b.body, b.z)) == counters.dropped
    assert list(tmp_path.glob("spool.db.damaged-*"))
