"""Where commands on this machine ask the running agent: HTTP on the loopback address, with a key that only who may
read the data folder knows. Nothing here changes anything but what becomes of dead letters."""

from __future__ import annotations

import hmac
import json
import os
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from edge_agent.buffer.letter_desk import LetterDesk
from edge_agent.device import Device
from edge_agent.diagnostics.frame_dump import dump
from edge_agent.diagnostics.letters_door import PLACE, LettersDoor
from edge_agent.diagnostics.tags import tag_states
from edge_agent.small_http import JSON, NOT_ALLOWED, NOT_FOUND, Request, Response, SmallHttp
from schemas.errors import ConfigError

FILE: Final = "local.json"
HOST: Final = "127.0.0.1"
KEY_HEADER: Final = "x-interlock-key"


class LocalDoor:
    """Serves status, metrics, tags, frames and the last log lines of the running agent."""

    def __init__(
        self, status: Callable[[], dict[str, Any]], metrics: Callable[[], str], devices: Sequence[Device],
        log_lines: Callable[[], Sequence[str]], letters: LetterDesk,
    ) -> None:  # fmt: skip
        self._letters = LettersDoor(letters)
        self._status, self._metrics, self._log_lines = status, metrics, log_lines
        self._devices = devices  # the agent's own list, which a new configuration changes
        self._key = secrets.token_urlsafe(24)
        self._http = SmallHttp(self._answer, methods=("GET", "POST"))
        self._file: Path | None = None

    async def start(self, data_dir: Path) -> None:
        """Listens, and leaves address and key in the data folder for its owner only. Raises ConfigError."""
        path = data_dir / FILE
        try:
            address = await self._http.start(HOST, 0)
            new = path.with_suffix(".new")
            new.unlink(missing_ok=True)
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                json.dump({"address": address, "key": self._key, "pid": os.getpid()}, file)
            os.replace(new, path)
        except OSError as error:
            raise ConfigError("agent.local", f"commands on this machine cannot be served: {error}") from error
        self._file = path

    async def stop(self) -> None:
        """Stops listening and takes the file away."""
        await self._http.stop()
        if self._file is not None:
            self._file.unlink(missing_ok=True)

    def _answer(self, request: Request) -> Response | Awaitable[Response]:
        if not hmac.compare_digest(request.headers.get(KEY_HEADER, "").encode(), self._key.encode()):
            return Response("Give the key of the data folder.\n", "403 Forbidden")
        head, _, rest = request.path.lstrip("/").partition("/")
        if head == PLACE:
            return self._letters.answer(request, rest)
        return self._look(request, head, rest) if request.method == "GET" else Response("Only GET.\n", NOT_ALLOWED)

    def _look(self, request: Request, head: str, rest: str) -> Response:
        devices = {device.conn.id: device for device in self._devices}
        if head == "frames" and rest in devices:
            last = request.query.get("last", "")
            return Response(
                dump(
                    devices[rest],
                    last=int(last) if last.isascii() and last.isdecimal() and len(last) < 6 else None,
                    whole="whole" in request.query,
                )
            )
        if head == "tags" and (not rest or rest in devices):
            rows = [asdict(state) for state in tag_states(self._devices, rest or None)]
            return _json(rows)
        plain: dict[str, Callable[[], Response]] = {
            "status": lambda: _json(self._status()),
            "metrics": lambda: Response(self._metrics()),
            "log": lambda: Response("".join(f"{line}\n" for line in self._log_lines())),
        }
        return plain[head]() if head in plain and not rest else Response("There is nothing here.\n", NOT_FOUND)


def _json(content: Any) -> Response:
    return Response(json.dumps(content, ensure_ascii=False), kind=JSON)
