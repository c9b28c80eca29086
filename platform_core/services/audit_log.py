"""Reading the audit: by page and filter, and whether its chain is whole."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from platform_core.auth import audit
from platform_core.db import Database
from platform_core.db.accounts import AuditRow

LIMIT_MAX = 500


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which rows: begin of the action's name, exact actor and outcome, words in the resource, range of time."""

    action: str = ""
    actor: str = ""
    outcome: str = ""
    resource: str = ""
    from_ts: int | None = None
    to_ts: int | None = None
    before: int | None = None
    limit: int = 100


class AuditLog:
    """The audit of all tenants; each method works in the tenant given."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def rows(self, tenant: str, asked: AuditFilter) -> list[dict[str, Any]]:
        """The newest rows first; ``before`` (a row's number) asks for the next page."""
        query = select(AuditRow).where(AuditRow.tenant == tenant)
        if asked.action:
            query = query.where(col(AuditRow.action).startswith(asked.action, autoescape=True))
        if asked.actor:
            query = query.where(AuditRow.actor == asked.actor)
        if asked.outcome:
            query = query.where(AuditRow.outcome == asked.outcome)
        if asked.resource:
            query = query.where(col(AuditRow.resource).icontains(asked.resource, autoescape=True))
        if asked.from_ts is not None:
            query = query.where(col(AuditRow.ts) >= asked.from_ts)
        if asked.to_ts is not None:
            query = query.where(col(AuditRow.ts) < asked.to_ts)
        if asked.before is not None:
            query = query.where(col(AuditRow.n) < asked.before)
        query = query.order_by(col(AuditRow.n).desc()).limit(min(asked.limit, LIMIT_MAX))
        with self._database.read() as session:
            return [_view(row) for row in session.exec(query).all()]

    def verify(self, tenant: str) -> audit.Chain:
        """Follow the whole chain."""
        query = select(AuditRow).where(AuditRow.tenant == tenant).order_by(col(AuditRow.n))
        with self._database.read() as session:
            return audit.verify(session.exec(query.execution_options(yield_per=1000)))


def _view(row: AuditRow) -> dict[str, Any]:
    names = ("n", "ts", "actor", "action", "resource", "outcome", "address", "detail", "hash")
    return {name: getattr(row, name) for name in names} | {"body": json.loads(row.body)}
