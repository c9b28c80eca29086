"""What each stream has sent: dedupe, refusals, aliases, and the checkpoint the journal may be cut to."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from platform_core.ingest.places import StreamKey, StreamMark, TagPlace
from platform_core.live.latest import KIND_CODE
from schemas.wire.intervals import IntervalSet

DEAD_TOLD: Final = 1000
ALIASES_MAX: Final = 2_000_000
_NO_KIND: Final = 255


class AliasMap:
    """alias → tag id and kind, as arrays; 0 is no tag."""

    def __init__(self) -> None:
        self.tag_of: NDArray[np.uint32] = np.zeros(256, dtype=np.uint32)
        self.kind_of: NDArray[np.uint8] = np.full(256, _NO_KIND, dtype=np.uint8)

    def knows(self, alias: int) -> bool:
        """Whether an alias means a tag yet."""
        return alias < len(self.tag_of) and bool(self.tag_of[alias])

    def tags(self) -> NDArray[np.uint32]:
        """The ids of all tags known."""
        return self.tag_of[self.tag_of > 0]

    def bind(self, places: Iterable[TagPlace]) -> None:
        """Take places in by their alias (at most `ALIASES_MAX`)."""
        for place in places:
            if place.alias >= len(self.tag_of):
                size = max(place.alias + 1, 2 * len(self.tag_of))
                grown, kinds = np.zeros(size, dtype=np.uint32), np.full(size, _NO_KIND, dtype=np.uint8)
                grown[: len(self.tag_of)] = self.tag_of
                kinds[: len(self.kind_of)] = self.kind_of
                self.tag_of, self.kind_of = grown, kinds
            self.kind_of[place.alias] = KIND_CODE[place.kind]
            self.tag_of[place.alias] = place.tag_id


class StreamState:
    """One stream in memory."""

    def __init__(self, mark: StreamMark) -> None:
        self.uuid = mark.uuid
        self.tenant = mark.tenant
        self.edge = mark.edge
        self.machine = mark.machine
        self.have = IntervalSet(mark.have)
        self.dead: dict[int, str] = dict(mark.dead)
        self.max_seq = max(mark.max_seq, self.have.max, max(self.dead, default=0))
        self.journal_no = mark.journal_no
        self.aliases = AliasMap()
        self.dictionary_seq: dict[int, int] = {}
        self._durable = IntervalSet(mark.have)
        self._durable_dead: dict[int, str] = dict(mark.dead)

    @property
    def key(self) -> StreamKey:
        """What the stream is known by."""
        return (self.tenant, self.uuid)

    def is_known(self, seq: int) -> bool:
        """Held, or refused for good: either way it need not come again."""
        return seq in self.have or seq in self.dead

    def take(self, seq: int, dead_code: str | None = None) -> None:
        """Remember a journalled batch."""
        if dead_code is None:
            self.have.add(seq)
        else:
            self.dead[seq] = dead_code
        self.max_seq = max(self.max_seq, seq)

    def settle(self, seq: int, dead_code: str | None) -> None:
        """The store has it durably: it may go into the checkpoint."""
        if dead_code is None:
            self._durable.add(seq)
        else:
            self._durable_dead[seq] = dead_code

    def forget_have(self) -> None:
        """Ask for everything again that agents still keep (their highest seq stays known)."""
        self.have, self._durable = IntervalSet(), IntervalSet()

    def recent_dead(self) -> list[int]:
        """The newest refused seqs, for a handshake."""
        return sorted(self.dead)[-DEAD_TOLD:]

    def mark(self, journal_no: int) -> StreamMark:
        """The checkpoint as of `journal_no`."""
        return StreamMark(
            uuid=self.uuid,
            tenant=self.tenant,
            edge=self.edge,
            machine=self.machine,
            have=self._durable.ranges(),
            dead=sorted(self._durable_dead.items()),
            max_seq=self.max_seq,
            journal_no=journal_no,
        )


class StreamTable:
    """All streams this process knows, and the journalled batches the store has not settled yet."""

    def __init__(self) -> None:
        self._streams: dict[StreamKey, StreamState] = {}
        self._unsettled: deque[tuple[int, StreamKey, int, str | None]] = deque()

    def get(self, key: StreamKey) -> StreamState | None:
        """A stream, None while unknown."""
        return self._streams.get(key)

    def add(self, mark: StreamMark) -> StreamState:
        """The stream of a mark; one known already keeps its state."""
        state = self._streams.get(mark.key)
        if state is None:
            state = self._streams[mark.key] = StreamState(mark)
        return state

    def all(self) -> list[StreamState]:
        """Every stream."""
        return list(self._streams.values())

    def journalled(self, state: StreamState, no: int, seq: int, dead_code: str | None) -> None:
        """A batch is durable in the journal under `no`."""
        state.take(seq, dead_code)
        self._unsettled.append((no, state.key, seq, dead_code))

    def settle(self, applied_no: int) -> list[StreamState]:
        """Move what the store durably has into the checkpoints; returns the streams that changed."""
        changed: dict[StreamKey, StreamState] = {}
        while self._unsettled and self._unsettled[0][0] <= applied_no:
            _, key, seq, dead_code = self._unsettled.popleft()
            state = self._streams[key]
            state.settle(seq, dead_code)
            state.journal_no = applied_no
            changed[key] = state
        return list(changed.values())
