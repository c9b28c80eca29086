"""Samples that wait for a host: bounded, the oldest go first and are counted. In memory: what must not be lost is in
the spool, and reaches the platform by the native wire."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from schemas.wire.columns import Columns, count


@dataclass(slots=True, frozen=True)
class Samples:
    """What a connection gave in one read."""

    conn: str
    groups: tuple[Columns, ...]
    points: int

    @classmethod
    def of(cls, conn: str, groups: Sequence[Columns]) -> Samples:
        """Samples of a connection."""
        return cls(conn, tuple(groups), count(groups))


class Waiting:
    """First in, first out, at most `points_max` points."""

    def __init__(self, points_max: int) -> None:
        self._points_max = points_max
        self._queue: deque[Samples] = deque()
        self.points = 0
        self.dropped = 0

    def put(self, samples: Samples) -> None:
        """The newest."""
        self._queue.append(samples)
        self.points += samples.points
        self._bound()

    def put_back(self, older: Sequence[Samples]) -> None:
        """Samples older than all that wait, oldest first."""
        self._queue.extendleft(reversed(older))
        self.points += sum(one.points for one in older)
        self._bound()

    def take(self, wanted: Callable[[str], bool], points_max: int) -> list[Samples]:
        """The oldest of the connections wanted, about `points_max` points; others keep their places."""
        taken: list[Samples] = []
        kept: list[Samples] = []
        room = points_max
        while self._queue and room > 0:
            samples = self._queue.popleft()
            if wanted(samples.conn):
                taken.append(samples)
                room -= samples.points
            else:
                kept.append(samples)
        self._queue.extendleft(reversed(kept))
        self.points -= sum(one.points for one in taken)
        return taken

    def _bound(self) -> None:
        while self.points > self._points_max and self._queue:
            oldest = self._queue.popleft()
            self.points -= oldest.points
            self.dropped += oldest.points
