"""What pushes leave in the agent's history: versions with their number at the platform, ways back with their reason."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path

from edge_agent.config import load_config
from edge_agent.versions.history import History, Origin
from edge_agent.written import written_files
from schemas.errors import InterlockError
from schemas.wire.config_push import ConfigPart

__all__ = ["Reason", "record_gone_back", "record_pushed"]

logger = logging.getLogger(__name__)

AGENT = "agent"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a push was refused or taken back: in English, and as code and words for a reader of another language."""

    code: str
    text: str
    params: dict[str, str] = field(default_factory=dict)


def record_pushed(path: Path, text: str, hash_: str, push: ConfigPart) -> None:
    """A pushed text holds from now on, be it on trial. What cannot be written is told in the log and stops nothing."""
    _record(path, text, hash_, push.by or "platform", push.note, Origin("platform", push.no))


def record_gone_back(path: Path, text: str, hash_: str, reason: Reason) -> None:
    """The agent goes back by itself to `text` ("" = the machine's own connections)."""
    _record(path, text, hash_, AGENT, "", Origin("rollback", 0, reason.text, reason.code, reason.params))


def _record(path: Path, text: str, hash_: str, author: str, note: str, origin: Origin) -> None:
    try:
        own = load_config(path)
        files = written_files(path, own)
        History(own.data_dir).record(files, hash_, author=author, note=note, origin=origin, pushed=text)
    except (InterlockError, OSError) as error:
        logger.warning("The configuration was not kept in the history: %s", error)
