"""What an ack says of a stream with more holes than a message may name."""

from __future__ import annotations

from uuid import uuid4

from platform_core.ingest.acks import AckDesk
from platform_core.ingest.places import StreamMark
from platform_core.ingest.streams import StreamState
from schemas.wire.ack import RANGES_MAX, Ack


def desk() -> tuple[AckDesk, list[Ack]]:
    sent: list[Ack] = []
    return AckDesk("core", lambda _tenant, _topic, payload: sent.append(Ack.unpack(payload)), lambda: 8), sent


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
