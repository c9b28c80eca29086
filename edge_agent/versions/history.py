"""Applied configurations, the last hundred: one file each, with time, hash, author and note.

A version holds every file of the configuration as it was written, comments and all. The files lie in the
data folder beside the spool, which they have nothing to do with.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge_agent.versions.files import sync_folder, write_whole
from schemas.errors import ConfigError

__all__ = ["KEPT", "History", "Version"]

KEPT = 100
FORMAT = 1
_NAME = re.compile(r"v([0-9]{8})\.json\Z")


@dataclass(slots=True, frozen=True)
class Version:
    """A configuration that was applied. `time_us`: UTC. `files`: content by name, the configuration itself first."""

    number: int
    time_us: int
    hash: str
    author: str
    note: str
    files: Mapping[str, str]


class History:
    """The versions in `folder`; nothing is created before the first one is recorded."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "config-versions"

    def record(self, files: Mapping[str, str], hash: str, *, author: str, note: str) -> Version | None:
        """Keeps a version; None where the newest one has the very same files. Raises OSError."""
        newest = self._newest()
        if newest is not None and dict(newest.files) == dict(files):
            return None
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        version = Version(0, time.time_ns() // 1000, hash, author[:100], note[:500], dict(files))
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
                str(content["note"]), files,
            )  # fmt: skip
        except (KeyError, TypeError, ValueError, AttributeError):
            return None

    def _place(self, number: int, version: Version) -> bool:
        """Writes the file of a version under a number that is free; False where it is not."""
        content = {
            "format": FORMAT, "time_us": version.time_us, "hash": version.hash, "author": version.author,
            "note": version.note, "files": dict(version.files),
        }  # fmt: skip
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
