"""A few lines of HTTP/1.1 on asyncio: one request, one answer, for programs and browsers near the machine.

Limits: head of at most 8 KiB and body of 64 KiB within 5 s each, 16 clients at once; the connection closes after the
answer. Who is known may send more (`body_max`), and has a minute for it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import parse_qsl, unquote

REQUEST_BYTES_MAX: Final = 8192
BODY_BYTES_MAX: Final = 65_536
REQUEST_TIMEOUT_S: Final = 5.0
UPLOAD_TIMEOUT_S: Final = 60.0
CLIENTS_MAX: Final = 16
STOP_WAIT_S: Final = 1.0
PLAIN: Final = "text/plain; charset=utf-8"
JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked: header names in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    """What is answered: `text`, or `data` in its place."""

    text: str
    status: str = "200 OK"
    kind: str = PLAIN
    headers: Mapping[str, str] = field(default_factory=dict)
    data: bytes | None = None


NOT_FOUND: Final = "404 Not Found"
NOT_ALLOWED: Final = "405 Method Not Allowed"


class SmallHttp:
    """Answers each request by `answer`; other methods than these do not come through.

    `body_max`: most bytes of body that a request may have, told by its head.
    """

    def __init__(
        self, answer: Callable[[Request], Response | Awaitable[Response]], methods: Sequence[str] = ("GET",),
        body_max: Callable[[Request], int] = lambda _: BODY_BYTES_MAX,
    ) -> None:  # fmt: skip
        self._answer = answer
        self._body_max = body_max
        self._methods = tuple(methods)
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None] | None] = set()

    async def start(self, host: str, port: int) -> str:
        """Listens; the address it got, `host:port`. Raises OSError."""
        self._server = await asyncio.start_server(self._serve, host, port, limit=REQUEST_BYTES_MAX)
        bound = self._server.sockets[0].getsockname()
        return f"{bound[0]}:{bound[1]}"

    async def stop(self) -> None:
        """Stops listening; who is being answered has a moment, and then no connection is open any more."""
        if self._server is not None:
            self._server.close()
        left = [task for task in self._serving if task is not None and task is not asyncio.current_task()]
        if left:
            _, late = await asyncio.wait(left, timeout=STOP_WAIT_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._serving.add(task)
        try:
            if len(self._serving) > CLIENTS_MAX:
                return
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                request = _request(await reader.readuntil(b"\r\n\r\n"))
            length = _length(request, self._body_max(request))
            async with asyncio.timeout(REQUEST_TIMEOUT_S if length <= BODY_BYTES_MAX else UPLOAD_TIMEOUT_S):
                body = await reader.readexactly(length)
            writer.write(_bytes(await self._respond(replace(request, body=body))))
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError, ConnectionError):
            pass  # a client that says nothing sensible gets no answer
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
            self._serving.discard(task)

    async def _respond(self, request: Request) -> Response:
        if request.method not in self._methods:
            return Response(f"Only {' and '.join(self._methods)}.\n", NOT_ALLOWED)
        answer = self._answer(request)
        return answer if isinstance(answer, Response) else await answer


def _length(request: Request, most: int) -> int:
    """Raises IncompleteReadError for a body of no known or of too great a length."""
    length = request.headers.get("content-length", "0")
    known = "transfer-encoding" not in request.headers and length.isascii() and length.isdecimal()
    if not known or len(length) > 9 or int(length) > most:
        raise asyncio.IncompleteReadError(b"", None)
    return int(length)


def _request(head: bytes) -> Request:
    first, *rest = head.decode("latin-1").split("\r\n")
    method, _, tail = first.partition(" ")
    path, _, query = tail.partition(" ")[0].partition("?")
    pairs = [line.partition(":") for line in rest if ":" in line]
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    return Request(method, unquote(path), dict(parse_qsl(query, max_num_fields=20)), headers)


def _bytes(response: Response) -> bytes:
    body = response.text.encode() if response.data is None else response.data
    lines = [
        f"HTTP/1.1 {response.status}", f"Content-Type: {response.kind}", f"Content-Length: {len(body)}",
        "Connection: close", "X-Content-Type-Options: nosniff", "Cache-Control: no-store",
        *(f"{name}: {value}" for name, value in response.headers.items()),
    ]  # fmt: skip
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body
