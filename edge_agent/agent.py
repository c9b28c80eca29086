"""The agent put together: spool, tags, devices, uplink, metrics; started in this order, ended in the
reverse, with everything sampled committed."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import numpy as np

from edge_agent.batcher import Batcher
from edge_agent.buffer import aliases
from edge_agent.buffer.identity import Identity, Wanted
from edge_agent.buffer.rows import Entry, SequenceKey
from edge_agent.buffer.salvage import SpoolSettings
from edge_agent.buffer.spool import Spool
from edge_agent.buffer.writer import SpoolWriter
from edge_agent.clock import watch_clock
from edge_agent.commands.desk import CommandDesk
from edge_agent.commands.targets import make_desk
from edge_agent.config import LoadedConfig, make_driver
from edge_agent.device import STOP_TIMEOUT_S, Device
from edge_agent.diagnostics.local_door import LocalDoor
from edge_agent.health import Health
from edge_agent.machine import machine_id
from edge_agent.metrics_server import MetricsServer
from edge_agent.pipeline.scan import ScanClass
from edge_agent.publish.handshake import append_dictionary
from edge_agent.publish.uplink import Uplink, UplinkParts
from edge_agent.supervisor import Session, keep_alive
from schemas.errors import ConfigError, InterlockError
from schemas.models.connection import ConnectionConfig
from schemas.models.tag import TagConfig
from schemas.wire.columns import Columns
from schemas.wire.dictionary import TagEntry
from schemas.wire.gap import GapRecord

logger = logging.getLogger(__name__)

MIB = 1024 * 1024
COMMIT_TIMEOUT_S = 1.0
GOODBYE_TIMEOUT_S = 0.3


@dataclass(slots=True)
class _Prepared:
    """What the spool said at the start."""

    alias_of: dict[str, int]
    uuid_of: dict[str, UUID]
    marks: dict[SequenceKey, int]
    since: int


class Agent:
    """One run of the agent; `run` returns when `stop` was called and everything is committed."""

    def __init__(
        self, loaded: LoadedConfig, catalog_hash: str = "", log_lines: Callable[[], Sequence[str]] = tuple
    ) -> None:
        self._loaded = loaded
        self._config = loaded.config
        self._catalog_hash = catalog_hash
        self._log_lines = log_lines
        self._stop = asyncio.Event()
        #: Set once devices are read.
        self.collecting = asyncio.Event()
        self._devices: list[Device] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._defect = ""

    def stop(self) -> None:
        """Ends the run; may be called from a signal handler on the loop."""
        self._stop.set()

    async def run(self) -> None:
        """Collects until `stop`. Raises ConfigError when it cannot start, InterlockError when a part of
        the agent itself has ended by a defect: whoever started it then starts it again."""
        machine = machine_id()
        writer = self._open_spool(machine)
        try:
            prepared = self._prepare(writer.spool)
            self._batcher = Batcher(writer.submit, rev=self._loaded.hash, profile=self._config.spool.profile)
            self._devices = list(self._make_devices(prepared))
            metrics_config = self._config.metrics
            health = Health(writer, self._devices, with_tags=metrics_config is not None and metrics_config.tags)
            desk = make_desk(self._loaded, self._devices, prepared.uuid_of)
            uplink = self._make_uplink(writer, health, machine, desk)
            desk.connection = lambda: uplink.conn_id
            health.uplink, health.desk = uplink, desk
            self._link(writer, uplink)
            servers = await self._serve(health)
        except BaseException:
            writer.spool.close(clean=False)
            raise
        writer.start()
        sessions: list[Session] = [*self._devices, uplink]
        self._tasks = [asyncio.create_task(keep_alive(session)) for session in sessions]
        self._tasks.append(asyncio.create_task(watch_clock(self._batcher.event)))
        for task in self._tasks:
            task.add_done_callback(self._task_ended)
        self.collecting.set()
        logger.info("Collecting %d tags of %d connections.", self.tag_count(), len(self._devices))
        await self._stop.wait()
        await self._end(writer, uplink, servers)
        if self._defect:
            raise InterlockError("agent.defect", f"the agent ended by a defect: {self._defect}")

    def _task_ended(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            logger.error("A part of the agent ended.", exc_info=error)
            self._broken(repr(error))

    def _broken(self, what: str) -> None:
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

    def _prepare(self, spool: Spool) -> _Prepared:
        """Identities, aliases and the dictionary; declares the time nobody was here."""
        uuid_of = self._identities(spool)
        entries = self._entries(uuid_of)
        fresh_stream = spool.max_seq == 0 or spool.cloned
        by_uuid, changed = aliases.allocate(spool, entries)
        alias_of = {entry.key: by_uuid[entry.uuid] for entry in entries}
        told = aliases.read_all(spool) if fresh_stream else changed
        append_dictionary(spool, told, self._loaded.hash)
        now = time.time_ns() // 1000
        since = spool.last_alive
        if since:
            reason = "agent_stopped" if spool.ended_cleanly else "agent_down"
            gap = GapRecord("not_sampled", reason, "", min(since, now), now, None, "cycles")
            spool.append([Entry(gaps=(gap,))], alive=now)
        return _Prepared(alias_of, uuid_of, spool.marks(), since)

    def _identities(self, spool: Spool) -> dict[str, UUID]:
        identity = Identity(self._loaded.data_dir / "identity.json")
        if identity.empty:
            for entry in aliases.read_all(spool):
                identity.adopt(entry.key, entry.uuid, entry.kind, str(entry.meta.get("unit", "")))
        return identity.resolve(
            Wanted(
                f"{conn.id}/{tag.name}", tag.kind, tag.unit,
                None if tag.was is None else f"{conn.id}/{tag.was}",
            )
            for conn, tag in self._tags()
        )  # fmt: skip

    def _tags(self) -> Iterable[tuple[ConnectionConfig, TagConfig]]:
        for conn in self._config.connections:
            for tag in conn.tags:
                yield conn, tag

    def tag_count(self) -> int:
        """Tags of the connections that are enabled."""
        return sum(len(scan.tags) for device in self._devices for scan in device.scans)

    def _entries(self, uuids: dict[str, UUID]) -> list[TagEntry]:
        return [
            TagEntry(
                alias=0, uuid=uuids[f"{conn.id}/{tag.name}"], key=f"{conn.id}/{tag.name}", kind=tag.kind,
                driver=conn.driver, address=tag.address, scan_ms=tag.scan_ms or conn.scan_ms,
                asset=tag.asset or "", role=tag.role or "", asset_name=tag.asset_name or "",
                asset_type=tag.asset_type or "", asset_parent=tag.asset_parent or "",
                asset_parent_name=tag.asset_parent_name or "",
                asset_name_i18n=tag.asset_name_i18n, asset_parent_name_i18n=tag.asset_parent_name_i18n,
                meta=tag.meta().model_dump(mode="json", exclude_defaults=True),
            )
            for conn, tag in self._tags()
        ]  # fmt: skip

    def _make_devices(self, prepared: _Prepared) -> Iterable[Device]:
        enabled = [conn for conn in self._config.connections if conn.enabled]
        for place, conn in enumerate(enabled):
            yield Device(
                conn, self._scan_classes(conn, prepared), partial(make_driver, conn), self._batcher,
                place=place, frames_bytes=self._config.diagnostics.frames_bytes(len(enabled)),
            )  # fmt: skip

    def _scan_classes(self, conn: ConnectionConfig, prepared: _Prepared) -> list[ScanClass]:
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

    def _make_uplink(self, writer: SpoolWriter, health: Health, machine: str, desk: CommandDesk) -> Uplink:
        return Uplink(
            UplinkParts(
                config=self._config, base=self._loaded.base, machine=machine,
                config_hash=self._loaded.hash, catalog_hash=self._catalog_hash,
                snapshot=self._current, heartbeat=health.heartbeat, command=desk.receive,
            ),
            writer,
        )  # fmt: skip

    def _link(self, writer: SpoolWriter, uplink: Uplink) -> None:
        writer.on_commit = uplink.committed
        writer.on_death = lambda: self._broken("the thread of the spool ended")
        writer.protect(uplink.outbox.protected)

    def _current(self) -> list[Columns]:
        return [group for device in self._devices for group in device.current()]

    async def _serve(self, health: Health) -> list[MetricsServer | LocalDoor]:
        """What answers on this machine while the agent runs. Raises ConfigError."""
        door = LocalDoor(health.status, health.metrics, self._devices, self._log_lines)
        await door.start(self._loaded.data_dir)
        if self._config.metrics is None:
            return [door]
        server = MetricsServer(health.metrics)
        try:
            await server.start(self._config.metrics.listen, self._loaded.data_dir / "metrics.addr")
        except ConfigError:
            await door.stop()
            raise
        return [server, door]

    # -- end --------------------------------------------------------------------------------

    async def _end(self, writer: SpoolWriter, uplink: Uplink, servers: Sequence[MetricsServer | LocalDoor]) -> None:
        """Reads that are under way finish, what was sampled is committed, the broker is told."""
        began = time.monotonic()
        for device in self._devices:
            device.stop()
        await self._reads_under_way()
        self._batcher.close()
        for task in self._tasks[: len(self._devices)]:
            task.cancel()
        if not await writer.stop(COMMIT_TIMEOUT_S):
            logger.error("The disk did not answer in time: what was not committed is lost.")
        await asyncio.sleep(0)  # the last commits are told, and sent where the window allows
        uplink.say_goodbye()
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks, timeout=GOODBYE_TIMEOUT_S)
        for server in servers:
            await server.stop()
        logger.info("Ended after %.2f s.", time.monotonic() - began)

    async def _reads_under_way(self) -> None:
        waits = [asyncio.create_task(device.idle.wait()) for device in self._devices]
        if waits:
            _, late = await asyncio.wait(waits, timeout=STOP_TIMEOUT_S)
            for task in late:
                task.cancel()
