"""Acknowledgements on their way out: one per stream and group, with what the platform wants."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final
from uuid import UUID

from platform_core.ingest.places import StreamKey
from platform_core.ingest.streams import StreamState
from schemas.identifiers import OWN_EDGES
from schemas.wire.ack import RANGES_MAX, Ack, Want
from schemas.wire.batch import SEQ_MAX
from schemas.wire.intervals import IntervalSet
from schemas.wire.topics import ack_topic

WANT_AGAIN_S: Final = 3.0
FORK_SEQ: Final = SEQ_MAX


class AckDesk:
    """Collects what is due while a group is worked on; `send` publishes it."""

    def __init__(self, core: str, publish: Callable[[str, str, bytes], None], credit: Callable[[], int]) -> None:
        """`publish(tenant, topic, payload)`; `credit()` = batches an agent may have in flight."""
        self._core = core
        self._publish = publish
        self._credit = credit
        self._due: dict[StreamKey, StreamState] = {}
        self._dead: dict[StreamKey, set[int]] = {}
        self._waited: dict[StreamKey, set[int]] = {}
        self._wants: dict[StreamKey, list[Want]] = {}
        self._wanted_s: dict[tuple[StreamKey, Want], float] = {}
        self._told: dict[StreamKey, int] = {}

    def due(self, state: StreamState, dead: Sequence[int] = (), seq: int = 0) -> None:
        """The stream gets an ack after this group; `dead` are refused seqs the agent should hear of, `seq` is
        one it waits for. The platform's own streams wait for none."""
        if state.edge in OWN_EDGES:
            return
        self._due[state.key] = state
        if seq:
            self._waited.setdefault(state.key, set()).add(seq)
        if dead:
            self._dead.setdefault(state.key, set()).update(dead)

    def want(self, state: StreamState, what: Want, *, at_once: bool = False) -> None:
        """Ask for something with the stream's ack; not more often than every few seconds."""
        now_s = time.monotonic()
        if state.edge in OWN_EDGES:
            return
        if not at_once and now_s - self._wanted_s.get((state.key, what), -WANT_AGAIN_S) < WANT_AGAIN_S:
            return
        self._wanted_s[(state.key, what)] = now_s
        wants = self._wants.setdefault(state.key, [])
        if what not in wants:
            wants.append(what)
        self.due(state)

    def want_birth(self, tenant: str, edge: str, stream: UUID) -> None:
        """Answer a stream nobody has introduced: nothing of it is here."""
        now_s = time.monotonic()
        key = (tenant, stream)
        if now_s - self._wanted_s.get((key, "birth"), -WANT_AGAIN_S) < WANT_AGAIN_S:
            return
        if len(self._wanted_s) > 100_000:  # made-up streams must not fill the memory
            self._wanted_s.clear()
        self._wanted_s[(key, "birth")] = now_s
        self._send(tenant, edge, Ack(self._core, stream, [], 0, _now_us(), [], ["birth"], self._credit()))

    def tell_slowed(self, states: Iterable[StreamState]) -> None:
        """An ack for those whose last one gave less credit than there is now: they do not ask, they are told."""
        credit = self._credit()
        for state in states:
            if self._told.get(state.key, credit) < credit:
                self.due(state)

    def fork(self, tenant: str, edge: str, stream: UUID, have: list[tuple[int, int]]) -> None:
        """Tell an agent that the stream is not its own: it starts a new one and moves its rows over."""
        ack = Ack(self._core, stream, have[-RANGES_MAX:], FORK_SEQ, _now_us(), [], [], self._credit())
        self._send(tenant, edge, ack)

    def send(self) -> None:
        """Publish what is due."""
        due, self._due = self._due, {}
        wants, self._wants = self._wants, {}
        dead, self._dead = self._dead, {}
        waited, self._waited = self._waited, {}
        credit = self._credit()
        for state in due.values():
            self._told[state.key] = credit
            ack = Ack(
                core=self._core,
                stream=state.uuid,
                have=told_ranges(state.have, waited.get(state.key, set())),
                max_seq=state.max_seq,
                now=_now_us(),
                dead=[(seq, state.dead[seq]) for seq in sorted(dead.get(state.key, ()))],
                want=wants.get(state.key, []),
                credit=credit,
            )
            self._send(state.tenant, state.edge, ack)

    def _send(self, tenant: str, edge: str, ack: Ack) -> None:
        self._publish(tenant, ack_topic(tenant, edge), ack.pack())


def told_ranges(have: IntervalSet, waited: Collection[int], most: int = RANGES_MAX) -> list[tuple[int, int]]:
    """The newest ranges, at most `most`, and those of `waited` before them: a batch that came again would
    otherwise never be acknowledged in a stream with many holes."""
    ranges = have.ranges()
    if len(ranges) <= most:
        return ranges
    older = {found for seq in waited if (found := have.range_of(seq)) is not None and found < ranges[-most]}
    kept = sorted(older)[:most]
    return [*kept, *ranges[len(ranges) - most + len(kept) :]]


def _now_us() -> int:
    return time.time_ns() // 1000
