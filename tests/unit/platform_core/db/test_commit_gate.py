"""Readers and commits take turns: a commit waits for who reads, and who comes later waits for the commit."""

import threading

import pytest

from platform_core.db import open_database
from platform_core.db.commit_gate import CommitGate
from platform_core.db.tenancy import TenantRow

SOON_S, LONG_S = 0.2, 10.0


@pytest.fixture
def database(tmp_path):
    opened = open_database(tmp_path)
    yield opened
    opened.close()


def begun(work):
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def test_a_commit_waits_for_the_readers_there_are_and_new_ones_for_the_commit():
    gate, order = CommitGate(), []
    committing, read_on = threading.Event(), threading.Event()

    def commit():
        committing.set()
        with gate.committing():
            order.append("commit")

    def read():
        with gate.reading():
            order.append("late reader")
            read_on.set()

    with gate.reading():
        writer = begun(commit)
        assert committing.wait(LONG_S)
        while not gate._is_committing:
            threading.Event().wait(0.001)
        reader = begun(read)
        assert not read_on.wait(SOON_S)
        with gate.reading():  # a thread that reads already is not held up by its own turn
            order.append("reader again")
    writer.join(LONG_S)
    reader.join(LONG_S)
    assert order == ["reader again", "commit", "late reader"]


def test_a_reader_that_stays_too_long_leaves_it_to_the_file_to_decide(monkeypatch):
    monkeypatch.setattr("platform_core.db.commit_gate.WAIT_MAX_S", 0.05)
    gate, done = CommitGate(), threading.Event()

    def commit():
        with gate.committing():
            done.set()

    with gate.reading():
        begun(commit)
        assert done.wait(LONG_S)


def test_a_thread_may_read_while_it_writes_and_write_while_it_reads(database):
    with database.write() as session:
        with database.read() as reading:
            assert reading.get(TenantRow, "factory") is None
        session.add(TenantRow(id="factory", name="F", created_ts=1))
    with database.read() as reading:
        assert reading.get(TenantRow, "factory") is not None


def test_what_fails_is_rolled_back_and_holds_nobody_up(database):
    def fail():
        with database.write() as session:
            session.add(TenantRow(id="factory", name="F", created_ts=1))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with database.write() as session:
        assert session.get(TenantRow, "factory") is None
        session.add(TenantRow(id="factory", name="F", created_ts=1))


def test_many_readers_do_not_starve_a_writer(database):
    ended, over = threading.Event(), []

    def read():
        while not ended.is_set():
            with database.read() as session:
                session.get(TenantRow, "factory")

    readers = [begun(read) for _ in range(6)]
    try:
        for number in range(40):
            with database.write() as session:
                session.add(TenantRow(id=f"t{number}", name="T", created_ts=1))
            over.append(number)
    finally:
        ended.set()
        for reader in readers:
            reader.join(LONG_S)
    assert over == list(range(40))
