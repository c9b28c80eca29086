"""The hand-shake with the platform, judged on what the spool itself remembers.

`floor` is the highest number this spool can ever have sent: it is taken at the start of a boot
and moves only when a hand-shake has happened, because no batch leaves before one. A platform that
knows a higher number has met a later life of this spool (a restored image, a copied machine), and
may hold other batches under the numbers we gave out since: they move to a new stream.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from edge_agent.buffer.rows import State
from schemas.wire.intervals import IntervalSet

if TYPE_CHECKING:
    from edge_agent.buffer.spool import Spool


@dataclass(slots=True, frozen=True)
class Reconciled:
    """What a hand-shake led to: a new stream, or batches that have to be sent again."""

    forked: bool
    revived_batches: int = 0


def reconcile(spool: Spool, have: Sequence[tuple[int, int]], max_seq: int) -> Reconciled:
    """Compares the platform's account of the stream with ours; one transaction.

    `have` are inclusive ranges, `max_seq` the highest number the platform knows of the stream.
    """
    shaken = bool(int(spool.meta("shaken")))
    floor = spool.max_seq if shaken else int(spool.meta("floor"))
    highest = max([max_seq, *(high for _, high in have)])
    with spool.transaction():
        if highest > floor:
            if not shaken:
                _settle_up_to(spool, have, floor)
                _revive(spool, have)
            fork(spool)
            return Reconciled(forked=True)
        spool.settle(have)
        revived = _revive(spool, have)
        spool.set_meta("shaken", 1)
    return Reconciled(forked=False, revived_batches=revived)


def _settle_up_to(spool: Spool, have: Sequence[tuple[int, int]], floor: int) -> None:
    spool.settle([(low, min(high, floor)) for low, high in have if low <= floor])


def _revive(spool: Spool, have: Sequence[tuple[int, int]]) -> int:
    """Acked batches that the platform does not have (any more) become pending again."""
    held = IntervalSet(have)
    row = spool.db.execute("SELECT MIN(id), MAX(id) FROM batch WHERE state > 0").fetchone()
    if row[0] is None:
        return 0
    revived = 0
    low, high = max(1, row[0] - spool.base), row[1] - spool.base
    for first, last in held.missing(low, high) if low <= high else []:
        rows = spool.db.execute(
            "UPDATE batch SET state = 0 WHERE state = 1 AND id BETWEEN ? AND ? RETURNING points, bytes",
            (first + spool.base, last + spool.base),
        ).fetchall()
        points = sum(row[0] for row in rows)
        spool.counters.acked -= points
        spool.left_pending(-points, -sum(row[1] for row in rows), -len(rows))
        revived += len(rows)
    return revived


def fork(spool: Spool) -> None:
    """Within a transaction: a new stream; pending batches move over and are numbered from 1.

    Settled ones stay behind for good: the platform knows them under the old stream.
    """
    spool.db.execute("UPDATE batch SET state = ? WHERE state = ?", (int(State.FOREIGN), int(State.ACKED)))
    row = spool.db.execute("SELECT MIN(id) FROM batch WHERE state = 0").fetchone()
    last = spool.db.execute("SELECT seq FROM sqlite_sequence WHERE name='batch'").fetchone()
    base = row[0] - 1 if row[0] is not None else (last[0] if last else 0)
    spool.stream = uuid4()
    spool.base = base
    spool.max_seq = (last[0] if last else 0) - base
    for key, value in (("stream", str(spool.stream)), ("base", base), ("floor", 0), ("shaken", 0)):
        spool.set_meta(key, value)
    spool.set_meta("forks", int(spool.meta("forks")) + 1)
