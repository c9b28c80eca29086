"""What happens to a damaged spool: put aside, a new stream begun, the readable batches carried over.

The agent starts at once; `Salvage.step` is called between other work until nothing is left. Every
body is checked by its crc. What could not be read is told in a gap record with its count where the
damaged file still says how much was pending.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import time
import zlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgpack

from edge_agent.buffer import aliases, ledger, room
from edge_agent.buffer.layout import Corrupt, sync_folder
from edge_agent.buffer.rows import Counters, NewBatch, Priority, SequenceKey, StoredBatch
from edge_agent.buffer.spool import Spool
from schemas.errors import WireError
from schemas.wire.dictionary import TagEntry
from schemas.wire.gap import GapRecord

logger = logging.getLogger(__name__)

ROWS_PER_STEP = 32
_STATE = "salvage"
_COLUMNS = "b.id, kind, prio, conn, wall, mono, rev, z, points, t_first, t_last, body, crc, boot"


@dataclass(slots=True)
class SpoolSettings:
    """How a spool is opened: bounds in bytes, the machine it belongs to."""

    machine: str
    size_max_bytes: int
    disk_free_min_bytes: int = 0
    policy: room.Policy = "oldest"
    synchronous: str = "FULL"
    in_flight: Callable[[], Collection[int]] = frozenset
    """Numbers that are under way: not dropped, because the platform may store them after all."""


def open_spool(path: Path, settings: SpoolSettings, *, boot: int | None = None) -> tuple[Spool, Salvage | None]:
    """The spool at `path`; a damaged one is renamed to `*.damaged-<time>` and salvaged.

    `boot` is given when this run of the agent had it open before. Raises ConfigError for a newer
    version or a folder in use.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        spool = _open(path, settings, boot)
        return spool, _unfinished(spool)
    except (Corrupt, sqlite3.DatabaseError) as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        aside = put_aside(path)
        logger.error("The spool is damaged (%s): put aside as %s, a new stream begins.", error, aside.name)
    spool = _open(path, settings, None)
    return spool, Salvage(spool, aside)


def _unfinished(spool: Spool) -> Salvage | None:
    """The salvage that an earlier run did not end, where its file is still there."""
    state = spool.meta(_STATE)
    if state is None:
        return None
    aside = spool.path.with_name(json.loads(state)["file"])
    return Salvage(spool, aside) if aside.exists() else None


def _open(path: Path, settings: SpoolSettings, boot: int | None) -> Spool:
    spool = Spool(
        path, machine=settings.machine, size_max_bytes=settings.size_max_bytes,
        disk_free_min_bytes=settings.disk_free_min_bytes, policy=settings.policy,
        synchronous=settings.synchronous, boot=boot,
    )  # fmt: skip
    spool.in_flight = settings.in_flight
    return spool


def put_aside(path: Path) -> Path:
    """Renames a spool file with its WAL; nothing is ever deleted here."""
    aside = path.with_name(f"{path.name}.damaged-{time.time_ns() // 1_000_000}")
    for suffix in ("-wal", "-shm", ""):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.replace(aside.with_name(aside.name + suffix))
    sync_folder(path.parent)
    return aside


