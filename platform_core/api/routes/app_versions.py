"""Comparing versions of an app: two releases, or the draft with what people see."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from platform_core.api.answers import problems
from platform_core.api.guard import Caller, GuardedRoute, existing, policy
from platform_core.api.routes.apps import AppId
from platform_core.api.services import Injected, Services
from platform_core.services.documents.diff import diff

router = APIRouter(prefix="/api/v1/apps", tags=["apps"], route_class=GuardedRoute)
VERSION_PATTERN = r"^(draft|current|[1-9][0-9]{0,9})$"


class ChangeView(BaseModel):
    """One change."""

    op: str = Field(description="added, removed, changed or moved.")
    subject: str = Field(
        description="page, block, test, element, place, property, binding, action, access, nav, theme, app, parameter, "
        "state, role, kiosk or document."
    )
    path: str = Field(description='JSON pointer into {"app.json": …, "pages/<id>.json": …}.')
    page: str | None = Field(description="Page it is on.")
    block: str | None = Field(description="Block it is in, `<id>.<version>`.")
    element: str | None = Field(description="Element it is about.")
    before: Any = Field(description="Value before; null: none.")
    after: Any = Field(description="Value after; null: none.")
    text: dict[str, str] = Field(description="In words, by language.")


class DiffView(BaseModel):
    """All changes that lead from one version to another."""

    before: str = Field(description="The version compared.")
    after: str = Field(description="The version it is compared with.")
    changes: list[ChangeView] = Field(description="Empty when both are the same.")


@router.get("/{app_id}/diff", summary="What has changed", responses=problems(401, 403, 404, 422))
@policy("app.draft.read")
def read_diff(
    caller: Caller,
    services: Injected,
    app_id: AppId,
    before: Annotated[
        str, Query(alias="from", pattern=VERSION_PATTERN, description="draft, current or a number.")
    ] = "current",
    after: Annotated[
        str, Query(alias="to", pattern=VERSION_PATTERN, description="draft, current or a number.")
    ] = "draft",
) -> DiffView:
    """From what people see to the draft, unless other versions are named."""
    found = [version_files(services, caller.tenant, app_id, version) for version in (before, after)]
    old = existing(caller, "app.draft.read", "version", before, found[0])
    new = existing(caller, "app.draft.read", "version", after, found[1])
    changes = diff(old, new, services.apps.catalog(caller.tenant, new))
    return DiffView(before=before, after=after, changes=[ChangeView(**change.as_json()) for change in changes])


def version_files(
    services: Services, tenant: str, app: str, version: str, *, is_lifted: bool = True
) -> dict[str, Any] | None:
    """The files of the draft, the current or a numbered release; None when there is no such version."""
    if version == "draft":
        draft = services.apps.drafts.files(tenant, app)
        return None if draft is None else {path: json.loads(file.content) for path, file in draft.items()}
    no = None if version == "current" else int(version)
    release = services.apps.current(tenant, app) if no is None else services.apps.release(tenant, app, no)
    if release is None:
        return None
    return services.apps.lifted(tenant, release) if is_lifted else release.files
