"""Which tags people type, and one entry: by the command or the page, judged the same way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors import registry
from connectors.driver import Driver, Entry, EntryState, TakesEntries
from edge_agent.config import LoadedConfig, load_config, make_driver
from edge_agent.plain_words import suggestion
from edge_agent.remote_config.compose import composed
from edge_agent.versions.kept import Kept
from schemas.errors import ConfigError
from schemas.models.connection import ConnectionConfig
from schemas.models.tag import TagConfig

__all__ = ["Typed", "configuration_in_use", "enter", "states", "typed_tag", "typed_tags"]


@dataclass(frozen=True, slots=True)
class Typed:
    """A tag that people type."""

    connection: ConnectionConfig
    tag: TagConfig

    @property
    def key(self) -> str:
        """connection/tag."""
        return f"{self.connection.id}/{self.tag.name}"


def configuration_in_use(path: Path) -> LoadedConfig:
    """What an agent that runs on this file uses: its own connections, or those it keeps from the platform. Changes
    nothing. Raises ConfigError."""
    own = load_config(path)
    kept = Kept(own.data_dir)
    holding = kept.holding() if own.config.remote_config else None
    return composed(path, kept.text(holding.active)) if holding is not None and holding.active else own


def typed_tags(connections: Sequence[ConnectionConfig]) -> list[Typed]:
    """Every tag that people type, in the order of the configuration."""
    known = registry.manifests()
    takes = [one for one in connections if one.driver in known and "enter" in known[one.driver].abilities]
    return [Typed(one, tag) for one in takes for tag in one.tags]


def typed_tag(connections: Sequence[ConnectionConfig], name: str) -> Typed:
    """The tag `connection/tag`, or the only one of that name. Raises ConfigError."""
    tags = typed_tags(connections)
    found = [one for one in tags if name in (one.key, one.tag.name)]
    if len(found) == 1:
        return found[0]
    if found:
        raise ConfigError(
            "entry.ambiguous", f"there are several tags '{name}'",
            hint=f"Give one of: {', '.join(one.key for one in found[:10])}.",
        )  # fmt: skip
    if not tags:
        raise ConfigError(
            "entry.no_tags", "there are no tags that people type",
            hint="Make a connection with driver: manual_entry in agent.yaml.",
        )  # fmt: skip
    keys = [one.key for one in tags]
    hint = suggestion(name, keys) or f"Tags that people type: {', '.join(keys[:10])}."
    raise ConfigError("entry.unknown", f"'{name[:80]}' is no tag that people type", hint=hint)


async def enter(
    connections: Sequence[ConnectionConfig], typed: Typed, text: str, ts: int | None, *, key: str, via: str
) -> Entry:
    """Keeps a value, on the disk when this returns; see `TakesEntries`. Raises InterlockError."""
    tags = typed_tags(connections)
    drivers = {id: _driver(one) for id, one in {one.connection.id: one.connection for one in tags}.items()}
    driver = drivers[typed.connection.id]
    place = driver.entry_place(typed.tag)
    others = [one for one in tags if one.connection.id != typed.connection.id]
    shared = [one.key for one in others if drivers[one.connection.id].entry_place(one.tag) == place]
    if shared:
        raise ConfigError(
            "entry.shared", f"{typed.key} and {shared[0]} have one address in one journal",
            hint="Give each connection a journal of its own: config: {journal: shift_book}.",
        )  # fmt: skip
    return await driver.enter(typed.tag, text, ts, key, via)


async def states(typed: Sequence[Typed]) -> list[EntryState]:
    """How it stands with each tag. Raises InterlockError."""
    found: dict[str, EntryState] = {}
    for connection in {one.connection.id: one.connection for one in typed}.values():
        mine = [one for one in typed if one.connection.id == connection.id]
        told = await _driver(connection).entries([one.tag for one in mine])
        found |= {one.key: state for one, state in zip(mine, told, strict=True)}
    return [found[one.key] for one in typed]


def _driver(connection: ConnectionConfig) -> TakesEntries:
    driver: Driver[Any] = make_driver(connection)
    if not isinstance(driver, TakesEntries):
        raise ConfigError("entry.driver", f"the driver '{connection.driver}' takes no entries")
    return driver
