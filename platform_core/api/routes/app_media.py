"""The pictures of an app: upload, list, read, remove."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from platform_core.api.answers import problems
from platform_core.api.guard import Caller, GuardedRoute, existing, policy
from platform_core.api.routes.apps import AppId
from platform_core.api.services import Injected
from platform_core.services.app_media import TITLE_LENGTH_MAX, Medium

router = APIRouter(prefix="/api/v1/apps", tags=["media"], route_class=GuardedRoute)
MediaName = Annotated[str, Path(pattern=r"^[0-9a-f]{64}\.(svg|png|jpg|webp)$", description="Name of the picture.")]
_IMAGE = {"schema": {"type": "string", "format": "binary"}}


class MediumView(BaseModel):
    """A picture."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": f"{'5f' * 32}.png", "title": "Press", "size": 20480, "width": 640, "height": 480,
                    "ts": 1764000000000000, "author": "mona", "used": True,
                }
            ]
        }
    )  # fmt: skip
    name: str = Field(description="<sha256>.<kind>: what documents name.")
    title: str = Field(description="For people.")
    size: int = Field(description="Bytes.")
    width: int = Field(description="Width, px.")
    height: int = Field(description="Height, px.")
    ts: int = Field(description="When it was added, µs UTC.")
    author: str = Field(description="By whom.")
    used: bool = Field(description="The draft or a release names it; only others may be removed.")


@router.get("/{app_id}/media", summary="Pictures of an app", responses=problems(401, 403, 404))
@policy("app.draft.read")
def list_media(caller: Caller, services: Injected, app_id: AppId) -> list[MediumView]:
    """Newest first; ``used`` tells which nothing names any more."""
    found = existing(caller, "app.draft.read", "app", app_id, services.apps.media.list(caller.tenant, app_id))
    return [_view(medium) for medium in found]


@router.post(
    "/{app_id}/media",
    status_code=201,
    summary="Add a picture",
    responses=problems(401, 403, 404, 413, 422),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {f"image/{kind}": _IMAGE for kind in ("png", "jpeg", "webp", "svg+xml")},
        }
    },
)
@policy("app.draft.write")
async def add_medium(
    request: Request,
    caller: Caller,
    services: Injected,
    app_id: AppId,
    title: Annotated[str, Query(max_length=TITLE_LENGTH_MAX, description="For people.")] = "",
) -> MediumView:
    """The body is the picture itself: PNG, JPEG, WebP or SVG; what it is is read from its bytes.

    Of an SVG only what draws is kept. The answer's name is what documents use; the same picture again is the same.
    """
    content = await request.body()
    found = await run_in_threadpool(services.apps.media.add, caller.tenant, app_id, content, title, caller.name)
    return _view(existing(caller, "app.draft.write", "app", app_id, found))


@router.get(
    "/{app_id}/media/{name}",
    summary="A picture",
    response_class=Response,
    responses={**problems(401, 404, 422), 200: {"content": {"image/*": _IMAGE}, "description": "The picture."}},
)
@policy("app.read")
def read_medium(request: Request, caller: Caller, services: Injected, app_id: AppId, name: MediaName) -> Response:
    """Never changes, as its name is its content. Sent with a policy under which nothing in it can run or load."""
    picture = existing(caller, "app.read", "picture", name, services.apps.media.read(caller.tenant, app_id, name))
    headers = {"ETag": f'"{name[:64]}"', "Cache-Control": "private, max-age=31536000, immutable"}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = f'inline; filename="{name[:12]}{name[64:]}"'
    return Response(picture.content, media_type=picture.media_type, headers=headers)


@router.delete(
    "/{app_id}/media/{name}", status_code=204, summary="Remove a picture", responses=problems(401, 403, 404, 409, 422)
)
@policy("app.draft.write")
def delete_medium(caller: Caller, services: Injected, app_id: AppId, name: MediaName) -> None:
    """Only one that neither the draft nor a release names."""
    done = services.apps.media.delete(caller.tenant, app_id, name, caller.name)
    existing(caller, "app.draft.write", "picture", name, done or None)


def _view(medium: Medium) -> MediumView:
    return MediumView(
        name=medium.name,
        title=medium.title,
        size=medium.size,
        width=medium.width,
        height=medium.height,
        ts=medium.ts,
        author=medium.author,
        used=medium.used,
    )
