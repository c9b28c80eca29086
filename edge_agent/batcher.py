"""Closes batches: at the end of a scan cycle (disk profile) or after the linger (subscriptions, SD
card), at 10,000 points, at 256 KiB. One entry for the spool carries its gaps and row numbers too."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal

from edge_agent.buffer.rows import Entry, NewBatch, Priority, SequenceKey
from edge_agent.priorities import Priorities
from schemas.wire.batch import encode_columns, encode_records
from schemas.wire.body import Compression
from schemas.wire.columns import Columns, concat, count
from schemas.wire.gap import GapRecord

POINTS_MAX = 10_000
BODY_BYTES_MAX = 256 * 1024
LINGER_S = {"disk": 0.05, "sd_card": 0.5}
#: Below this a body costs more to compress than it saves.
COMPRESSED_FROM_POINTS = 4


class Batcher:
    """Collects columns (ids are aliases) and hands closed batches to `submit`."""

    def __init__(self, submit: Callable[[Entry], bool], *, rev: str, profile: Literal["disk", "sd_card"]) -> None:
        self._submit = submit
        self._rev = rev
        self._linger_s = LINGER_S[profile]
        self._closes_with_cycle = profile == "disk"
        self._groups: list[Columns] = []
        self._gaps: list[GapRecord] = []
        self._marks: dict[SequenceKey, int] = {}
        self._totals: dict[str, str] = {}
        self._held: dict[str, bytes] = {}
        self._points = 0
        self._conns: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._stays_open = False
        #: Waits until what was closed is committed, and tells the marks the spool has; the agent puts its spool's here.
        self.kept_marks: Callable[[], Awaitable[Mapping[SequenceKey, int]]] | None = None
        #: Samples of another priority go in batches of their own.
        self.priorities = Priorities({})
        #: Further outputs, given the same samples; what they do with them is no part of the promise.
        self.feeds: tuple[Callable[[str, Sequence[Columns]], None], ...] = ()

    def add(
        self, conn: str, groups: Sequence[Columns], *, gaps: Iterable[GapRecord] = (),
        marks: Mapping[SequenceKey, int] | None = None, totals: Mapping[str, str] | None = None,
        held: Mapping[str, bytes] | None = None, end_of_cycle: bool = True,
    ) -> None:  # fmt: skip
        """Takes the samples of a scan cycle of `conn`, with the gaps found, rows reached and totals left in it."""
        points = count(groups)
        self._gaps.extend(gaps)
        if marks:
            self._marks.update(marks)
        if totals:
            self._totals.update(totals)
        if held:
            self._held.update(held)
        if points:
            for feed in self.feeds:
                feed(conn, groups)
            self._groups.extend(groups)
            self._conns.add(conn)
            self._points += points
        if not self._open or self._stays_open:
            return
        if self._points >= POINTS_MAX or (end_of_cycle and self._closes_with_cycle):
            self.close()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._linger_s, self.close)

    @contextlib.contextmanager
    def one_entry(self) -> Iterator[None]:
        """What is added meanwhile is committed together or not at all; closed at the end, however large it is."""
        self._stays_open = True
        try:
            yield
        finally:
            self._stays_open = False
            self.close()

    @property
    def _open(self) -> bool:
        return bool(self._groups or self._gaps or self._marks or self._totals or self._held)

    def use_rev(self, rev: str) -> None:
        """From here on samples are taken under the configuration of this hash."""
        self.close()
        self._rev = rev

    def close(self) -> None:
        """Closes what is open and hands it to the spool."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._open:
            return
        conn = next(iter(self._conns)) if len(self._conns) == 1 else ""
        batches = [
            batch
            for prio, part in self.priorities.split(concat(self._groups))
            for batch in data_batches(part, conn=conn, rev=self._rev, prio=prio)
        ]
        entry = Entry(batches, tuple(self._gaps), dict(self._marks), dict(self._totals), dict(self._held))
        self._groups, self._gaps, self._marks, self._points = [], [], {}, 0
        self._totals, self._held = {}, {}
        self._conns.clear()
        self._submit(entry)

    def event(self, record: dict[str, object]) -> None:
        """An event of the agent itself, as a batch of its own."""
        now = time.time_ns() // 1000
        body = encode_records([{"ts": now, **record}])
        self._submit(Entry([_batch("event", Priority.EVENT, "", self._rev, 0, now, now, body, "zstd")]))


def data_batches(groups: Sequence[Columns], *, conn: str, rev: str, prio: Priority = Priority.DATA) -> list[NewBatch]:
    """Batches of at most POINTS_MAX points and about BODY_BYTES_MAX each."""
    batches: list[NewBatch] = []
    for part in _split(list(groups)):
        points = count(part)
        z: Compression = "zstd" if points >= COMPRESSED_FROM_POINTS else "none"
        body = encode_columns(part, z)
        if len(body) > BODY_BYTES_MAX and points > 1:
            for half in _halves(part):
                batches += data_batches(half, conn=conn, rev=rev, prio=prio)
            continue
        first = min(int(group.ts.min()) for group in part)
        last = max(int(group.ts.max()) for group in part)
        batches.append(_batch("data", prio, conn, rev, points, first, last, body, z))
    return batches


def _batch(
    kind: Literal["data", "event"], prio: Priority, conn: str, rev: str, points: int, first: int,
    last: int, body: bytes, z: Compression,
) -> NewBatch:  # fmt: skip
    return NewBatch(
        kind=kind, prio=prio, conn=conn, wall=time.time_ns() // 1000,
        mono=time.monotonic_ns() // 1000, rev=rev, z=z, points=points, t_first=first, t_last=last,
        body=body,
    )  # fmt: skip


def _split(groups: list[Columns]) -> list[list[Columns]]:
    parts: list[list[Columns]] = []
    part: list[Columns] = []
    room = POINTS_MAX
    for group in groups:
        at = 0
        while at < len(group):
            taken = min(room, len(group) - at)
            part.append(group if taken == len(group) else group.take(slice(at, at + taken)))
            at += taken
            room -= taken
            if room == 0:
                parts.append(part)
                part, room = [], POINTS_MAX
    if part:
        parts.append(part)
    return parts


def _halves(groups: list[Columns]) -> list[list[Columns]]:
    half = max(1, count(groups) // 2)
    left: list[Columns] = []
    right: list[Columns] = []
    for group in groups:
        cut = min(len(group), max(0, half - count(left)))
        if cut:
            left.append(group.take(slice(0, cut)))
        if cut < len(group):
            right.append(group.take(slice(cut, len(group))))
    return [left, right]
