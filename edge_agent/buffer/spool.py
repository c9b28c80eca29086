"""The spool: an append log of batches in one SQLite file.

Promises: a batch is accepted when `append` returns (COMMIT with an fsync); its number in the
stream is never used twice; `accepted = acked + pending + dropped + dead` holds after every
transaction; nothing leaves unsettled without a gap record in the same transaction. Limits: one
thread, one process, `size_max_bytes` on disk (`SpoolFull` when even dropping cannot make room).
After an I/O error the object is unusable: close it and open the file again; what was not
committed is still in the caller's memory.
"""

from __future__ import annotations

import sqlite3
import time
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from edge_agent.buffer import ledger, reconcile, room
from edge_agent.buffer.layout import open_file
from edge_agent.buffer.rows import (
    PRIORITY_NAMES,
    Counters,
    Entry,
    NewBatch,
    Priority,
    SequenceKey,
    State,
    StoredBatch,
)
from edge_agent.buffer.thinning import Thinning

_COUNTER_COLUMNS = "accepted, acked, pending, dropped, dead, pending_batches, pending_bytes"
_TOTAL, _HELD, _DROPPED = "total/", "held/", "dropped/"
_BATCH_COLUMNS = "b.id, kind, conn, boot, wall, mono, rev, z, points, crc, body"


class Ack(NamedTuple):
    """What the platform said: ranges it has, and batches it calls unreadable."""

    ranges: tuple[tuple[int, int], ...]
    dead: tuple[tuple[int, str], ...] = ()


