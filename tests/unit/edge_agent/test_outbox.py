"""Order, window, pace and resending of what is under way."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from edge_agent.buffer.rows import StoredBatch
from edge_agent.publish.outbox import ACK_TIMEOUT_S, FRESH_MAX, WINDOW, Outbox
from schemas.wire.batch import BatchKind

STREAM = UUID(int=1)
BOOT = 3


def batch(seq: int, kind: BatchKind = "data", *, boot: int = BOOT, mono: float = 100.0) -> StoredBatch:
    return StoredBatch(STREAM, seq, kind, "c", boot, 0, int(mono * 1e6), "r", "none", 1, b"x")


def opened(max_seq: int = 0, first: list[StoredBatch] | None = None, pace: float = 1000.0) -> Outbox:
    outbox = Outbox(pace)
    outbox.open(first or [], max_seq=max_seq, boot=BOOT, mono_us=99_000_000)
    return outbox


def seqs(sendings: list[object]) -> list[int]:
    return [sending.batch.seq for sending in sendings]  # type: ignore[attr-defined]


def test_nothing_leaves_before_the_hand_shake() -> None:
    outbox = Outbox(50)
    outbox.committed([batch(1)])
    assert outbox.take(100.0) == []


def test_dictionary_first_then_fresh_then_backlog_within_the_window() -> None:
    outbox = opened(max_seq=10, first=[batch(4, "dict")])
    query = outbox.query()
    assert query is not None
    outbox.answer(query, [])  # no events
    query = outbox.query()
    assert query is not None
    assert (query.prio, query.after, query.before) == (2, 0, 11)
    outbox.answer(query, [batch(n, boot=BOOT - 1) for n in range(1, 10)])
    outbox.take(100.0)
    outbox.settle([(4, 4)])
    outbox.in_flight.clear()
    outbox.committed([batch(11), batch(12)])
    taken = outbox.take(101.0)
    assert seqs(taken)[:2] == [11, 12]
    assert [sending.hist for sending in taken] == [seq < 11 for seq in seqs(taken)]
    assert len(outbox.in_flight) <= WINDOW


def test_the_backlog_leaves_room_for_fresh_batches_and_keeps_its_pace() -> None:
    outbox = opened(max_seq=100, pace=10.0)
    for _ in range(2):
        query = outbox.query()
        assert query is not None
        found = [batch(n, boot=1) for n in range(1, 60)] if query.prio == 2 else []
        outbox.answer(query, found)
    sent = 0
    for tick in range(100):  # two seconds
        sent += len(outbox.take(100.0 + tick * 0.02))
        assert len(outbox.in_flight) <= WINDOW - 2
        outbox.settle([(seq, seq) for seq in sorted(outbox.in_flight)])
    assert 15 <= sent <= 40


def test_a_missing_ack_causes_the_resend_of_just_that_batch() -> None:
    outbox = opened()
    outbox.committed([batch(1), batch(2)])
    outbox.take(100.0)
    outbox.settle([(2, 2)])
    assert outbox.overdue(100.0 + ACK_TIMEOUT_S - 0.1) == []
    assert seqs(outbox.overdue(100.0 + ACK_TIMEOUT_S)) == [1]
    assert outbox.overdue(100.0 + ACK_TIMEOUT_S + 1) == []


def test_a_resend_after_ten_seconds_is_historical() -> None:
    outbox = opened()
    outbox.committed([batch(1, mono=100.0)])
    assert [s.hist for s in outbox.take(100.1)] == [False]
    assert [s.hist for s in outbox.overdue(111.0)] == [True]


def test_what_overflows_memory_is_read_back_from_the_spool() -> None:
    outbox = opened()
    for _ in range(3):
        query = outbox.query()
        assert query is not None
        outbox.answer(query, [])
    assert outbox.query() is None
    outbox.committed([batch(n) for n in range(1, FRESH_MAX + 11)])
    query = outbox.query()
    assert query is not None
    assert (query.after, query.before) == (0, 11)


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 5)), max_size=60))
def test_every_committed_batch_is_sent_or_asked_for_exactly_once(steps: list[tuple[bool, int]]) -> None:
    """Over any interleaving of commits and acks nothing is forgotten between fresh and backlog."""
    outbox = opened(pace=1e9)
    newest, sent, now = 0, [], 100.0
    for commit, count in steps:
        now += 0.1
        if commit:
            outbox.committed([batch(newest + n, mono=now) for n in range(1, count + 1)])
            newest += count
        else:
            outbox.settle([(1, newest)] if newest else [])
        sent += seqs(outbox.take(now))
    for _ in range(200):
        now += 0.1
        outbox.settle([(1, newest)] if newest else [])
        query = outbox.query()
        if query is not None:
            pending = [n for n in range(1, newest + 1) if n not in sent and query.after < n < query.before]
            outbox.answer(query, [batch(n) for n in pending[:64]] if query.prio == 2 else [])
        sent += seqs(outbox.take(now))
    assert sorted(sent) == list(range(1, newest + 1))


def test_whatever_may_still_be_sent_is_protected_from_being_dropped() -> None:
    outbox = opened(max_seq=100)
    for _ in range(2):
        query = outbox.query()
        assert query is not None
        found = [batch(n, boot=BOOT - 1) for n in range(1, 21)] if query.prio == 2 else []
        outbox.handed_out(found)
        assert {seq for seq in range(1, 21) if found} <= outbox.protected()  # read, and not answered yet
        outbox.answer(query, found)
    outbox.committed([batch(n) for n in range(101, 120)])
    outbox.take(100.0)
    assert outbox.protected() >= {*range(1, 21), *range(101, 120)}


def test_a_batch_whose_ack_is_not_booked_yet_or_never_came_is_protected() -> None:
    outbox = opened()
    outbox.committed([batch(1), batch(2), batch(3)])
    outbox.take(100.0)
    outbox.settle([(1, 1)])
    assert outbox.protected() >= {1, 2, 3}  # the spool books the ack of 1 later
    outbox.close()
    assert outbox.protected() >= {1, 2, 3}  # sent, and the answer was lost with the connection
    outbox.open([], max_seq=3, boot=BOOT, mono_us=99_000_000)
    assert outbox.protected() == set()  # the hand-shake has told what the platform has


def test_of_an_ack_only_what_was_under_way_is_new_to_the_spool() -> None:
    outbox = opened()
    outbox.committed([batch(101), batch(102), batch(103)])
    outbox.take(100.0)
    assert outbox.settle([(n, n) for n in range(1, 100, 2)] + [(101, 102)], dead=[103]) == [101, 102]
    assert outbox.in_flight == {}


def test_a_dictionary_is_pending_until_it_is_acked() -> None:
    outbox = opened(max_seq=2, first=[batch(1, "dict"), batch(2, "gap")])
    assert outbox.dictionary_pending
    outbox.take(0.0)
    assert outbox.dictionary_pending
    outbox.settle([(2, 2)])
    assert outbox.dictionary_pending
    outbox.settle([(1, 2)])
    assert not outbox.dictionary_pending
