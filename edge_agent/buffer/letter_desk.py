"""The dead letters of a running agent: the thread that owns the spool looks at them, sends them again, discards."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, TypeVar

from edge_agent.buffer import dead_letters
from edge_agent.buffer.dead_letters import DeadLetter
from edge_agent.buffer.letter_places import places_of
from edge_agent.buffer.room import SpoolFull
from edge_agent.buffer.rows import StoredBatch
from edge_agent.buffer.spool import Spool
from edge_agent.buffer.writer import SpoolWriter
from schemas.errors import InterlockError

T = TypeVar("T")

#: One commit each, so that neither memory nor what is collected meanwhile waits for all of them.
BYTES_AT_ONCE: Final = 4 * 1024 * 1024
#: Whose connections are looked up; of older ones only what the list itself says is told.
PLACES_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Settled:
    """`done` were sent again or discarded; `left` were not: damaged, or gone meanwhile."""

    done: list[int] = field(default_factory=list)
    left: list[int] = field(default_factory=list)


class LetterDesk:
    """Asks the spool's thread. Every method raises InterlockError where the spool cannot do it now."""

    def __init__(self, writer: SpoolWriter) -> None:
        self._writer = writer
        self._places: dict[int, Sequence[str]] = {}

    async def listed(self) -> list[DeadLetter]:
        """All that are kept, oldest first."""
        return await _asked(self._writer.ask(dead_letters.listed))

    async def described(self) -> list[dict[str, Any]]:
        """All that are kept, oldest first, with the connections whose values are in them."""
        letters = await self.listed()
        several = [one for one in letters[-PLACES_MAX:] if not one.conn and one.kind == "data" and one.sound]
        new = [one.id for one in several if one.id not in self._places]
        found = await _asked(self._writer.ask(partial(places_of, ids=new))) if new else {}
        self._places = {one.id: found.get(one.id) or self._places.get(one.id, ()) for one in several}
        return [
            {**one._asdict(), "connections": [one.conn] if one.conn else list(self._places.get(one.id, ()))}
            for one in letters
        ]

    async def body(self, row_id: int) -> bytes:
        """The body of one. Raises LookupError where there is none of this id."""
        return await _asked(self._writer.ask(partial(dead_letters.body, row_id=row_id)))

    async def send_again(self, ids: Collection[int]) -> Settled:
        """Makes these wait once more, as new batches: they go out at once where the platform is there."""
        done: list[int] = []
        for part in _parts([one for one in await self.listed() if one.id in ids]):
            done += await _asked(self._writer.change(partial(_again, ids=part)))
        return Settled(done, sorted(set(ids) - set(done)))

    async def discard(self, ids: Collection[int]) -> Settled:
        """Deletes these for good; their points stay counted as dead."""
        done = await _asked(self._writer.change(partial(_discarded, ids=ids)))
        return Settled(done, sorted(set(ids) - set(done)))


def _again(spool: Spool, ids: Collection[int]) -> tuple[list[int], list[StoredBatch]]:
    stored = dead_letters.send_again_stored(spool, ids)
    return list(stored), list(stored.values())


def _discarded(spool: Spool, ids: Collection[int]) -> tuple[list[int], list[StoredBatch]]:
    return dead_letters.discard(spool, ids), []


def _parts(letters: Sequence[DeadLetter]) -> Iterator[list[int]]:
    part: list[int] = []
    size = 0
    for one in letters:
        if part and size + one.bytes > BYTES_AT_ONCE:
            yield part
            part, size = [], 0
        part.append(one.id)
        size += one.bytes
    if part:
        yield part


async def _asked(answer: Awaitable[T]) -> T:
    try:
        return await answer
    except (sqlite3.Error, SpoolFull, OSError) as error:
        raise InterlockError(
            "spool.busy", f"the spool cannot do this now: {error}",
            hint="What was not done stays as it is; look at the list, then try again.",
        ) from error  # fmt: skip
