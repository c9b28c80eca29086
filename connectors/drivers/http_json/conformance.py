"""The server the HTTP driver is proven against: the standard library's, in a thread."""

from __future__ import annotations

import asyncio
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any, Self

from schemas.models.tag import DataType, TagConfig
from schemas.quality import Quality

__all__ = ["Peer"]


class Peer:
    """Two resources, `/api/a` and `/api/b`, each an object of values; tags take turns."""

    host = "127.0.0.1"

    def __init__(self) -> None:
        self._values: dict[str, dict[str, Any]] = {"/api/a": {}, "/api/b": {}}
        self._server: ThreadingHTTPServer | None = None
        self._thread: Thread | None = None
        self._used = 0
        self.port = 0

    async def __aenter__(self) -> Self:
        values = self._values

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                known = values.get(self.path)
                body = json.dumps({"values": known}).encode()
                self.send_response(200 if known is not None else 404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *arguments: Any) -> None:
                """Keep quiet."""

        self._server = ThreadingHTTPServer((self.host, 0), Handler)
        self.port = self._server.server_address[1]
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None and self._thread is not None:
            await asyncio.to_thread(self._server.shutdown)
            self._thread.join()
            self._server.server_close()

    def config(self, host: str, port: int, timeout_ms: int) -> dict[str, Any]:
        """Settings of the driver."""
        return {"base_url": f"http://{host}:{port}/api", "timeout_ms": timeout_ms}

    def tag(self, name: str, data_type: DataType, **more: Any) -> TagConfig:
        """The next place, in turns in either resource."""
        self._used += 1
        address = f"/{'ab'[self._used % 2]}#/values/v{self._used}"
        tag = TagConfig(name=name, type=data_type, address=address, **more)
        self.put(tag, "" if data_type == "string" else False if data_type == "bool" else 0)
        return tag

    def wrong_tag(self, name: str, data_type: DataType) -> TagConfig:
        """A member, or a whole resource, that is not there."""
        address = "/absent#/values/v1" if name.endswith("1") else "/a#/values/absent"
        return TagConfig(name=name, type=data_type, address=address)

    def impossible_tag(self, name: str) -> TagConfig:
        """No resource."""
        return TagConfig(name=name, type="int16", address="line.speed")

    def put(self, tag: TagConfig, value: float | int | bool | str | None) -> None:
        """Set the member."""
        resource, _, pointer = tag.address.partition("#")
        self._values["/api" + resource][pointer.rpartition("/")[2]] = value

    def get(self, tag: TagConfig) -> float | int | bool | str:
        """What the member holds."""
        resource, _, pointer = tag.address.partition("#")
        value: float | int | bool | str = self._values["/api" + resource][pointer.rpartition("/")[2]]
        return value

    def put_text_bytes(self, tag: TagConfig, data: bytes) -> bool:
        """A string of JSON is Unicode."""
        return False

    def fault(self, tag: TagConfig) -> Quality | None:
        """A device that has no value says null."""
        self.put(tag, None)
        return Quality.BAD
