"""The web app's files, and its first page for every address that is the app's own."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from platform_core.api.guard import PUBLIC, GuardedRoute, policy
from platform_core.api.services import Injected
from platform_core.api.web_files import INDEX, NONCE_MARK, WebFile
from schemas.errors import AuthError

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)

_NOT_BUILT = (
    "<!doctype html><title>Interlock</title><h1>Interlock is running</h1>"
    "<p>The web app is not built. Run <code>make setup</code> in the source folder, or install a release.</p>"
)
# Files of third-party blocks are served by their own route alone, where they have no origin.
_RESERVED = ("api/", "healthz", "sandbox/", "sandbox_blocks/")


@router.api_route("/{path:path}", methods=["GET", "HEAD"])
@policy(PUBLIC)
def read_file(request: Request, path: str, services: Injected) -> Response:
    """A file by its exact path; an address without a dot is one of the app's pages."""
    if path.startswith(_RESERVED) or path == "api":
        raise AuthError("auth.unknown", "There is nothing at this address.")
    file = services.web.find(path) if path and path != INDEX else None
    if file is not None:
        return _file_response(request, file)
    if "." in path.rsplit("/", 1)[-1] and path != INDEX:
        raise AuthError("auth.unknown", "There is no such file.")
    index = services.web.find(INDEX)
    if index is None:
        return Response(_NOT_BUILT, 503, media_type="text/html")
    nonce: str = request.scope["state"]["nonce"]
    # Scripts that make style elements find the nonce where the bundler's own loader looks for it.
    mark = f'<head><meta property="csp-nonce" nonce="{nonce}">'.encode()
    page = index.content.replace(NONCE_MARK, nonce.encode()).replace(b"<head>", mark, 1)
    return Response(page, media_type="text/html")


def _file_response(request: Request, file: WebFile) -> Response:
    headers = {
        "ETag": file.etag,
        "Cache-Control": "public, max-age=31536000, immutable" if file.is_immutable else "no-cache",
    }
    if file.encoded:
        headers["Vary"] = "Accept-Encoding"
    if file.etag in [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=headers)
    accepted = _accepted(request.headers.get("accept-encoding", ""))
    for encoding in ("br", "gzip"):
        if encoding in accepted and encoding in file.encoded:
            headers["Content-Encoding"] = encoding
            return Response(file.encoded[encoding], media_type=file.media_type, headers=headers)
    return Response(file.content, media_type=file.media_type, headers=headers)


def _accepted(header: str) -> set[str]:
    accepted = set()
    for item in header.split(","):
        name, _, quality = item.partition(";")
        if quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            accepted.add(name.strip().lower())
    return accepted
