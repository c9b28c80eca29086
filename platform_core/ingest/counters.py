"""What ingest counts, and the recent rate."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from typing import Final

RATE_WINDOW_S: Final = 5.0


@dataclass(slots=True)
class Counters:
    """Since the start of this process. Written by the ingest thread alone, read by any."""

    batches: int = 0
    points: int = 0
    duplicates: int = 0
    dead: int = 0
    refused: int = 0
    forks: int = 0
    shed: int = 0
    impossible_times: int = 0
    unknown_aliases: int = 0
    snapshots: int = 0
    journal_errors: int = 0
    database_errors: int = 0
    syncs: int = 0


class Rate:
    """Points per second over the last few seconds."""

    def __init__(self) -> None:
        self._taken: deque[tuple[float, int]] = deque()

    def add(self, points: int) -> None:
        """Count points that arrived now."""
        now_s = time.monotonic()
        self._taken.append((now_s, points))
        while self._taken[0][0] < now_s - RATE_WINDOW_S:
            self._taken.popleft()

    def per_s(self) -> float:
        """The mean over the window."""
        since_s = time.monotonic() - RATE_WINDOW_S
        return sum(points for at_s, points in list(self._taken) if at_s >= since_s) / RATE_WINDOW_S
