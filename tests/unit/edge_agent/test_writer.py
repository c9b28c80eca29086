"""The spool's thread: group commits, a disk that fails, memory that is bounded."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest

from edge_agent.buffer import room, writer
from edge_agent.buffer.rows import Entry, StoredBatch
from edge_agent.buffer.salvage import SpoolSettings
from edge_agent.buffer.spool import Spool
from edge_agent.buffer.writer import SpoolWriter
from schemas.wire.gap import GapRecord
from tests.support.waiting import wait_until_async
from tests.unit.edge_agent.spool_making import MIB, data_batch, entry


def make(folder: Path) -> tuple[SpoolWriter, list[StoredBatch]]:
    made = SpoolWriter(folder / "spool.db", SpoolSettings("m1", 64 * MIB), rev="r", retain_acked_s=3600)
    committed: list[StoredBatch] = []
    made.on_commit = committed.extend
    return made, committed


async def test_batches_are_told_after_their_commit_in_order(tmp_path: Path) -> None:
    spool_writer, committed = make(tmp_path)
    for n in range(20):
        spool_writer.submit(entry(at=n + 1))
    spool_writer.start()
    await wait_until_async(lambda: len(committed) == 20)
    assert [batch.seq for batch in committed] == list(range(1, 21))
    assert spool_writer.figures.commits < 20  # what waited together was committed together
    assert await spool_writer.stop(2)


async def test_everything_submitted_before_the_end_is_committed(tmp_path: Path) -> None:
    spool_writer, _ = make(tmp_path)
    spool_writer.start()
    for n in range(50):
        spool_writer.submit(entry(at=n + 1))
    assert await spool_writer.stop(5)
    again, _ = make(tmp_path)
    assert again.spool.counters.accepted == 500
    assert again.spool.ended_cleanly
    again.start()
    assert again.figures.counters.pending == 500  # told from the first moment, before the thread has looked
    assert await again.stop(5)


@pytest.mark.parametrize("error", [sqlite3.OperationalError("disk I/O error"), room.SpoolFull()])
async def test_a_disk_that_fails_for_a_while_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(writer, "RETRY_S", 0.05)
    honest = Spool.append
    failures = [error] * 3

    def failing(self: Spool, *args: object, **how: object) -> list[StoredBatch]:
        if failures:
            raise failures.pop()
        return honest(self, *args, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(Spool, "append", failing)
    spool_writer, committed = make(tmp_path)
    spool_writer.start()
    spool_writer.submit(entry(at=1))
    spool_writer.submit(entry(at=2))
    await wait_until_async(lambda: len(committed) == 2)
    assert [batch.seq for batch in committed] == [1, 2]
    assert spool_writer.figures.failing == ""
    assert await spool_writer.stop(2)


async def test_a_commit_that_happened_although_it_reported_an_error_is_not_done_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "RETRY_S", 0.05)
    honest = Spool.append
    lies = [sqlite3.OperationalError("disk I/O error")]

    def lying(self: Spool, *args: object, **how: object) -> list[StoredBatch]:
        stored = honest(self, *args, **how)  # type: ignore[arg-type]
        if lies:
            self.max_seq -= len(stored)  # as before a commit whose end nobody heard
            raise lies.pop()
        return stored

    monkeypatch.setattr(Spool, "append", lying)
    spool_writer, _ = make(tmp_path)
    spool_writer.start()
    spool_writer.submit(entry(at=1))
    await wait_until_async(lambda: not lies)
    counters = await spool_writer.ask(lambda spool: spool.counters)
    assert counters.accepted == 10
    assert await spool_writer.stop(2)


async def test_memory_is_bounded_and_what_is_refused_is_declared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "POINTS_WAITING_MAX", 100)
    spool_writer, committed = make(tmp_path)
    taken = [spool_writer.submit(entry(at=n + 1)) for n in range(15)]
    assert taken == [True] * 10 + [False] * 5
    spool_writer.start()
    await wait_until_async(lambda: any(batch.kind == "gap" for batch in committed))
    assert spool_writer.figures.refused_points == 50
    assert await spool_writer.stop(2)


async def test_questions_come_after_what_was_submitted_before(tmp_path: Path) -> None:
    spool_writer, _ = make(tmp_path)
    spool_writer.start()
    spool_writer.submit(entry(at=1))
    assert await spool_writer.ask(lambda spool: spool.counters.accepted) == 10
    spool_writer.ack([(1, 1)], [])
    await asyncio.sleep(1.3)
    assert await spool_writer.ask(lambda spool: spool.counters.acked) == 10
    assert await spool_writer.stop(2)


async def test_a_ledger_that_cannot_be_sealed_does_not_repeat_the_commit_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "RETRY_S", 0.05)
    honest, failures = writer.ledger.seal, [sqlite3.OperationalError("database or disk is full")] * 2

    def failing(spool: Spool, *, rev: str) -> list[StoredBatch]:
        if failures:
            raise failures.pop()
        return honest(spool, rev=rev)

    monkeypatch.setattr(writer.ledger, "seal", failing)
    spool_writer, committed = make(tmp_path)
    gap = GapRecord("not_sampled", "test", "c1", 1, 2, 3, "rows")
    spool_writer.submit(Entry([data_batch()], (gap,)))
    spool_writer.start()
    await wait_until_async(lambda: any(batch.kind == "data" for batch in committed))
    await asyncio.sleep(0.2)
    assert (await spool_writer.ask(lambda spool: spool.counters)).accepted == 10
    assert [batch.kind for batch in committed].count("data") == 1
    assert await spool_writer.stop(2)


async def test_a_full_disk_drops_nothing_that_was_just_acked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "RETRY_S", 0.05)
    monkeypatch.setattr(writer, "ACK_LINGER_S", 0.0)
    spool_writer, _ = make(tmp_path)
    spool_writer.spool.append([entry(at=n + 1) for n in range(5)], alive=1)
    honest, failures = Spool.append, [room.SpoolFull()]

    def failing(self: Spool, *args: object, **how: object) -> list[StoredBatch]:
        if failures:
            raise failures.pop()
        return honest(self, *args, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(Spool, "append", failing)
    spool_writer.ack([(1, 5)], [])
    spool_writer.start()
    await wait_until_async(lambda: not failures)
    await wait_until_async(lambda: bool(spool_writer.figures.failing))
    counters = await spool_writer.ask(lambda spool: spool.counters)
    assert (counters.acked, counters.dropped) == (50, 0)
    assert await spool_writer.stop(2)


async def test_a_question_that_fails_is_the_askers_problem(tmp_path: Path) -> None:
    spool_writer, committed = make(tmp_path)
    spool_writer.start()
    with pytest.raises(ZeroDivisionError):
        await spool_writer.ask(lambda _: 1 // 0)
    spool_writer.submit(entry(at=1))
    await wait_until_async(lambda: len(committed) == 1)
    assert await spool_writer.stop(2)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_the_death_of_the_thread_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool_writer, _ = make(tmp_path)
    died = asyncio.Event()
    spool_writer.on_death = died.set

    def broken(self: Spool, *_: object, **__: object) -> list[StoredBatch]:
        raise AssertionError("a defect")

    monkeypatch.setattr(Spool, "append", broken)
    spool_writer.start()
    spool_writer.submit(entry(at=1))
    await asyncio.wait_for(died.wait(), 5)
    # The exception reaches the thread's last hook after the death was told: within this test, not the next.
    for thread in [one for one in threading.enumerate() if one.name == "spool"]:
        await asyncio.to_thread(thread.join, 5)
    spool_writer.spool.close(clean=False)


async def test_a_clean_end_is_no_death(tmp_path: Path) -> None:
    spool_writer, _ = make(tmp_path)
    died = asyncio.Event()
    spool_writer.on_death = died.set
    spool_writer.start()
    assert await spool_writer.stop(2)
    await asyncio.sleep(0)
    assert not died.is_set()
