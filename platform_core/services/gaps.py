"""Gaps: what is known to be missing, when and why."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlmodel import col, select, tuple_

from platform_core.db import Database
from platform_core.db.edges import GapRow

GAPS_MAX = 2000


class Gaps:
    """Reads the gap ledger that ingest writes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def overlapping(self, tenant: str, places: Collection[tuple[str, str]], t0: int, t1: int) -> list[dict[str, Any]]:
        """Gaps of these (edge, connection) that overlap ``[t0, t1)``, by time; a gap of an edge is one of all its
        own.
        """
        edges = sorted({edge for edge, _ in places})
        if not edges:
            return []
        query = (
            select(GapRow)
            .where(GapRow.tenant == tenant, col(GapRow.edge).in_(edges))
            .where(col(GapRow.to_ts) > t0, col(GapRow.from_ts) < t1)
            .order_by(col(GapRow.from_ts))
            .limit(GAPS_MAX)
        )
        with self._database.read() as session:
            rows = session.exec(query).all()
        return [_view(row) for row in rows if not row.connection or (row.edge, row.connection) in places]

    def recent(
        self, tenant: str, limit: int, hidden: Collection[tuple[str, str]] = frozenset()
    ) -> list[dict[str, Any]]:
        """The latest gaps, newest first, but for those of ``hidden`` (edge, connection)."""
        query = select(GapRow).where(GapRow.tenant == tenant)
        if hidden:
            query = query.where(tuple_(col(GapRow.edge), col(GapRow.connection)).not_in(sorted(hidden)))
        query = query.order_by(col(GapRow.to_ts).desc()).limit(limit)
        with self._database.read() as session:
            return [_view(row) for row in session.exec(query)]


def _view(row: GapRow) -> dict[str, Any]:
    return {
        "edge": row.edge,
        "connection": row.connection or None,
        "kind": row.kind,
        "reason": row.reason,
        "from": row.from_ts,
        "to": row.to_ts,
        "n": row.n,
        "count_of": row.count_of,
    }
