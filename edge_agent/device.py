"""One device: connects, reads its scan classes on time (or takes what it tells), hands the samples on.

Scan classes keep a fixed grid on the monotonic clock: no drift. A read that takes longer than its
period skips the missed times and counts them; nothing is ever queued. Connections start at
different places in the period, so that many devices are a steady load.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from connectors.diagnostics.tap import Tap
from connectors.driver import Driver, Plan, Reading, Subscribable
from edge_agent.batcher import Batcher
from edge_agent.calculated.engine import Calculator, Outcome
from edge_agent.calculated.section import CALCULATED, Source
from edge_agent.exchange import Exchange
from edge_agent.listening import take_delivery
from edge_agent.pipeline.scan import Cycle, ScanClass
from edge_agent.positions import kept_positions, wait_kept
from edge_agent.remarks import tell_remarks
from schemas.errors import AuthError, ConfigError, ConnectError, InterlockError
from schemas.models.connection import ConnectionConfig
from schemas.quality import Quality
from schemas.wire.columns import Columns
from schemas.wire.heartbeat import ConnectionBeat, ScanBeat

CONNECT_TIMEOUT_S = 30.0
CLOSE_TIMEOUT_S = 5.0
#: A read that takes longer than this (or ten periods) is a link that has died without a word.
READ_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 0.7
#: How often (s) a device that tells changes by itself is looked at for values that have been silent too long.
QUIET_LOOK_S = 1.0
GOLDEN = 0.6180339887
NO_ANSWER = (int(Quality.NO_COMMUNICATION), int(Quality.TIMEOUT))
T = TypeVar("T")


@dataclass(slots=True)
class Schedule:
    """The grid of a scan class: due times `phase + n × period` (monotonic seconds)."""

    period_s: float
    phase_s: float
    due: float = 0.0
    overruns: int = 0

    def start(self, now: float) -> None:
        """First read at once; the next one on the grid."""
        self.due = now

    def done(self, now: float) -> None:
        """A read begun at `due` ended: the next grid time that is not over yet, missed ones counted."""
        following = self._grid_after(self.due)
        coming = following if now <= following else self._grid_after(now)
        self.overruns += max(0, round((coming - following) / self.period_s))
        self.due = coming

    def _grid_after(self, at: float) -> float:
        steps = (at - self.phase_s) // self.period_s + 1
        grid = self.phase_s + steps * self.period_s
        return grid if grid > at + 1e-9 else grid + self.period_s


@dataclass(slots=True)
class _Running:
    """A scan class with its schedule, its plan and the time of its last complete read (µs)."""

    scan: ScanClass
    schedule: Schedule
    plan: Plan | None = None
    last: int = 0
    told: dict[int, str] = field(default_factory=dict)


class Device:
    """A session of the supervisor."""

    def __init__(
        self, conn: ConnectionConfig, scans: list[ScanClass],
        make_driver: Callable[[], Driver[Any]], batcher: Batcher, *, place: int, frames_bytes: int = 0,
    ) -> None:  # fmt: skip
        self.conn = conn
        self.tap = Tap(frames_bytes)
        self._make_driver = make_driver
        self._batcher = batcher
        self._tells_rows = False
        self._running = [
            _Running(scan, Schedule(scan.scan_ms / 1e3, (place * GOLDEN % 1.0) * scan.scan_ms / 1e3)) for scan in scans
        ]
        self.calculator: Calculator | None = None
        self._stopping = asyncio.Event()
        self._sleep: asyncio.Future[None] | None = None
        self._exchange = Exchange(self._wake)
        self._woken = False
        self.idle = asyncio.Event()
        self.idle.set()
        self.up = False
        self.since = time.time_ns() // 1000
        self.error = ""
        self.reads = self.failures = self.points_read = 0
        self.read_seconds = 0.0

    @property
    def name(self) -> str:
        """For the log."""
        return f"connection {self.conn.id}"

    @property
    def scans(self) -> list[ScanClass]:
        """The scan classes, for snapshots."""
        return [running.scan for running in self._running]

    def progress(self) -> Iterator[tuple[ScanClass, int, Plan | None]]:
        """Each scan class with the time of its last complete read (µs, 0 = none yet) and its plan."""
        return ((running.scan, running.last, running.plan) for running in self._running)

    async def run(self, up: Callable[[], None]) -> None:
        """One life of the link; ends without an error only when the agent stops."""
        driver = self._make_driver()
        driver.tap = self.tap
        self._tells_rows = driver.tells_rows
        try:
            if driver.tells_rows:
                driver.positions = await kept_positions(self._batcher, self.conn.id)
            await _within(driver.connect(), CONNECT_TIMEOUT_S, "connect")
            for running in self._running:
                if running.plan is None:
                    # Kept over reconnects: a plan remembers which addresses the device has refused.
                    running.plan = driver.plan(running.scan.tags)
            if self.conn.mode == "subscribe" or driver.only_tells:
                await self._listen(driver, up)
            else:
                await self._first_reads(driver, up)
                while not self._stopping.is_set():
                    await self._next(driver)
        finally:
            # A broken link may never answer a goodbye; what is left of it goes with the driver object.
            with contextlib.suppress(ConnectError):
                await _within(driver.close(), CLOSE_TIMEOUT_S, "close")
        await asyncio.Event().wait()  # stopped: the task is cancelled from outside

    async def _first_reads(self, driver: Driver[Any], up: Callable[[], None]) -> None:
        for running in self._running:
            running.schedule.start(time.monotonic())
            await self._read(driver, running, first=not self.up)
            if not self.up:
                self.up, self.error, self.since = True, "", time.time_ns() // 1000
                self.tap.note("the link is up")
                up()
        if not self._running:
            self.up, self.error = True, ""
            up()
            await self._stopping.wait()

    async def _listen(self, driver: Driver[Any], up: Callable[[], None]) -> None:
        """Takes what the device tells; meanwhile does what is asked, and says what has not changed."""
        if not isinstance(driver, Subscribable):
            raise ConfigError("device.mode", f"driver '{self.conn.driver}' cannot subscribe", hint="Write mode: poll.")
        following = [asyncio.create_task(self._follow(driver, running, up)) for running in self._running]
        if not following:
            self.up, self.error = True, ""
            up()
        try:
            while not self._stopping.is_set():
                self._woken = False
                if self._exchange:
                    await self._exchange.serve(driver)
                self._sleep = asyncio.ensure_future(asyncio.sleep(QUIET_LOOK_S))
                waited: list[asyncio.Future[None]] = [self._sleep, *following]
                await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
                for task in following:
                    if task.done():
                        task.result()
                for running in self._running:
                    if running.last and self.up and not self._tells_rows:
                        self._still(running)
        finally:
            if self._sleep is not None:
                self._sleep.cancel()
            for task in following:
                task.cancel()
            await asyncio.gather(*following, return_exceptions=True)

    async def _follow(self, driver: Subscribable, running: _Running, up: Callable[[], None]) -> None:
        assert running.plan is not None
        async with contextlib.aclosing(driver.subscribe(running.plan, running.scan.scan_ms)) as deliveries:
            async for delivery in deliveries:
                take_delivery(self.conn.id, running.scan, delivery, self._batcher, self._made_of)
                if delivery.positions:
                    await wait_kept(self._batcher, self.conn.id, delivery.positions)
                running.last = time.time_ns() // 1000
                self.reads += 1
                self.points_read += sum(len(one.columns) for readings in delivery.rounds for one in readings)
                if not self.up:
                    self.up, self.error, self.since = True, "", running.last
                    up()
        raise ConnectError("device.told_no_more", "the device ended its subscription")

    async def exchange(self, work: Callable[[Driver[Any]], Awaitable[T]], deadline: float) -> T:
        """Something done with the driver before its next read; not begun after `deadline` (monotonic s). Raises
        ConnectError where there is no link, WriteRejected where it came too late."""
        if not self.up:
            raise ConnectError("device.offline", f"there is no connection to {self.conn.id}")
        return await self._exchange.ask(work, deadline)

    def _wake(self) -> None:
        self._woken = True
        if self._sleep is not None:
            self._sleep.cancel()

    async def _next(self, driver: Driver[Any]) -> None:
        self._woken = False
        if self._exchange:
            await self._exchange.serve(driver)
        running = min(self._running, key=lambda one: one.schedule.due)
        wait_s = running.schedule.due - time.monotonic()
        if wait_s > 0:
            # Not wait_for(Event): a plain sleep is cheaper, and stop() wakes it by cancelling.
            self._sleep = asyncio.ensure_future(asyncio.sleep(wait_s))
            try:
                await self._sleep
            except asyncio.CancelledError:
                task = asyncio.current_task()
                ended = task is not None and task.cancelling() > 0  # the device itself, not its sleep
                if not ended and (self._stopping.is_set() or self._woken):
                    return
                raise
        await self._read(driver, running)

    async def _read(self, driver: Driver[Any], running: _Running, *, first: bool = False) -> None:
        started = time.monotonic()
        assert running.plan is not None
        limit_s = max(READ_TIMEOUT_S, 10 * running.schedule.period_s)
        self.idle.clear()
        try:
            readings = await _within(driver.read(running.plan), limit_s, "read")
            if first and silent(readings):
                raise ConnectError("device.silent", "the device accepts the connection but answers nothing")
            self._hand_on(running.scan, running.scan.process(readings))
            running.told = tell_remarks(self.conn.id, running.plan, running.told)
        finally:
            self.idle.set()
        running.last = time.time_ns() // 1000
        ended = time.monotonic()
        self.reads += 1
        self.points_read += len(running.scan.tags)
        self.read_seconds += ended - started
        running.schedule.done(ended)

    def _hand_on(self, scan: ScanClass, cycle: Cycle) -> None:
        """Samples and what is calculated of them go into one entry of the spool."""
        made = self._made_of(scan)
        more = bool(made.groups or made.totals)
        self._batcher.add(
            self.conn.id, cycle.groups, gaps=cycle.gaps, marks=cycle.marks, held=self._to_keep(scan),
            end_of_cycle=not more,
        )  # fmt: skip
        if more:
            self._batcher.add(CALCULATED, made.groups, totals=made.totals)

    def _made_of(self, scan: ScanClass) -> Outcome:
        if self.calculator is None:
            return Outcome()
        return self.calculator.read(Source(self.conn.id, scan.scan_ms), scan.seen)

    def _still(self, running: _Running) -> None:
        """What a device that tells changes alone has not changed until its last word."""
        self._batcher.add(self.conn.id, running.scan.quiet(running.last), end_of_cycle=False)
        if self.calculator is not None:
            source = Source(self.conn.id, running.scan.scan_ms)
            made = self.calculator.read(source, running.scan.confirmed(running.last))
            self._batcher.add(CALCULATED, made.groups, totals=made.totals, end_of_cycle=False)

    def _to_keep(self, scan: ScanClass) -> dict[str, bytes]:
        body = scan.to_keep(time.monotonic_ns() // 1000)
        return {} if body is None else {f"{self.conn.id}/{scan.scan_ms}": body}

    def lost(self, error: Exception) -> None:
        """Marks every tag bad, once, and remembers why."""
        now = time.time_ns() // 1000
        if self.up or not self.error:
            self.since = now
        self.up = False
        self._exchange.refuse(f"the connection to {self.conn.id} broke")
        self.failures += 1
        self.error = error.message if isinstance(error, InterlockError) else repr(error)
        self.tap.note(f"the link is down: {self.error}")
        quality = Quality.ACCESS_DENIED if isinstance(error, AuthError) else Quality.NO_COMMUNICATION
        for running in self._running:
            self._batcher.add(self.conn.id, running.scan.lost(quality, now))
            if self.calculator is not None:
                made = self.calculator.lost(Source(self.conn.id, running.scan.scan_ms), running.scan.seen)
                self._batcher.add(CALCULATED, made.groups, totals=made.totals)

    def stop(self) -> None:
        """Lets the read that is under way finish and begins no other."""
        self._stopping.set()
        self._exchange.refuse("the agent ends")
        self._wake()

    def hand_over(self) -> None:
        """At the end: what the doors hold back goes out as well."""
        for running in self._running:
            name = f"{self.conn.id}/{running.scan.scan_ms}"
            self._batcher.add(self.conn.id, running.scan.held(), held={name: b""} if running.scan.has_doors else None)

    def current(self) -> list[Columns]:
        """Last reported samples of all tags."""
        return [group for scan in self.scans for group in scan.current()]

    def beat(self) -> ConnectionBeat:
        """This connection in the heartbeat."""
        rtt_s = self.tap.rtt_s()
        return ConnectionBeat(
            id=self.conn.id, driver=self.conn.driver, up=self.up, since=self.since,
            error=self.error[:300], tags=sum(len(scan.tags) for scan in self.scans),
            bad_tags=sum(scan.reporter.bad_count() for scan in self.scans),
            scans=[
                ScanBeat(one.scan.scan_ms, one.last, one.schedule.overruns) for one in self._running
            ],
            timeouts=self.tap.timeouts, exceptions=self.tap.codes.total(),
            rtt_p95_us=round(rtt_s[1] * 1e6) if rtt_s else 0,
            busy_permille=round(self.tap.utilisation() * 1000),
        )  # fmt: skip


async def reads_under_way(devices: Sequence[Device]) -> None:
    """Lets reads finish that were begun when their device was stopped, for a while."""
    waits = [asyncio.create_task(device.idle.wait()) for device in devices]
    if waits:
        _, late = await asyncio.wait(waits, timeout=STOP_TIMEOUT_S)
        for task in late:
            task.cancel()


def silent(readings: Sequence[Reading]) -> bool:
    """Whether a read got no answer at all: a link that is open, to a device that is not there."""
    groups = [reading.columns for reading in readings if len(reading.columns)]
    return bool(groups) and all(np.isin(group.q, NO_ANSWER).all() for group in groups)


async def _within(work: Awaitable[T], limit_s: float, what: str) -> T:
    try:
        async with asyncio.timeout(limit_s):
            return await work
    except TimeoutError as error:
        raise ConnectError(f"device.{what}_timeout", f"no end of {what} within {limit_s:g} s") from error
