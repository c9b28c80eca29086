"""Comparing versions of an app: two releases, or the draft with what people see."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from platform_core.api.answers import problems
from platform_core.api.guard import Caller, GuardedRoute, existing, policy
from platform_core.api.routes.apps import AppId
from platform_core.api.services import Injected, Services
from platform_core.services.document_paths import block_path
from platform_core.services.documents.diff import diff, diff_blocks
from schemas.identifiers import IDENTIFIER_PATTERN

router = APIRouter(prefix="/api/v1/apps", tags=["apps"], route_class=GuardedRoute)
VERSION_PATTERN = r"^(draft|current|[1-9][0-9]{0,9})$"
BlockId = Annotated[str, Path(pattern=IDENTIFIER_PATTERN, description="Id of the block.")]
BlockVersion = Annotated[int, Field(ge=1, le=10_000)]


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


@router.get(
    "/{app_id}/blocks/{block_id}/diff",
    summary="What has changed between two versions of a block",
    responses=problems(401, 403, 404, 422),
)
@policy("app.draft.read")
def read_block_diff(
    caller: Caller,
    services: Injected,
    app_id: AppId,
    block_id: BlockId,
    before: Annotated[BlockVersion, Query(alias="from", description="Version.")],
    after: Annotated[BlockVersion, Query(alias="to", description="Version.")],
) -> DiffView:
    """Of the draft; without number and note of the versions. The words do not name the block."""
    draft = existing(caller, "app.draft.read", "app", app_id, services.apps.drafts.files(caller.tenant, app_id))
    old, new = (
        existing(caller, "app.draft.read", "block", path, draft.get(path))
        for path in (block_path(block_id, version) for version in (before, after))
    )
    changes = diff_blocks(new.path, json.loads(old.content), json.loads(new.content), services.apps.components)
    return DiffView(
        before=str(before), after=str(after), changes=[ChangeView(**change.as_json()) for change in changes]
    )


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
