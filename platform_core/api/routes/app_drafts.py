"""The draft of an app: whole or file by file with ETags, its check and tests, going back, and who else is in it."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from platform_core.api.answers import plain, problems
from platform_core.api.errors import problem_item
from platform_core.api.guard import Caller, GuardedRoute, existing, policy
from platform_core.api.routes.apps import AppId
from platform_core.api.routes.draft_views import (
    CheckView,
    DraftView,
    FailureView,
    FindingView,
    ListedFileView,
    PresenceRequest,
    PresenceView,
    RestoreRequest,
    SnapshotView,
    TestResultView,
    WrittenView,
)
from platform_core.api.services import Injected
from platform_core.services import canonical_json
from platform_core.services.app_presence import Presence
from platform_core.services.app_rows import DraftFile
from platform_core.services.documents.findings import FINDINGS_MAX, Finding
from platform_core.services.refusals import refusal

router = APIRouter(prefix="/api/v1/apps", tags=["drafts"], route_class=GuardedRoute)
FilePath = Annotated[
    str,
    Path(max_length=100, description="app.json, pages/<id>.json, blocks/<id>.<version>.json or tests/<id>.json."),
]
IfMatch = Annotated[str | None, Header(description="ETag of the file as it was read.")]


@router.get("/{app_id}/draft", summary="The whole draft", response_model=DraftView, responses=problems(401, 403, 404))
@policy("app.draft.read")
def read_draft(caller: Caller, services: Injected, app_id: AppId) -> Response:
    """All files with content and ETag. As long as nobody has edited, these are the files of the current release."""
    draft = existing(caller, "app.draft.read", "app", app_id, services.apps.drafts.files(caller.tenant, app_id))
    return plain({"files": [_content_fields(file) for file in draft.values()]})


@router.get("/{app_id}/draft/files", summary="Files of the draft", responses=problems(401, 403, 404))
@policy("app.draft.read")
def list_draft(caller: Caller, services: Injected, app_id: AppId) -> list[ListedFileView]:
    """Without content: to see what someone else has changed."""
    draft = existing(caller, "app.draft.read", "app", app_id, services.apps.drafts.infos(caller.tenant, app_id))
    return [ListedFileView(**_file_fields(file), release=file.release) for file in draft]


@router.get(
    "/{app_id}/draft/files/{path:path}",
    summary="One file of the draft",
    response_model=dict[str, Any],
    responses=problems(401, 403, 404),
)
@policy("app.draft.read")
def read_draft_file(caller: Caller, services: Injected, app_id: AppId, path: FilePath) -> Response:
    """Canonical JSON, with its ETag."""
    found = services.apps.drafts.file(caller.tenant, app_id, path)
    file = existing(caller, "app.draft.read", "file", path, found)
    return Response(file.content, media_type="application/json", headers={"ETag": f'"{file.hash}"'})


@router.put(
    "/{app_id}/draft/files/{path:path}",
    summary="Write a file of the draft",
    responses=problems(401, 403, 409, 412, 413, 422, 428),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"type": "object"}, "example": {"format": 1}}},
        }
    },
)
@policy("app.draft.write")
async def write_draft_file(
    request: Request,
    response: Response,
    caller: Caller,
    services: Injected,
    app_id: AppId,
    path: FilePath,
    if_match: IfMatch = None,
    if_none_match: Annotated[str | None, Header(description="* for a new file.")] = None,
) -> WrittenView:
    """Needs If-Match, or If-None-Match: * for a new file, so that nobody overwrites what another has just changed.

    A version of a block that a release contains is refused (409): make a new version.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise refusal("document.type/json")
    expected = _expected(if_match, if_none_match)
    document = canonical_json.loads(await request.body())
    if not isinstance(document, dict):
        raise refusal("document.object")
    file, found = await run_in_threadpool(
        services.apps.drafts.write,
        caller.tenant,
        app_id,
        path,
        document,
        expected=expected,
        author=caller.name,
    )
    response.headers["ETag"] = f'"{file.hash}"'
    shown = [problem_item(one) for one in found]
    return WrittenView(**_file_fields(file), problems=shown)


@router.delete(
    "/{app_id}/draft/files/{path:path}",
    status_code=204,
    summary="Remove a file from the draft",
    responses=problems(401, 403, 404, 412, 422, 428),
)
@policy("app.draft.write")
def delete_draft_file(
    caller: Caller, services: Injected, app_id: AppId, path: FilePath, if_match: IfMatch = None
) -> None:
    """A page, a version of a block or a test; it stays in the releases that have it. Needs If-Match."""
    etag = _expected(if_match, None)
    done = services.apps.drafts.delete(caller.tenant, app_id, path, expected=etag, author=caller.name)
    existing(caller, "app.draft.write", "file", path, done or None)


