"""Which row a device shows now: by the clock alone, or held until the reader has had all of it."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

__all__ = ["Player", "recorded_periods"]


def recorded_periods(time_us: Sequence[int], speed: float) -> list[float]:
    """Seconds each row stays by its recorded times; times that stand still or go back take no time.

    The last row stays as long as the median row, which is what a repeat needs.
    """
    steps = [max(0, after - before) / 1e6 / speed for before, after in pairwise(time_us)]
    return [*steps, sorted(steps)[len(steps) // 2] if steps else 1.0]


@dataclass
class Player:
    """Shows rows 1 … ``rows_total``, each for ``periods_s[(row - 1) % len(periods_s)]`` seconds.

    ``parts`` is how many pieces of a row (blocks, or nodes) a reader has to fetch. In hold mode the row
    changes only on a read that :meth:`current` is told opens a pass, once all parts of the shown row have
    been read and its time is up: so a whole pass sees one row, and no row can be missed. A reader that
    was away finds the row it left; rows do not rush by afterwards. Without hold the clock alone decides.
    """

    rows_total: int
    periods_s: Sequence[float]
    parts: int
    hold: bool = True
    clock: Callable[[], float] = time.monotonic
    on_read: Callable[[int], None] | None = None
    on_done: Callable[[], None] | None = None
    row: int = field(default=1, init=False)
    reads: int = field(default=0, init=False)
    _unread: set[int] = field(default_factory=set, init=False)
    _due: float | None = field(default=None, init=False)
    _started: float = field(default=0.0, init=False)
    _ends: list[float] = field(default_factory=list, init=False)
    _finished: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self._unread = set(range(self.parts))
        self.begin()
        if not self.hold:
            self._ends = list(accumulate(self.periods_s))

    def begin(self) -> None:
        """The first row appears now; without hold the clock runs from here."""
        self._started = self.clock()

    @property
    def done(self) -> bool:
        """The last row has come, and in hold mode has been read."""
        if self.row < self.rows_total:
            return False
        return not self._unread or not self.hold

    def current(self, *, opens_pass: bool) -> int:
        """The row a request gets that comes now; may move on to a later one."""
        if not self.hold:
            self._follow_clock()
        elif opens_pass and not self._unread and self.row < self.rows_total:
            now = self.clock()
            if self._due is not None and now >= self._due:
                # The next row is due a period after this one was, not after this one was fetched:
                # the pace holds on average. What a slow reader misses of it is not caught up.
                self._due = max(self._due + self._period(self.row + 1), now)
                self._show(self.row + 1)
        return self.row

    def mark(self, parts: Sequence[int]) -> None:
        """These parts of the shown row have been answered."""
        if not self._unread:
            return
        self._unread.difference_update(parts)
        if self._unread:
            return
        self.reads += 1
        if self._due is None:
            self._due = self.clock() + self._period(self.row)
        if self.on_read is not None:
            self.on_read(self.row)
        self._finish()

    @property
    def unread(self) -> frozenset[int]:
        """Parts of the shown row that nobody has read yet."""
        return frozenset(self._unread)

    def _period(self, row: int) -> float:
        return self.periods_s[(row - 1) % len(self.periods_s)]

    def _show(self, row: int) -> None:
        self.row = row
        self._unread = set(range(self.parts))

    def _follow_clock(self) -> None:
        length = self._ends[-1]
        elapsed = self.clock() - self._started
        count = len(self._ends)
        rounds = int(elapsed // length) if length > 0 else 0
        row = rounds * count + min(bisect_right(self._ends, elapsed - rounds * length), count - 1) + 1
        if length <= 0:
            row = self.rows_total
        if (row := min(row, self.rows_total)) != self.row:
            self._show(row)
            self._finish()

    def _finish(self) -> None:
        if self.done and not self._finished:
            self._finished = True
            if self.on_done is not None:
                self.on_done()
