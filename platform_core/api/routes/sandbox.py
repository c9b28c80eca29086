"""The frames of third-party blocks. Their headers are set by the boundary, as everybody's are."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from platform_core.api import sandbox_frame
from platform_core.api.guard import PUBLIC, GuardedRoute, policy
from platform_core.api.services import Injected
from schemas.errors import AuthError

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)


@router.api_route("/sandbox/{path:path}", methods=["GET", "HEAD"])
@policy(PUBLIC)
def read_frame_file(path: str, services: Injected) -> Response:
    """A file of a block. Public, as the app's own scripts are: a frame without origin has no session to show."""
    file = sandbox_frame.file_of(services.web, services.apps.code_blocks, sandbox_frame.PATH + path)
    if file is None:
        raise AuthError("auth.unknown", "There is no such file.")
    return Response(file.content, media_type=file.media_type, headers={"Cache-Control": "no-cache"})
