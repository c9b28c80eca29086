from __future__ import annotations

from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from platform_core.ingest.inbox import MESSAGES_MAX, PAYLOAD_MAX_BYTES, Inbox, Message
from platform_core.ingest.places import StreamMark
from platform_core.ingest.streams import StreamTable


def table():
    made = StreamTable()
    return made, made.add(StreamMark(uuid4(), "factory", "e"))


def test_the_checkpoint_holds_only_what_the_store_has():
    streams, state = table()
    for no, seq in enumerate((1, 2, 5, 3), start=10):
        streams.journalled(state, no, seq, None)
    assert state.have.ranges() == [(1, 3), (5, 5)]
    assert streams.settle(11) == [state]
    mark = state.mark(11)
    assert (mark.have, mark.max_seq) == ([(1, 2)], 5)
    assert streams.settle(11) == []
    streams.settle(99)
    assert state.mark(99).have == [(1, 3), (5, 5)]


def test_a_refused_batch_is_known_but_not_held():
    streams, state = table()
    streams.journalled(state, 1, 1, None)
    streams.journalled(state, 2, 2, "ingest.kind")
    assert state.is_known(2)
    assert 2 not in state.have
    assert state.mark(0).dead == []
    streams.settle(2)
    again = StreamTable().add(state.mark(2))
    assert again.is_known(2)
    assert again.dead == {2: "ingest.kind"}
    assert again.have.ranges() == [(1, 1)]


def test_forgetting_keeps_the_highest_number():
    streams, state = table()
    streams.journalled(state, 1, 41, None)
    state.forget_have()
    assert state.have.ranges() == []
    assert state.max_seq == 41


def test_streams_of_two_tenants_with_one_uuid_are_two():
    streams, uuid = StreamTable(), uuid4()
    one, two = streams.add(StreamMark(uuid, "a", "e")), streams.add(StreamMark(uuid, "b", "e"))
    one.take(1)
    assert not two.is_known(1)
    assert streams.get(("a", uuid)) is one


@given(st.lists(st.tuples(st.integers(1, 30), st.booleans()), max_size=60), st.data())
def test_restarting_at_any_moment_never_claims_what_the_store_lacks(batches, data):
    """Journal numbers 1 …; the store durably has the first `applied`; the rest is read from the journal again."""
    streams, state = table()
    journal = []
    for no, (seq, is_dead) in enumerate(batches, start=1):
        if not state.is_known(seq):
            code = "x" if is_dead else None
            streams.journalled(state, no, seq, code)
            journal.append((no, seq, code))
    applied = data.draw(st.integers(0, len(batches)))
    streams.settle(applied)
    restarted = StreamTable()
    again = restarted.add(state.mark(applied))
    assert set_of(again) == {seq for no, seq, code in journal if no <= applied and code is None}
    for no, seq, code in journal:
        if no > applied:
            restarted.journalled(again, no, seq, code)
    assert again.have == state.have
    assert again.dead == state.dead


def set_of(state):
    return {n for low, high in state.have.ranges() for n in range(low, high + 1)}


def test_the_inbox_is_bounded_and_counts_what_it_sheds():
    inbox = Inbox()
    for _ in range(MESSAGES_MAX + 7):
        inbox.put(Message("t", b"x", 0, 0))
    assert inbox.shed == 7
    inbox.put(Message("t", b"x" * (PAYLOAD_MAX_BYTES + 1), 0, 0))
    assert inbox.shed == 8
    taken = 0
    while group := inbox.take(0.0):
        assert len(group) <= 512
        taken += len(group)
    assert taken == MESSAGES_MAX
