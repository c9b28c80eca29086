"""Live fan-out: what changed is encoded once for all viewers of the same tags.

The ingest thread only marks tags as changed; at most every 100 ms the event loop reads their latest
values, writes one text per distinct set of tags, and hands it to that set's viewers.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from platform_core.live.encode import message, plain
from platform_core.live.freshness import FreshnessTable
from platform_core.live.latest import Latest
from platform_core.live.protocol import Ping, Sub, Unsub, parse
from platform_core.live.sight import Sight
from platform_core.live.viewer import BLOCKED_MAX_S, CLOSE_TOO_SLOW, Ids, LiveSocket, Viewer
from schemas.errors import WireError

FLUSH_S: Final = 0.1
BEAT_S: Final = 1.0
VIEWER_IDS_MAX: Final = 20_000
CLOSE_GOING_AWAY: Final = 1001


@dataclass(slots=True)
class _TagSet:
    """The viewers that follow exactly these tags."""

    ids: Ids
    viewers: set[Viewer] = field(default_factory=set)


class _Marks:
    """A set of tag ids as one flag each."""

    def __init__(self) -> None:
        self._flags = np.zeros(1024, dtype=np.bool_)

    def set(self, ids: Ids) -> None:
        highest = int(ids.max())
        if highest >= len(self._flags):
            grown = np.zeros(max(highest + 1, 2 * len(self._flags)), dtype=np.bool_)
            grown[: len(self._flags)] = self._flags
            self._flags = grown
        self._flags[ids] = True

    def take(self) -> NDArray[np.bool_]:
        flags, self._flags = self._flags, np.zeros(len(self._flags), dtype=np.bool_)
        return flags


class Hub:
    """`changed` and `stored_late` may be called from any thread, everything else within the event loop."""

    def __init__(self, latest: Latest, freshness: FreshnessTable) -> None:
        self.latest = latest
        self.freshness = freshness
        self._lock = threading.Lock()
        self._dirty = _Marks()
        self._late = _Marks()
        self._is_due = False
        self._fresh = np.zeros(0, dtype=np.uint8)
        self._sets: dict[frozenset[int], _TagSet] = {}
        self._viewers: set[Viewer] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._flushed_s = 0.0
        self._beat_task: asyncio.Task[None] | None = None
        self._closing: set[asyncio.Task[None]] = set()
        self.closed_slow = 0

    async def start(self) -> None:
        """Begin to flush and to beat."""
        self._loop = asyncio.get_running_loop()
        self._fresh = self.freshness.codes(monotonic_us(), self.latest.capacity)
        self._beat_task = self._loop.create_task(self._beat())

    async def stop(self) -> None:
        """Close all viewers and stop."""
        if self._beat_task is not None:
            self._beat_task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._beat_task
        self._loop = None
        viewers = list(self._viewers)
        await asyncio.gather(*(viewer.close(CLOSE_GOING_AWAY, "the platform stops") for viewer in viewers))
        await asyncio.gather(*self._closing)

    @property
    def viewer_count(self) -> int:
        """Open WebSockets."""
        return len(self._viewers)

    def changed(self, ids: Ids) -> None:
        """Latest values of these tags have changed."""
        self._mark(self._dirty, ids)

    def stored_late(self, ids: Ids) -> None:
        """Older samples of these tags were stored: trends have a hole to fill."""
        self._mark(self._late, ids)

    def fresh_of(self, ids: Ids) -> NDArray[np.uint8]:
        """Freshness of tags now."""
        return self.freshness.codes(monotonic_us(), self.latest.capacity)[ids]

    async def serve(self, socket: LiveSocket, tenant: str, sight: Sight | None = None) -> None:
        """Serve an accepted WebSocket of a session in `tenant` until the peer is gone.

        `sight` says which tags this viewer does not get; such a tag is like one that never existed.

        Whatever `receive_text` raises to say so passes through, after the viewer has left.
        """
        viewer = Viewer(socket, tenant, lambda ids: self._encode("data", ids), sight)
        viewer.sight.on_hidden = lambda hidden: self._move(viewer, viewer.ids - hidden)
        self._viewers.add(viewer)
        viewer.start()
        try:
            while True:
                self._handle(viewer, await socket.receive_text())
                if viewer.is_backed_up:
                    await viewer.close(CLOSE_TOO_SLOW, "too slow")
                    return
        finally:
            self._move(viewer, frozenset())
            self._viewers.discard(viewer)
            await viewer.stop()

    def _handle(self, viewer: Viewer, text: str) -> None:
        try:
            said = parse(text)
            if isinstance(said, Sub):
                self._subscribe(viewer, said)
            elif isinstance(said, Unsub):
                self._move(viewer, viewer.ids - frozenset(said.ids))
            elif isinstance(said, Ping):
                viewer.answer(plain({"type": "beat", "now": now_us()}))
        except WireError as error:
            viewer.answer(plain({"type": "err", "code": error.code, "message": error.message}))

    def _subscribe(self, viewer: Viewer, said: Sub) -> None:
        asked = np.array(sorted(set(said.ids)), dtype=np.uint32)
        ids = viewer.sight.visible(asked[self.latest.of_tenant(viewer.tenant, asked)])
        wanted = viewer.ids | frozenset(ids.tolist())
        if len(wanted) > VIEWER_IDS_MAX:
            raise WireError("live.too_many", f"A viewer follows at most {VIEWER_IDS_MAX} tags.")
        self._move(viewer, wanted)
        viewer.answer(self._encode("snap", ids, said.req))
        if len(ids) < len(asked):
            unknown = sorted(set(asked.tolist()) - set(ids.tolist()))[:20]
            text = f"Unknown tags: {', '.join(map(str, unknown))}."
            viewer.answer(plain({"type": "err", "code": "live.unknown_tag", "message": text, "req": said.req}))

    def _move(self, viewer: Viewer, ids: frozenset[int]) -> None:
        """Let a viewer follow exactly `ids`; viewers of equal sets share one."""
        old = self._sets.get(viewer.ids)
        if old is not None:
            old.viewers.discard(viewer)
            if not old.viewers:
                del self._sets[viewer.ids]
        viewer.ids = ids
        if ids:
            shared = self._sets.get(ids)
            if shared is None:
                shared = self._sets[ids] = _TagSet(np.array(sorted(ids), dtype=np.uint32))
                viewer.ids = ids
            shared.viewers.add(viewer)

    def _mark(self, marks: _Marks, ids: Ids) -> None:
        if not len(ids):
            return
        with self._lock:
            marks.set(ids)
            if self._is_due:
                return
            self._is_due = True
            loop = self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has just closed
                loop.call_soon_threadsafe(self._schedule)

    def _schedule(self) -> None:
        loop = self._loop
        if loop is not None:
            loop.call_at(max(loop.time(), self._flushed_s + FLUSH_S), self._flush)

    def _flush(self) -> None:
        if self._loop is None:
            return
        self._flushed_s = self._loop.time()
        with self._lock:
            self._is_due = False
            dirty, late = self._dirty.take(), self._late.take()
        for shared in self._sets.values():
            ids = _marked(shared.ids, dirty)
            if len(ids):
                text = self._encode("data", ids)
                for viewer in shared.viewers:
                    viewer.offer(text, ids)
            late_ids = _marked(shared.ids, late)
            if len(late_ids):
                text = plain({"type": "gap", "id": late_ids.tolist()})
                for viewer in shared.viewers:
                    viewer.offer(text, late_ids, is_gap=True)

    async def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            due += BEAT_S
            await asyncio.sleep(max(0.0, due - loop.time()))
            self._evaluate()
            self._schedule_if_idle()
            text = plain({"type": "beat", "now": now_us()})
            for viewer in list(self._viewers):
                if viewer.blocked_s(loop.time()) > BLOCKED_MAX_S:
                    self._close_slow(viewer)
                else:
                    viewer.offer(text)

    def _evaluate(self) -> None:
        """Work out freshness anew; tags whose code has changed are sent again."""
        codes = self.freshness.codes(monotonic_us(), self.latest.capacity)
        before = np.full(len(codes), 255, dtype=np.uint8)
        before[: len(self._fresh)] = self._fresh
        self._fresh = codes
        self.changed(np.flatnonzero(codes != before).astype(np.uint32))

    def _schedule_if_idle(self) -> None:
        """Marks made before the loop was there have scheduled nothing."""
        with self._lock:
            is_due = self._is_due
        if is_due:
            self._flush()

    def _close_slow(self, viewer: Viewer) -> None:
        self._viewers.discard(viewer)
        self._move(viewer, frozenset())
        self.closed_slow += 1
        task = asyncio.get_running_loop().create_task(viewer.close(CLOSE_TOO_SLOW, "too slow"))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    def _encode(self, kind: str, ids: Ids, req: int | None = None) -> str:
        rows = self.latest.read(ids)
        return message(kind, now_us(), rows, self._fresh_cached(ids), req)

    def _fresh_cached(self, ids: Ids) -> NDArray[np.uint8]:
        """Freshness as of the last beat; tags newer than that are worked out now."""
        if len(ids) and int(ids.max()) >= len(self._fresh):
            return self.fresh_of(ids)
        fresh: NDArray[np.uint8] = self._fresh[ids]
        return fresh


def _marked(ids: Ids, marks: NDArray[np.bool_]) -> Ids:
    inside = ids[ids < len(marks)]
    marked: Ids = inside[marks[inside]]
    return marked


def now_us() -> int:
    """Wall clock, µs UTC."""
    return time.time_ns() // 1000


def monotonic_us() -> int:
    """This process's monotonic clock in µs."""
    return time.monotonic_ns() // 1000
