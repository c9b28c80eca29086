"""Who is in a draft at this moment: kept in memory, forgotten after 15 s without a word."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

TTL_S = 15.0
PEOPLE_MAX = 200


@dataclass(frozen=True, slots=True)
class Presence:
    """Someone in the designer. ``client`` tells two windows of one person apart."""

    name: str
    client: str
    page: str
    element: str | None


class Presences:
    """People by app. ``clock`` gives monotonic seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: dict[tuple[str, str], dict[tuple[str, str], tuple[float, Presence]]] = {}

    def report(self, tenant: str, app: str, mine: Presence) -> list[Presence]:
        """Tell where one is; returns the others, by name."""
        now_s = self._clock()
        with self._lock:
            people = self._seen.setdefault((tenant, app), {})
            for key in [key for key, (at_s, _) in people.items() if now_s - at_s > TTL_S]:
                del people[key]
            key = (mine.name, mine.client)
            if key in people or len(people) < PEOPLE_MAX:
                people[key] = (now_s, mine)
            others = [presence for other, (_, presence) in people.items() if other != key]
            for place in [place for place, inside in self._seen.items() if not inside]:
                del self._seen[place]
        return sorted(others, key=lambda one: (one.name, one.client))
