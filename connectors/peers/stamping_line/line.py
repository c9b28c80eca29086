"""Three presses moved on together, by a clock that a test may own."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from random import Random

from connectors.peers.process import write_json_atomic
from connectors.peers.stamping_line.press import STEP_S, Press, PressKind

__all__ = ["PRESSES", "Line"]

SAVED_VERSION = 1
PRESSES: dict[str, PressKind] = {
    "press_1": PressKind(speed_per_min=40, force_kn=980, idle_a=14, batch=400),
    "press_2": PressKind(speed_per_min=45, force_kn=860, idle_a=12, batch=450),
    "press_3": PressKind(speed_per_min=55, force_kn=620, idle_a=9, batch=600),
}


class Line:
    """The simulated line. The same seed and the same total time give the same values, however it is cut up."""

    def __init__(self, seed: int = 1, on_step: Callable[[Press], None] | None = None) -> None:
        self.presses = [Press(name, kind, Random(f"{seed}/{name}")) for name, kind in PRESSES.items()]
        self._on_step = on_step
        self._elapsed_s = 0.0
        self._steps = 0

    def save(self, path: Path) -> None:
        """Write what the presses would keep over a power cut."""
        write_json_atomic(path, {"version": SAVED_VERSION, "presses": {p.name: p.saved() for p in self.presses}})

    def restore(self, path: Path) -> bool:
        """Go on where :meth:`save` left off; False, and a fresh line, where there is nothing usable."""
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
            if document["version"] != SAVED_VERSION:
                return False
            restored = copy.deepcopy(self.presses)
            for press in restored:
                press.restore(document["presses"][press.name])
        except (OSError, ValueError, KeyError, TypeError):
            return False
        self.presses = restored
        return True

    def advance(self, seconds: float) -> None:
        """Move on by ``seconds`` of the line's time, in whole steps; what is left over is kept."""
        self._elapsed_s += seconds
        due = int(self._elapsed_s / STEP_S + 1e-9)
        for _ in range(due - self._steps):
            for press in self.presses:
                press.step()
                if self._on_step is not None:
                    self._on_step(press)
        self._steps = due
