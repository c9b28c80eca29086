"""Who is logged in at the agent's page, and how often somebody may try: in memory, gone with the agent."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections import deque
from collections.abc import Callable
from typing import Final

LIFE_S: Final = 8 * 3600.0
SESSIONS_MAX: Final = 32
#: Wrong passwords of everybody together; a person at the machine mistypes once or twice.
TRIES: Final = (5, 60.0)


class PageSessions:
    """Session keys as cookies; only their hashes are kept. `clock` gives monotonic seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: dict[str, float] = {}
        self._wrong: deque[float] = deque()

    def begin(self) -> str:
        """A new session's key."""
        now = self._clock()
        self._until = {key: until for key, until in self._until.items() if until > now}
        while len(self._until) >= SESSIONS_MAX:
            del self._until[min(self._until, key=lambda key: self._until[key])]
        key = secrets.token_urlsafe(32)
        self._until[_hash(key)] = now + LIFE_S
        return key

    def knows(self, key: str) -> bool:
        """Whether a session with this key goes on."""
        return self._until.get(_hash(key), 0.0) > self._clock()

    def end(self, key: str) -> None:
        """No more of it."""
        self._until.pop(_hash(key), None)

    def wait_s(self) -> float:
        """How long nobody may try a password, s; 0: now."""
        most, window_s = TRIES
        now = self._clock()
        while self._wrong and self._wrong[0] <= now - window_s:
            self._wrong.popleft()
        return self._wrong[0] + window_s - now if len(self._wrong) >= most else 0.0

    def was_wrong(self) -> None:
        """Count a wrong password."""
        self._wrong.append(self._clock())


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
