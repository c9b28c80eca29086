"""What a viewer may say on the live WebSocket: sub, unsub, ping; with limits."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from schemas.errors import WireError

MESSAGE_MAX_BYTES: Final = 256 << 10
IDS_MAX: Final = 5_000


@dataclass(frozen=True, slots=True)
class Sub:
    """Follow these tags; answered by a `snap` with the same `req`."""

    req: int
    ids: list[int]


@dataclass(frozen=True, slots=True)
class Unsub:
    """Stop following these tags."""

    ids: list[int]


@dataclass(frozen=True, slots=True)
class Ping:
    """Answered by a beat."""


def parse(text: str) -> Sub | Unsub | Ping:
    """A viewer's message; raises WireError with the code the viewer is answered with."""
    if len(text) > MESSAGE_MAX_BYTES:
        raise WireError("live.too_large", f"A message has at most {MESSAGE_MAX_BYTES} bytes.")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WireError("live.json", "The message is not JSON.") from error
    if not isinstance(content, dict):
        raise WireError("live.message", "The message is not an object.")
    kind = content.get("type")
    if kind == "ping":
        return Ping()
    if kind == "unsub":
        return Unsub(_ids(content))
    if kind == "sub":
        req = content.get("req", 0)
        if type(req) is not int:
            raise WireError("live.message", "req must be an integer.")
        return Sub(req, _ids(content))
    raise WireError("live.message", "type must be sub, unsub or ping.")


def _ids(content: dict[str, Any]) -> list[int]:
    ids = content.get("ids")
    if not isinstance(ids, list) or not all(type(i) is int and 0 < i < 2**32 for i in ids):
        raise WireError("live.message", "ids must be a list of tag ids.")
    if len(ids) > IDS_MAX:
        raise WireError("live.too_many", f"A message names at most {IDS_MAX} tags.")
    return ids