class Salvage:
    """Carries the readable pending batches of a damaged file over into a new spool."""

    def __init__(self, spool: Spool, aside: Path) -> None:
        self._spool, self._aside = spool, aside
        self._old = sqlite3.connect(aside, isolation_level=None, check_same_thread=False)
        state = spool.meta(_STATE)
        if state is None:
            self._pending: int | None = None
            self._readable = self._carry_small_state()
            self._after = self._points = 0
        else:
            saved = json.loads(state)
            self._pending, self._readable = saved["pending"], saved["readable"]
            self._after, self._points = saved["after"], saved["points"]
        self._ids = self._pending_ids()
        self._waiting: list[tuple[int, NewBatch, int]] = []
        self.done = False

    def step(self) -> list[StoredBatch]:
        """Carries a few batches and returns them; sets `done` when nothing is left."""
        ended = False
        while len(self._waiting) < ROWS_PER_STEP and not ended:
            row_id = next(self._ids, None)
            ended = row_id is None
            row = None if row_id is None else self._row(row_id)
            if row_id is not None and row is not None:
                self._waiting.append((row_id, *row))
        points = self._points + sum(batch.points for _, batch, _ in self._waiting)
        after = self._waiting[-1][0] if self._waiting else self._after
        with self._spool.transaction():
            room.make(self._spool, self._spool.budget, sum(len(row[1].body) + 512 for row in self._waiting))
            carried = [self._spool.insert(batch, boot=boot) for _, batch, boot in self._waiting]
            if ended:
                self._declare_lost(points)
            self._remember(None if ended else after, points)
        self._points, self._after, self._waiting = points, after, []
        self.done = ended
        if ended:
            self._old.close()
            logger.warning("Salvaged %d points from the damaged spool.", points)
        return carried

    def _remember(self, after: int | None, points: int) -> None:
        """How far the salvage is, in the same transaction as what it carried; None: ended."""
        if after is None:
            self._spool.db.execute("DELETE FROM meta WHERE key = ?", (_STATE,))
            return
        state = {
            "file": self._aside.name,
            "after": after,
            "points": points,
            "pending": self._pending,
            "readable": self._readable,
        }
        self._spool.set_meta(_STATE, json.dumps(state))

    def _carry_small_state(self) -> bool:
        """Aliases, row numbers, totals and counters; False where the aliases cannot be read."""
        spool = self._spool
        try:
            with spool.transaction():
                for (record,) in self._old.execute("SELECT record FROM alias ORDER BY alias").fetchall():
                    aliases.write(spool, TagEntry.from_record(msgpack.unpackb(record)))
                for conn, tag, row in self._old.execute("SELECT conn, tag, row FROM sequence").fetchall():
                    spool.set_mark(SequenceKey(conn, tag), row)
                kept = "SELECT key, value FROM meta WHERE key GLOB 'total/*' OR key GLOB 'dropped/*'"
                for key, value in self._old.execute(kept).fetchall():
                    spool.set_meta(key, value)
                row = self._old.execute("SELECT accepted, acked, pending, dropped, dead FROM counter").fetchone()
                if row is not None:
                    old = Counters(*row)
                    self._pending = old.pending
                    spool.counters.accepted = old.acked + old.dropped + old.dead
                    spool.counters.acked = old.acked
                    spool.counters.dropped = old.dropped
                    spool.counters.dead = old.dead
                self._readable = True
                self._remember(0, 0)
        except (sqlite3.Error, WireError, ValueError) as error:
            logger.error("The damaged spool's aliases are unreadable (%s): its batches stay there.", error)
            return False
        return True

    def _pending_ids(self) -> Iterator[int]:
        if not self._readable:
            return
        try:
            found = [
                row[0]
                for row in self._old.execute(
                    "SELECT id FROM batch WHERE state = 0 AND id > ? ORDER BY id", (self._after,)
                )
            ]
        except sqlite3.Error:
            found = list(self._ids_one_by_one())
        yield from found

    def _ids_one_by_one(self) -> Iterator[int]:
        """Walks the table over damaged pages: each failed look-up skips one number."""
        at, misses = self._after, 0
        while misses < 10_000:
            try:
                row = self._old.execute("SELECT id FROM batch WHERE id > ? ORDER BY id LIMIT 1", (at,)).fetchone()
            except sqlite3.Error:
                at, misses = at + 1, misses + 1
                continue
            if row is None:
                return
            at, misses = row[0], 0
            yield at

    def _row(self, row_id: int) -> tuple[NewBatch, int] | None:
        try:
            row = self._old.execute(
                f"SELECT {_COLUMNS} FROM batch b JOIN body ON body.id = b.id WHERE b.id = ? AND state = 0",
                (row_id,),
            ).fetchone()
        except sqlite3.Error:
            return None
        if row is None or not isinstance(row[11], bytes) or zlib.crc32(row[11]) != row[12]:
            return None
        batch = NewBatch(
            kind=row[1], prio=Priority(row[2]), conn=row[3], wall=row[4], mono=row[5], rev=row[6],
            z=row[7], points=row[8], t_first=row[9], t_last=row[10], body=row[11],
        )  # fmt: skip
        return batch, row[13]

    def _declare_lost(self, points: int) -> None:
        now = time.time_ns() // 1000
        lost = None if self._pending is None else self._pending - points
        if lost == 0:
            return
        if lost is not None:
            self._spool.counters.accepted += lost
            self._spool.counters.dropped += lost
        ledger.add(self._spool.db, GapRecord("dropped", "spool_damaged", "", 0, now, lost, "points"))