@router.post("/{app_id}/check", summary="Check the draft", responses=problems(401, 403, 404))
@policy("app.draft.read")
def check_draft(caller: Caller, services: Injected, app_id: AppId) -> CheckView:
    """Everything that is wrong or will disappoint, errors first. Changes nothing."""
    found = services.apps.drafts.check(caller.tenant, app_id)
    return check_view(existing(caller, "app.draft.read", "app", app_id, found))


@router.post("/{app_id}/tests/run", summary="Run the app's own tests", responses=problems(401, 403, 404, 422))
@policy("app.draft.read")
def run_draft_tests(
    caller: Caller,
    services: Injected,
    app_id: AppId,
    only: Annotated[str | None, Query(max_length=40, description="Id of one test.")] = None,
) -> list[TestResultView]:
    """The tests of the draft, as far as they need no browser. Changes nothing, writes nothing."""
    found = services.apps.drafts.run_tests(caller.tenant, app_id, only)
    return [
        TestResultView(
            id=result.id,
            name=result.name,
            ok=result.ok,
            failures=[
                FailureView(path=f.path, message=f.message, expected=f.expected, found=f.found) for f in result.failures
            ],
            browser=list(result.browser),
        )
        for result in existing(caller, "app.draft.read", "app", app_id, found)
    ]


@router.get("/{app_id}/draft/snapshots", summary="Drafts that were replaced", responses=problems(401, 403, 404))
@policy("app.draft.read")
def list_snapshots(caller: Caller, services: Injected, app_id: AppId) -> list[SnapshotView]:
    """Newest first; the last 50 are kept."""
    found = existing(caller, "app.draft.read", "app", app_id, services.apps.drafts.snapshots(caller.tenant, app_id))
    return [SnapshotView(no=s.no, reason=s.reason, hash=s.hash, ts=s.ts, author=s.author) for s in found]


@router.post(
    "/{app_id}/draft/restore",
    summary="Go back to a release or snapshot",
    response_model=DraftView,
    responses=problems(401, 403, 404, 422),
)
@policy("app.draft.write")
def restore_draft(caller: Caller, services: Injected, app_id: AppId, body: RestoreRequest) -> Response:
    """Replaces the draft; the draft as it was is kept as a snapshot, so this can be taken back."""
    found = services.apps.drafts.restore(caller.tenant, app_id, caller.name, release=body.no, snapshot=body.snapshot)
    draft = existing(caller, "app.draft.write", "release", body.no or body.snapshot, found)
    return plain({"files": [_content_fields(file) for file in draft.values()]})


@router.post("/{app_id}/draft/presence", summary="Who else is here", responses=problems(401, 403, 404, 422))
@policy("app.draft.read")
def report_presence(caller: Caller, services: Injected, app_id: AppId, body: PresenceRequest) -> list[PresenceView]:
    """Tell where one is, at least every 15 s; answers where the others are."""
    existing(caller, "app.draft.read", "app", app_id, services.apps.exists(caller.tenant, app_id) or None)
    mine = Presence(caller.name, body.client, body.page, body.element)
    others = services.apps.presences.report(caller.tenant, app_id, mine)
    return [PresenceView(name=o.name, client=o.client, page=o.page, element=o.element) for o in others]


def check_view(found: list[Finding]) -> CheckView:
    """Findings as the API gives them."""
    ordered = sorted(found, key=lambda one: one.severity != "error")
    errors = sum(one.severity == "error" for one in found)
    shown = [FindingView(**one.as_json()) for one in ordered[:FINDINGS_MAX]]
    return CheckView(errors=errors, warnings=len(found) - errors, findings=shown)


def _expected(if_match: str | None, if_none_match: str | None) -> str | None:
    if if_match is not None:
        return if_match.strip().removeprefix("W/").strip('"')
    if if_none_match is not None and if_none_match.strip() == "*":
        return None
    raise refusal("document.precondition")


def _file_fields(file: DraftFile) -> dict[str, Any]:
    return {
        "path": file.path,
        "etag": f'"{file.hash}"',
        "updated_ts": file.updated_ts,
        "updated_by": file.updated_by,
    }


def _content_fields(file: DraftFile) -> dict[str, Any]:
    return {**_file_fields(file), "release": file.release, "content": json.loads(file.content)}