class Spool:
    """See the module. Times in µs UTC; sequence numbers are of the current `stream`."""

    def __init__(
        self, path: Path, *, machine: str, size_max_bytes: int, disk_free_min_bytes: int = 0,
        policy: room.Policy = "oldest", synchronous: str = "FULL", boot: int | None = None,
    ) -> None:  # fmt: skip
        self.path = path
        self.size_max_bytes = size_max_bytes
        self.disk_free_min_bytes = disk_free_min_bytes
        self.policy = policy
        self.thinning = Thinning()
        self.in_flight: Callable[[], Collection[int]] = frozenset
        self.db, fresh = open_file(path, synchronous=synchronous)
        try:
            self._start(fresh, machine, boot)
        except BaseException:
            self.db.close()
            raise

    def _start(self, fresh: bool, machine: str, resumed_boot: int | None) -> None:
        self.budget = room.Budget(self.path, self.size_max_bytes, self.disk_free_min_bytes)
        self.counters = self._load_counters()
        with self.transaction():
            if fresh or self.meta("stream") is None:
                self._first_start(machine)
            self.cloned = self.meta("machine") != machine
            self._read_stream()
            if resumed_boot is None or resumed_boot != int(self.meta("boot")):
                self._begin_boot(machine)
            self.boot = int(self.meta("boot"))
        self.last_alive = int(self.meta("alive"))
        self.ended_cleanly = bool(int(self.meta("clean")))

    def _begin_boot(self, machine: str) -> None:
        self.set_meta("boot", int(self.meta("boot")) + 1)
        # Nothing beyond `floor` can have been sent: no batch goes out before a hand-shake.
        if int(self.meta("shaken")):
            self.set_meta("floor", self.max_seq)
            self.set_meta("shaken", 0)
        self.set_meta("machine", machine)
        if self.cloned:
            reconcile.fork(self)

    def _first_start(self, machine: str) -> None:
        first = {"stream": str(uuid4()), "base": 0, "boot": 0, "machine": machine, "floor": 0,
                 "shaken": 0, "alive": 0, "clean": 1, "forks": 0}  # fmt: skip
        for key, value in first.items():
            self.set_meta(key, value)

    def _read_stream(self) -> None:
        self.stream = UUID(str(self.meta("stream")))
        self.base = int(self.meta("base"))
        self.max_seq = self._max_seq_now()

    # -- transactions and small state -------------------------------------------------------

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; counters are written with it and restored when it fails."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._store_counters()
            self.db.execute("COMMIT")
        except BaseException:
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")
            self.counters = self._load_counters()
            if self.meta("stream") is not None:
                self._read_stream()
            raise

    def _load_counters(self) -> Counters:
        row = self.db.execute(f"SELECT {_COUNTER_COLUMNS} FROM counter").fetchone()
        return Counters(*row)

    def _store_counters(self) -> None:
        c = self.counters
        self.db.execute(
            "UPDATE counter SET accepted=?, acked=?, pending=?, dropped=?, dead=?, pending_batches=?, pending_bytes=?",
            (c.accepted, c.acked, c.pending, c.dropped, c.dead, c.pending_batches, c.pending_bytes),
        )

    def meta(self, key: str) -> Any:
        """A small persistent value, None where it was never set."""
        row = self.db.execute("SELECT value FROM meta WHERE key=?", (key,)).fetchone()
        return None if row is None else row[0]

    def set_meta(self, key: str, value: object) -> None:
        """Sets a small persistent value; call it within a transaction."""
        self.db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def _max_seq_now(self) -> int:
        row = self.db.execute("SELECT seq FROM sqlite_sequence WHERE name='batch'").fetchone()
        return (int(row[0]) if row else 0) - int(self.meta("base"))

    # -- appending --------------------------------------------------------------------------

    def append(self, entries: Sequence[Entry], *, alive: int, acks: Sequence[Ack] = ()) -> list[StoredBatch]:
        """Commits entries in order; `alive` is the wall clock now, for the gap after a crash.

        Raises SpoolFull, or sqlite3.Error after which the spool has to be opened again; in both
        cases nothing of the entries is stored.
        """
        batches = [batch for entry in entries for batch in entry.batches]
        stored: list[StoredBatch] = []
        with self.transaction():
            for ack in acks:
                self.settle(ack.ranges, ack.dead)
            takes_data = room.admit(self, self.budget, batches)
            for entry in entries:
                for batch in entry.batches:
                    if takes_data or not room.is_data(batch):
                        stored.append(self.insert(batch))
                    else:
                        room.refuse(self, batch)
                for gap in entry.gaps:
                    ledger.add(self.db, gap)
                for key, row in entry.marks.items():
                    self.set_mark(key, row)
                for tag, total in entry.totals.items():
                    self.set_meta(_TOTAL + tag, total)
                for scan, body in entry.held.items():
                    self.set_meta(_HELD + scan, body)
            self.set_meta("alive", alive)
            self.set_meta("clean", 0)
        return stored

    def insert(self, batch: NewBatch, *, boot: int | None = None) -> StoredBatch:
        """One batch within a transaction of the caller; `boot` only for what an earlier one made."""
        boot = self.boot if boot is None else boot
        cursor = self.db.execute(
            "INSERT INTO batch (state, prio, kind, conn, boot, wall, mono, rev, z, points, bytes,"
            " t_first, t_last, crc) VALUES (0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (int(batch.prio), batch.kind, batch.conn, boot, batch.wall, batch.mono, batch.rev,
             batch.z, batch.points, len(batch.body), batch.t_first, batch.t_last,
             zlib.crc32(batch.body)),
        )  # fmt: skip
        row_id = cursor.lastrowid or 0
        self.db.execute("INSERT INTO body VALUES (?, ?)", (row_id, batch.body))
        counters = self.counters
        counters.accepted += batch.points
        counters.pending += batch.points
        counters.pending_batches += 1
        counters.pending_bytes += len(batch.body)
        self.max_seq = row_id - self.base
        return StoredBatch(
            self.stream, self.max_seq, batch.kind, batch.conn, boot, batch.wall, batch.mono,
            batch.rev, batch.z, batch.points, batch.body,
        )  # fmt: skip

    def set_mark(self, key: SequenceKey, row: int) -> None:
        """The last accepted row number of a sequence, a negative one to forget it; call it within a transaction."""
        if row < 0:
            self.db.execute("DELETE FROM sequence WHERE conn = ? AND tag = ?", key)
            return
        self.db.execute("INSERT OR REPLACE INTO sequence VALUES (?, ?, ?)", (*key, row))

    def marks(self) -> dict[SequenceKey, int]:
        """The last accepted row number of every sequence."""
        rows = self.db.execute("SELECT conn, tag, row FROM sequence")
        return {SequenceKey(conn, tag): row for conn, tag, row in rows}

    def totals(self) -> dict[str, str]:
        """What the totals go on from, by the UUID of their tags."""
        rows = self.db.execute("SELECT key, value FROM meta WHERE key GLOB ?", (_TOTAL + "*",))
        return {key.removeprefix(_TOTAL): str(value) for key, value in rows}

    def book_dropped(self, prio: int, points: int) -> None:
        """Counts points as dropped, also under their priority; call it within a transaction."""
        self.counters.dropped += points
        key = _DROPPED + PRIORITY_NAMES[Priority(prio)]
        self.set_meta(key, int(self.meta(key) or 0) + points)

    def dropped_by_priority(self) -> dict[str, int]:
        """Points dropped so far by the name of their priority."""
        return {name: int(self.meta(_DROPPED + name) or 0) for name in PRIORITY_NAMES.values()}

    def held(self) -> dict[str, bytes]:
        """What doors held back when it was last stored, by scan class."""
        rows = self.db.execute("SELECT key, value FROM meta WHERE key GLOB ?", (_HELD + "*",))
        return {key.removeprefix(_HELD): bytes(value) for key, value in rows}

    # -- reading ----------------------------------------------------------------------------

    def read_pending(
        self, after: int, before: int, limit: int, *, prio: int, bytes_max: int = 2 * 1024 * 1024
    ) -> list[StoredBatch]:
        """Pending batches with `after < seq < before`, oldest first; damaged ones are settled as
        dead with a gap record and left out."""
        found: list[StoredBatch] = []
        size = 0
        rows = self.db.execute(
            f"SELECT {_BATCH_COLUMNS} FROM batch b JOIN body ON body.id = b.id"
            " WHERE state = 0 AND prio = ? AND b.id > ? AND b.id < ? ORDER BY b.id LIMIT ?",
            (prio, after + self.base, before + self.base, limit),
        )
        damaged: list[int] = []
        for row in rows:
            if zlib.crc32(row[10]) != row[9]:
                damaged.append(row[0])
                continue
            found.append(self._stored(row))
            size += len(row[10])
            if size >= bytes_max:
                break
        rows.close()
        if damaged:
            with self.transaction():
                for row_id in damaged:
                    ledger.settle_dead(self, row_id, "spool_damaged")
        return found

    def _stored(self, row: tuple[Any, ...]) -> StoredBatch:
        return StoredBatch(
            stream=self.stream, seq=row[0] - self.base, kind=row[1], conn=row[2], boot=row[3],
            wall=row[4], mono=row[5], rev=row[6], z=row[7], points=row[8], body=row[10],
        )  # fmt: skip

    def oldest_pending(self) -> int:
        """Time of the oldest pending point, µs, 0 when there is none."""
        first = (
            self.db.execute(
                "SELECT t_first FROM batch WHERE state = 0 AND points > 0 AND prio = ? ORDER BY id LIMIT 1",
                (int(prio),),
            ).fetchone()
            for prio in PRIORITY_NAMES
        )
        return min((int(row[0]) for row in first if row is not None), default=0)

    # -- settling ---------------------------------------------------------------------------

    def ack(self, ranges: Sequence[tuple[int, int]], dead: Sequence[tuple[int, str]] = ()) -> int:
        """Settles batches the platform has (or calls unreadable); returns how many were pending.

        Numbers beyond what this spool ever gave out are ignored here: `reconcile` judges them.
        """
        with self.transaction():
            return self.settle(ranges, dead)

    def settle(self, ranges: Sequence[tuple[int, int]], dead: Sequence[tuple[int, str]] = ()) -> int:
        """`ack` within a transaction of the caller."""
        settled = 0
        for seq, code in dead:
            if 0 < seq <= self.max_seq:
                settled += ledger.settle_dead(self, seq + self.base, code)
        for low, high in ranges:
            low, high = max(low, 1) + self.base, min(high, self.max_seq) + self.base
            for prio in range(4):
                rows = self.db.execute(
                    "UPDATE batch SET state = 1 WHERE state = 0 AND prio = ? AND id BETWEEN ? AND ?"
                    " RETURNING points, bytes",
                    (prio, low, high),
                ).fetchall()
                points, size = sum(row[0] for row in rows), sum(row[1] for row in rows)
                self.counters.acked += points
                self.left_pending(points, size, len(rows))
                settled += len(rows)
        return settled

    def left_pending(self, points: int, size: int, batches: int = 1) -> None:
        """Books that batches are no longer pending."""
        self.counters.pending -= points
        self.counters.pending_bytes -= size
        self.counters.pending_batches -= batches

    # -- end --------------------------------------------------------------------------------

    def audit(self) -> Counters:
        """Counts what the rows themselves say; `accepted` and `dropped` are taken as booked."""
        row = self.db.execute(
            "SELECT COALESCE(SUM(points), 0), COUNT(*), COALESCE(SUM(bytes), 0)"
            " FROM batch WHERE state = ?", (int(State.PENDING),),
        ).fetchone()  # fmt: skip
        c = self.counters
        return Counters(c.accepted, c.acked, row[0], c.dropped, c.dead, row[1], row[2])

    def used_bytes(self) -> int:
        """Bytes of the file that hold something."""
        return room.used_bytes(self.db)

    def close(self, *, clean: bool = True) -> None:
        """Ends the spool; a clean end is remembered so that the next start can say so."""
        try:
            if clean:
                with self.transaction():
                    self.set_meta("clean", 1)
                    self.set_meta("alive", time.time_ns() // 1000)
        except sqlite3.Error:
            pass  # the end is then reported as unclean, which is the truth
        finally:
            self.db.close()
