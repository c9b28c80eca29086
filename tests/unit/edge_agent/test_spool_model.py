"""The spool against a model: any order of appends, crashes, acks, drops, full disks and flipped bits
keeps every accepted point in exactly one of pending, acked, dropped, dead, and never reuses a number.

Without fsync, to be quick: a crash here is that of the process. The power cut has a test of its own."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from edge_agent.buffer import dead_letters, ledger, room
from edge_agent.buffer.reconcile import reconcile
from edge_agent.buffer.room import Policy
from edge_agent.buffer.rows import PRIORITY_NAMES, Entry, Priority, SequenceKey, StoredBatch
from schemas.wire.batch import decode_records
from tests.unit.edge_agent.spool_making import MIB, data_batch, open_at

KEY = SequenceKey("c1", "row")
BEYOND = 2**40
LIMIT = MIB // 2
LANES = (Priority.EVENT, Priority.DATA, Priority.FAST)


class SpoolModel(RuleBasedStateMachine):
    """`fate` says of every accepted batch, by its content number, what must have become of it."""

    policy: Policy = "oldest"

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="spool-model-"))
        self.spool = open_at(self.folder, size_max=LIMIT, policy=self.policy, synchronous="OFF")
        self.numbers: dict[int, int] = {}  # seq → content, in the current stream
        self.used: set[int] = set()
        self.fate: dict[int, str] = {}
        self.points: dict[int, int] = {}
        self.prio: dict[int, Priority] = {}
        self.platform: set[int] = set()
        self.content = 0
        self.mark: int | None = None
        reconcile(self.spool, [], 0)

    def teardown(self) -> None:
        self.spool.db.close()
        shutil.rmtree(self.folder)

    @rule(
        count=st.integers(1, 4),
        size=st.sampled_from([100, 5_000, 60_000]),
        points=st.integers(0, 9),
        prio=st.sampled_from(LANES),
    )
    def append(self, count: int, size: int, points: int, prio: Priority = Priority.DATA) -> None:
        batches = []
        for _ in range(count):
            self.content += 1
            self.points[self.content] = points
            self.prio[self.content] = prio
            batches.append(data_batch(points, at=self.content, size=size, prio=prio))
        before = self.pending_contents()
        stored = self.spool.append([Entry(batches, (), {KEY: self.content})], alive=self.content)
        self.mark = self.content
        if not stored and self.policy == "newest":
            self.fate.update(dict.fromkeys(range(self.content - count + 1, self.content + 1), "dropped"))
            self.book_drops(before)
            self.the_least_went_first(before)
            return
        for batch, content in zip(stored, range(self.content - count + 1, self.content + 1), strict=True):
            assert batch.seq not in self.used
            self.used.add(batch.seq)
            self.numbers[batch.seq] = content
            self.fate[content] = "pending"
        self.book_drops(before)
        self.the_least_went_first(before)

    def the_least_went_first(self, before: set[int]) -> None:
        """Nothing that waited was dropped while something of less priority waited; thinning has an order of its own."""
        gone = {self.prio[content] for content in before if self.fate[content] == "dropped"}
        if gone and self.policy != "thin":
            left = {self.prio[content] for content in before if self.fate[content] == "pending"}
            assert max(left, default=0) <= min(gone)

    def pending_contents(self) -> set[int]:
        return {content for content, fate in self.fate.items() if fate == "pending"}

    def book_drops(self, before: set[int]) -> None:
        left = {self.numbers[seq] for (seq,) in self.rows("state = 0 AND kind = 'data'")}
        for content in before - left:
            self.fate[content] = "dropped"

    def rows(self, where: str) -> list[tuple[int]]:
        return self.spool.db.execute(f"SELECT id - {self.spool.base} FROM batch WHERE {where}").fetchall()

    @rule()
    def crash_and_reopen(self) -> None:
        shaken = reconcile_state(self.spool)
        self.spool.db.close()
        self.spool = open_at(self.folder, size_max=LIMIT, policy=self.policy, synchronous="OFF")
        if shaken:
            self.shake()

    @rule(data=st.data())
    @precondition(lambda self: self.numbers)
    def platform_takes_some(self, data: st.DataObject) -> None:
        seqs = data.draw(st.lists(st.sampled_from(sorted(self.numbers)), max_size=5))
        for seq in seqs:
            if self.fate[self.numbers[seq]] in ("pending", "acked"):
                self.platform.add(seq)

    @rule()
    def ack_everything_the_platform_has(self) -> None:
        self.spool.ack([(seq, seq) for seq in sorted(self.platform)])
        self.book_acks()

    def book_acks(self) -> None:
        for seq in self.platform:
            if self.fate[self.numbers[seq]] == "pending":
                self.fate[self.numbers[seq]] = "acked"

    @rule(low=st.integers(-5, 5))
    def stale_or_senseless_ack(self, low: int) -> None:
        self.spool.ack([(low, 0), (BEYOND, BEYOND + 3)] if low <= 0 else [(BEYOND, BEYOND + low)])

    @rule(data=st.data())
    @precondition(lambda self: self.numbers)
    def platform_calls_one_dead(self, data: st.DataObject) -> None:
        seq = data.draw(st.sampled_from(sorted(self.numbers)))
        self.spool.ack([], [(seq, "wire.body")])
        if self.fate[self.numbers[seq]] == "pending":
            self.fate[self.numbers[seq]] = "dead"

    @rule()
    def dead_letters_are_sent_again(self) -> None:
        known = {letter.id - self.spool.base: letter for letter in dead_letters.listed(self.spool)}
        mine = sorted(seq for seq in known if self.fate.get(self.numbers.get(seq, 0)) == "dead")
        before = self.spool.max_seq
        done = dead_letters.send_again(self.spool, [known[seq].id for seq in mine])
        assert done == [known[seq].id for seq in mine if known[seq].sound]
        for place, row_id in enumerate(done, start=before + 1):
            content = self.numbers.pop(row_id - self.spool.base)
            self.platform.discard(row_id - self.spool.base)
            assert place not in self.used
            self.used.add(place)
            self.numbers[place], self.fate[content] = content, "pending"

    @rule()
    def shake(self) -> None:
        have = [(seq, seq) for seq in sorted(self.platform)]
        kept = {seq for (seq,) in self.rows("state IN (0, 1)")}
        result = reconcile(self.spool, have, max(self.platform, default=0))
        assert not result.forked
        self.book_acks()
        for seq, content in self.numbers.items():
            if self.fate[content] == "acked" and seq not in self.platform and seq in kept:
                self.fate[content] = "pending"

    @rule(data=st.data())
    @precondition(lambda self: self.platform)
    def platform_restored_from_backup(self, data: st.DataObject) -> None:
        self.platform -= set(data.draw(st.lists(st.sampled_from(sorted(self.platform)))))
        self.shake()

    @rule()
    def new_stream_of_another_machine(self) -> None:
        pending = [content for _, content in sorted(self.numbers.items()) if self.fate[content] == "pending"]
        self.spool.close()
        name = f"m{self.content}-{len(self.used)}-{self.spool.boot}"
        self.spool = open_at(self.folder, size_max=LIMIT, policy=self.policy, synchronous="OFF", machine=name)
        self.spool.set_meta("machine", "m1")
        moved = [seq for (seq,) in self.rows("state = 0 AND kind = 'data' ORDER BY id")]
        assert len(moved) == len(pending)
        self.numbers = dict(zip(moved, pending, strict=True))
        self.platform, self.used = set(), set(moved)
        self.shake()

    @rule()
    def full_disk(self) -> None:
        """An append that cannot be stored leaves everything as it was; one that fits is like any other."""
        pages = self.spool.db.execute("PRAGMA page_count").fetchone()[0]
        self.spool.db.execute(f"PRAGMA max_page_count = {pages}")
        counters, seq, content = replace(self.spool.counters), self.spool.max_seq, self.content
        try:
            self.append(count=4, size=60_000, points=3)
        except (sqlite3.OperationalError, room.SpoolFull):
            self.content = content
            assert (self.spool.counters, self.spool.max_seq) == (counters, seq)
        finally:
            self.spool.db.execute("PRAGMA max_page_count = 1073741823")

    @rule(back=st.integers(0, 12))
    def what_waits_too_long_is_dropped(self, back: int) -> None:
        oldest_kept = self.content - back
        before = self.pending_contents()
        with self.spool.transaction():
            while room.drop_aged(self.spool, oldest_kept):
                pass
        self.book_drops(before)
        late = {content for content in before if content < oldest_kept}
        assert before - late == self.pending_contents()

    @rule(data=st.data())
    def flipped_bit(self, data: st.DataObject) -> None:
        pending = sorted(seq for seq, content in self.numbers.items() if self.fate[content] == "pending")
        if not pending:
            return
        seq = data.draw(st.sampled_from(pending))
        self.spool.db.execute("UPDATE body SET body = zeroblob(length(body)) WHERE id = ?", (seq + self.spool.base,))
        found = {batch.seq for batch in self.read_all()}
        assert seq not in found
        self.fate[self.numbers[seq]] = "dead"

    def read_all(self) -> list[StoredBatch]:
        return [
            batch for prio in LANES for batch in self.spool.read_pending(0, BEYOND, 10**6, prio=prio, bytes_max=10**9)
        ]

    @rule()
    def gaps_are_sealed(self) -> None:
        for batch in ledger.seal(self.spool, rev="r"):
            assert decode_records(batch.body, batch.z)
            assert batch.seq not in self.used
            self.used.add(batch.seq)

    @invariant()
    def the_points_add_up(self) -> None:
        counters = self.spool.counters
        by_fate = dict.fromkeys(("pending", "acked", "dropped", "dead"), 0)
        for content, fate in self.fate.items():
            by_fate[fate] += self.points[content]
        assert counters.balanced
        assert self.spool.audit() == counters
        assert (counters.pending, counters.acked, counters.dropped, counters.dead) == (
            by_fate["pending"], by_fate["acked"], by_fate["dropped"], by_fate["dead"],
        )  # fmt: skip

    @invariant()
    def every_drop_is_in_the_ledger(self) -> None:
        told = self.spool.db.execute("SELECT COALESCE(SUM(n), 0) FROM gap WHERE kind = 'dropped'").fetchone()[0]
        assert told == self.spool.counters.dropped
        by_priority = dict.fromkeys(PRIORITY_NAMES.values(), 0)
        for content, fate in self.fate.items():
            by_priority[PRIORITY_NAMES[self.prio[content]]] += self.points[content] if fate == "dropped" else 0
        assert self.spool.dropped_by_priority() == by_priority

    @invariant()
    def what_is_pending_can_be_read(self) -> None:
        expected = sorted(seq for seq, content in self.numbers.items() if self.fate[content] == "pending")
        assert sorted(batch.seq for batch in self.read_all()) == expected

    @invariant()
    def the_row_number_is_that_of_the_last_accepted_batch(self) -> None:
        assert self.spool.marks().get(KEY) == self.mark

    @invariant()
    def it_stays_within_its_bound(self) -> None:
        assert self.spool.used_bytes() <= LIMIT


def reconcile_state(spool: object) -> bool:
    return bool(int(spool.meta("shaken")))  # type: ignore[attr-defined]


class ThinningModel(SpoolModel):
    policy = "thin"


class RefusingModel(SpoolModel):
    policy = "newest"


def _runs(count: int, *, derandomize: bool) -> settings:
    return settings(
        max_examples=count, stateful_step_count=30, deadline=None, derandomize=derandomize, database=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )  # fmt: skip


for _model in (SpoolModel, ThinningModel, RefusingModel):
    _model.TestCase.settings = _runs(170, derandomize=True)
TestSpoolModel = SpoolModel.TestCase
TestThinningModel = ThinningModel.TestCase
TestRefusingModel = RefusingModel.TestCase


@pytest.mark.chaos
@pytest.mark.parametrize("model", [SpoolModel, ThinningModel, RefusingModel])
def test_thousands_of_runs_of_each_policy(model: type[SpoolModel]) -> None:
    run_state_machine_as_test(model, settings=_runs(7_000, derandomize=False))
