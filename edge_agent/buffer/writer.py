"""The one thread that owns the spool.

Work is handed over from the event loop and answered there. Everything that waits while a COMMIT
is under way goes into the next one (group commit), so the number of fsyncs follows the disk, not
the number of devices. Memory is bounded: `POINTS_WAITING_MAX` points; what comes beyond is
refused, counted, and declared in a `not_sampled` gap with the next commit. A failed write is never
believed: the file is closed, opened again, and what it does not hold is written once more.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from edge_agent.buffer import dead_letters, ledger, room
from edge_agent.buffer.ballast import Ballast
from edge_agent.buffer.dead_letters import DeadLetter
from edge_agent.buffer.forecast import UNKNOWN, Forecast, on_disk
from edge_agent.buffer.refused import RefusedPoints
from edge_agent.buffer.rows import Counters, Entry, StoredBatch
from edge_agent.buffer.salvage import SpoolSettings, open_spool
from edge_agent.buffer.spool import Ack, Spool
from schemas.errors import ConfigError, InterlockError

logger = logging.getLogger(__name__)
T = TypeVar("T")

POINTS_WAITING_MAX = 100_000
ACK_LINGER_S = 1.0
CHORES_S = 5.0
CLEAN_UP_STEPS = 50
AUDIT_S = 60.0
RETRY_S = 1.0
#: What a question may end with: it is the asker's to judge, the thread goes on.
_JOB_ERRORS = (
    sqlite3.Error, room.SpoolFull, InterlockError, OSError, ArithmeticError, LookupError, TypeError, ValueError,
)  # fmt: skip


@dataclass(slots=True)
class WriterFigures:
    """What the writer says about itself; replaced as a whole, so any thread may read it."""

    counters: Counters = field(default_factory=Counters)
    used_bytes: int = 0
    disk_free: int = 0
    oldest_pending: int = 0
    room_s: int = UNKNOWN
    commits: int = 0
    commit_seconds: float = 0.0
    commit_seconds_max: float = 0.0
    refused_points: int = 0
    identity_errors: int = 0
    failing: str = ""
    dropped_by: dict[str, int] = field(default_factory=dict)
    """Points dropped, by the name of their priority."""
    dead_letters: list[DeadLetter] = field(default_factory=list)


@dataclass(slots=True)
class _Job:
    call: Callable[[Spool], Any]
    answer: asyncio.Future[Any]


class SpoolWriter:
    """Owns the spool in its own thread; `submit`, `ack` and `ask` are called on the event loop."""

    def __init__(
        self, path: Path, settings: SpoolSettings, *, rev: str, retain_acked_s: float,
        age_max_s: float | None = None,
    ) -> None:  # fmt: skip
        self._path, self._settings, self._rev = path, settings, rev
        self._retain_acked_us = int(retain_acked_s * 1e6)
        self._age_max_us = None if age_max_s is None else int(age_max_s * 1e6)
        self.on_commit: Callable[[list[StoredBatch]], None] = lambda _: None
        self.on_death: Callable[[], None] = lambda: None
        """Told on the loop when the thread ended by a defect: nothing can be accepted any more."""
        self._commit_mark: int | None = None
        self._loop = asyncio.get_running_loop()
        self._inbox: queue.SimpleQueue[Entry | Ack | _Job | None] = queue.SimpleQueue()
        self._entries: list[Entry] = []
        self._acks: list[Ack] = []
        self._jobs: list[_Job] = []
        self._points_waiting = 0
        self._refused = RefusedPoints()
        self._refused_lock = threading.Lock()
        self._write_at = self._chores_at = 0.0
        self._audit_at = time.monotonic() + AUDIT_S
        self.figures = WriterFigures()
        self._forecast = Forecast(time.monotonic())
        self.spool, self._salvage = open_spool(path, settings)
        self._ballast = Ballast(path.parent, settings.size_max_bytes)
        self._thread = threading.Thread(target=self._run, name="spool", daemon=True)

    # -- on the event loop ------------------------------------------------------------------

    def start(self) -> None:
        """Hands the spool to its thread: from here on nobody else may touch `spool`."""
        self._look(time.monotonic())  # what waits from before is told from the first moment
        self._thread.start()

    def protect(self, in_flight: Callable[[], Collection[int]]) -> None:
        """Numbers that must not be dropped now; call it before `start`."""
        self._settings.in_flight = self.spool.in_flight = in_flight

    def submit(self, entry: Entry) -> bool:
        """Queues an entry for the next commit; False when memory is full (it is then a gap)."""
        points = sum(batch.points for batch in entry.batches)
        if self._points_waiting + points > POINTS_WAITING_MAX:
            with self._refused_lock:
                refused = self._refused.add(entry, "spool_not_writable")
            self.figures.refused_points += refused
            return False
        self._points_waiting += points
        self._inbox.put(entry)
        return True

    @property
    def points_waiting(self) -> int:
        """Points submitted and not committed yet."""
        return self._points_waiting

    def ack(self, ranges: Sequence[tuple[int, int]], dead: Sequence[tuple[int, str]]) -> None:
        """Settles batches with the next commit, at the latest after a second."""
        self._inbox.put(Ack(tuple(ranges), tuple(dead)))

    async def ask(self, call: Callable[[Spool], T]) -> T:
        """Runs `call` in the spool's thread, after everything submitted before it."""
        answer: asyncio.Future[T] = self._loop.create_future()
        self._inbox.put(_Job(call, answer))
        return await answer

    async def change(self, call: Callable[[Spool], tuple[T, list[StoredBatch]]]) -> T:
        """As `ask`, for a job that adds batches or takes letters away: `on_commit` hears of the batches in their order
        among all others."""

        def told(spool: Spool) -> T:
            result, stored = call(spool)
            self._tell(self._committed, stored, 0)
            self.figures.dead_letters = dead_letters.listed(spool)
            return result

        return await self.ask(told)

    def use_rev(self, rev: str) -> None:
        """From here on gaps are declared under the configuration of this hash."""
        self._rev = rev

    async def stop(self, timeout_s: float) -> bool:
        """Commits everything submitted and closes the file; False when the disk did not answer."""
        self._inbox.put(None)
        await asyncio.to_thread(self._thread.join, timeout_s)
        return not self._thread.is_alive()

    def _committed(self, stored: list[StoredBatch], points: int) -> None:
        self._points_waiting -= points
        if stored:
            self.on_commit(stored)

    # -- in the thread ----------------------------------------------------------------------

    def _run(self) -> None:
        ended = False
        try:
            self._work()
            ended = True
        finally:
            if not ended:
                self._tell(self.on_death)

    def _work(self) -> None:
        stopping = False
        while not stopping:
            stopping = self._collect()
            if stopping:
                self._write_at = 0.0  # one more try, also where the disk has just failed
            self._write()
            self._answer()
            if not stopping:
                self._chores()
        with contextlib.suppress(sqlite3.Error):
            ledger.seal(self.spool, rev=self._rev)
        self.spool.close(clean=not self._entries)

    def _collect(self) -> bool:
        """Waits for work, then takes all there is; True when the end was asked for."""
        try:
            item = self._inbox.get(timeout=max(0.001, self._wake_at() - time.monotonic()))
            while True:
                if item is None:
                    return True
                if isinstance(item, Entry):
                    self._entries.append(item)
                elif isinstance(item, _Job):
                    self._jobs.append(item)
                else:
                    if not self._acks:
                        self._write_at = max(self._write_at, time.monotonic() + ACK_LINGER_S)
                    self._acks.append(item)
                item = self._inbox.get_nowait()
        except queue.Empty:
            return False

    def _wake_at(self) -> float:
        if self._salvage is not None:
            return 0.0
        return min(self._chores_at, self._write_at if self._acks or self._entries else self._chores_at)

    def _write(self) -> None:
        due = time.monotonic() >= self._write_at or (self._entries and not self.figures.failing)
        if not (self._entries or self._acks or self._jobs) or not (due or self._jobs):
            return
        with self._refused_lock:
            declared = self._refused.take()
        entries = [*self._entries, Entry(gaps=declared)] if declared else self._entries
        if not entries and not self._acks:
            return
        try:
            stored = self._commit(entries)
        except (room.SpoolFull, sqlite3.Error, OSError) as error:
            with self._refused_lock:
                self._refused.give_back(declared)
            self._failed(error)
            return
        points = sum(batch.points for entry in self._entries for batch in entry.batches)
        self._entries, self._acks = [], []
        if self.figures.failing:
            logger.warning("The spool can be written again.")
            self.figures.failing = ""
        self._tell(self._committed, stored, points)

    def _commit(self, entries: list[Entry]) -> list[StoredBatch]:
        started = time.monotonic()
        self._commit_mark = max(time.time_ns() // 1000, (self._commit_mark or 0) + 1)
        stored = self.spool.append(entries, alive=self._commit_mark, acks=self._acks)
        took = time.monotonic() - started
        figures = self.figures
        self._forecast.add(on_disk(len(stored), sum(len(one.body) for one in stored)))
        figures.commits += 1
        figures.commit_seconds += took
        figures.commit_seconds_max = max(figures.commit_seconds_max, took)
        figures.counters = replace(self.spool.counters)
        if any(entry.gaps for entry in entries):
            # The entries are accepted whatever happens here; gaps that stay open are sealed later.
            with contextlib.suppress(sqlite3.Error):
                stored += ledger.seal(self.spool, rev=self._rev)
        return stored

    def _failed(self, error: Exception) -> None:
        """Disk full: make room; anything else: open the file again and see what it holds."""
        reason = str(error) or "there is no room, and nothing left that may be dropped"
        if not self.figures.failing:
            logger.error("The spool cannot be written: %s. Samples wait in memory.", reason)
        self.figures.failing = reason
        self._write_at = time.monotonic() + RETRY_S
        if isinstance(error, room.SpoolFull) or "full" in str(error):
            self._relieve()
            return
        self._open_again()

    def _relieve(self) -> None:
        released = self._ballast.release()
        with contextlib.suppress(sqlite3.Error):
            self.spool.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        with contextlib.suppress(sqlite3.Error):
            with self.spool.transaction():
                for ack in self._acks:  # what the platform has must not be dropped
                    self.spool.settle(ack.ranges, ack.dead)
                if not (room.delete_settled(self.spool) or dead_letters.make_room(self.spool)):
                    room.drop_pending(self.spool, "disk_full")
            self._acks = []
            if released:
                self._write_at = 0.0

    def _open_again(self) -> None:
        with contextlib.suppress(sqlite3.Error):
            self.spool.db.close()
        try:
            self.spool, self._salvage = open_spool(self._path, self._settings, boot=self.spool.boot)
        except (ConfigError, sqlite3.Error, OSError) as error:
            logger.debug("Opening the spool again failed: %s", error)
            return
        if self._entries and self.spool.last_alive == self._commit_mark:
            # The commit had happened after all: the batches go out with the backlog.
            points = sum(batch.points for entry in self._entries for batch in entry.batches)
            self._entries, self._acks = [], []
            self._tell(self._committed, [], points)

    def _answer(self) -> None:
        jobs, self._jobs = self._jobs, []
        for job in jobs:
            try:
                result = job.call(self.spool)
            except _JOB_ERRORS as error:
                self._tell(_fail, job.answer, error)
                continue
            self._tell(_resolve, job.answer, result)
        if jobs:
            self.figures.counters = replace(self.spool.counters)

    def _chores(self) -> None:
        now = time.monotonic()
        try:
            if self._salvage is not None:
                self._tell(self._committed, self._salvage.step(), 0)
                if self._salvage.done:
                    self._salvage = None
            if now < self._chores_at:
                return
            self._chores_at = now + CHORES_S
            self._ballast.take()
            self._tidy(now)
        except (sqlite3.Error, room.SpoolFull, OSError) as error:
            self._failed(error)

    def _tidy(self, now: float) -> None:
        spool, figures = self.spool, self.figures
        with spool.transaction():
            spool.set_meta("alive", time.time_ns() // 1000)
            before = time.time_ns() // 1000 - self._retain_acked_us
            self._drop_aged()
            for _ in range(CLEAN_UP_STEPS):
                if room.delete_settled(spool, older_than_wall=before) < room.ROWS_PER_STEP:
                    break
        sealed = ledger.seal(spool, rev=self._rev)
        if sealed:
            self._tell(self._committed, sealed, 0)
        self._look(now)
        if now >= self._audit_at:
            self._audit_at = now + AUDIT_S
            counted = spool.audit()
            if counted != spool.counters or not counted.balanced:
                figures.identity_errors += 1
                logger.error("Points do not add up: booked %s, found %s.", spool.counters, counted)

    def _look(self, now: float) -> None:
        figures, spool = self.figures, self.spool
        figures.counters = replace(spool.counters)
        figures.used_bytes = spool.used_bytes()
        figures.dead_letters = dead_letters.listed(spool)
        figures.dropped_by = spool.dropped_by_priority()
        figures.disk_free = spool.budget.disk_free
        figures.oldest_pending = spool.oldest_pending()
        figures.room_s = self._forecast.room_s(now, room.left_bytes(spool))

    def _drop_aged(self) -> None:
        if self._age_max_us is None:
            return
        before = time.time_ns() // 1000 - self._age_max_us
        for _ in range(CLEAN_UP_STEPS):
            if not room.drop_aged(self.spool, before):
                break

    def _tell(self, call: Callable[..., None], *args: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is left to be told
            self._loop.call_soon_threadsafe(call, *args)


def _resolve(answer: asyncio.Future[Any], result: object) -> None:
    if not answer.done():
        answer.set_result(result)


def _fail(answer: asyncio.Future[Any], error: Exception) -> None:
    if not answer.done():
        answer.set_exception(error)
