"""The audit: one row for each login, account change and change of an app."""

from __future__ import annotations

from sqlmodel import Session

from platform_core.auth.clock import now_us
from platform_core.db.accounts import AuditRow

TEXT_MAX = 500


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
) -> None:
    """Add a row in the caller's transaction: what is not committed was not done."""
    session.add(
        AuditRow(
            tenant=tenant,
            ts=now_us(),
            actor=actor[:TEXT_MAX],
            action=action,
            resource=resource[:TEXT_MAX],
            outcome=outcome,
            address=address,
            detail=detail[:TEXT_MAX],
        )
    )
