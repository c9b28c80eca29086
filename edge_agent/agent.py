"""The agent put together: spool, tags, devices, uplink, metrics; started in this order, ended in the
reverse, with everything sampled committed."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Coroutine, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from edge_agent.batcher import Batcher
from edge_agent.buffer.letter_desk import LetterDesk
from edge_agent.buffer.salvage import SpoolSettings
from edge_agent.buffer.spool import Spool
from edge_agent.buffer.writer import SpoolWriter
from edge_agent.calculated.engine import Calculator
from edge_agent.calculated.section import CALCULATED, as_connection
from edge_agent.clock import watch_clock
from edge_agent.commands.desk import CommandDesk
from edge_agent.commands.targets import find_targets, make_desk
from edge_agent.config import LoadedConfig, make_driver
from edge_agent.device import CLOSE_TIMEOUT_S, Device, reads_under_way
from edge_agent.enrol.renewal import CertificateKeeper
from edge_agent.feeds.fed import Fed
from edge_agent.feeds.making import Feed, make_feeds
from edge_agent.health import Health
from edge_agent.local_servers import start_servers
from edge_agent.machine import machine_id
from edge_agent.pipeline.scan import ScanClass
from edge_agent.plain_words import counted
from edge_agent.positions import committed_marks
from edge_agent.prepared import Prepared, adopt, prepare
from edge_agent.priorities import priorities_of
from edge_agent.publish.uplink import Uplink, UplinkParts
from edge_agent.remote_config.desk import RemoteDesk, make_remote
from edge_agent.settled_memory import settle
from edge_agent.supervisor import Session, keep_alive
from schemas.errors import InterlockError
from schemas.models.connection import ConnectionConfig
from schemas.models.tag import TagConfig
from schemas.quality import Quality
from schemas.wire.columns import Columns

if TYPE_CHECKING:
    from edge_agent.local_servers import LocalServer

logger = logging.getLogger(__name__)

MIB = 1024 * 1024
COMMIT_TIMEOUT_S = 1.0
GOODBYE_TIMEOUT_S = 0.3


class Agent:
    """One run of the agent; `run` returns when `stop` was called and everything is committed."""

    def __init__(
        self, loaded: LoadedConfig, catalog_hash: str = "", log_lines: Callable[[], Sequence[str]] = tuple
    ) -> None:
        self._remote: RemoteDesk | None = None
        self._loaded = loaded
        self._config = loaded.config
        self._catalog_hash = catalog_hash
        self._log_lines = log_lines
        self._stop = asyncio.Event()
        #: Set once devices are read.
        self.collecting = asyncio.Event()
        self._devices: list[Device] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._device_tasks: dict[Device, asyncio.Task[None]] = {}
        self._defect = ""
        self._section = as_connection(self._config)
        self._calculator: Calculator | None = None
        self._feeds: list[Feed] = []

    def stop(self) -> None:
        """Ends the run; may be called from a signal handler on the loop."""
        self._stop.set()

    async def run(self) -> None:
        """Collects until `stop`. Raises ConfigError when it cannot start, InterlockError when a part of
        the agent itself has ended by a defect: whoever started it then starts it again."""
        machine = machine_id()
        writer = self._open_spool(machine)
        try:
            prepared = prepare(writer.spool, self._loaded, self._section)
            self._batcher = Batcher(writer.submit, rev=self._loaded.hash, profile=self._config.spool.profile)
            self._batcher.kept_marks = partial(committed_marks, writer)
            self._devices = list(self._make_devices(prepared))
            self._calculate(prepared)
            metrics_config = self._config.metrics
            with_tags = metrics_config is not None and metrics_config.tags
            self._health = health = Health(writer, self._devices, with_tags=with_tags)
            health.calculator = self._calculator
            desk = make_desk(self._loaded, self._devices, prepared.uuid_of)
            self._remote = make_remote(self._loaded, self)
            uplink = self._make_uplink(writer, health, machine, desk)
            self._feeds = feeds = make_feeds(self._loaded, self._fed(), prepared.alias_of)
            self._batcher.feeds = tuple(feed.take for feed in feeds)
            keeper = CertificateKeeper(self._loaded.data_dir, self._config.edge)
            health.feeds = (*(feed.figures for feed in feeds), keeper.figures)
            desk.connection = lambda: uplink.conn_id
            health.uplink, health.desk = uplink, desk
            self._link(writer, uplink)
            if self._remote is not None:
                self._remote.link(lambda: uplink.conn_id, uplink.report)
            self._writer, self._uplink, self._desk = writer, uplink, desk
            del prepared  # names and identities of every tag: nobody asks for them again
            servers = await start_servers(self, health, self._devices, self._log_lines, LetterDesk(writer))
        except BaseException:
            writer.spool.close(clean=False)
            raise
        writer.start()
        for device in self._devices:
            self._device_tasks[device] = self._keep(keep_alive(device))
        others: list[Session] = [uplink, *feeds]
        self._tasks = [self._keep(keep_alive(session)) for session in others]
        self._tasks.append(self._keep(watch_clock(self._batcher.event)))
        self._tasks.append(self._keep(keeper.run()))
        if self._remote is not None:
            self._remote.started()
        settle()
        self.collecting.set()
        tags, connections = counted(self.tag_count(), "tag"), counted(len(self._devices), "connection")
        logger.info("Collecting %s of %s.", tags, connections)
        await self._stop.wait()
        await self._end(writer, uplink, servers)
        if self._defect:
            raise InterlockError("agent.defect", f"the agent ended by a defect: {self._defect}")

    def _keep(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        task.add_done_callback(self._task_ended)
        return task

    def _task_ended(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            logger.error("A part of the agent ended.", exc_info=error)
            self.broken(repr(error))

    def broken(self, what: str) -> None:
        """Nobody else would notice that values are no longer taken: end, and say why."""
        self._defect = self._defect or what
        self._stop.set()

    # -- start ------------------------------------------------------------------------------

    def _open_spool(self, machine: str) -> SpoolWriter:
        spool = self._config.spool
        settings = SpoolSettings(
            machine=machine, size_max_bytes=spool.size_max_mb * MIB,
            disk_free_min_bytes=spool.disk_free_min_mb * MIB, policy=spool.policy,
        )  # fmt: skip
        return SpoolWriter(
            self._loaded.data_dir / "spool.db", settings, rev=self._loaded.hash,
            retain_acked_s=spool.retain_acked_h * 3600,
            age_max_s=None if spool.age_max_h is None else spool.age_max_h * 3600,
        )  # fmt: skip

    def tag_count(self) -> int:
        """Tags of the connections that are enabled."""
        return sum(len(scan.tags) for device in self._devices for scan in device.scans)

    def _fed(self) -> list[Fed]:
        """What outputs beside the platform tell of."""
        return [*self._devices, *([self._calculator] if self._calculator else [])]

    def _make_devices(self, prepared: Prepared, kept: Collection[str] = ()) -> Iterable[Device]:
        enabled = [conn for conn in self._config.connections if conn.enabled]
        for place, conn in enumerate(enabled):
            if conn.id in kept:
                continue
            yield Device(
                conn, self._scan_classes(conn, prepared), partial(make_driver, conn), self._batcher,
                place=place, frames_bytes=self._config.diagnostics.frames_bytes(len(enabled)),
            )  # fmt: skip

    def _scan_classes(self, conn: ConnectionConfig, prepared: Prepared) -> list[ScanClass]:
        by_period: dict[int, list[TagConfig]] = {}
        for tag in conn.tags:
            by_period.setdefault(tag.scan_ms or conn.scan_ms, []).append(tag)
        return [
            ScanClass(
                conn, tags, scan_ms,
                np.array([prepared.alias_of[f"{conn.id}/{tag.name}"] for tag in tags], dtype=np.uint32),
                prepared.marks, prepared.since,
            )
            for scan_ms, tags in sorted(by_period.items())
        ]  # fmt: skip

    def _calculate(self, prepared: Prepared) -> None:
        sections = [self._section] if self._section else []
        self._batcher.priorities = priorities_of([*self._config.connections, *sections], prepared.alias_of)
        self._calculator = None
        if self._section is not None:
            self._calculator = Calculator(self._config, prepared.alias_of, prepared.uuid_of, prepared.totals)
        watched = self._calculator.watched() if self._calculator else {}
        for device in self._devices:
            device.calculator = self._calculator
            for scan in device.scans:
                scan.watch(watched.get(device.conn.id, ()))

    def _hand_over_totals(self) -> dict[str, str]:
        """Stores what every total goes on from, and returns it."""
        if self._calculator is None:
            return {}
        made = self._calculator.hand_over()
        self._batcher.add(CALCULATED, made.groups, totals=made.totals)
        return made.totals

    def _make_uplink(self, writer: SpoolWriter, health: Health, machine: str, desk: CommandDesk) -> Uplink:
        return Uplink(
            UplinkParts(
                config=self._config, base=self._loaded.base, machine=machine,
                config_hash=self._loaded.hash, catalog_hash=self._catalog_hash,
                snapshot=self._current, heartbeat=health.heartbeat, command=desk.receive, holds=self._holds,
                **self._remote_parts(),
            ),
            writer,
        )  # fmt: skip

    def _link(self, writer: SpoolWriter, uplink: Uplink) -> None:
        writer.on_commit = uplink.committed
        writer.on_death = lambda: self.broken("the thread of the spool ended")
        writer.protect(uplink.outbox.protected)

    def _current(self) -> list[Columns]:
        made = self._calculator.current() if self._calculator else []
        return [*(group for device in self._devices for group in device.current()), *made]

    def _holds(self) -> dict[str, Any]:
        by, at = self._remote.taken if self._remote is not None else ("", 0)
        return {"pushed": self._loaded.pushed, "taken_by": by, "taken_ts": at}

    def _remote_parts(self) -> dict[str, Any]:
        if self._remote is None:
            return {}
        return {"configure": self._remote.receive, "config_report": self._remote.last_report}

    # -- another configuration --------------------------------------------------------------

    async def reconfigure(self, loaded: LoadedConfig) -> None:
        """Goes over to another configuration of the same edge, while it collects. Raises InterlockError where the spool
        does not answer; then nothing has changed.

        A connection that is as it was keeps its link, its schedule and its tags; what waits in the spool stays there.
        """
        before, self._loaded, self._config = self._loaded, loaded, loaded.config
        self._section = as_connection(self._config)
        try:
            prepared, told = await self._writer.ask(partial(adopt, loaded=loaded, section=self._section))
        except BaseException:
            self._loaded, self._config = before, before.config
            self._section = as_connection(self._config)
            raise
        wanted = {conn.id: conn for conn in self._config.connections if conn.enabled}
        gone = [device for device in self._devices if wanted.get(device.conn.id) != device.conn]
        kept = {device.conn.id: device for device in self._devices if device not in gone}
        await self._end_devices(gone, wanted)
        prepared.totals |= self._hand_over_totals()
        self._batcher.use_rev(loaded.hash)
        self._writer.use_rev(loaded.hash)
        # Rows that connections have accepted since the spool was asked: those that begin anew must not take them again.
        prepared.marks.update(await self._writer.ask(Spool.marks))
        fresh = {device.conn.id: device for device in self._make_devices(prepared, kept)}
        self._devices[:] = [kept.get(name) or fresh[name] for name in wanted]
        self._calculate(prepared)
        self._health.calculator = self._calculator
        for feed in self._feeds:
            feed.follow(self._fed(), prepared.alias_of)
        self._desk.retarget(find_targets(loaded, self._devices, prepared.uuid_of))
        for device in fresh.values():
            self._device_tasks[device] = self._keep(keep_alive(device))
        self._uplink.committed(told)
        self._uplink.reconfigured(loaded.hash)
        del prepared
        settle()
        logger.info("Another configuration: %d connections go on, %d begin anew.", len(kept), len(fresh))

    @property
    def loaded(self) -> LoadedConfig:
        """The configuration that runs."""
        return self._loaded

    @property
    def held_by_platform(self) -> str:
        """Why the machine's own connections may not be changed now; empty where they may."""
        return self._remote.in_charge if self._remote is not None else ""

    @property
    def platform_busy(self) -> str:
        """Why the machine may not even go back to another version now; empty where it may."""
        return self._remote.busy if self._remote is not None else ""

    async def reconfigure_here(self, loaded: LoadedConfig) -> None:
        """As `reconfigure`, for a change made at the machine. Raises InterlockError."""
        if self._remote is not None:  # first: what the platform is told of the change stands in it
            self._remote.own_changed(loaded)
        await self.reconfigure(loaded)

    def renamed(self, loaded: LoadedConfig) -> None:
        """What runs is what it was, and now stands in another text: the platform is told which."""
        self._loaded = loaded
        self._uplink.reconfigured(loaded.hash)

    async def _end_devices(self, gone: Sequence[Device], wanted: Collection[str]) -> None:
        for device in gone:
            device.stop()
        await reads_under_way(gone)
        tasks = [self._device_tasks.pop(device) for device in gone]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=CLOSE_TIMEOUT_S)
        now = time.time_ns() // 1000
        for device in gone:
            device.hand_over()
            if device.conn.id not in wanted:
                for scan in device.scans:
                    self._batcher.add(device.conn.id, scan.lost(Quality.OUT_OF_SERVICE, now))

    @property
    def bad_devices(self) -> set[str]:
        """Connections without a link, or with no good tag."""
        beats = [device.beat() for device in self._devices]
        return {beat.id for beat in beats if not beat.up or 0 < beat.tags == beat.bad_tags}

    @property
    def is_heard(self) -> bool:
        """Whether the platform takes what is sent."""
        return self._uplink.outbox.ready

    # -- end --------------------------------------------------------------------------------

    async def _end(self, writer: SpoolWriter, uplink: Uplink, servers: Sequence[LocalServer]) -> None:
        """Reads that are under way finish, what was sampled is committed, the broker is told."""
        began = time.monotonic()
        for device in self._devices:
            device.stop()
        await reads_under_way(self._devices)
        for device in self._devices:
            device.hand_over()
        self._hand_over_totals()
        self._batcher.close()
        for task in self._device_tasks.values():
            task.cancel()
        if not await writer.stop(COMMIT_TIMEOUT_S):
            logger.error("The disk did not answer in time: what was not committed is lost.")
        await asyncio.sleep(0)  # the last commits are told, and sent where the window allows
        uplink.say_goodbye()
        if self._remote is not None:
            self._remote.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.wait([*self._tasks, *self._device_tasks.values()], timeout=GOODBYE_TIMEOUT_S)
        for server in servers:
            await server.stop()
        logger.info("Ended after %.2f s.", time.monotonic() - began)
