"""A configuration with its files as they are written, and the proven way to change them."""

from __future__ import annotations

import getpass
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge_agent.config import LoadedConfig, load_config, parse_config
from edge_agent.versions.history import History
from edge_agent.versions.kept import Kept
from edge_agent.versions.pending import Recorded, change
from edge_agent.written import written_files
from edge_agent.yaml_lines import read_yaml
from schemas.errors import ConfigError, InterlockError
from schemas.models.connection import ConnectionConfig, ConnectionTemplate

__all__ = ["Draft", "Source", "draft", "open_source", "record_files", "record_start", "whoami"]

logger = logging.getLogger(__name__)


@dataclass(slots=True, frozen=True)
class Source:
    """A configuration without problems: its text and its files of tags."""

    path: Path
    text: str
    sheets: Mapping[str, str]
    loaded: LoadedConfig
    templates: tuple[ConnectionTemplate, ...]
    written: tuple[dict[str, Any], ...]
    """The connections as they stand in the file, templates not filled in."""
    pushed: str = ""
    """The platform's connections, which hold instead of the file's own; "" where those hold."""

    @property
    def connections(self) -> dict[str, ConnectionConfig]:
        """By id."""
        return {connection.id: connection for connection in self.loaded.config.connections}

    @property
    def files(self) -> dict[str, str]:
        """Every file of the configuration by name; agent.yaml first."""
        return {self.path.name: self.text, **self.sheets}

    def free_file_name(self, connection: str) -> str:
        """A file for the tags of a connection that nothing lies under yet. Raises ConfigError."""
        for number in range(1, 1000):
            name = f"tags/{connection}.csv" if number == 1 else f"tags/{connection}-{number}.csv"
            if name not in self.sheets and not (self.loaded.base / name).exists():
                return name
        raise ConfigError("config.file_name", f"there are too many files tags/{connection}-….csv", hint="Remove some.")


@dataclass(slots=True, frozen=True)
class Draft:
    """A changed configuration that was read and found to be what was meant, not written yet."""

    source: Source
    files: Mapping[str, str]
    """Only those that differ."""
    kept: Mapping[str, str]
    loaded: LoadedConfig
    pushed: str | None = None
    """The platform's connections that are to hold with it, "" the file's own; None: that stays as it is."""

    goes_back: bool = False
    """Whether it is a former version."""

    @property
    def changes_nothing(self) -> bool:
        """Whether it is what is there already."""
        return not self.files and self.pushed is None

    def apply(self, *, note: str, author: str | None = None) -> None:
        """Writes all files as one and records the version. Raises ConfigError where the file was changed meanwhile."""
        source = self.source
        pushed = _pushed(source.loaded)
        if written_files(source.path, source.loaded) != source.files or pushed != source.pushed:
            raise ConfigError(
                "config.changed", "the configuration was changed meanwhile",
                hint="Nothing was written. Run the command again.",
            )  # fmt: skip
        try:
            record_files(source.path, source.loaded, note="found before a change", pushed=pushed)
        except OSError as error:
            raise InterlockError(
                "version.write", f"the history of configurations cannot be written: {error.strerror}",
                hint=f"Nothing was changed. Look at the rights of {source.loaded.data_dir}.",
            ) from error  # fmt: skip
        after = pushed if self.pushed is None else self.pushed
        recorded = Recorded(
            str(source.loaded.data_dir), self.loaded.hash, author or whoami(), note, after, self.pushed is not None
        )  # fmt: skip
        change(source.path, self.files, self.kept, recorded)


def open_source(path: Path) -> Source:
    """The configuration at `path`. Raises ConfigError with every problem found."""
    loaded = load_config(path)
    sheets = written_files(path, loaded)
    text = sheets.pop(path.resolve().name)
    data: dict[str, Any] = read_yaml(text).data
    templates = tuple(ConnectionTemplate.model_validate(item) for item in data.get("templates", []))
    return Source(path.resolve(), text, sheets, loaded, templates, tuple(data.get("connections", [])), _pushed(loaded))


def _pushed(loaded: LoadedConfig) -> str:
    """The platform's text that holds, "" where the machine's own connections do; also where it cannot be read."""
    if not loaded.config.remote_config:
        return ""
    try:
        return Kept(loaded.data_dir).held_text()
    except ConfigError:
        return ""


def draft(source: Source, text: str, sheets: Mapping[str, str], meant: Mapping[str, ConnectionConfig]) -> Draft:
    """The configuration with a new text and new files of tags, proven to be what is `meant`.

    `meant`: every connection by id. All else must be as before. Raises ConfigError with the problems of the result.
    """
    everything = {**source.sheets, **sheets}
    loaded = parse_config(text, base=source.loaded.base, sheets=everything)
    found = {connection.id: connection for connection in loaded.config.connections}
    before = source.loaded.config.model_copy(update={"connections": ()})
    if found != dict(meant) or loaded.config.model_copy(update={"connections": ()}) != before:
        wrong = sorted(name for name in {*found, *meant} if found.get(name) != meant.get(name))
        raise ConfigError(
            "edit.form", f"the file could not be edited as meant ({', '.join(wrong[:5]) or 'general part'})",
            hint="Nothing was written. Edit the file by hand.",
        )  # fmt: skip
    files = {name: content for name, content in sheets.items() if source.sheets.get(name) != content}
    if text != source.text:
        files[source.path.name] = text
    kept = {name: content for name, content in {**source.files, **everything}.items() if name not in files}
    return Draft(source, files, kept, loaded)


def record_files(path: Path, loaded: LoadedConfig, *, note: str, author: str | None = None, pushed: str = "") -> None:
    """Keeps a configuration in the history, unless it is the newest there. Raises InterlockError, OSError."""
    files = written_files(path, loaded)
    History(loaded.data_dir).record(files, loaded.hash, author=author or whoami(), note=note, pushed=pushed)


def record_start(path: Path, loaded: LoadedConfig, *, pushed: str = "") -> None:
    """Keeps the configuration that an agent starts with, with the pushed text of the hash `pushed`; where that cannot
    be, the agent runs all the same."""
    try:
        text = Kept(loaded.data_dir).text(pushed) if pushed else ""
        record_files(path, loaded, note="the agent's start", pushed=text)
    except (InterlockError, OSError) as error:
        logger.warning("The configuration was not kept in the history: %s", error)


def whoami() -> str:
    """Who runs this, as the system knows them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "unknown"
