"""Apps: the menu, what is published, and the draft file by file."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from platform_core.api.answers import plain, problems
from platform_core.api.errors import ProblemItem
from platform_core.api.guard import Caller, GuardedRoute, existing, policy
from platform_core.api.routes.assets import AssetView, RoleView
from platform_core.api.services import Injected
from platform_core.auth.policy import LEAST_ROLE
from platform_core.services import canonical_json
from platform_core.services.apps import NOTE_LENGTH_MAX, DraftFile, Release, pages_of
from platform_core.services.document_paths import APP_FILE
from schemas.errors import ConfigError
from schemas.identifiers import IDENTIFIER_PATTERN
from schemas.models.tenant import ROLES

router = APIRouter(prefix="/api/v1/apps", tags=["apps"], route_class=GuardedRoute)
AppId = Annotated[str, Path(pattern=IDENTIFIER_PATTERN, description="Id of the app.")]
FilePath = Annotated[str, Path(max_length=100, description="app.json or pages/<id>.json.")]
_RELEASE: JsonDict = {"no": 3, "hash": "5f1c…", "note": "Larger numbers", "ts": 1764000000000000, "author": "mona"}


class AppView(BaseModel):
    """An app in the menu."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"id": "line", "name": {"en": "Line"}, "icon": "line", "release": 3}]}
    )
    id: str = Field(description="Id of the app.")
    name: dict[str, str] = Field(description="Name by language.")
    icon: str = Field(description="Icon.")
    release: int | None = Field(description="Number of the current release; null: only a draft.")


class ReleaseView(BaseModel):
    """A published state; it never changes."""

    model_config = ConfigDict(json_schema_extra={"examples": [_RELEASE]})
    no: int = Field(description="Number, from 1.")
    hash: str = Field(description="SHA-256 of its files.")
    note: str = Field(description="What is new.")
    ts: int = Field(description="When, µs UTC.")
    author: str = Field(description="Who.")


class CurrentView(BaseModel):
    """Everything needed to show an app."""

    app: dict[str, Any] = Field(description="app.json.")
    pages: dict[str, dict[str, Any]] = Field(description="Pages by id.")
    release: ReleaseView = Field(description="Which release this is.")
    roles: list[RoleView] = Field(description="The role map.")
    assets: list[AssetView] = Field(description="The assets.")


class PublishRequest(BaseModel):
    """A word about what is new."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"note": "Larger numbers"}]})
    note: str = Field(default="", max_length=NOTE_LENGTH_MAX, description="What is new.")


class ChooseRequest(BaseModel):
    """Which release people see."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"no": 2}]})
    no: int = Field(ge=1, le=2**31, description="Number of the release.")


