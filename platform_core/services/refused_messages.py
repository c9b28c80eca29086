"""Messages of agents that could not be taken in: which, when, why. Their bytes stay in the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import select as columns
from sqlmodel import Session, col, func, select

from platform_core.db import Database
from platform_core.db.edges import DeadLetterRow, GapRow

SHOWN_MAX: Final = 100
_SHOWN: Final = (
    DeadLetterRow.id, DeadLetterRow.edge, DeadLetterRow.stream, DeadLetterRow.seq, DeadLetterRow.code,
    DeadLetterRow.reason, DeadLetterRow.received_ts,
)  # fmt: skip
#: An edge and a connection of it.
Place = tuple[str, str]


class RefusedMessages:
    """Reads the dead letters that ingest keeps; what an agent itself says of the batch stands in the gap ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def view(self, tenant: str, hidden: Collection[Place] = frozenset()) -> dict[str, Any]:
        """The latest, newest first. Who may not see all connections gets those of connections that are seen alone:
        of what is not known to belong to one, nobody can say what it would tell.
        """
        query = (
            columns(*(col(column) for column in _SHOWN), func.length(col(DeadLetterRow.raw)))
            .where(col(DeadLetterRow.tenant) == tenant)
            .order_by(col(DeadLetterRow.id).desc())
            .limit(SHOWN_MAX)
        )
        with self._database.read() as session:
            rows = session.execute(query).all()
            told = _told(session, tenant, {row[2] for row in rows if row[2] is not None})
            count = select(func.count()).select_from(DeadLetterRow).where(DeadLetterRow.tenant == tenant)
            kept = int(session.exec(count).one())
        letters = [_letter(row, told.get((row[2], row[3]))) for row in rows]
        if hidden:
            letters = [one for one in letters if one["connection"] and (one["edge"], one["connection"]) not in hidden]
        return {"letters": letters, "kept": kept}


def _told(session: Session, tenant: str, streams: Collection[str]) -> dict[tuple[str | None, int | None], GapRow]:
    """By stream and number, what the agents booked of their batches that were refused."""
    query = select(GapRow).where(GapRow.tenant == tenant, GapRow.kind == "dead", col(GapRow.stream).in_(streams))
    newest = query.order_by(col(GapRow.id).desc()).limit(SHOWN_MAX * 10)
    return {(gap.stream, gap.seq_from): gap for gap in session.exec(newest)}


def _letter(row: Sequence[Any], gap: GapRow | None) -> dict[str, Any]:
    row_id, edge, _, _, code, reason, received_ts, size = row
    return {
        "id": row_id,
        "edge": edge,
        "connection": (gap.connection or None) if gap else None,
        "received": received_ts,
        "code": code,
        "reason": reason,
        "bytes": size,
        "points": gap.n if gap else None,
        "from": gap.from_ts if gap else None,
        "to": gap.to_ts if gap else None,
    }
