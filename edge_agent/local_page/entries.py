"""What people type on the page: the fields there are, and one entry. Both judged where they are kept."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime
from typing import Any, Final

from edge_agent.entering.desk import Typed, enter, states, typed_tag, typed_tags
from edge_agent.local_page.changes import Running
from schemas.errors import ConfigError

__all__ = ["Entries"]

logger = logging.getLogger(__name__)

FIELDS_MAX: Final = 300
_KEY: Final = re.compile(r"[0-9a-f]{16,64}\Z", re.ASCII)
_TIME: Final = re.compile(r"[0-9]{1,17}\Z", re.ASCII)


class Entries:
    """The tags of the configuration that runs."""

    def __init__(self, running: Running) -> None:
        self._running = running

    async def fields(self) -> dict[str, Any]:
        """The tags that are typed, with what was typed last. Raises InterlockError."""
        known = typed_tags(self._running.loaded.config.connections)
        shown = known[:FIELDS_MAX]
        fields = []
        for typed, state in zip(shown, await states(shown), strict=True):
            last = None if state.last is None else {"value": state.last.value, "ts": str(state.last.ts)}
            fields.append({**_field(typed), "last": last, "holds_us": state.holds_us})
        return {"fields": fields, "left_out": len(known) - len(shown)}

    async def enter(self, name: str, text: str, at: str, key: str) -> dict[str, Any]:
        """Keeps an entry; `at` is µs UTC as text, empty for now. Raises InterlockError."""
        if not _KEY.match(key):
            raise ConfigError("entry.key", "the entry has no key of its own")
        if at and not _TIME.match(at):
            raise ConfigError("entry.time", f"'{at[:40]}' is no time")
        connections = self._running.loaded.config.connections
        typed = typed_tag(connections, name)
        kept = await enter(connections, typed, text, int(at) if at else None, key=key, via="page")
        moment = datetime.fromtimestamp(kept.ts / 1e6, UTC)
        logger.info("The agent's page: an entry for %s, %s.", typed.key, moment.isoformat())
        return {"value": kept.value, "ts": str(kept.ts), "replaced": kept.replaced}


def _field(typed: Typed) -> dict[str, Any]:
    tag = typed.tag
    kind = "number" if tag.type.startswith("float") else "whole"
    if tag.texts and not tag.type.startswith("float"):
        kind = "choice"
    elif tag.type in ("bool", "string"):
        kind = "truth" if tag.type == "bool" else "text"
    shaped = any(one is not None for one in (tag.scale, tag.offset))
    return {
        "key": typed.key, "connection": typed.connection.id, "tag": tag.name, "unit": tag.unit, "kind": kind,
        "description": tag.description, "description_i18n": tag.description_i18n, "length": tag.length,
        # What is typed is raw: a span of what comes of it says nothing to whoever types.
        "span": None if shaped or tag.span is None else list(tag.span),
        "texts": tag.texts if kind == "choice" else {}, "texts_i18n": tag.texts_i18n if kind == "choice" else {},
    }  # fmt: skip
