"""Batches that were refused for good, or whose body is damaged: kept aside with the reason, within bounds, to be looked
at, sent again or discarded. Their points are booked as dead and in the ledger, whatever becomes of the bodies."""

from __future__ import annotations

import zlib
from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

from edge_agent.buffer.rows import NewBatch, Priority, State, StoredBatch

if TYPE_CHECKING:
    from edge_agent.buffer.spool import Spool

LETTERS_MAX = 1000
BYTES_MAX = 64 * 1024 * 1024
#: Of a small spool they take no more than this part.
SHARE_MAX = 8
FREED_AT_ONCE = 16
_KEY = "dead/"
#: Of a row of `batch`. Dead batches of a spool from before there were letters are none, and go like any settled one.
IS_LETTER = f"(state = 2 AND EXISTS (SELECT 1 FROM meta WHERE key = '{_KEY}' || printf('%020d', batch.id)))"


class DeadLetter(NamedTuple):
    """`id` names it for good, `code` says why; times in µs UTC; `sound` is False where the body is damaged."""

    id: int
    code: str
    kind: str
    conn: str
    points: int
    bytes: int
    t_first: int
    t_last: int
    sound: bool


def keep(spool: Spool, row_id: int, code: str) -> None:
    """Within a transaction: remembers why a batch is dead; the oldest letters make way where there are too many."""
    spool.set_meta(f"{_KEY}{row_id:020d}", code[:200])
    sizes = spool.db.execute(
        "SELECT b.id, b.bytes FROM meta m JOIN batch b ON b.id = CAST(substr(m.key, ?) AS INTEGER)"
        " WHERE m.key GLOB ? ORDER BY m.key",
        (len(_KEY) + 1, _KEY + "*"),
    ).fetchall()
    left, held = len(sizes), sum(size for _, size in sizes)
    for oldest, size in sizes:
        if left <= LETTERS_MAX and held <= min(BYTES_MAX, spool.size_max_bytes // SHARE_MAX):
            break
        _delete(spool, oldest)
        left, held = left - 1, held - size


def make_room(spool: Spool) -> int:
    """Within a transaction: gives up the oldest letters, for data that wait; returns how many."""
    oldest = [letter.id for letter in listed(spool)[:FREED_AT_ONCE]]
    for row_id in oldest:
        _delete(spool, row_id)
    return len(oldest)


def listed(spool: Spool) -> list[DeadLetter]:
    """All that are kept, oldest first."""
    rows = spool.db.execute(
        "SELECT b.id, m.value, kind, conn, points, b.bytes, t_first, t_last FROM meta m"
        " JOIN batch b ON b.id = CAST(substr(m.key, ?) AS INTEGER) WHERE m.key GLOB ? ORDER BY m.key",
        (len(_KEY) + 1, _KEY + "*"),
    )
    return [DeadLetter._make((*row, row[1] != "spool_damaged")) for row in rows]


def body(spool: Spool, row_id: int) -> bytes:
    """The body of a letter as it would be sent. Raises LookupError where there is none of this id."""
    row = spool.db.execute(
        "SELECT body FROM body JOIN batch ON batch.id = body.id WHERE body.id = ? AND state = ?",
        (row_id, int(State.DEAD)),
    ).fetchone()
    if row is None:
        raise LookupError(f"there is no dead letter {row_id}")
    return bytes(row[0])


def send_again(spool: Spool, ids: Collection[int]) -> list[int]:
    """Makes these letters pending once more, as new batches at the end of the stream; returns those that were sound."""
    return list(send_again_stored(spool, ids))


def send_again_stored(spool: Spool, ids: Collection[int]) -> dict[int, StoredBatch]:
    """As `send_again`, with the new batches by the letters they were. One transaction: never both letter and batch."""
    sent: dict[int, StoredBatch] = {}
    with spool.transaction():
        for letter in listed(spool):
            batch = _again(spool, letter) if letter.id in ids else None
            if batch is not None:
                _delete(spool, letter.id)
                sent[letter.id] = batch
    return sent


def _again(spool: Spool, letter: DeadLetter) -> StoredBatch | None:
    prio, wall, mono, rev, z, crc, boot = spool.db.execute(
        "SELECT prio, wall, mono, rev, z, crc, boot FROM batch WHERE id = ?", (letter.id,)
    ).fetchone()
    content = body(spool, letter.id)
    if zlib.crc32(content) != crc:
        return None
    # `insert` books the points as accepted: they were so already, and are no longer dead.
    spool.counters.accepted -= letter.points
    spool.counters.dead -= letter.points
    batch = NewBatch(
        kind=letter.kind, prio=Priority(prio), conn=letter.conn, wall=wall, mono=mono, rev=rev, z=z,  # type: ignore[arg-type]
        points=letter.points, t_first=letter.t_first, t_last=letter.t_last, body=content,
    )  # fmt: skip
    return spool.insert(batch, boot=boot)


def discard(spool: Spool, ids: Collection[int]) -> list[int]:
    """Deletes the bodies of these letters; their points stay booked as dead. Returns the ids there were."""
    with spool.transaction():
        gone = [letter.id for letter in listed(spool) if letter.id in ids]
        for row_id in gone:
            _delete(spool, row_id)
    return gone


def _delete(spool: Spool, row_id: int) -> None:
    spool.db.execute("DELETE FROM body WHERE id = ?", (row_id,))
    spool.db.execute("DELETE FROM batch WHERE id = ?", (row_id,))
    spool.db.execute("DELETE FROM meta WHERE key = ?", (f"{_KEY}{row_id:020d}",))
