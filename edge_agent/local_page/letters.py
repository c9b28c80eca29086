"""Dead letters on the agent's page: the list, a file of them to take along, sending again, discarding. The server has
seen to the log-in and the page's own header before anything comes here."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from typing import Any, Final

from edge_agent.buffer.letter_desk import LetterDesk
from edge_agent.diagnostics.letters_door import DISCARD, SEND_AGAIN, ids_of, settle
from edge_agent.small_http import Request
from schemas.errors import ConfigError

__all__ = ["EXPORT", "PageLetters"]

EXPORT: Final = "/api/dead-letters/export"
#: Of a thousand letters the newest are shown; the command has them all.
SHOWN_MAX: Final = 200
#: The file is made in memory.
EXPORT_BYTES_MAX: Final = 16 << 20
_IDS_CHARS_MAX: Final = 4000


class PageLetters:
    """Answers the page; the spool's thread does the work."""

    def __init__(self, desk: LetterDesk) -> None:
        self._desk = desk

    async def answer(self, request: Request) -> dict[str, Any] | None:
        """The answer, or None where the request is for somebody else. Raises InterlockError."""
        match request.method, request.path:
            case "GET", "/api/dead-letters":
                return await self._listed()
            case "POST", "/api/dead-letters/send-again":
                return await self._settled(SEND_AGAIN, request)
            case "POST", "/api/dead-letters/discard":
                return await self._settled(DISCARD, request)
        return None

    async def _listed(self) -> dict[str, Any]:
        letters = await self._desk.described()
        return {"letters": letters[::-1][:SHOWN_MAX], "left_out": max(0, len(letters) - SHOWN_MAX)}

    async def _settled(self, what: str, request: Request) -> dict[str, Any]:
        settled = await settle(self._desk, what, ids_of(request.body), "The agent's page")
        return {"done": len(settled.done), "left": settled.left, **await self._listed()}

    async def export(self, request: Request) -> bytes:
        """A zip of bodies and their list, of the `ids` in the query. Raises InterlockError."""
        ids = _numbers(request.query.get("ids", ""))
        chosen = [letter for letter in await self._desk.described() if letter["id"] in ids]
        if not chosen:
            raise ConfigError("spool.dead_letter", "these dead letters are no longer there")
        if sum(letter["bytes"] for letter in chosen) > EXPORT_BYTES_MAX:
            raise ConfigError(
                "page.large", "these are more than 16 MiB",
                hint="Choose fewer, or run here: edge-agent spool dead-letters --export FOLDER",
            )  # fmt: skip
        return await self._zipped(chosen)

    async def _zipped(self, chosen: Sequence[dict[str, Any]]) -> bytes:
        made = io.BytesIO()
        kept: list[dict[str, Any]] = []
        with zipfile.ZipFile(made, "w") as archive:  # bodies are compressed already
            for letter in chosen:
                try:
                    archive.writestr(f"{letter['id']}.body", await self._desk.body(letter["id"]))
                except LookupError:  # it made way for newer ones meanwhile
                    continue
                kept.append(letter)
            archive.writestr("dead-letters.json", json.dumps(kept, ensure_ascii=False, indent=1) + "\n")
        return made.getvalue()


def _numbers(text: str) -> set[int]:
    if len(text) > _IDS_CHARS_MAX:
        raise ConfigError("spool.dead_letter", f"ids has more than {_IDS_CHARS_MAX} characters")
    parts = text.split(",")
    return {int(part) for part in parts if part.isascii() and part.isdecimal() and len(part) < 19}
