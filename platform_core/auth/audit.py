"""The audit: one row for each login, account change, change of an app or the plant, and each write.

Rows form a chain: each carries the hash of the one before, so that a row that was changed, left out or put in
between is found by `verify`. That the newest rows were cut off is found by whoever noted the last hash.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from platform_core.auth.clock import now_us
from platform_core.db.accounts import AuditRow

TEXT_MAX = 500
BODY_MAX = 4000


@dataclass(frozen=True, slots=True)
class Chain:
    """What `verify` found: rows looked at, the last hash, and the number of the first wrong row (None: all is well)."""

    rows: int
    last_hash: str
    broken_at: int | None


def record(
    session: Session,
    tenant: str,
    actor: str,
    action: str,
    *,
    outcome: str = "done",
    resource: str = "",
    address: str = "",
    detail: str = "",
    body: Mapping[str, Any] | None = None,
) -> None:
    """Add a row in the caller's transaction: what is not committed was not done."""
    session.flush()
    newest = select(AuditRow.n, AuditRow.hash).where(AuditRow.tenant == tenant).order_by(col(AuditRow.n).desc())
    before = session.exec(newest.limit(1)).first()
    text = json.dumps(body or {}, ensure_ascii=False, sort_keys=True, default=str)
    row = AuditRow(
        tenant=tenant,
        ts=now_us(),
        actor=actor[:TEXT_MAX],
        action=action,
        resource=resource[:TEXT_MAX],
        outcome=outcome,
        address=address,
        detail=detail[:TEXT_MAX],
        body=text if len(text) <= BODY_MAX else json.dumps({"cut": text[: BODY_MAX // 2]}, ensure_ascii=False),
        n=1 if before is None else before[0] + 1,
        prev="" if before is None else before[1],
    )
    row.hash = row_hash(row)
    session.add(row)
    session.flush()


def row_hash(row: Any) -> str:
    """The SHA-256 of everything a row says, and of the hash before it."""
    said = [
        row.prev, row.tenant, row.n, row.ts, row.actor, row.action, row.resource, row.outcome, row.address,
        row.detail, row.body,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def verify(rows: Iterable[AuditRow]) -> Chain:
    """Follow the chain over all rows of a tenant, in the order of their numbers."""
    last, count = "", 0
    for row in rows:
        if row.n != count + 1 or row.prev != last or row.hash != row_hash(row):
            return Chain(count, last, count + 1)
        last, count = row.hash, row.n
    return Chain(count, last, None)