class DraftFileView(BaseModel):
    """A file of the draft."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"path": APP_FILE, "etag": '"9a…"', "updated_ts": 1764000000000000, "updated_by": "mona"}]
        }
    )
    path: str = Field(description="app.json or pages/<id>.json.")
    etag: str = Field(description="Its ETag, to be sent as If-Match when it is written.")
    updated_ts: int = Field(description="Last change, µs UTC.")
    updated_by: str = Field(description="By whom.")


class WrittenView(DraftFileView):
    """A file as it was written, and what is still wrong with it (which only stops publishing)."""

    problems: list[ProblemItem] = Field(description="Problems of its structure.")


@router.get("", summary="The apps", responses=problems(401))
@policy("app.read")
def list_apps(caller: Caller, services: Injected) -> list[AppView]:
    """Published apps; for builders also those that only have a draft."""
    is_builder = ROLES.index(caller.role) >= ROLES.index(LEAST_ROLE["app.draft.read"])
    found = services.apps.summaries(caller.tenant, with_drafts=is_builder)
    return [AppView(id=app.id, name=app.name, icon=app.icon, release=app.release) for app in found]


@router.get(
    "/{app_id}/releases/current",
    summary="The app as people see it",
    response_model=CurrentView,
    responses=problems(401, 404),
)
@policy("app.read")
def read_current(request: Request, caller: Caller, services: Injected, app_id: AppId) -> Response:
    """Documents, role map and assets in one answer, with an ETag."""
    release = existing(caller, "app.read", "app", app_id, services.apps.current(caller.tenant, app_id))
    content = {
        "app": release.files.get(APP_FILE),
        "pages": pages_of(release.files),
        "release": _release_view(release).model_dump(),
        "roles": services.assets.roles(caller.tenant),
        "assets": services.assets.assets(caller.tenant),
    }
    response = plain(content)
    etag = f'"{canonical_json.digest(bytes(response.body).decode())[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return response


@router.get("/{app_id}/releases", summary="All releases", responses=problems(401, 404))
@policy("app.read")
def list_releases(caller: Caller, services: Injected, app_id: AppId) -> list[ReleaseView]:
    """Newest first."""
    found = existing(caller, "app.read", "app", app_id, services.apps.releases(caller.tenant, app_id))
    return [_release_view(release) for release in found]


@router.post("/{app_id}/releases", status_code=201, summary="Publish the draft", responses=problems(401, 403, 404, 422))
@policy("app.publish")
def publish(caller: Caller, services: Injected, app_id: AppId, body: PublishRequest) -> ReleaseView:
    """Checks everything, makes a release and shows it to people. The same files again give the same release."""
    release = services.apps.publish(caller.tenant, app_id, body.note, caller.name)
    return _release_view(existing(caller, "app.publish", "app", app_id, release))


@router.put("/{app_id}/releases/current", summary="Choose a release", responses=problems(401, 403, 404, 422))
@policy("app.publish")
def choose_release(caller: Caller, services: Injected, app_id: AppId, body: ChooseRequest) -> ReleaseView:
    """Goes back (or forward); nothing is deleted, the draft stays."""
    release = services.apps.choose(caller.tenant, app_id, body.no, caller.name)
    return _release_view(existing(caller, "app.publish", "release", body.no, release))


@router.get("/{app_id}/draft/files", summary="Files of the draft", responses=problems(401, 403, 404))
@policy("app.draft.read")
def list_draft(caller: Caller, services: Injected, app_id: AppId) -> list[DraftFileView]:
    """As long as nobody has edited, these are the files of the current release."""
    draft = existing(caller, "app.draft.read", "app", app_id, services.apps.draft(caller.tenant, app_id))
    return [DraftFileView(**_file_fields(file)) for file in draft.values()]


@router.get(
    "/{app_id}/draft/files/{path:path}",
    summary="One file of the draft",
    response_model=dict[str, Any],
    responses=problems(401, 403, 404),
)
@policy("app.draft.read")
def read_draft_file(caller: Caller, services: Injected, app_id: AppId, path: FilePath) -> Response:
    """Canonical JSON, with its ETag."""
    draft = services.apps.draft(caller.tenant, app_id) or {}
    file = existing(caller, "app.draft.read", "file", path, draft.get(path))
    return Response(file.content, media_type="application/json", headers={"ETag": f'"{file.hash}"'})


@router.put(
    "/{app_id}/draft/files/{path:path}",
    summary="Write a file of the draft",
    responses=problems(401, 403, 412, 413, 422, 428),
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
    if_match: Annotated[str | None, Header(description="ETag of the file as it was read.")] = None,
    if_none_match: Annotated[str | None, Header(description="* for a new file.")] = None,
) -> WrittenView:
    """Needs If-Match, or If-None-Match: * for a new file, so that nobody overwrites what another has just changed."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise ConfigError("document.type", "Send the file as application/json.")
    expected = _expected(if_match, if_none_match)
    document = canonical_json.loads(await request.body())
    if not isinstance(document, dict):
        raise ConfigError("document.object", "A document is a JSON object.")
    file, found = await run_in_threadpool(
        services.apps.write_draft_file,
        caller.tenant,
        app_id,
        path,
        document,
        expected=expected,
        author=caller.name,
    )
    response.headers["ETag"] = f'"{file.hash}"'
    shown = [ProblemItem(code=p.code, path=p.path, message=p.message, hint=p.hint) for p in found]
    return WrittenView(**_file_fields(file), problems=shown)


def _expected(if_match: str | None, if_none_match: str | None) -> str | None:
    if if_match is not None:
        return if_match.strip().removeprefix("W/").strip('"')
    if if_none_match is not None and if_none_match.strip() == "*":
        return None
    raise ConfigError(
        "document.precondition", "Say which version you change.", hint="If-Match: <etag>, or If-None-Match: *."
    )


def _file_fields(file: DraftFile) -> dict[str, Any]:
    return {
        "path": file.path,
        "etag": f'"{file.hash}"',
        "updated_ts": file.updated_ts,
        "updated_by": file.updated_by,
    }


def _release_view(release: Release) -> ReleaseView:
    return ReleaseView(no=release.no, hash=release.hash, note=release.note, ts=release.ts, author=release.author)
