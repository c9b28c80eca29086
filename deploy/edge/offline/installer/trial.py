"""A new version on trial: it has to run, and to do no worse than the one before it."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from installer.versions import Versions

EVERY_S = 1.0
#: So long nothing may be worse: one that ends again and again answers now and then.
STEADY_S = 10.0


def _status(versions: Versions, config: Path) -> dict[str, Any] | None:
    line = [str(versions.agent_of(versions.link)), "status", "--json", "-c", str(config)]
    try:
        done = subprocess.run(line, capture_output=True, text=True, check=False, timeout=30)
        found = json.loads(done.stdout) if done.returncode == 0 else None
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    return found if isinstance(found, dict) else None


class Look:
    """How one agent was before, and whether it is as well now."""

    def __init__(self, config: Path, versions: Versions) -> None:
        self.config, self._versions = config, versions
        before = _status(versions, config) or {}
        self._up = {one["id"] for one in before.get("connections", ()) if one["up"]}
        self._had_broker = bool(before.get("broker_connected"))

    def problem(self, version: str) -> str:
        """What is worse than before; empty where nothing is."""
        now = _status(self._versions, self.config)
        if now is None:
            return f"the agent of {self.config} does not answer"
        if now["version"] != version:
            return f"the agent of {self.config} still is version {now['version']}"
        if now.get("spool_failing"):
            return f"the spool cannot be written: {now['spool_failing']}"
        if self._had_broker and not now["broker_connected"]:
            return "the broker is not reached, and was before"
        up = {one["id"] for one in now["connections"] if one["up"]}
        if lost := sorted(self._up - up):
            return f"these connections were up before and are down: {', '.join(lost)}"
        return ""


@dataclass
class Trial:
    """Restarts by `commands`, then waits up to `watch_s` for every look to find nothing worse, and to go on so."""

    commands: Sequence[Sequence[str]]
    looks: Sequence[Look]
    watch_s: float
    version: str

    def restart(self) -> int:
        """Runs the commands; the exit code of the last."""
        return [subprocess.run(line, check=False).returncode for line in self.commands][-1]

    def run(self) -> str:
        """The problem that is left at the end; empty when the new version has shown itself."""
        if code := self.restart():
            return f"the restart ended with code {code}: {' '.join(self.commands[-1])}"
        end = time.monotonic() + self.watch_s
        fine_since = None
        while True:
            problem = next(filter(None, (look.problem(self.version) for look in self.looks)), "")
            now = time.monotonic()
            fine_since = None if problem else fine_since or now
            if fine_since is not None and now - fine_since >= min(STEADY_S, self.watch_s):
                return ""
            if problem and now >= end:
                return problem
            time.sleep(EVERY_S)
