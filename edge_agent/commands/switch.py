"""The switch for writing, a file in the agent's data folder: off until somebody at the machine turns it on.

It cannot be reached from afar: no command, no configuration and no message changes it.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

FILE_NAME = "writes.json"


@dataclass(frozen=True, slots=True)
class SwitchState:
    """Whether writing is enabled, by whom, since when and until when (Unix s; 0: until it is turned off)."""

    enabled: bool = False
    by: str = ""
    since: float = 0.0
    until: float = 0.0


class WriteSwitch:
    """Reads the file at each question: what was turned off is off at once, also in a running agent."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FILE_NAME

    def state(self) -> SwitchState:
        """The present state; a missing or damaged file is off."""
        try:
            content = json.loads(self._path.read_text("utf-8"))
            state = SwitchState(
                content["enabled"] is True, str(content["by"]), float(content["since"]), float(content["until"])
            )
        except (OSError, ValueError, KeyError, TypeError):
            return SwitchState()
        if state.until and time.time() > state.until:
            return SwitchState(False, state.by, state.since, state.until)
        return state

    def turn_on(self, by: str, minutes: float | None = None) -> SwitchState:
        """Enables writing, for some minutes or until it is turned off. Raises OSError."""
        now = time.time()
        return self._store(SwitchState(True, by[:120], now, now + minutes * 60 if minutes else 0.0))

    def turn_off(self, by: str) -> SwitchState:
        """Disables writing at once. Raises OSError."""
        return self._store(SwitchState(False, by[:120], time.time()))

    def _store(self, state: SwitchState) -> SwitchState:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._path.with_name(FILE_NAME + ".new")
        with temporary.open("w", encoding="utf-8") as file:
            json.dump(asdict(state), file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, self._path)
        return state
