"""The data folder of one installation: where things lie, which format it has, and who uses it.

broker/ platform/ agents/<edge>/ plant/ logs/ secrets/ (0600)  version.json  launcher.json
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from interlock.filelock import FileLock

FORMAT = 1


class Refused(Exception):
    """`interlock` cannot do what was asked; the message says why and what to do instead."""


def program_version() -> str:
    """Version of this program."""
    try:
        return version("interlock")
    except PackageNotFoundError:  # a source tree that was never installed
        return "0"


@dataclass(frozen=True)
class DataFolder:
    """Paths inside a data folder."""

    root: Path

    @property
    def broker(self) -> Path:
        """Configuration and store of the broker."""
        return self.root / "broker"

    @property
    def platform(self) -> Path:
        """Everything the platform keeps."""
        return self.root / "platform"

    @property
    def agents(self) -> Path:
        """One folder per edge on this machine."""
        return self.root / "agents"

    @property
    def plant(self) -> Path:
        """Files of the simulated plant or the replay."""
        return self.root / "plant"

    @property
    def logs(self) -> Path:
        """One rotated log per part."""
        return self.root / "logs"

    @property
    def secrets(self) -> Path:
        """Generated passwords."""
        return self.root / "secrets"

    def create(self) -> None:
        """Make the folders; raises Refused when the folder was written by a newer program."""
        version_file = self.root / "version.json"
        self._check(version_file)
        for folder in (self.root, self.broker, self.platform, self.agents, self.plant, self.logs, self.secrets):
            folder.mkdir(parents=True, exist_ok=True)
        if os.name != "nt":  # passwords, and logs that may hold the set-up link
            self.secrets.chmod(0o700)
            self.logs.chmod(0o700)
        write_json(version_file, {"format": FORMAT, "program": program_version()})

    def _check(self, version_file: Path) -> None:
        if self.root.exists() and not self.root.is_dir():
            raise Refused(f"{self.root} is not a folder. Name another one with --data.")
        if not version_file.exists():
            return
        try:
            document = json.loads(version_file.read_text("utf-8"))
            found, program = int(document["format"]), str(document.get("program", "?"))
        except (ValueError, KeyError, TypeError, OSError) as error:
            raise Refused(f"{version_file} cannot be read ({error}). Restore it, or name another --data.") from error
        if found > FORMAT:
            raise Refused(
                f"The data in {self.root} was written by a newer Interlock ({program}, format {found}; this program "
                f"knows format {FORMAT}). Update this program, or name another folder with --data."
            )

    def claim(self, wait_s: float = 8.0) -> FileLock:
        """Make this process the folder's only launcher; raises Refused when there is another.

        Parts of a launcher that was killed are still being ended for up to `wait_s`.
        """
        lock = FileLock(self.root / "launcher.lock")
        if not lock.acquire():
            raise Refused(
                f"Interlock already runs on {self.root}{self._owner()}. Stop it first (Ctrl-C in its window), or name "
                "another folder with --data."
            )
        leftovers = FileLock(self.guard_lock)
        if not leftovers.acquire(wait_s):
            lock.release()
            raise Refused(f"Parts of an earlier run on {self.root} are still ending. Try again in a few seconds.")
        leftovers.release()
        write_json(self.root / "launcher.json", {"pid": os.getpid(), "program": program_version()})
        return lock

    @property
    def guard_lock(self) -> Path:
        """Held by the guard while it lives."""
        return self.root / "guard.lock"

    def _owner(self) -> str:
        try:
            document = json.loads((self.root / "launcher.json").read_text("utf-8"))
        except (OSError, ValueError):
            return ""
        where = f", {document['url']}" if document.get("url") else ""
        return f" (process {document.get('pid', '?')}{where})"


def write_json(path: Path, document: object) -> None:
    """Replace the file by the document, never leaving half of it."""
    temporary = path.with_name(path.name + ".new")
    temporary.write_text(json.dumps(document, indent=1) + "\n", "utf-8")
    os.replace(temporary, path)


def read_json(path: Path) -> dict[str, object]:
    """The document in the file; empty when there is none or it is being written."""
    try:
        document = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}
