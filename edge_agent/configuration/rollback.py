"""A former version of the configuration made the present one; and what differs between two of them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Final, Protocol

from edge_agent.config import LoadedConfig, parse_config
from edge_agent.configuration.source import Draft, Source
from edge_agent.remote_config.compose import composed, own_connections
from edge_agent.versions.history import Version
from edge_agent.versions.kept import Kept
from schemas.errors import ConfigError
from schemas.wire.config_push import hash_of

__all__ = ["HELD", "compared", "plan_rollback", "text_diff"]

#: Stands for a file in a difference: what held, be it pushed or the file's own.
HELD: Final = "connections that hold"

#: A line that may hold a secret is named in a diff, its value is not shown.
_SECRET = re.compile(
    r"(\b[\w-]*(?:password|passwd|secret|token|passphrase|private_key|api_key|authorization)[\w-]*\"?\s*:\s*)\S.*",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(://[^/@\s:]{0,200}:)[^/@\s]{1,200}@")


class State(Protocol):
    """A version, or what is there now."""

    @property
    def files(self) -> Mapping[str, str]:
        """Content by name, the configuration first."""
        ...

    @property
    def pushed(self) -> str:
        """The platform's connections that held; "" where the files' own did."""
        ...


def plan_rollback(source: Source, version: Version) -> Draft:
    """The version as the configuration, checked as any other: its files, and the platform's connections where those
    held. Raises ConfigError where it cannot be used.

    The spool is not looked at. Identities and aliases of tags are kept there and beside it, so what waits is sent
    as what it was sampled as.
    """
    path = source.path.name
    text = version.files.get(path)
    if text is None:
        names = ", ".join(version.files)
        raise ConfigError("version.file", f"version {version.number} has no {path} ({names})", hint="Give it with -c.")
    sheets = {name: content for name, content in version.files.items() if name != path}
    loaded = parse_config(text, base=source.loaded.base, sheets=sheets)
    if loaded.data_dir.resolve() != source.loaded.data_dir.resolve():
        raise ConfigError(
            "version.data_dir", f"version {version.number} keeps its data in {loaded.config.data_dir}",
            hint=f"What waits in {source.loaded.config.data_dir} would not be sent. Change data_dir by hand if meant.",
        )  # fmt: skip
    if version.pushed and not loaded.config.remote_config:
        raise ConfigError(
            "version.remote", f"version {version.number} has connections of the platform, and does not allow them",
            hint="Allow them with remote_config: true, or go back to another version.",
        )  # fmt: skip
    pushed = _chosen(version, loaded)
    if version.pushed:
        loaded = composed(source.path, version.pushed, own_text=text, sheets=sheets)
    files = {name: content for name, content in version.files.items() if source.files.get(name) != content}
    kept = {name: content for name, content in version.files.items() if name not in files}
    return Draft(source, files, kept, loaded, pushed, goes_back=True)


def _chosen(version: Version, loaded: LoadedConfig) -> str | None:
    """The platform's connections that the version is to make hold, "" for the file's own; None where that is so now."""
    if not loaded.config.remote_config:
        return None
    holding = Kept(loaded.data_dir).holding()
    if (hash_of(version.pushed) if version.pushed else "") == holding.active:
        return None
    if holding.on_trial:
        raise ConfigError(
            "version.trial", "a configuration of the platform is on trial",
            hint="Wait until it is kept or taken back. Where the agent does not run, start it: it takes it back.",
        )  # fmt: skip
    return version.pushed


def compared(before: State, after: State) -> list[str]:
    """A unified diff of two states of the agent: their files, and the connections that held, where they came from the
    platform in one of them."""
    left, right = dict(before.files), dict(after.files)
    if before.pushed or after.pushed:
        left[HELD], right[HELD] = _held(before), _held(after)
    return text_diff(left, right)


def _held(state: State) -> str:
    return state.pushed or own_connections(next(iter(state.files.values()), ""))


def text_diff(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """A unified diff of all files; values of secrets are left out."""
    lines: list[str] = []
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name, "").splitlines(), after.get(name, "").splitlines()
        lines += difflib.unified_diff(old, new, f"{name} before", f"{name} after", lineterm="")
    return [_ADDRESS.sub(r"\1…@", _SECRET.sub(r"\1…", line)) for line in lines]
