"""Applied configurations, the last hundred: one file each, with time, hash, author and note.

A version holds every file of the configuration as it was written, comments and all, and the connections that the
platform pushed, where they held instead of the file's own. What the machine made, what was pushed and what the agent
took back by itself stand in one row, each with its origin. The files lie in the data folder beside the spool, which
they have nothing to do with.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, get_args

from edge_agent.versions.files import sync_folder, write_whole
from schemas.errors import ConfigError

__all__ = ["KEPT", "MACHINE", "History", "Origin", "OriginKind", "Version"]

KEPT = 100
FORMAT = 1
_NAME = re.compile(r"v([0-9]{8})\.json\Z")


OriginKind = Literal["machine", "platform", "rollback"]


@dataclass(slots=True, frozen=True)
class Origin:
    """Where a version came from: made at the machine, pushed by the platform (`no`: its number there, 0 = not told), or
    gone back to by the agent itself (`reason`; `code` and `params` say it for readers of another language)."""

    kind: OriginKind = "machine"
    no: int = 0
    reason: str = ""
    code: str = ""
    params: Mapping[str, str] = field(default_factory=dict)


MACHINE: Final = Origin()


@dataclass(slots=True, frozen=True)
class Version:
    """A configuration that was applied. `time_us`: UTC. `files`: content by name, the configuration itself first.

    `pushed`: the platform's connections, which held instead of those in the files; "" where those held.
    """

    number: int
    time_us: int
    hash: str
    author: str
    note: str
    files: Mapping[str, str]
    origin: Origin = MACHINE
    pushed: str = ""


class History:
    """The versions in `folder`; nothing is created before the first one is recorded."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "config-versions"

    def record(
        self, files: Mapping[str, str], hash: str, *, author: str, note: str, origin: Origin = MACHINE, pushed: str = ""
    ) -> Version | None:
        """Keeps a version; None where the machine makes what the newest one is already. Raises OSError."""
        newest = self._newest()
        same = newest is not None and (dict(newest.files), newest.pushed) == (dict(files), pushed)
        if same and origin.kind == "machine":
            return None
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        version = Version(
            0, time.time_ns() // 1000, hash, author[:100], note[:500], dict(files), origin, pushed
        )  # fmt: skip
        number = max(self._numbers(), default=0) + 1
        while not self._place(number, version):
            number += 1  # another process took the number
        self._prune()
        return self.get(number)

    def versions(self) -> list[Version]:
        """All that can be read, oldest first; a damaged file is passed over."""
        found = (self._read(number) for number in self._numbers())
        return [version for version in found if version is not None]

    def get(self, number: int) -> Version:
        """One version. Raises ConfigError."""
        version = self._read(number)
        if version is None:
            known = self._numbers()
            there = f"There are {known[0]} to {known[-1]}." if known else "None was recorded yet."
            raise ConfigError("version.unknown", f"there is no version {number}", hint=there)
        return version

    def _newest(self) -> Version | None:
        for number in reversed(self._numbers()):
            version = self._read(number)
            if version is not None:
                return version
        return None

    def _path(self, number: int) -> Path:
        return self._folder / f"v{number:08d}.json"

    def _numbers(self) -> list[int]:
        if not self._folder.is_dir():
            return []
        matches = (_NAME.match(path.name) for path in self._folder.iterdir())
        return sorted(int(match.group(1)) for match in matches if match)

    def _read(self, number: int) -> Version | None:
        try:
            content: Any = json.loads(self._path(number).read_text("utf-8"))
        except (OSError, ValueError):
            return None
        if not isinstance(content, dict):
            return None
        if content.get("format", 0) > FORMAT:
            raise ConfigError(
                "version.newer", f"version {number} was written by a newer program", hint="Update the agent."
            )
        try:
            files = {str(name): str(text) for name, text in content["files"].items()}
            return Version(
                number, int(content["time_us"]), str(content["hash"]), str(content["author"]),
                str(content["note"]), files, _origin(content), str(content.get("pushed", "")),
            )  # fmt: skip
        except (KeyError, TypeError, ValueError, AttributeError):
            return None

    def _place(self, number: int, version: Version) -> bool:
        """Writes the file of a version under a number that is free; False where it is not."""
        content: dict[str, Any] = {
            "format": FORMAT, "time_us": version.time_us, "hash": version.hash, "author": version.author,
            "note": version.note, "files": dict(version.files),
        }  # fmt: skip
        # Left out where a version has none of them; earlier agents pass over what they do not know.
        if version.origin != MACHINE:
            origin = version.origin
            content |= {"origin": origin.kind, "no": origin.no, "reason": origin.reason[:500]}
            content |= {"code": origin.code, "params": dict(origin.params)}
        if version.pushed:
            content["pushed"] = version.pushed
        # Rights of the owner alone: a configuration may name users and hosts.
        draft = self._folder / f".draft-{os.getpid()}"
        write_whole(draft, json.dumps(content, indent=1).encode(), mode=0o600)
        try:
            if os.name == "posix":
                os.link(draft, self._path(number))
                draft.unlink()
            else:
                draft.rename(self._path(number))  # refuses what exists
        except FileExistsError:
            draft.unlink(missing_ok=True)
            return False
        sync_folder(self._folder)
        return True

    def _prune(self) -> None:
        for number in self._numbers()[:-KEPT]:
            self._path(number).unlink(missing_ok=True)


def _origin(content: Mapping[str, Any]) -> Origin:
    """Versions of agents from before there were others than the machine's have none."""
    kind = content.get("origin", "machine")
    if kind not in get_args(OriginKind):
        raise ValueError("origin")
    params = {str(name): str(value) for name, value in content.get("params", {}).items()}
    return Origin(
        kind, int(content.get("no", 0)), str(content.get("reason", "")), str(content.get("code", "")), params
    )  # fmt: skip
