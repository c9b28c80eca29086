"""The gap ledger: every hole in the stream, told to the platform as a batch of its own.

Drops merge into one open record until it is sealed into a `gap` batch, so that a spool that is
full for days needs one row, not millions.
"""

from __future__ import annotations

import sqlite3
import time
from typing import TYPE_CHECKING

from edge_agent.buffer import dead_letters
from edge_agent.buffer.rows import NewBatch, Priority, StoredBatch
from schemas.wire.batch import encode_records
from schemas.wire.gap import GapRecord

if TYPE_CHECKING:
    from edge_agent.buffer.spool import Spool

RECORDS_PER_BATCH = 1000
_COLUMNS = "kind, reason, conn, from_ts, to_ts, n, count_of, seq_from, seq_to"


def add(db: sqlite3.Connection, gap: GapRecord) -> None:
    """Enters a gap; one that is still open with the same reason grows where that stays exact."""
    if gap.kind == "dropped" and _merged(db, gap):
        return
    db.execute(
        f"INSERT INTO gap ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (gap.kind, gap.reason, gap.conn, gap.from_ts, gap.to_ts, gap.n, gap.count_of,
         gap.seq_from, gap.seq_to),
    )  # fmt: skip


def _merged(db: sqlite3.Connection, gap: GapRecord) -> bool:
    if gap.n is None:
        return False
    done = db.execute(
        "UPDATE gap SET from_ts = MIN(from_ts, ?), to_ts = MAX(to_ts, ?), n = n + ?,"
        " seq_from = MIN(seq_from, ?), seq_to = MAX(seq_to, ?)"
        " WHERE batch_id IS NULL AND kind = ? AND reason = ? AND conn = ? AND count_of = ?"
        " AND n IS NOT NULL",
        (gap.from_ts, gap.to_ts, gap.n, gap.seq_from, gap.seq_to, gap.kind, gap.reason, gap.conn,
         gap.count_of),
    )  # fmt: skip
    return done.rowcount > 0


def has_open(db: sqlite3.Connection) -> bool:
    """Whether gaps wait to be sealed."""
    return db.execute("SELECT 1 FROM gap WHERE batch_id IS NULL LIMIT 1").fetchone() is not None


def seal(spool: Spool, *, rev: str) -> list[StoredBatch]:
    """Turns all open gaps into batches, in one transaction; returns the new batches."""
    if not has_open(spool.db):
        return []
    sealed: list[StoredBatch] = []
    with spool.transaction():
        while rows := spool.db.execute(
            f"SELECT id, {_COLUMNS} FROM gap WHERE batch_id IS NULL ORDER BY id LIMIT ?",
            (RECORDS_PER_BATCH,),
        ).fetchall():
            records = [GapRecord(*row[1:]) for row in rows]
            stored = spool.insert(_batch(records, rev))
            spool.db.executemany(
                "UPDATE gap SET batch_id = ? WHERE id = ?",
                [(stored.seq + spool.base, row[0]) for row in rows],
            )
            sealed.append(stored)
        _forget_old(spool.db)
    return sealed


def _batch(records: list[GapRecord], rev: str) -> NewBatch:
    body = encode_records([record.to_record() for record in records])
    return NewBatch(
        kind="gap", prio=Priority.LEDGER, conn="", wall=time.time_ns() // 1000,
        mono=time.monotonic_ns() // 1000, rev=rev, z="zstd", points=0,
        t_first=min(record.from_ts for record in records),
        t_last=max(record.to_ts for record in records), body=body,
    )  # fmt: skip


def _forget_old(db: sqlite3.Connection, keep: int = 10_000) -> None:
    """Sealed gaps are in their batches; the table keeps the newest for a look at the machine."""
    db.execute("DELETE FROM gap WHERE batch_id IS NOT NULL AND id <= (SELECT MAX(id) FROM gap) - ?", (keep,))


def settle_dead(spool: Spool, row_id: int, code: str) -> int:
    """Books a pending batch as dead with its gap record; 0 where it was settled before."""
    row = spool.db.execute(
        "UPDATE batch SET state = 2 WHERE id = ? AND state = 0 RETURNING points, bytes, conn, t_first, t_last",
        (row_id,),
    ).fetchone()
    if row is None:
        return 0
    points, size, conn, t_first, t_last = row
    spool.counters.dead += points
    dead_letters.keep(spool, row_id, code)
    spool.left_pending(points, size)
    seq = row_id - spool.base
    add(spool.db, GapRecord("dead", code[:200], conn, t_first, t_last + 1, points, "points", seq, seq))
    return 1


def dropped_gap(rows: list[tuple[int, int, int, int, str]], base: int, reason: str) -> list[GapRecord]:
    """Gap records for dropped batches `(id, points, t_first, t_last, conn)`, one per connection."""
    by_conn: dict[str, list[tuple[int, int, int, int, str]]] = {}
    for row in rows:
        by_conn.setdefault(row[4], []).append(row)
    return [
        GapRecord(
            "dropped", reason, conn, min(row[2] for row in group), max(row[3] for row in group) + 1,
            sum(row[1] for row in group), "points", group[0][0] - base, group[-1][0] - base,
        )
        for conn, group in by_conn.items()
    ]  # fmt: skip
