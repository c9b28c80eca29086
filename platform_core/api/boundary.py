"""The outermost layer: host names, sizes, time for a body, and the headers of every answer.

Pure ASGI, in front of everything else, so that nothing gets past it.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import secrets
import socket
from collections.abc import Iterable
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from platform_core.api import sandbox_frame
from platform_core.api.errors import problem_response
from platform_core.services.refusals import say

BODY_MAX_BYTES = 2 << 20
#: The only addresses that take more; the guard asks who it is before the body is read.
BODY_MAX_BY_PATH = {"/api/v1/packages/inspect": 32 << 20}
BODY_TIMEOUT_S = 30.0
API_PATH = "/api/"

_HOST = re.compile(r"(\[(?P<v6>[0-9a-f:.]+)\]|(?P<name>[a-z0-9._-]+))(:[0-9]{1,5})?")
_STRICT_CSP = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox"
#: Of every page; `nonce` is one of this response alone.
PAGE_CSP = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self'; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; frame-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_SAID = {
    408: say("request.refused/slow"),
    413: say("request.refused/large"),
    421: say("request.refused/host"),
}
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), payment=(), usb=()",
}


class _BodyRefusedError(HTTPException):
    """An HTTP error, because the framework hides any other error met while it reads a body."""

    def __init__(self, status: int) -> None:
        super().__init__(status, _SAID[status].message)


class Boundary:
    """Wraps the application. ``scope["state"]["nonce"]`` is the nonce of this response's content security policy."""

    def __init__(self, app: ASGIApp, *, host_names: Iterable[str] = (), is_tls: bool = False) -> None:
        self._app = app
        self._names = {"localhost", socket.gethostname().lower(), *(name.lower() for name in host_names)}
        self._is_tls = is_tls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, WebSocket or lifespan."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket" and not self._is_known_host(scope):
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        nonce = secrets.token_urlsafe(18)
        scope.setdefault("state", {})["nonce"] = nonce
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                self._add_headers(message, scope, nonce)
            await send(message)

        refusal = self._refusal(scope)
        if refusal is not None:
            await _answer(refusal, scope, receive, send_with_headers)
            return
        try:
            await self._app(scope, _limited(receive, body_max_bytes(scope)), send_with_headers)
        except _BodyRefusedError as refused:
            if not started:
                await _answer(refused.status_code, scope, receive, send_with_headers)

    def _refusal(self, scope: Scope) -> int | None:
        if not self._is_known_host(scope):
            return 421
        length = _header(scope, b"content-length")
        if length is not None and (not length.isdigit() or len(length) > 12 or int(length) > body_max_bytes(scope)):
            return 413
        return None

    def _is_known_host(self, scope: Scope) -> bool:
        """An address, or a name that is ours. Another name means that a foreign site's name was pointed here."""
        host = (_header(scope, b"host") or "").lower()
        written = _HOST.fullmatch(host)
        if written is None:
            return False
        name = written["v6"] or written["name"]
        if name in self._names:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True

    def _add_headers(self, message: Message, scope: Scope, nonce: str) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in _HEADERS.items():
            headers[name] = value
        is_page = headers.get("content-type", "").startswith("text/html")
        headers["Content-Security-Policy"] = PAGE_CSP.format(nonce=nonce) if is_page else _STRICT_CSP
        if scope["path"].startswith(sandbox_frame.PATH):
            host = _header(scope, b"host") or ""
            told = sandbox_frame.headers_of(scope["path"], host, is_page=is_page, is_tls=self._is_tls)
            for name, value in told.items():
                headers[name] = value
        if self._is_tls:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        if scope["path"].startswith(API_PATH) or is_page:
            headers.setdefault("Cache-Control", "no-store")


def body_max_bytes(scope: Scope) -> int:
    """How large the body of this request may be."""
    return BODY_MAX_BY_PATH.get(scope["path"], BODY_MAX_BYTES)


def _limited(receive: Receive, most: int) -> Receive:
    taken = 0
    done = False

    async def limited() -> Message:
        nonlocal taken, done
        if done:
            return await receive()
        try:
            message = await asyncio.wait_for(receive(), BODY_TIMEOUT_S)
        except TimeoutError:
            raise _BodyRefusedError(408) from None
        if message["type"] == "http.request":
            taken += len(message.get("body", b""))
            done = not message.get("more_body", False)
            if taken > most:
                raise _BodyRefusedError(413)
        return message

    return limited


def _header(scope: Scope, name: bytes) -> str | None:
    values: list[Any] = [value for key, value in scope["headers"] if key == name]
    return values[0].decode("latin-1") if len(values) == 1 else None


async def _answer(status: int, scope: Scope, receive: Receive, send: Send) -> None:
    said = _SAID[status]
    response = problem_response(status, said.message, [said.at("")], {"Connection": "close"}, said.message_i18n)
    await response(scope, receive, send)
