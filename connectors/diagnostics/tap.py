"""The tap a driver tells about its requests: figures of a connection, and its last frames where they are kept.

A driver calls `began` before a request, then one of `answered`, `timed_out` and `broke`; `refused` beside `answered`
where the answer was an exception; `sent` and `received` with the bytes. A tap outlives the links of its connection.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from typing import Final

from connectors.diagnostics.frames import FrameRing
from connectors.diagnostics.histogram import RollingHistogram

#: Kinds of exceptions and addresses counted apart; what is more is counted as OTHER.
CODES_MAX: Final = 32
PLACES_MAX: Final = 256
OTHER: Final = "other"
#: Utilisation is told of the last minute, in steps of this.
STEP_S: Final = 10.0
STEPS: Final = 6
QUANTILES: Final = (0.5, 0.95, 0.99)


class Tap:
    """Figures of one connection since the start of the agent; `frames_bytes` 0 keeps no frames."""

    def __init__(self, frames_bytes: int = 0) -> None:
        now = time.monotonic()
        self.ring = FrameRing(frames_bytes) if frames_bytes > 0 else None
        self.rtt = RollingHistogram(now)
        self.requests = 0
        self.timeouts = 0
        self.breaks = 0
        #: Time the line was waiting for an answer, s.
        self.busy_s = 0.0
        self.codes: Counter[str] = Counter()
        #: By (code, address).
        self.places: Counter[tuple[str, str]] = Counter()
        self._rtt_s: list[float] = []
        self._rtt_at = now
        self._marks: deque[tuple[float, float]] = deque([(now, 0.0)], maxlen=STEPS + 1)

    # -- what drivers tell -------------------------------------------------------------------

    def began(self) -> float:
        """A request goes out; give what comes back to the call that tells its end."""
        self.requests += 1
        return time.monotonic()

    def answered(self, began: float) -> None:
        """Its answer is there, whatever it says."""
        now = self._ended(began)
        self.rtt.add(now - began, now)

    def timed_out(self, began: float) -> None:
        """No answer came in time."""
        self._ended(began)
        self.timeouts += 1

    def broke(self, began: float) -> None:
        """The link ended while it was waited for."""
        self._ended(began)
        self.breaks += 1

    def refused(self, code: int | str, address: str) -> None:
        """The device answered with an exception; `address` in the words of the driver's addresses."""
        name = str(code)
        if name not in self.codes and len(self.codes) >= CODES_MAX:
            name = OTHER
        self.codes[name] += 1
        place = (name, address)
        if place not in self.places and len(self.places) >= PLACES_MAX:
            place = (name, OTHER)
        self.places[place] += 1

    def sent(self, data: bytes) -> None:
        """Bytes on their way to the device. Secrets must not be among them."""
        if self.ring is not None:
            self.ring.add(0, data)

    def received(self, data: bytes) -> None:
        """Bytes that came."""
        if self.ring is not None:
            self.ring.add(1, data)

    def note(self, text: str) -> None:
        """A remark between the frames, such as the end of a link."""
        if self.ring is not None:
            self.ring.add(2, text.encode())

    # -- what is read ------------------------------------------------------------------------

    def utilisation(self) -> float:
        """Share of the last minute (0 to 1) in which an answer was waited for."""
        now = time.monotonic()
        self._mark(now)
        since, busy = self._marks[0]
        if now - since < 1e-3:
            return 0.0
        return min(1.0, max(0.0, (self.busy_s - busy) / (now - since)))

    def rtt_s(self) -> list[float]:
        """Round trip, s, at the shares of `QUANTILES` of the last five to ten minutes, at most 10 s old;
        empty where there was none."""
        now = time.monotonic()
        if not self._rtt_s or now - self._rtt_at >= STEP_S:
            self._rtt_s, self._rtt_at = self.rtt.percentiles(QUANTILES, now), now
        return self._rtt_s

    def _ended(self, began: float) -> float:
        now = time.monotonic()
        self._mark(now)
        self.busy_s += now - began
        return now

    def _mark(self, now: float) -> None:
        if now - self._marks[-1][0] >= STEP_S:
            self._marks.append((now, self.busy_s))
