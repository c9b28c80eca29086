"""Keeping the spool within its bounds: oldest settled batches go first, then pending ones by
priority (the oldest, or every second of the older half, as the policy says), each drop with its gap
record in the same transaction."""

from __future__ import annotations

import shutil
import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from edge_agent.buffer import ledger
from edge_agent.buffer.forecast import on_disk
from edge_agent.buffer.rows import Priority
from edge_agent.buffer.thinning import DROP_COLUMNS, DropRow

if TYPE_CHECKING:
    from edge_agent.buffer.spool import Spool

Policy = Literal["oldest", "thin"]

#: Dropped in this order; dictionary and gap records never are.
_DROPPED_FIRST = (Priority.FAST, Priority.DATA, Priority.EVENT)
#: Freed at once when the bound is reached, so that not every append has to make room.
FREED_SHARE = 64
ROWS_PER_STEP = 64
DISK_LOOK_S = 2.0
RESERVE_BYTES_MAX = 8 * 1024 * 1024
PAGE_OVERHEAD_BYTES = 64 * 1024
#: Reserved for a batch beside its body, with what a page may leave empty.
BATCH_OVERHEAD_BYTES = 512


class SpoolFull(Exception):
    """No room, and nothing left that may be deleted."""


class Budget:
    """How many bytes the spool may hold now: its own bound, and what the disk leaves free.

    Some disk is always left, whatever the configuration says: without room for its log the
    database could not even drop.
    """

    def __init__(self, path: Path, size_max_bytes: int, disk_free_min_bytes: int) -> None:
        self._folder = path.parent
        self._size_max_bytes = size_max_bytes
        self.disk_free = shutil.disk_usage(self._folder).free
        self._reserve_bytes = max(disk_free_min_bytes, min(RESERVE_BYTES_MAX, self.disk_free // 4))
        self._looked_at = -DISK_LOOK_S
        self._allowed = 0

    def limit(self, file_bytes: int) -> int:
        """Bytes allowed, for a file of `file_bytes` now; between two looks at the disk it stands."""
        if time.monotonic() - self._looked_at >= DISK_LOOK_S:
            self._looked_at = time.monotonic()
            self.disk_free = shutil.disk_usage(self._folder).free
            self._allowed = file_bytes + max(0, self.disk_free - self._reserve_bytes)
        return min(self._size_max_bytes, self._allowed)


def used_bytes(db: sqlite3.Connection) -> int:
    """Bytes of the file in use, free pages not counted."""
    pages, free, size = _pages(db)
    return (pages - free) * size


def _pages(db: sqlite3.Connection) -> tuple[int, int, int]:
    return (
        db.execute("PRAGMA page_count").fetchone()[0],
        db.execute("PRAGMA freelist_count").fetchone()[0],
        db.execute("PRAGMA page_size").fetchone()[0],
    )


def make(spool: Spool, budget: Budget, need: int) -> None:
    """Within a transaction: frees until `need` more bytes fit. Raises SpoolFull."""
    pages, free, size = _pages(spool.db)
    limit = budget.limit(pages * size)
    if (pages - free) * size + need + PAGE_OVERHEAD_BYTES <= limit:
        return
    target = limit - need - PAGE_OVERHEAD_BYTES - limit // FREED_SHARE
    while used_bytes(spool.db) > target:
        if not (delete_settled(spool) or _thin(spool) or drop_pending(spool, "spool_full")):
            if used_bytes(spool.db) + need <= limit:
                return
            raise SpoolFull


def left_bytes(spool: Spool) -> int:
    """Bytes that fit before anything pending has to go: settled batches make way for them."""
    pages, _, size = _pages(spool.db)
    held = on_disk(spool.counters.pending_batches, spool.counters.pending_bytes)
    return max(0, spool.budget.limit(pages * size) - PAGE_OVERHEAD_BYTES - held)


def delete_settled(spool: Spool, *, older_than_wall: int | None = None) -> int:
    """Deletes the oldest settled batches, at most a step of them; returns how many."""
    age = "" if older_than_wall is None else " AND wall < :wall"
    rows = spool.db.execute(
        f"SELECT id FROM batch WHERE state > 0{age} ORDER BY id LIMIT :step",
        {"wall": older_than_wall, "step": ROWS_PER_STEP},
    ).fetchall()
    _delete(spool.db, [row[0] for row in rows])
    return len(rows)


def _under_way(spool: Spool) -> set[int]:
    return {seq + spool.base for seq in list(spool.in_flight())}


def _thin(spool: Spool) -> int:
    if spool.policy != "thin":
        return 0
    under_way = _under_way(spool)
    for prio in (Priority.FAST, Priority.DATA):  # events are no series: one without the next tells nothing
        if rows := spool.thinning.choose(spool.db, int(prio), under_way):
            return _drop(spool, rows, "thinned")
    return 0


def drop_pending(spool: Spool, reason: str) -> int:
    """Drops the oldest pending batches of the least priority; returns how many."""
    under_way = _under_way(spool)
    for prio in _DROPPED_FIRST:
        if rows := _oldest(spool, prio, under_way):
            return _drop(spool, rows, reason)
    return 0


def drop_aged(spool: Spool, before: int) -> int:
    """Drops pending batches closed before `before` (µs UTC), at most a step of them per priority;
    returns how many. The events and data of one time go together: age knows no priority."""
    under_way = _under_way(spool)
    dropped = 0
    for prio in _DROPPED_FIRST:
        rows = [row for row, wall in _oldest_with_wall(spool, prio, under_way) if wall < before]
        dropped += _drop(spool, rows, "too_old") if rows else 0
    return dropped


def _oldest(spool: Spool, prio: Priority, under_way: set[int]) -> list[DropRow]:
    return [row for row, _ in _oldest_with_wall(spool, prio, under_way)]


def _oldest_with_wall(spool: Spool, prio: Priority, under_way: set[int]) -> list[tuple[DropRow, int]]:
    rows = spool.db.execute(
        f"SELECT {DROP_COLUMNS}, wall FROM batch WHERE state = 0 AND prio = ? ORDER BY id LIMIT ?",
        (int(prio), ROWS_PER_STEP + len(under_way)),
    ).fetchall()
    return [(DropRow(*row[:6]), row[6]) for row in rows if row[0] not in under_way][:ROWS_PER_STEP]


def _drop(spool: Spool, rows: list[DropRow], reason: str) -> int:
    _delete(spool.db, [row.id for row in rows])
    spool.counters.dropped += sum(row.points for row in rows)
    spool.left_pending(sum(row.points for row in rows), sum(row.bytes for row in rows), len(rows))
    for gap in ledger.dropped_gap([row[:5] for row in rows], spool.base, reason):
        ledger.add(spool.db, gap)
    return len(rows)


def _delete(db: sqlite3.Connection, ids: list[int]) -> None:
    if not ids:
        return
    marks = ",".join("?" * len(ids))
    db.execute(f"DELETE FROM body WHERE id IN ({marks})", ids)
    db.execute(f"DELETE FROM batch WHERE id IN ({marks})", ids)
