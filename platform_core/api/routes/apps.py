"""Apps: the menu, making and putting away apps, what is published, and who sees which release."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from starlette.responses import Response

from platform_core.api.answers import plain, problems
from platform_core.api.guard import Caller, GuardedRoute, existing, policy
from platform_core.api.routes.assets import AssetView, RoleView
from platform_core.api.routes.code_block_views import shown_block
from platform_core.api.services import Injected
from platform_core.auth.policy import LEAST_ROLE
from platform_core.services import canonical_json
from platform_core.services.app_rows import NOTE_LENGTH_MAX, ReleaseInfo
from platform_core.services.apps import AppSummary
from platform_core.services.document_paths import APP_FILE, block_of, page_of
from platform_core.services.visibility import visible_files
from schemas.identifiers import IDENTIFIER_PATTERN, Identifier
from schemas.models.access import Text
from schemas.models.tenant import ROLES

router = APIRouter(prefix="/api/v1/apps", tags=["apps"], route_class=GuardedRoute)
AppId = Annotated[str, Path(pattern=IDENTIFIER_PATTERN, description="Id of the app.")]
ReleaseNo = Annotated[int, Path(ge=1, le=2**31, description="Number of the release.")]
_RELEASE: JsonDict = {
    "no": 3, "hash": "5f1c…", "note": "Larger numbers", "ts": 1764000000000000, "author": "mona", "origin": "publish",
    "signer": "",
}  # fmt: skip


class AppView(BaseModel):
    """An app in the menu."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"id": "line", "name": {"en": "Line"}, "icon": "line", "release": 3, "archived": False}]
        }
    )
    id: str = Field(description="Id of the app.")
    name: dict[str, str] = Field(description="Name by language.")
    icon: str = Field(description="Icon.")
    release: int | None = Field(description="Number of the current release; null: only a draft.")
    archived: bool = Field(default=False, description="Taken out of the menu.")


class ReleaseView(BaseModel):
    """A published state; it never changes."""

    model_config = ConfigDict(json_schema_extra={"examples": [_RELEASE]})
    no: int = Field(description="Number, from 1.")
    hash: str = Field(description="SHA-256 of its files.")
    note: str = Field(description="What is new.")
    ts: int = Field(description="When, µs UTC.")
    author: str = Field(description="Who.")
    origin: str = Field(default="publish", description="publish, install (from a folder) or package.")
    signer: str = Field(default="", description="Of a package: the trusted publisher who signed it.")


class PublishedView(ReleaseView):
    """A release that was just made."""

    unjudged: list[str] = Field(
        description="Expectations of its tests, by JSON pointer, that only a browser can judge: "
        "`interlock app test --browser` does."
    )


class ReleaseFilesView(ReleaseView):
    """A release with its files."""

    files: dict[str, Any] = Field(description="Path → document, as published.")


class CurrentView(BaseModel):
    """Everything needed to show an app, as far as the caller's role may see it."""

    app: dict[str, Any] = Field(description="app.json.")
    pages: dict[str, dict[str, Any]] = Field(description="Pages by id.")
    blocks: dict[str, dict[str, Any]] = Field(default={}, description="Blocks of the app by `<id>.<version>`.")
    release: ReleaseView = Field(description="Which release this is.")
    roles: list[RoleView] = Field(description="The role map.")
    assets: list[AssetView] = Field(description="The assets.")


class CreateRequest(BaseModel):
    """A new app with an empty first page."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"id": "hall", "name": {"en": "Hall"}}]})
    id: Identifier = Field(description="Its id; it never changes.")
    name: Text = Field(description="Name by language.")


class CopyRequest(BaseModel):
    """A copy of an app's draft under another id."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"id": "hall_2"}]})
    id: Identifier = Field(description="Id of the copy.")
    name: Text | None = Field(default=None, description="Name of the copy; without, that of the original.")


class ArchiveRequest(BaseModel):
    """Out of the menu, or back."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"archived": True}]})
    archived: bool = Field(description="Whether it is put away.")


class PublishRequest(BaseModel):
    """A word about what is new."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"note": "Larger numbers"}]})
    note: str = Field(default="", max_length=NOTE_LENGTH_MAX, description="What is new.")


