"""Versions side by side: `versions/<version>` each whole by itself, `venv` leading to the one that is used.

Services name `venv`, so that a change is one link: a symbolic link on Linux, a junction on Windows.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Collection
from pathlib import Path


class Refused(Exception):
    """What was not done and why, for people."""


class Versions:
    """The versions in one target folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "versions"
        self.link = root / "venv"

    @staticmethod
    def python_of(place: Path) -> Path:
        """The interpreter of a version."""
        return place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @staticmethod
    def agent_of(place: Path) -> Path:
        """The command `edge-agent` of a version."""
        return place / ("Scripts/edge-agent.exe" if os.name == "nt" else "bin/edge-agent")

    @property
    def current(self) -> Path | None:
        """The version in use, None where there is none; that of an installer before this one is a folder by itself."""
        return self.link.resolve() if self.link.exists() else None

    def previous(self) -> Path | None:
        """The version before the one in use, None where it is not there any more."""
        try:
            name = (self.folder / "previous").read_text("utf-8").strip()
        except OSError:
            return None
        place = self.folder / name
        return place if name and place.is_dir() else None

    def free_place(self, version: str) -> Path:
        """A folder for this version that is not there yet."""
        names = [version, *(f"{version}-{n}" for n in range(2, 100))]
        return next(self.folder / name for name in names if not (self.folder / name).exists())

    def refuse_older(self, version: str, *, allowed: bool) -> None:
        """An update that is older than what is there is a mistake, or worse. Raises Refused."""
        if self.current is None or allowed:
            return
        there = _ask(self.python_of(self.current), "import edge_agent; print(edge_agent.__version__)")
        if there and _order(version) < _order(there):
            raise Refused(f"Version {there} is installed and {version} is older. If you mean it: --allow-older.")

    def refuse_new_form(self, old: Path, new: Path) -> None:
        """Raises Refused where `old` could not read a data folder that `new` has used."""
        code = "from edge_agent.forms import FORMS; import json; print(json.dumps(FORMS))"
        known = json.loads(_ask(self.python_of(old), code) or "{}")
        made = json.loads(_ask(self.python_of(new), code) or "{}")
        newer = [name for name, form in made.items() if name in known and form > known[name]]
        if newer:
            raise Refused(
                f"The later version keeps {', '.join(newer)} in a newer form, which the earlier cannot read: there is "
                "no way back once it has run. Make a copy of the data folder, then add --no-way-back."
            )

    def take(self, place: Path) -> Path | None:
        """`venv` leads to this version from here on; returns where the one before it is now.

        An agent that runs goes on with the version it was started from. Raises OSError.
        """
        before = self.current
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.link.is_dir() and not _is_link(self.link):
            before = self.folder / "before"
            shutil.rmtree(before, ignore_errors=True)
            self.link.rename(before)
        if os.name == "nt":
            if _is_link(self.link):
                self.link.rmdir()
            subprocess.run(["cmd", "/c", "mklink", "/J", str(self.link), str(place)], check=True, capture_output=True)
        else:
            fresh = self.root / "venv.new"
            fresh.unlink(missing_ok=True)
            fresh.symlink_to(place.relative_to(self.root), target_is_directory=True)
            fresh.replace(self.link)
        if before is not None and before != place:
            (self.folder / "previous").write_text(before.name + "\n", "utf-8")
        return before

    def discard(self, place: Path) -> None:
        """Takes away what is not whole."""
        shutil.rmtree(place, ignore_errors=True)

    def tidy(self, keep: Collection[Path | None]) -> None:
        """Takes away versions that are neither in use nor the one before."""
        kept = {self.current, self.previous(), *keep}
        for place in self.folder.iterdir():
            if place.is_dir() and place not in kept:
                shutil.rmtree(place, ignore_errors=True)


def _is_link(path: Path) -> bool:
    """A symbolic link or a junction; Python 3.11 does not know the latter by name."""
    return path.is_symlink() or (os.name == "nt" and path.is_dir() and os.path.realpath(path) != os.path.abspath(path))


def _ask(python: Path, code: str) -> str:
    done = subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=False, cwd=python.parent)
    return done.stdout.strip() if done.returncode == 0 else ""


def _order(version: str) -> tuple[list[int], bool, str]:
    """For comparing: 0.10 after 0.9, 1.0 as 1.0.0, and 1.0rc1 and 1.0.dev3 before 1.0."""
    found = re.fullmatch(r"(\d+(?:\.\d+)*)\.?(.*)", version)
    numbers, rest = found.groups() if found else ("0", version)
    release = [int(one) for one in numbers.split(".")]
    while release and release[-1] == 0:
        release.pop()
    return release, not rest, rest
