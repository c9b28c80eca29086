"""The ways by which the page changes the configuration or takes values in, and what each must be given. Nothing comes
here without a session, and no POST without the page's own header: the server sees to both."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from edge_agent.local_page.changes import Changes, Running
from edge_agent.local_page.connecting import Connecting
from edge_agent.local_page.entries import Entries
from edge_agent.local_page.looks import Looks
from edge_agent.local_page.searches import Searches
from edge_agent.local_page.setting_up import SettingUp
from edge_agent.small_http import Request
from schemas.errors import ConfigError

__all__ = ["EXPORT", "IMPORT", "UPLOAD_BYTES_MAX", "Doors", "body_of", "cells_of", "text_of"]

EXPORT, IMPORT = "/api/export", "/api/import"
#: 10,000 rows with every column are about 2 MiB.
UPLOAD_BYTES_MAX: Final = 16 << 20
_CELL_CHARS_MAX: Final = 4000


class Doors:
    """Finds who answers a request."""

    def __init__(self, running: Running, looks: Looks) -> None:
        self.changes = Changes(running)
        self.setting_up = SettingUp(running, self.changes, looks)
        self.connecting = Connecting(running, self.changes, looks)
        self.searches = Searches(running, self.changes)
        self.entries = Entries(running)

    async def answer(self, request: Request) -> dict[str, Any] | None:
        """The answer, or None where the request is for somebody else. Raises InterlockError."""
        match request.method, request.path:
            case "POST", "/api/import":
                return await self._import(request)
            case "GET", "/api/versions":
                return await self.changes.versions()
            case "GET", "/api/templates":
                return self.setting_up.templates()
            case "GET", "/api/drivers":
                return self.connecting.drivers()
            case "GET", "/api/entries":
                return await self.entries.fields()
            case "GET", "/api/search":
                return self.searches.jobs.told()
            case "POST", _:
                body = body_of(request)
                for ask in (self._searched, self._added, self._of_a_tag, self._asked):
                    if (found := await ask(request.path, body)) is not None:
                        return found
        return None

    async def _of_a_tag(self, path: str, body: Mapping[str, Any]) -> dict[str, Any] | None:
        match path:
            case "/api/tag":
                return await self.setting_up.tag_cells(text_of(body, "connection"), text_of(body, "name"))
            case "/api/tag/try":
                return await self.setting_up.try_tag(text_of(body, "connection"), cells_of(body.get("cells")))
            case "/api/tag/plan":
                return await self.setting_up.tag(text_of(body, "connection"), cells_of(body.get("cells")))
        return None

    async def _asked(self, path: str, body: Mapping[str, Any]) -> dict[str, Any] | None:
        match path:
            case "/api/version":
                number = body.get("number")
                return await self.changes.version(number if type(number) is int else 0)
            case "/api/template":
                return await self.setting_up.template(text_of(body, "base"))
            case "/api/machines":
                uses = body.get("uses")
                rows = [cells_of(one) for one in uses] if isinstance(uses, list) else []
                return await self.setting_up.machines(text_of(body, "base"), rows)
            case "/api/apply":
                return await self.changes.apply(text_of(body, "token"), text_of(body, "note").strip())
        return None

    async def _added(self, path: str, body: Mapping[str, Any]) -> dict[str, Any] | None:
        match path:
            case "/api/connection/try":
                return await self.connecting.attempt(text_of(body, "driver"), cells_of(body.get("cells")))
            case "/api/connection/plan":
                return await self.connecting.plan(text_of(body, "driver"), cells_of(body.get("cells")))
            case "/api/enter":
                words = (text_of(body, name) for name in ("key", "value", "at", "once"))
                return await self.entries.enter(*words)
        return None

    async def _searched(self, path: str, body: Mapping[str, Any]) -> dict[str, Any] | None:
        match path:
            case "/api/search/scan":
                first, last = body.get("first"), body.get("last")
                return self.searches.scan(
                    text_of(body, "connection"), text_of(body, "table"),
                    first if type(first) is int else -1, last if type(last) is int else -1,
                )  # fmt: skip
            case "/api/search/sunspec":
                return self.searches.sunspec(text_of(body, "connection"))
            case "/api/search/hosts":
                return self.searches.hosts(text_of(body, "hosts"))
            case "/api/search/end":
                return await self.searches.jobs.end()
        return None

    async def _import(self, request: Request) -> dict[str, Any]:
        if len(request.body) == 0:
            raise ConfigError("page.upload", "the file is empty")
        query = request.query
        mode = query.get("mode", "merge")
        if mode not in ("merge", "replace"):
            raise ConfigError("page.body", "mode is merge or replace")
        return await self.setting_up.sheet(
            request.body, query.get("connection", "")[:80], "replace" if mode == "replace" else "merge",
            query.get("encoding", "")[:40], query.get("name", "")[:120],
        )  # fmt: skip


def body_of(request: Request) -> Mapping[str, Any]:
    """The object that was sent. Raises ConfigError."""
    try:
        content = json.loads(request.body or b"{}")
    except (ValueError, RecursionError) as error:
        raise ConfigError("page.body", "what was sent is not JSON") from error
    if not isinstance(content, dict):
        raise ConfigError("page.body", "what was sent is no object")
    return content


def text_of(body: Mapping[str, Any], name: str) -> str:
    """A text of the body, "" where there is none. Raises ConfigError."""
    value = body.get(name, "")
    if not isinstance(value, str) or len(value) > 500:
        raise ConfigError("page.body", f"{name} is no text of up to 500 characters")
    return value


def cells_of(value: object) -> dict[str, str]:
    """Texts by name, as a form sends them. Raises ConfigError."""
    if not isinstance(value, dict):
        raise ConfigError("page.body", "there are no cells")
    for text in value.values():
        if not isinstance(text, str) or len(text) > _CELL_CHARS_MAX:
            raise ConfigError("page.body", f"a cell is no text of up to {_CELL_CHARS_MAX} characters")
    return value
