"""The audit: who did what, and whether its chain is whole."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from platform_core.api.answers import problems
from platform_core.api.guard import Caller, GuardedRoute, policy
from platform_core.api.services import Injected
from platform_core.services.audit_log import LIMIT_MAX, AuditFilter

router = APIRouter(prefix="/api/v1/audit", tags=["audit"], route_class=GuardedRoute)
When = Annotated[int | None, Query(ge=0, le=2**53, description="µs UTC.")]
_ROW: JsonDict = {
    "n": 12, "ts": 1764000000000000, "actor": "olga", "action": "write.execute", "resource": "press_1/speed_setpoint",
    "outcome": "done", "address": "", "detail": "", "body": {"old": {"v": 40.0}, "new": 42.0}, "hash": "5f1c…",
}  # fmt: skip


class AuditRowView(BaseModel):
    """A row of the audit."""

    n: int = Field(description="Number, from 1.")
    ts: int = Field(description="When, µs UTC.")
    actor: str = Field(description="Who.")
    action: str = Field(description="What was done or tried.")
    resource: str = Field(description="To what.")
    outcome: str = Field(description="How it ended: done, refused, unknown; allowed, started.")
    address: str = Field(description="From where.")
    detail: str = Field(description="A sentence.")
    body: dict[str, Any] = Field(description="More: of a write what was asked, old and new value, the code.")
    hash: str = Field(description="SHA-256 of this row and the one before.")


class AuditPage(BaseModel):
    """Rows, newest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"rows": [_ROW], "next": 12}]})
    rows: list[AuditRowView] = Field(description="The rows.")
    next: int | None = Field(description="To be given as `before` for the next page; null at the end.")


class ChainView(BaseModel):
    """Whether the audit is whole."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"rows": 12, "last_hash": "5f1c…", "broken_at": None}]})
    rows: int = Field(description="Rows that were followed.")
    last_hash: str = Field(description="Hash of the last good one; note it elsewhere to find an end that was cut off.")
    broken_at: int | None = Field(description="Number of the first row that is wrong; null: none is.")


@router.get("", summary="The audit", responses=problems(401, 403, 422))
@policy("audit.read")
def read_audit(
    caller: Caller,
    services: Injected,
    action: Annotated[str, Query(max_length=100, description="Begin of the action's name, as `write`.")] = "",
    actor: Annotated[str, Query(max_length=200, description="Exactly this name.")] = "",
    outcome: Annotated[str, Query(max_length=40, description="done, refused, unknown and so on.")] = "",
    resource: Annotated[str, Query(max_length=200, description="A part of the resource.")] = "",
    from_: Annotated[int | None, Query(alias="from", ge=0, le=2**53, description="Begin, µs UTC.")] = None,
    to: When = None,
    before: Annotated[int | None, Query(ge=1, le=2**53, description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX, description="Rows per page.")] = 100,
) -> AuditPage:
    """Rows are only ever added: nothing and nobody changes or removes one."""
    asked = AuditFilter(action, actor, outcome, resource, from_, to, before, limit)
    rows = [AuditRowView.model_validate(row) for row in services.audit_log.rows(caller.tenant, asked)]
    return AuditPage(rows=rows, next=rows[-1].n if len(rows) == limit else None)


@router.get("/verify", summary="Is the audit whole", responses=problems(401, 403))
@policy("audit.read")
def verify_audit(caller: Caller, services: Injected) -> ChainView:
    """Follows the whole chain of hashes."""
    chain = services.audit_log.verify(caller.tenant)
    return ChainView(rows=chain.rows, last_hash=chain.last_hash, broken_at=chain.broken_at)