class ChooseRequest(BaseModel):
    """Which release people see."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"no": 2}]})
    no: int = Field(ge=1, le=2**31, description="Number of the release.")


@router.get("", summary="The apps", responses=problems(401))
@policy("app.read")
def list_apps(
    caller: Caller,
    services: Injected,
    archived: Annotated[bool, Query(description="Those put away, for builders; otherwise the others.")] = False,
) -> list[AppView]:
    """Published apps; for builders also those that only have a draft, and on request those put away."""
    is_builder = ROLES.index(caller.role) >= ROLES.index(LEAST_ROLE["app.draft.read"])
    found = services.apps.summaries(caller.tenant, with_drafts=is_builder, archived=archived and is_builder)
    return [_app_view(app) for app in found if is_builder or services.apps.may_see(caller.tenant, app.id, caller.role)]


@router.post("", status_code=201, summary="Make an app", responses=problems(401, 403, 409, 422))
@policy("app.draft.write")
def create_app(caller: Caller, services: Injected, body: CreateRequest) -> AppView:
    """A draft with an empty first page; people see it when it is published."""
    services.apps.create(caller.tenant, body.id, body.name, caller.name)
    return AppView(id=body.id, name=body.name, icon="", release=None)


@router.post("/{app_id}/copy", status_code=201, summary="Copy an app", responses=problems(401, 403, 404, 409, 422))
@policy("app.draft.write")
def copy_app(caller: Caller, services: Injected, app_id: AppId, body: CopyRequest) -> AppView:
    """Draft and pictures, under another id."""
    done = services.apps.copy(caller.tenant, app_id, body.id, body.name, caller.name)
    existing(caller, "app.draft.write", "app", app_id, done or None)
    found = next((app for app in services.apps.summaries(caller.tenant, with_drafts=True) if app.id == body.id), None)
    return _app_view(existing(caller, "app.draft.write", "app", body.id, found))


@router.put("/{app_id}/archived", status_code=204, summary="Put an app away", responses=problems(401, 403, 404, 422))
@policy("app.publish")
def archive_app(caller: Caller, services: Injected, app_id: AppId, body: ArchiveRequest) -> None:
    """It leaves the menu; draft and releases stay."""
    done = services.apps.archive(caller.tenant, app_id, body.archived, caller.name)
    existing(caller, "app.publish", "app", app_id, done or None)


@router.delete("/{app_id}", status_code=204, summary="Delete a draft", responses=problems(401, 403, 404, 409))
@policy("app.draft.write")
def delete_app(caller: Caller, services: Injected, app_id: AppId) -> None:
    """Only an app that was never published; others are put away."""
    existing(caller, "app.draft.write", "app", app_id, services.apps.delete(caller.tenant, app_id, caller.name) or None)


@router.get(
    "/{app_id}/releases/current",
    summary="The app as people see it",
    response_model=CurrentView,
    responses=problems(401, 404),
)
@policy("app.read")
def read_current(request: Request, caller: Caller, services: Injected, app_id: AppId) -> Response:
    """Documents, role map and assets in one answer, with an ETag.

    Pages and elements the caller's role may not see are not in it; elements made for older components are lifted.
    """
    release = existing(caller, "app.read", "app", app_id, services.apps.current(caller.tenant, app_id))
    seen = visible_files(services.apps.lifted(caller.tenant, release), caller.role)
    files = existing(caller, "app.read", "app", app_id, seen)
    hidden = services.visibility.hidden(caller.tenant, caller.role)
    named = services.apps.code_blocks.named(caller.tenant, release.files.get(APP_FILE))
    content = {
        "app": files.get(APP_FILE),
        "pages": {page: document for path, document in files.items() if (page := page_of(path)) is not None},
        "blocks": {f"{key[0]}.{key[1]}": document for path, document in files.items() if (key := block_of(path))},
        "code_blocks": [shown_block(one) for one in named],
        "release": release_view(release).model_dump(),
        "roles": services.assets.roles(caller.tenant, hidden),
        "assets": services.assets.assets(caller.tenant, hidden),
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
    is_builder = ROLES.index(caller.role) >= ROLES.index(LEAST_ROLE["app.draft.read"])
    is_seen = is_builder or services.apps.may_see(caller.tenant, app_id, caller.role)
    releases = services.apps.releases(caller.tenant, app_id) if is_seen else None
    found = existing(caller, "app.read", "app", app_id, releases)
    return [release_view(release) for release in found]


@router.get("/{app_id}/releases/{no}", summary="One release with its files", responses=problems(401, 403, 404, 422))
@policy("app.draft.read")
def read_release(caller: Caller, services: Injected, app_id: AppId, no: ReleaseNo) -> ReleaseFilesView:
    """All files exactly as they were published."""
    release = existing(caller, "app.draft.read", "release", no, services.apps.release(caller.tenant, app_id, no))
    return ReleaseFilesView(**release_view(release).model_dump(), files=release.files)


@router.post("/{app_id}/releases", status_code=201, summary="Publish the draft", responses=problems(401, 403, 404, 422))
@policy("app.publish")
def publish(caller: Caller, services: Injected, app_id: AppId, body: PublishRequest) -> PublishedView:
    """Checks everything, runs the app's own tests as far as they need no browser, makes a release and shows it.

    The same files again give the same release.
    """
    release = services.apps.publish(caller.tenant, app_id, body.note, caller.name)
    made = existing(caller, "app.publish", "app", app_id, release)
    return PublishedView(**release_view(made).model_dump(), unjudged=list(made.unjudged))


@router.put("/{app_id}/releases/current", summary="Choose a release", responses=problems(401, 403, 404, 422))
@policy("app.publish")
def choose_release(caller: Caller, services: Injected, app_id: AppId, body: ChooseRequest) -> ReleaseView:
    """Goes back (or forward); nothing is deleted, the draft stays."""
    release = services.apps.choose(caller.tenant, app_id, body.no, caller.name)
    return release_view(existing(caller, "app.publish", "release", body.no, release))


def _app_view(app: AppSummary) -> AppView:
    return AppView(id=app.id, name=app.name, icon=app.icon, release=app.release, archived=app.archived)


def release_view(release: ReleaseInfo) -> ReleaseView:
    """A release as the API gives it, without its files."""
    return ReleaseView(
        no=release.no,
        hash=release.hash,
        note=release.note,
        ts=release.ts,
        author=release.author,
        origin=release.origin,
        signer=release.signer,
    )
