from __future__ import annotations

import threading
import time
from uuid import UUID

import numpy as np
import pytest

from platform_core.ingest import applier as applier_module
from platform_core.ingest.applier import Applier
from platform_core.journal.format import Entry
from platform_core.journal.journal import Journal
from platform_core.stores.base import Block
from schemas.errors import ConnectError
from schemas.wire.columns import columns


class Store:
    """Remembers the numbers it was given."""

    def __init__(self):
        self.numbers = []
        self.failures = []
        self.refused = set()
        self.pause = threading.Event()
        self.pause.set()

    def applied(self):
        return self.numbers[-1] if self.numbers else 0

    def apply(self, block):
        self.pause.wait(5)
        if self.failures:
            raise self.failures.pop(0)
        if block.no in self.refused and block.columns:
            raise ValueError("never")
        self.numbers.append(block.no)


class Bench:
    def __init__(self, folder):
        self.journal = Journal(folder, floor_percent=0, segment_bytes=3000)
        self.store = Store()
        self.late, self.refused, self.rebuilt = [], [], []
        self.applier = Applier(self.store, self.journal, self.rebuild, self.late.append, self.on_refused)

    def rebuild(self, record):
        self.rebuilt.append(record.no)
        return self.block(record.no, hist=record.entry.hist)

    def on_refused(self, block, reason):
        self.refused.append((block.no, reason))

    def block(self, no, *, hist=False):
        return Block(no, "factory", no, hist, [columns("f", [no % 5], [no], [0], [1.0])])

    def receive(self, count, *, hist=False, offer=True):
        for _ in range(count):
            no = self.journal.append([Entry("factory", "e", UUID(int=1), 1, "data", hist, 0, b"x" * 50)])
            if offer:
                self.applier.offer(self.block(no, hist=hist))

    def done(self, seconds=5):
        return self.applier.wait_until_applied(self.journal.last_no, seconds)


@pytest.fixture
def bench(tmp_path):
    made = Bench(tmp_path)
    yield made
    made.store.pause.set()
    made.applier.stop()
    made.journal.close()


def test_blocks_are_applied_in_order_without_reading_the_journal(bench):
    bench.applier.start()
    bench.receive(50)
    assert bench.done()
    assert bench.store.numbers == list(range(1, 51))
    assert bench.rebuilt == []


def test_what_the_journal_held_at_the_start_comes_first(bench):
    bench.receive(20, offer=False)
    bench.applier.start()
    bench.receive(20)
    assert bench.done()
    assert bench.store.numbers == list(range(1, 41))
    assert bench.rebuilt[:20] == list(range(1, 21))


def test_what_does_not_fit_in_memory_is_read_back_and_nothing_is_missed(bench, monkeypatch):
    monkeypatch.setattr(applier_module, "HELD_MAX_POINTS", 10)
    bench.applier.start()
    for turn in range(10):
        bench.store.pause.clear()
        bench.receive(25)
        bench.store.pause.set()
        if turn % 3 == 0:
            assert bench.done()
    assert bench.done()
    assert bench.store.numbers == list(range(1, 251))
    assert bench.rebuilt


def test_a_store_that_is_not_there_for_a_while_is_waited_for(bench):
    bench.store.failures = [ConnectError("store.full", "full"), OSError(28, "full"), ConnectError("x", "y")]
    bench.applier.start()
    bench.receive(3)
    assert bench.done()
    assert bench.store.numbers == [1, 2, 3]
    assert bench.applier.error == ""
    assert bench.refused == []


def test_a_block_it_can_never_take_is_set_aside_and_the_rest_goes_on(bench):
    bench.store.refused = {2}
    bench.applier.start()
    bench.receive(3)
    assert bench.done()
    assert bench.store.numbers == [1, 2, 3]
    assert [no for no, _ in bench.refused] == [2]


def test_late_data_is_told_only_when_it_is_in_the_store(bench):
    bench.store.pause.clear()
    bench.applier.start()
    bench.receive(1, hist=True)
    time.sleep(0.1)
    assert bench.late == []
    bench.store.pause.set()
    assert bench.done()
    assert np.concatenate(bench.late).tolist() == [1]


def test_credit_falls_with_the_distance_of_the_store(bench, monkeypatch):
    monkeypatch.setattr(applier_module, "CREDIT_STEPS", ((2, 8), (4, 4), (6, 2)))
    credits = []
    for _ in range(8):
        credits.append(bench.applier.credit())
        bench.receive(1)
    assert credits == [8, 8, 4, 4, 2, 2, 1, 1]


def test_stopping_does_not_wait_for_a_store_that_never_answers(bench):
    bench.store.failures = [ConnectError("store.full", "full")] * 1000
    bench.applier.start()
    bench.receive(3)
    before = time.monotonic()
    bench.applier.stop()
    assert time.monotonic() - before < 2
    assert bench.store.numbers == []
