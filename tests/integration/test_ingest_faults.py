"""Nothing acknowledged is lost: stops, kills, full disks, restored backups, with a real broker and database."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest

from platform_core.db.edges import StreamRow
from platform_core.ingest import streams
from platform_core.ingest.acks import FORK_SEQ
from platform_core.journal.format import Record
from platform_core.journal.journal import Journal
from schemas.wire.batch import encode_columns
from schemas.wire.columns import columns
from tests.integration.hand_agent import HandAgent, entry, now_us
from tests.integration.ingest_platform import ListStore, disk_full, running_platform
from tests.support.broker import start_broker
from tests.support.processes import ROOT, Processes
from tests.support.waiting import wait_until


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    folder = tmp_path_factory.mktemp("broker")
    processes = Processes(folder)
    yield start_broker(processes, folder, edges=[f"e{i}" for i in range(20)])
    processes.close()


_EDGES = iter(range(20))


@pytest.fixture
def agent(broker):
    made = HandAgent(broker, edge=f"e{next(_EDGES)}").connect()
    yield made
    made.close()


def values(store, tag_id):
    return sorted(v for _, _, v, _ in store.samples(tag_id))


def fill(agent, first, count, *, hist=False):
    """`count` batches of one sample each; the value is its own name."""
    for value in range(first, first + count):
        agent.send(agent.make("data", encode_columns([columns("f", [1], [now_us()], [0], [float(value)])]), hist=hist))


def test_after_a_restart_everything_is_there_once_and_latest_is_right(tmp_path, broker, agent):
    store = ListStore()
    with running_platform(tmp_path, broker, store) as platform:
        agent.introduce()
        agent.declare(entry(1, "level"))
        fill(agent, 0, 20)
        agent.resend_until_acked()
        tag_id = platform.tag("level", agent.edge)
    agent.acks.clear()
    with running_platform(tmp_path, broker, store) as platform:
        wait_until(lambda: agent.acks, what="handshake by the retained birth")
        assert agent.acks[-1].have == [(1, 21)]
        assert agent.acks[-1].max_seq == 21
        assert "snapshot" in agent.wanted()
        wait_until(lambda: platform.now(tag_id)["v"] == 19.0, what="last value from the store")
        for seq in agent.spool:
            agent.send(seq)
        fill(agent, 20, 5)
        agent.resend_until_acked()
        platform.service.applier.wait_until_applied(platform.service.journal.last_no, 5)
        assert values(store, tag_id) == [float(v) for v in range(25)]
        assert platform.service.status().duplicates >= 21


def test_a_store_that_lost_its_memory_gets_everything_from_the_journal_again(tmp_path, broker, agent):
    store = ListStore()
    store.durable_no = 0  # takes blocks, but none is durable yet
    with running_platform(tmp_path, broker, store) as platform:
        agent.introduce()
        agent.declare(entry(1, "level"))
        fill(agent, 0, 10)
        agent.resend_until_acked()
        tag_id = platform.tag("level", agent.edge)
    fresh = ListStore()
    with running_platform(tmp_path, broker, fresh) as platform:
        platform.service.applier.wait_until_applied(platform.service.journal.last_no, 5)
        assert values(fresh, tag_id) == [float(v) for v in range(10)]


def test_a_store_whose_disk_is_full_slows_acks_and_loses_nothing(tmp_path, broker, agent, monkeypatch):
    from platform_core.ingest import applier

    monkeypatch.setattr(applier, "CREDIT_STEPS", ((3, 8), (6, 4)))
    monkeypatch.setattr(applier, "HELD_MAX_POINTS", 4)  # so that most of it has to come from the journal
    store = ListStore()
    with running_platform(tmp_path, broker, store) as platform:
        agent.introduce()
        agent.wait_acked(agent.declare(entry(1, "level")))
        store.failure = disk_full()
        fill(agent, 0, 30)
        agent.resend_until_acked()
        assert agent.acks[-1].credit == 1
        status = platform.service.status()
        assert status.lag_blocks >= 30
        assert "space" in status.store_error
        tag_id = platform.tag("level", agent.edge)
        assert values(store, tag_id) == []
        store.failure = None
        wait_until(lambda: len(values(store, tag_id)) == 30, timeout_s=15)
        assert values(store, tag_id) == [float(v) for v in range(30)]
        wait_until(lambda: platform.service.status().store_error == "")
        wait_until(lambda: agent.acks[-1].credit == 8, what="the agent is told that it may go on")
        fill(agent, 30, 3)
        agent.resend_until_acked()
        wait_until(lambda: len(values(store, tag_id)) == 33)


def test_a_block_the_store_can_never_take_is_set_aside(tmp_path, broker, agent):
    store = ListStore()
    with running_platform(tmp_path, broker, store) as platform:
        agent.introduce()
        agent.wait_acked(agent.declare(entry(1, "level")))
        real = store.apply

        def refuse(block):
            if any((group.v == 1.0).any() for group in block.columns):
                raise ValueError("cannot be")
            real(block)

        store.apply = refuse
        fill(agent, 0, 3)
        agent.resend_until_acked()
        tag_id = platform.tag("level", agent.edge)
        wait_until(lambda: values(store, tag_id) == [0.0, 2.0], timeout_s=10)
        assert platform.catalog.dead_letters("factory") == 1


def test_below_the_disk_floor_nothing_is_acked_and_afterwards_everything(tmp_path, broker, agent, monkeypatch):
    with running_platform(tmp_path, broker) as platform:
        agent.introduce()
        agent.wait_acked(agent.declare(entry(1, "level")))
        monkeypatch.setattr(platform.service.journal, "_floor_percent", 101.0)
        fill(agent, 0, 5)
        wait_until(lambda: agent.acks[-1].credit == 0)
        assert agent.held().ranges() == [(1, 1)]
        assert "free" in platform.service.status().journal_error
        monkeypatch.undo()
        wait_until(lambda: agent.acks[-1].credit == 8, timeout_s=5)
        agent.resend_until_acked()
        assert agent.held().ranges() == [(1, 6)]
        assert platform.service.status().journal_error == ""


def test_the_journal_is_cut_once_the_store_has_it_and_dedupe_goes_on(tmp_path, broker, agent, monkeypatch):
    monkeypatch.setattr("platform_core.ingest.service.CHECKPOINT_S", 0.2)
    store = ListStore()
    with running_platform(tmp_path, broker, store, segment_bytes=2000) as platform:
        agent.introduce()
        agent.declare(entry(1, "level"))
        store.durable_no = 0
        for first in range(0, 40, 4):
            fill(agent, first, 4)
            agent.wait_acked(agent.seq)
        time.sleep(1.5)
        journal = platform.service.journal
        assert journal.first_no == 1, "the store has nothing durably: the journal keeps all"
        assert journal.segment_count > 3
        store.durable_no = None
        wait_until(lambda: journal.segment_count == 1)
        tag_id = platform.tag("level", agent.edge)
        (row,) = [row for row in platform.rows(StreamRow) if row.uuid == str(agent.stream)]
        assert row.intervals == "[[1, 41]]"
    agent.acks.clear()
    with running_platform(tmp_path, broker, store) as platform:
        wait_until(lambda: agent.acks)
        assert agent.acks[-1].have == [(1, 41)]
        for seq in agent.spool:
            agent.send(seq)
        wait_until(lambda: platform.service.status().duplicates >= 41)
        assert values(store, tag_id) == [float(v) for v in range(40)]


def test_without_dedupe_the_same_resending_doubles_values(tmp_path, broker, agent, monkeypatch):
    """The negative control of the tests above."""
    monkeypatch.setattr(streams.StreamState, "is_known", lambda _state, _seq: False)
    store = ListStore()
    with running_platform(tmp_path, broker, store) as platform:
        agent.introduce()
        agent.declare(entry(1, "level"))
        fill(agent, 0, 3)
        agent.resend_until_acked()
        for seq in agent.spool:
            agent.send(seq)
        tag_id = platform.tag("level", agent.edge)
        wait_until(lambda: len(values(store, tag_id)) >= 6)
        assert min(Counter(values(store, tag_id)).values()) >= 2


def test_a_platform_restored_from_a_backup_gets_again_what_agents_keep(tmp_path, broker, agent):
    live, backup = tmp_path / "live", tmp_path / "backup"
    store = ListStore()
    with running_platform(live, broker, store) as platform:
        agent.introduce()
        agent.declare(entry(1, "level"))
        fill(agent, 0, 10)
        agent.resend_until_acked()
        tag_id = platform.tag("level", agent.edge)
    shutil.copytree(live, backup)
    with running_platform(live, broker, store):
        agent.introduce()
        fill(agent, 10, 10)
        agent.resend_until_acked()
    old = ListStore(applied=0)
    old.blocks = {no: block for no, block in store.blocks.items() if no <= 11}
    old.last_no = 11
    agent.acks.clear()
    with running_platform(backup, broker, old) as platform:
        wait_until(lambda: agent.acks)
        assert agent.acks[-1].have == [(1, 11)], "less than was acked before"
        agent.resend_until_acked()
        platform.service.applier.wait_until_applied(platform.service.journal.last_no, 5)
        assert values(old, tag_id) == [float(v) for v in range(20)]


def test_a_store_older_than_the_cut_journal_makes_the_platform_ask_for_everything(tmp_path, broker, agent, monkeypatch):
    monkeypatch.setattr("platform_core.ingest.service.CHECKPOINT_S", 0.2)
    store = ListStore()
    with running_platform(tmp_path, broker, store, segment_bytes=1000) as platform:
        agent.introduce()
        agent.declare(entry(1, "level"))
        for first in range(0, 30, 3):
            fill(agent, first, 3)
            agent.wait_acked(agent.seq)
        wait_until(lambda: platform.service.journal.segment_count == 1)
        tag_id = platform.tag("level", agent.edge)
    empty = ListStore()
    agent.acks.clear()
    with running_platform(tmp_path, broker, empty) as platform:
        wait_until(lambda: agent.acks)
        assert agent.acks[-1].max_seq == 31
        agent.resend_until_acked()
        platform.service.applier.wait_until_applied(platform.service.journal.last_no, 5)
        assert sorted(set(values(empty, tag_id))) == [float(v) for v in range(30)]


def test_a_stream_that_began_on_another_machine_or_edge_is_forked(tmp_path, broker, agent):
    with running_platform(tmp_path, broker) as platform:
        agent.introduce()
        agent.wait_acked(agent.declare(entry(1, "level")))
        clone = HandAgent(broker, edge=agent.edge, stream=agent.stream, machine="m2", seq=1).connect()
        clone.acks.clear()
        clone.birth()
        wait_until(lambda: any(ack.max_seq == FORK_SEQ for ack in clone.acks))
        assert next(ack for ack in clone.acks if ack.max_seq == FORK_SEQ).have == [(1, 1)]
        clone.close()
        other = HandAgent(broker, edge=f"e{next(_EDGES)}", stream=agent.stream).connect()
        other.birth()
        wait_until(lambda: any(ack.max_seq == FORK_SEQ for ack in other.acks))
        assert other.acks[-1].have == []
        other.floats(1, [(now_us(), 666.0)])
        wait_until(lambda: platform.service.status().forks >= 1)
        assert values(platform.store, platform.tag("level", agent.edge)) == []
        other.close()


def test_a_stream_belongs_to_one_ingest_process_at_a_time(tmp_path, broker, agent):
    with running_platform(tmp_path, broker) as platform:
        agent.introduce()
        now = now_us()
        assert not platform.catalog.lease("factory", agent.stream, "another", now, now + 1)
        platform.catalog.release(platform.service._presence.holder)
        assert platform.catalog.lease("factory", agent.stream, "another", now, now + 30_000_000)
    agent.acks.clear()
    with running_platform(tmp_path, broker) as platform:
        agent.birth()
        time.sleep(1.0)
        assert agent.acks == [], "another process holds the lease"
        platform.catalog.release("another")
        agent.introduce()


def test_heartbeats_make_health_and_freshness(tmp_path, broker, agent):
    with running_platform(tmp_path, broker) as platform:
        agent.introduce()
        agent.declare(entry(1, "level"))
        agent.wait_acked(agent.floats(1, [(now_us(), 1.0)]))
        tag_id = platform.tag("level", agent.edge)
        assert platform.now(tag_id)["fresh"] == 2
        agent.heartbeat(skew_us=3_600_000_000)
        wait_until(lambda: platform.now(tag_id)["fresh"] == 0)
        (health,) = [edge for edge in platform.service.edges() if edge.id == agent.edge]
        assert abs(health.clock_offset_ms - 3_600_000) < 500
        assert health.connections[0].up
        assert abs(health.connections[0].last_read_ts - now_us()) < 3_000_000
        assert health.last_value_ts > 0
        wait_until(lambda: next(e for e in platform.service.edges() if e.id == agent.edge).online)
        agent.heartbeat(up=False)
        wait_until(lambda: platform.now(tag_id)["fresh"] == 2)
        agent.heartbeat(age_us=2_600_000)
        wait_until(lambda: platform.now(tag_id)["fresh"] == 1)
        wait_until(lambda: platform.now(tag_id)["fresh"] == 2, timeout_s=5, what="no heartbeat any more")
        wait_until(lambda: not next(e for e in platform.service.edges() if e.id == agent.edge).online)


def test_impossible_times_are_marked_counted_and_do_not_block_the_present(tmp_path, broker, agent):
    with running_platform(tmp_path, broker) as platform:
        agent.introduce()
        agent.declare(entry(1, "level"))
        future, past = now_us() + 3_600_000_000, 1_000_000
        agent.wait_acked(agent.floats(1, [(past, 1.0), (future, 2.0)]))
        tag_id = platform.tag("level", agent.edge)
        wait_until(lambda: len(platform.store.samples(tag_id)) == 2)
        assert [(ts, q) for ts, q, _, _ in platform.store.samples(tag_id)] == [(past, 65), (future, 65)]
        assert platform.service.status().impossible_times == 2
        shown = platform.now(tag_id)
        assert shown["q"] == 65
        assert abs(shown["ts"] - now_us()) < 10_000_000
        agent.wait_acked(agent.floats(1, [(now_us(), 3.0)]))
        assert (platform.now(tag_id)["v"], platform.now(tag_id)["q"]) == (3.0, 0)


RUN = """
import sys, time
from pathlib import Path
from types import SimpleNamespace
from tests.integration.ingest_platform import ListStore, running_platform
folder, url, user, password = sys.argv[1:]
broker = SimpleNamespace(url=url, core_user=user, core_password=password)
store = ListStore()
store.durable_no = 0
with running_platform(Path(folder), broker, store):
    time.sleep(600)
"""


@pytest.mark.slow
def test_platform_and_broker_killed_again_and_again_nothing_lost_nothing_doubled(tmp_path):
    processes = Processes(tmp_path)
    broker = start_broker(processes, tmp_path, edges=["e0"])
    agent = HandAgent(broker, edge="e0").connect()
    folder = tmp_path / "platform"

    def start():
        args = [sys.executable, "-c", RUN, str(folder), broker.url, broker.core_user, broker.core_password]
        return subprocess.Popen(args, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    agent.declare(entry(1, "level"))
    for turn in range(4):
        child = start()
        try:
            agent.introduce()
            fill(agent, turn * 50, 50)
            if turn == 2:
                broker.kill()
                broker.start()
                agent.connected.clear()
                agent.connected.wait(10)
                agent.introduce()
            time.sleep(0.02 * turn)
            if turn == 3:
                agent.resend_until_acked()
        finally:
            child.send_signal(signal.SIGKILL)
            child.wait()
    agent.close()
    processes.close()
    journal = Journal(folder / "journal", floor_percent=0)
    seqs = [item.entry.seq for item in journal.records() if isinstance(item, Record)]
    journal.close()
    assert sorted(seqs) == list(range(1, 202)), "every batch journalled exactly once"
