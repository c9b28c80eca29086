"""What really happened on the line, as JSON lines, for whoever checks what was collected."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import TextIO

from connectors.peers.stamping_line.codes import STATE_TEXTS
from connectors.peers.stamping_line.press import Press

__all__ = ["SIZE_MAX", "Truth"]

SIZE_MAX = 64 * 1024 * 1024


class Truth:
    """Appends a line for each change of state and each stroke of a press.

    Fields: t (µs UTC of writing), machine, event (start, state, stroke), state, state_text, stop_cause,
    good, reject, strokes. At 64 MiB the file is kept once as ``<name>.1`` and begun again.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: TextIO = path.open("a", encoding="utf-8")
        self._last: dict[str, tuple[int, int, int]] = {}

    def watch(self, press: Press) -> None:
        """Look at a press after a step, and write what has changed."""
        now = (int(press.state), int(press.cause), press.strokes)
        before = self._last.get(press.name)
        if now == before:
            return
        self._last[press.name] = now
        event = "start" if before is None else "state" if now[:2] != before[:2] else "stroke"
        record = {
            "t": time.time_ns() // 1000,
            "machine": press.name,
            "event": event,
            "state": now[0],
            "state_text": STATE_TEXTS[now[0]],
            "stop_cause": now[1],
            "good": press.good,
            "reject": press.reject,
            "strokes": press.strokes,
        }
        self._file.write(json.dumps(record, separators=(",", ":")) + "\n")

    def flush(self) -> None:
        """Hand what was written to the operating system; turn the file over when it is large."""
        self._file.flush()
        if self._file.tell() > SIZE_MAX:
            self._file.close()
            os.replace(self._path, self._path.with_name(self._path.name + ".1"))
            self._file = self._path.open("a", encoding="utf-8")

    def close(self) -> None:
        """Write the rest and close."""
        self._file.close()
