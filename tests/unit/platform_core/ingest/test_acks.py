"""What an ack says of a stream with more holes than a message may name."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from platform_core.ingest.acks import AckDesk
from platform_core.ingest.places import StreamMark
from platform_core.ingest.streams import StreamState
from schemas.wire.ack import RANGES_MAX, Ack


def desk(credit: Callable[[], int] = lambda: 8) -> tuple[AckDesk, list[Ack]]:
    sent: list[Ack] = []
    return AckDesk("core", lambda _tenant, _topic, payload: sent.append(Ack.unpack(payload)), credit), sent


def holed(ranges: int) -> StreamState:
    return StreamState(StreamMark(uuid4(), "factory", "line_1", have=[(2 * n, 2 * n) for n in range(1, ranges + 1)]))


def test_a_batch_that_came_again_is_acked_however_many_holes_came_after_it() -> None:
    acks, sent = desk()
    state = holed(RANGES_MAX + 500)
    acks.due(state, seq=4)
    acks.due(state, seq=2 * (RANGES_MAX + 500))
    acks.send()
    (ack,) = sent
    assert len(ack.have) == RANGES_MAX
    assert ack.have[0] == (4, 4)
    assert ack.have[-1] == (2 * (RANGES_MAX + 500),) * 2
    assert ack.have == sorted(ack.have)


def test_all_ranges_are_told_while_they_fit() -> None:
    acks, sent = desk()
    state = holed(RANGES_MAX)
    acks.due(state, seq=4)
    acks.send()
    assert sent[0].have == state.have.ranges()


def test_a_stream_that_was_slowed_for_a_moment_is_told_when_it_may_go_on() -> None:
    credits = [8]
    acks, sent = desk(lambda: credits[0])
    slowed, other = holed(1), holed(1)
    acks.due(other)
    acks.send()
    credits[0] = 1  # shorter than any clock of the platform: only the ack itself knows of it
    acks.due(slowed)
    acks.send()
    credits[0] = 8
    acks.tell_slowed([slowed, other])
    acks.send()
    assert [(ack.stream, ack.credit) for ack in sent] == [(other.uuid, 8), (slowed.uuid, 1), (slowed.uuid, 8)]
    acks.tell_slowed([slowed, other])
    acks.send()
    assert len(sent) == 3
