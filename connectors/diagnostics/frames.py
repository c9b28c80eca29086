"""The last frames of a line, in bounded memory: one `bytes` object a frame, oldest out first."""

from __future__ import annotations

import struct
import time
from collections import deque
from dataclasses import dataclass
from typing import Final, Literal

FRAMES_MAX: Final = 1000
#: Of a longer frame only this much is kept; its true size is told.
KEPT_MAX: Final = 1024
#: What Python takes for each object beside its bytes.
_OBJECT: Final = 48
_HEAD: Final = struct.Struct("<qBI")

Way = Literal["sent", "received", "note"]
WAYS: Final[tuple[Way, ...]] = ("sent", "received", "note")


@dataclass(frozen=True, slots=True)
class Frame:
    """What passed at one time (µs UTC). `size` is the true one where `data` was cut; a note's data is text."""

    at: int
    way: Way
    data: bytes
    size: int


class FrameRing:
    """The last frames, 1,000 at most and `bytes_max` in memory; `lost` counts those pushed out."""

    __slots__ = ("_bytes", "_bytes_max", "_kept", "lost")

    def __init__(self, bytes_max: int) -> None:
        self._kept: deque[bytes] = deque()
        self._bytes_max = bytes_max
        self._bytes = 0
        self.lost = 0

    def add(self, way: int, data: bytes) -> None:
        """Keeps a frame; `way` is the place in `WAYS`. May be called from any one thread at a time."""
        row = _HEAD.pack(time.time_ns() // 1000, way, len(data)) + data[:KEPT_MAX]
        kept = self._kept
        kept.append(row)
        self._bytes += len(row) + _OBJECT
        while self._bytes > self._bytes_max or len(kept) > FRAMES_MAX:
            self._bytes -= len(kept.popleft()) + _OBJECT
            self.lost += 1

    @property
    def bytes_used(self) -> int:
        """Memory the frames take."""
        return self._bytes

    def frames(self) -> list[Frame]:
        """What is kept, oldest first."""
        out = []
        for row in tuple(self._kept):
            at, way, size = _HEAD.unpack_from(row)
            out.append(Frame(at, WAYS[way], row[_HEAD.size :], size))
        return out
