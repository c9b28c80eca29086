"""The part of the local door where commands look at the dead letters of the running agent and settle them."""

from __future__ import annotations

import json
import logging
from typing import Any, Final

from edge_agent.buffer.letter_desk import LetterDesk, Settled
from edge_agent.small_http import JSON, NOT_ALLOWED, NOT_FOUND, Request, Response
from schemas.errors import ConfigError, InterlockError

logger = logging.getLogger(__name__)

PLACE: Final = "dead-letters"
SEND_AGAIN, DISCARD = "send-again", "discard"
IDS_MAX: Final = 2000
_DIGITS_MAX: Final = 18
WRONG: Final = "422 Unprocessable Content"


class LettersDoor:
    """Answers what comes behind the key of the door."""

    def __init__(self, desk: LetterDesk) -> None:
        self._desk = desk

    async def answer(self, request: Request, rest: str) -> Response:
        """`GET` the list or, by its id, a body; `POST` `{"ids": [...]}` to send again or to discard."""
        try:
            if request.method == "GET":
                return await self._shown(rest)
            if rest not in (SEND_AGAIN, DISCARD):
                return Response("There is nothing to be done here.\n", NOT_ALLOWED)
            settled = await settle(self._desk, rest, ids_of(request.body), "A command")
        except InterlockError as error:
            return Response(f"{error.message} {error.hint}\n", WRONG)
        return Response(json.dumps({"done": settled.done, "left": settled.left}), kind=JSON)

    async def _shown(self, rest: str) -> Response:
        if not rest:
            return Response(json.dumps(await self._desk.described(), ensure_ascii=False), kind=JSON)
        if not (rest.isascii() and rest.isdecimal() and len(rest) <= _DIGITS_MAX):
            return Response("There is nothing here.\n", NOT_FOUND)
        try:
            return Response("", kind="application/octet-stream", data=await self._desk.body(int(rest)))
        except LookupError as error:
            return Response(f"{error}\n", NOT_FOUND)


async def settle(desk: LetterDesk, what: str, ids: list[int], who: str) -> Settled:
    """Sends letters again or discards them, and says so in the log. Raises InterlockError."""
    settled = await (desk.send_again(ids) if what == SEND_AGAIN else desk.discard(ids))
    done = "sent again" if what == SEND_AGAIN else "discarded"
    logger.warning("%s: %d dead letters %s, %d left.", who, len(settled.done), done, len(settled.left))
    return settled


def ids_of(body: bytes) -> list[int]:
    """The ids that were sent. Raises ConfigError."""
    try:
        content: Any = json.loads(body or b"{}")
    except (ValueError, RecursionError) as error:
        raise ConfigError("spool.dead_letter", "what was sent is not JSON") from error
    ids = content.get("ids") if isinstance(content, dict) else None
    if not isinstance(ids, list) or len(ids) > IDS_MAX or not all(type(one) is int for one in ids):
        raise ConfigError("spool.dead_letter", f"ids is a list of up to {IDS_MAX} whole numbers")
    return ids
