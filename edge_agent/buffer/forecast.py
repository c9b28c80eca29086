"""How long the spool takes data before it has to drop any, should nothing be acked from now on."""

from __future__ import annotations

import math

#: SQLite's pages, the most of a row that stays in its page, and the row of a batch beside its body
#: (sqlite.org/fileformat2.html, b-tree pages; the last is measured).
_PAGE, _LOCAL_MAX, _CELL_HEAD, _ROW = 4096, 4061, 8, 80
#: The rate is a mean of about this time: long enough for a shift's rhythm not to make it jump.
WINDOW_S = 600.0
#: Before this nothing is told: the first seconds carry the dictionary and all first values.
SETTLING_S = 30.0
UNKNOWN = -1
LONGEST_S = 10 * 365 * 86_400


def on_disk(batches: int, body_bytes: int) -> int:
    """Bytes of the file that so many batches take, were all of one size: pages are not cut."""
    if batches == 0:
        return 0
    mean = body_bytes / batches
    if mean <= _LOCAL_MAX - _CELL_HEAD:
        body = _PAGE / int((_PAGE - _CELL_HEAD) // (mean + _CELL_HEAD))
    else:
        body = math.ceil(mean / (_PAGE - 4)) * _PAGE
    return int(batches * (body + _ROW))


class Forecast:
    """Counts what is committed and gives seconds; times are of the monotonic clock, in seconds."""

    def __init__(self, now: float) -> None:
        self._began = self._looked = now
        self._new_bytes = 0
        self._bytes_per_s = 0.0

    def add(self, size: int) -> None:
        """Bytes that were committed, whatever becomes of them: acks may stay away tomorrow."""
        self._new_bytes += size

    def room_s(self, now: float, room_bytes: int) -> int:
        """Seconds until `room_bytes` are used up; UNKNOWN while there is no rate to tell it by."""
        passed, since_begin = now - self._looked, now - self._began
        if passed > 0:
            weight = passed / min(since_begin, max(WINDOW_S, passed))
            self._bytes_per_s += weight * (self._new_bytes / passed - self._bytes_per_s)
            self._new_bytes, self._looked = 0, now
        if since_begin < SETTLING_S or self._bytes_per_s <= 0:
            return UNKNOWN
        return min(LONGEST_S, int(max(0, room_bytes) / self._bytes_per_s))
