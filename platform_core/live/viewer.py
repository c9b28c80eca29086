"""One WebSocket viewer: its own bounded queue and its own writer, so that a slow one slows nobody."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray
from starlette.websockets import WebSocketDisconnect

from platform_core.live.encode import plain
from platform_core.live.sight import Sight

FRAMES_MAX: Final = 16
QUEUED_MAX_BYTES: Final = 512 << 10
BLOCKED_MAX_S: Final = 10.0
CLOSE_TOO_SLOW: Final = 1013
CLOSE_WAIT_S: Final = 1.0

Ids = NDArray[np.uint32]


class LiveSocket(Protocol):
    """What the hub needs of a WebSocket (starlette's has it)."""

    async def receive_text(self) -> str:
        """The next text frame; raises when the peer is gone."""
        ...

    async def send_text(self, data: str) -> None:
        """Returns when the frame is handed to the transport, which may wait for a slow peer."""
        ...

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        """Close with a code."""
        ...


class Viewer:
    """Frames wait in a short queue; when it is full only the *ids* of later changes are remembered, and
    one frame with their then-latest values follows when the peer has caught up."""

    def __init__(
        self, socket: LiveSocket, tenant: str, encode_latest: Callable[[Ids], str], sight: Sight | None = None
    ) -> None:
        self.tenant = tenant
        self.sight = sight or Sight()
        self.ids: frozenset[int] = frozenset()
        self._socket = socket
        self._encode_latest = encode_latest
        self._frames: deque[str] = deque()
        self._queued_bytes = 0
        self._missed: list[Ids] = []
        self._missed_gaps: list[Ids] = []
        self._wake: asyncio.Future[None] | None = None
        self._sending_since: float | None = None
        self._task: asyncio.Task[None] | None = None
        self.coalesced = 0

    def start(self) -> None:
        """Begin writing; call within the event loop."""
        self._task = asyncio.get_running_loop().create_task(self._write())

    def offer(self, frame: str, ids: Ids | None = None, *, is_gap: bool = False) -> None:
        """Queue a frame. With `ids` it is a `data` or `gap` frame of these tags and may be coalesced;
        without, it is dropped when the peer is that far behind (a beat)."""
        if len(self._frames) < FRAMES_MAX and self._queued_bytes <= QUEUED_MAX_BYTES:
            self.answer(frame)
        elif ids is not None:
            missed = self._missed_gaps if is_gap else self._missed
            missed.append(ids)
            self.coalesced += 1
            if len(missed) > FRAMES_MAX:
                missed[:] = [np.unique(np.concatenate(missed))]

    def answer(self, frame: str) -> None:
        """Queue a frame that must not be dropped (a reply); the reader's pace bounds how many there are."""
        self._frames.append(frame)
        self._queued_bytes += len(frame)
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    @property
    def is_backed_up(self) -> bool:
        """Replies pile up: the peer asks faster than it reads."""
        return len(self._frames) >= 4 * FRAMES_MAX

    def blocked_s(self, now_s: float) -> float:
        """How long the present frame has been waiting for the peer."""
        return 0.0 if self._sending_since is None else now_s - self._sending_since

    async def close(self, code: int, reason: str) -> None:
        """Stop writing and close; a peer that has gone, or does not even take the close frame, is left."""
        await self.stop()
        with contextlib.suppress(TimeoutError, OSError, RuntimeError, WebSocketDisconnect):
            await asyncio.wait_for(self._socket.close(code, reason), CLOSE_WAIT_S)

    async def stop(self) -> None:
        """Stop writing."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            while self._frames or self._missed or self._missed_gaps:
                frame = self._next_frame()
                self._sending_since = loop.time()
                try:
                    await self._socket.send_text(frame)
                except (OSError, RuntimeError):
                    return  # the peer is gone; its reader notices and leaves
                finally:
                    self._sending_since = None
            self._wake = loop.create_future()
            await self._wake

    def _next_frame(self) -> str:
        if self._frames:
            frame = self._frames.popleft()
            self._queued_bytes -= len(frame)
            return frame
        if self._missed_gaps:
            return plain({"type": "gap", "id": self._still_wanted(self._missed_gaps).tolist()})
        return self._encode_latest(self._still_wanted(self._missed))

    def _still_wanted(self, missed: list[Ids]) -> Ids:
        ids = np.unique(np.concatenate(missed))
        missed.clear()
        wanted = self.ids
        return np.array([i for i in ids.tolist() if i in wanted], dtype=np.uint32)
