"""Which batches go when a full spool thins what is old: every second one of the older half of what
waits, counted per connection, in passes. What stays is spread evenly, and the older it is the
thinner: a long cut keeps its whole course in fewer points, and the newest half whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from typing import NamedTuple

ROWS_PER_LOOK = 128


class DropRow(NamedTuple):
    """What has to be known of a batch to book its drop; `id` is its row, times in µs UTC."""

    id: int
    points: int
    t_first: int
    t_last: int
    conn: str
    bytes: int


DROP_COLUMNS = "id, points, t_first, t_last, conn, bytes"


class Thinning:
    """Where the pass stands. Kept in memory only: a restart begins a new pass, no more."""

    def __init__(self) -> None:
        self._prio = -1
        self._after = self._until = 0
        self._kept: set[str] = set()

    def choose(self, db: sqlite3.Connection, prio: int, under_way: Collection[int]) -> list[DropRow]:
        """The next batches to drop; none where a whole pass finds nothing to thin any more."""
        for _ in range(2):
            if prio != self._prio or self._after >= self._until:
                self._begin(db, prio)
            while rows := self._look(db):
                self._after = rows[-1].id
                chosen = [row for row in rows if self._every_second(row, under_way)]
                if chosen:
                    return chosen
            self._after = self._until
        return []

    def _begin(self, db: sqlite3.Connection, prio: int) -> None:
        pending = "FROM batch WHERE state = 0 AND prio = ?"
        count = db.execute(f"SELECT COUNT(*) {pending}", (prio,)).fetchone()[0]
        middle = db.execute(f"SELECT id {pending} ORDER BY id LIMIT 1 OFFSET ?", (prio, count // 2)).fetchone()
        self._prio, self._after, self._until = prio, 0, middle[0] if middle else 0
        self._kept.clear()

    def _look(self, db: sqlite3.Connection) -> list[DropRow]:
        rows = db.execute(
            f"SELECT {DROP_COLUMNS} FROM batch WHERE state = 0 AND prio = ? AND id > ? AND id < ? ORDER BY id LIMIT ?",
            (self._prio, self._after, self._until, ROWS_PER_LOOK),
        )
        return [DropRow(*row) for row in rows]

    def _every_second(self, row: DropRow, under_way: Collection[int]) -> bool:
        if row.conn in self._kept and row.id not in under_way:
            self._kept.discard(row.conn)
            return True
        self._kept.add(row.conn)
        return False
