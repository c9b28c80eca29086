"""Dead letters as a command meets them: of an agent at rest in its file, of a running one through its local door."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

from edge_agent.buffer import dead_letters
from edge_agent.buffer.dead_letters import DeadLetter
from edge_agent.buffer.layout import Corrupt
from edge_agent.buffer.letter_places import places_of
from edge_agent.buffer.spool import Spool
from edge_agent.config import LoadedConfig
from edge_agent.diagnostics.asking import ask_agent, ask_bytes, tell_agent
from edge_agent.diagnostics.letters_door import DISCARD, PLACE, SEND_AGAIN
from schemas.errors import ConfigError, InterlockError

MIB = 1024 * 1024


class Letters(Protocol):
    """What a command does with dead letters."""

    def listed(self) -> list[dict[str, Any]]:
        """All there are, oldest first, with their connections."""
        ...

    def body(self, row_id: int) -> bytes:
        """The body of one, as it would be sent."""
        ...

    def send_again(self, ids: Sequence[int]) -> list[int]:
        """Makes them wait once more; returns those that do."""
        ...

    def discard(self, ids: Sequence[int]) -> list[int]:
        """Deletes them; returns those there were."""
        ...


@contextmanager
def letters_of(loaded: LoadedConfig) -> Iterator[Letters]:
    """Of the agent that runs with this configuration, else of its file. Raises InterlockError."""
    spool = _opened(loaded)
    if spool is None:
        yield _OfRunning(loaded.data_dir)
        return
    try:
        yield _AtRest(spool)
    finally:
        spool.close(clean=False)


class _AtRest:
    """The spool of an agent that is stopped, as it was left: this is no run of the agent."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool

    def listed(self) -> list[dict[str, Any]]:
        letters = dead_letters.listed(self._spool)
        several = [one.id for one in letters if not one.conn and one.kind == "data" and one.sound]
        places = places_of(self._spool, several)
        return [_described(one, places.get(one.id, ())) for one in letters]

    def body(self, row_id: int) -> bytes:
        return dead_letters.body(self._spool, row_id)

    def send_again(self, ids: Sequence[int]) -> list[int]:
        return dead_letters.send_again(self._spool, ids)

    def discard(self, ids: Sequence[int]) -> list[int]:
        return dead_letters.discard(self._spool, ids)


class _OfRunning:
    """The agent's own thread does it: nobody else may write its spool."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir

    def listed(self) -> list[dict[str, Any]]:
        try:
            letters: list[dict[str, Any]] = json.loads(ask_agent(self._data_dir, PLACE))
        except InterlockError as error:
            if error.code != "agent.not_running":
                raise
            raise ConfigError(
                "spool_in_use", "the spool is in use, and the agent does not answer",
                hint="It may be starting or ending, or another command has the spool: try again.",
            ) from error  # fmt: skip
        return letters

    def body(self, row_id: int) -> bytes:
        return ask_bytes(self._data_dir, PLACE, str(row_id))

    def send_again(self, ids: Sequence[int]) -> list[int]:
        return self._settled(SEND_AGAIN, ids)

    def discard(self, ids: Sequence[int]) -> list[int]:
        return self._settled(DISCARD, ids)

    def _settled(self, what: str, ids: Sequence[int]) -> list[int]:
        done: list[int] = tell_agent(self._data_dir, PLACE, what, ids=list(ids))["done"]
        return done


def _described(letter: DeadLetter, places: Sequence[str]) -> dict[str, Any]:
    return {**letter._asdict(), "connections": [letter.conn] if letter.conn else list(places)}


def _opened(loaded: LoadedConfig) -> Spool | None:
    """The spool, None where the agent has it. Raises ConfigError."""
    path = loaded.data_dir / "spool.db"
    if not path.exists():
        raise ConfigError("spool_none", f"there is no spool in {loaded.data_dir}", hint="it is made by the first run")
    try:
        with closing(sqlite3.connect(path, timeout=0.2)) as db:
            left = dict(db.execute("SELECT key, value FROM meta WHERE key IN ('machine', 'boot')").fetchall())
        return Spool(
            path, machine=str(left["machine"]), size_max_bytes=loaded.config.spool.size_max_mb * MIB,
            boot=int(left["boot"]),
        )  # fmt: skip
    except (sqlite3.DatabaseError, Corrupt, KeyError) as error:
        if "locked" in str(error):
            return None
        raise ConfigError(
            "spool_unreadable", f"{path} cannot be read ({error})",
            hint="start the agent once: it puts a damaged spool aside and carries over what is readable",
        ) from error  # fmt: skip
