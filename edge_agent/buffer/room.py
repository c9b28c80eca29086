"""Keeping the spool within its bounds: oldest settled batches go first, then pending ones by
priority (the oldest, or every second of the older half, as the policy says; or what is new is not
taken), each drop with its gap record in the same transaction."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from edge_agent.buffer import dead_letters, ledger
from edge_agent.buffer.forecast import on_disk
from edge_agent.buffer.rows import PRIORITY_NAMES, NewBatch, Priority
from edge_agent.buffer.thinning import DROP_COLUMNS, DropRow
from schemas.wire.gap import GapRecord

if TYPE_CHECKING:
    from edge_agent.buffer.spool import Spool

Policy = Literal["oldest", "newest", "thin"]

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


def _fits(spool: Spool, budget: Budget, need: int) -> bool:
    pages, free, size = _pages(spool.db)
    return (pages - free) * size + need + PAGE_OVERHEAD_BYTES <= budget.limit(pages * size)


def admit(spool: Spool, budget: Budget, batches: Sequence[NewBatch]) -> bool:
    """Within a transaction: makes room for the batches; False where the data among them have to be
    refused (policy `newest`: what is kept stays). Raises SpoolFull."""
    data = sum(len(one.body) + BATCH_OVERHEAD_BYTES for one in batches if is_data(one))
    other = sum(len(one.body) + BATCH_OVERHEAD_BYTES for one in batches if not is_data(one))
    if spool.policy != "newest" or not data:
        make(spool, budget, data + other)
        return True
    above_low = any(one.prio == Priority.DATA for one in batches)
    while not _fits(spool, budget, data + other):
        settled = delete_settled(spool) or dead_letters.make_room(spool)
        if not (settled or (above_low and drop_pending(spool, "spool_full", (Priority.FAST,)))):
            make(spool, budget, other)
            return False
    return True


def is_data(batch: NewBatch) -> bool:
    """Whether a batch may be refused; events, tags of priority high, dictionary and gap records never are."""
    return batch.prio >= Priority.DATA


def refuse(spool: Spool, batch: NewBatch) -> None:
    """Books a batch as accepted and dropped at once: it has no number, only its gap record."""
    if not batch.points:
        return
    spool.counters.accepted += batch.points
    spool.book_dropped(batch.prio, batch.points)
    cause, until = _cause("refused_new", batch.prio), batch.t_last + 1
    ledger.add(spool.db, GapRecord("dropped", cause, batch.conn, batch.t_first, until, batch.points, "points"))


def make(spool: Spool, budget: Budget, need: int) -> None:
    """Within a transaction: frees until `need` more bytes fit. Raises SpoolFull."""
    if _fits(spool, budget, need):
        return
    pages, _, size = _pages(spool.db)
    limit = budget.limit(pages * size)
    target = limit - need - PAGE_OVERHEAD_BYTES
    if spool.policy != "newest":
        target -= limit // FREED_SHARE
    while used_bytes(spool.db) > target:
        settled = delete_settled(spool) or dead_letters.make_room(spool)
        if not (settled or _thin(spool) or drop_pending(spool, "spool_full")):
            if used_bytes(spool.db) + need <= limit:
                return
            raise SpoolFull


def left_bytes(spool: Spool) -> int:
    """Bytes that fit before anything pending has to go: settled batches make way for them."""
    pages, _, size = _pages(spool.db)
    held = on_disk(spool.counters.pending_batches, spool.counters.pending_bytes)
    return max(0, spool.budget.limit(pages * size) - PAGE_OVERHEAD_BYTES - held)


def delete_settled(spool: Spool, *, older_than_wall: int | None = None) -> int:
    """Deletes the oldest settled batches, at most a step of them; returns how many. Dead letters that are kept stay."""
    age = "" if older_than_wall is None else " AND wall < :wall"
    rows = spool.db.execute(
        f"SELECT id FROM batch WHERE state > 0 AND NOT {dead_letters.IS_LETTER}{age} ORDER BY id LIMIT :step",
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
            return _drop(spool, rows, prio, "thinned")
    return 0


def drop_pending(spool: Spool, reason: str, lanes: Sequence[Priority] = _DROPPED_FIRST) -> int:
    """Drops the oldest pending batches of the least priority (the newest, where the policy keeps what
    is old); returns how many."""
    under_way = _under_way(spool)
    order: Literal["ASC", "DESC"] = "DESC" if spool.policy == "newest" else "ASC"
    for prio in lanes:
        if rows := _first(spool, prio, under_way, order):
            return _drop(spool, [row for row, _ in rows], prio, reason)
    return 0


def drop_aged(spool: Spool, before: int) -> int:
    """Drops pending batches closed before `before` (µs UTC), at most a step of them per priority;
    returns how many. The events and data of one time go together: age knows no priority."""
    under_way = _under_way(spool)
    dropped = 0
    for prio in _DROPPED_FIRST:
        rows = [row for row, wall in _first(spool, prio, under_way, "ASC") if wall < before]
        dropped += _drop(spool, rows, prio, "too_old") if rows else 0
    return dropped


def _first(
    spool: Spool, prio: Priority, under_way: set[int], order: Literal["ASC", "DESC"]
) -> list[tuple[DropRow, int]]:
    rows = spool.db.execute(
        f"SELECT {DROP_COLUMNS}, wall FROM batch WHERE state = 0 AND prio = ? ORDER BY id {order} LIMIT ?",
        (int(prio), ROWS_PER_STEP + len(under_way)),
    ).fetchall()
    return [(DropRow(*row[:6]), row[6]) for row in rows if row[0] not in under_way][:ROWS_PER_STEP]


def _cause(reason: str, prio: Priority) -> str:
    """The cause in the ledger, which tells what was dropped of another priority than normal by itself."""
    return reason if prio == Priority.DATA else f"{reason}_{PRIORITY_NAMES[prio]}"


def _drop(spool: Spool, rows: list[DropRow], prio: Priority, reason: str) -> int:
    _delete(spool.db, [row.id for row in rows])
    spool.book_dropped(prio, sum(row.points for row in rows))
    spool.left_pending(sum(row.points for row in rows), sum(row.bytes for row in rows), len(rows))
    for gap in ledger.dropped_gap([row[:5] for row in sorted(rows)], spool.base, _cause(reason, prio)):
        ledger.add(spool.db, gap)
    return len(rows)


def _delete(db: sqlite3.Connection, ids: list[int]) -> None:
    if not ids:
        return
    marks = ",".join("?" * len(ids))
    db.execute(f"DELETE FROM body WHERE id IN ({marks})", ids)
    db.execute(f"DELETE FROM batch WHERE id IN ({marks})", ids)
