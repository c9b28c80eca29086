"""The session with the platform: presence, hand-shake, batches, acks, heartbeats.

No batch leaves before the platform has said, in this connection and as the platform that is there
now, what it has of our stream. Its acks alone let the spool forget.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from edge_agent import __version__
from edge_agent.batcher import data_batches
from edge_agent.buffer import aliases
from edge_agent.buffer.rows import StoredBatch
from edge_agent.buffer.spool import Spool
from edge_agent.buffer.writer import SpoolWriter
from edge_agent.publish import handshake
from edge_agent.publish.mqtt import MqttConnection, new_connection_id
from edge_agent.publish.outbox import BACKLOG_READ, WINDOW, BacklogQuery, Outbox, Sending
from schemas.errors import ConnectError, WireError
from schemas.models.agent import AgentConfig
from schemas.wire import topics
from schemas.wire.ack import Ack
from schemas.wire.batch import make_batch, pack
from schemas.wire.columns import Columns, concat
from schemas.wire.command import CommandResult
from schemas.wire.heartbeat import Heartbeat
from schemas.wire.intervals import IntervalSet
from schemas.wire.presence import Birth, CoreState, EdgeState, read_presence

logger = logging.getLogger(__name__)

TICK_S = 0.02
HANDSHAKE_S = 3.0
HEARTBEAT_S = 1.0
SILENT_PLATFORM_S = 15.0
DICT_AGAIN_S = 5.0


@dataclass(slots=True, frozen=True)
class UplinkParts:
    """What the uplink needs to know of the agent around it."""

    config: AgentConfig
    base: Path
    machine: str
    config_hash: str
    catalog_hash: str
    snapshot: Callable[[], list[Columns]]
    heartbeat: Callable[[str, UUID, int], Heartbeat]
    #: Takes the payload of a command and where its answer goes.
    command: Callable[[bytes, Callable[[CommandResult], None]], None]
    #: Takes the payload of a part of a configuration.
    configure: Callable[[bytes], None] = lambda _payload: None
    #: What is told about the configuration after each hand-shake; None: nothing.
    config_report: Callable[[], bytes | None] = lambda: None
    #: What the birth says of whose connections run.
    holds: Callable[[], Mapping[str, Any]] = dict


class Uplink:
    """Runs one broker connection after the other; `run` is retried by the supervisor."""

    def __init__(self, parts: UplinkParts, writer: SpoolWriter) -> None:
        self._parts, self._writer = parts, writer
        config = parts.config
        self._topic = topics.batch_topic(config.tenant, config.edge, config.broker.bucket)
        self.outbox = Outbox(config.spool.backlog_batches_per_s)
        spool = writer.spool
        self._stream, self._boot, self._max_seq = spool.stream, spool.boot, spool.max_seq
        self._floor = 0
        self._core: CoreState | None = None
        self._held_ack: Ack | None = None
        self._mqtt: MqttConnection | None = None
        self._conn_id = ""
        self._shaking = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._dict_at = -DICT_AGAIN_S
        self._snapshot_due = False
        self._state_at = 0.0
        self._silent_since = 0.0
        self._silence_told = False
        self.connected = False
        self.connects = 0
        self.platform_offset_us = 0

    @property
    def conn_id(self) -> str:
        """The present MQTT connection; commands are good for that one alone."""
        return self._conn_id

    @property
    def name(self) -> str:
        """For the log."""
        return "way to the platform"  # which broker, the reason says

    # -- life of a connection ---------------------------------------------------------------

    async def run(self, up: Callable[[], None]) -> None:
        """One connection, until it breaks. Raises ConnectError, AuthError, ConfigError."""
        config, base = self._parts.config, self._parts.base
        tenant, edge = config.tenant, config.edge
        self._conn_id = new_connection_id()
        self._core, self._held_ack, self._shaking = None, None, False
        mqtt = MqttConnection(config.broker, base, conn_id=self._conn_id, on_message=self._received)
        mqtt.will(topics.state_topic(tenant, edge), self._state(online=False))
        try:
            own = (topics.ack_topic, topics.state_topic, topics.cmd_topic, topics.cfg_topic)
            await mqtt.open([topics.core_state_topic(tenant), *(topic(tenant, edge) for topic in own)])
            self._mqtt, self.connected = mqtt, True
            self.connects += 1
            up()
            self._publish_birth()
            self._publish_state()
            await self._keep(mqtt)
            raise ConnectError("mqtt.lost", f"the connection to broker {mqtt.address} is lost")
        finally:
            self.connected = False
            self._mqtt = None
            self.outbox.close()
            await mqtt.close()

    async def _keep(self, mqtt: MqttConnection) -> None:
        heartbeat_at = handshake_at = time.monotonic()
        self._silent_since, self._silence_told = heartbeat_at, False
        handshake_at += HANDSHAKE_S
        lost = asyncio.create_task(mqtt.lost.wait())
        try:
            while not lost.done():
                now = time.monotonic()
                if now >= heartbeat_at:
                    heartbeat_at = max(heartbeat_at + HEARTBEAT_S, now)
                    self._beat()
                    self._resend(now)
                if not self.outbox.ready and now >= handshake_at:
                    handshake_at = now + HANDSHAKE_S
                    self._publish_birth()
                self._tell_silence(now)
                self.pump()
                pause = TICK_S if self.outbox.backlog_waiting else heartbeat_at - time.monotonic()
                await asyncio.wait((lost,), timeout=max(0.001, pause))
        finally:
            lost.cancel()

    def lost(self, error: Exception) -> None:
        """Nothing to mark: what was not acked is in the spool."""

    def say_goodbye(self) -> None:
        """Publishes the offline state of a clean end, where there is a connection."""
        if self._mqtt is not None:
            self._publish_state(online=False)

    # -- what comes in ----------------------------------------------------------------------

    def _received(self, topic: str, payload: bytes) -> None:
        channel = topic.rsplit("/", 1)[-1]
        try:
            if topic == topics.core_state_topic(self._parts.config.tenant):
                self._core_state(read_presence(CoreState, payload))
            elif channel == "a":
                self._acked(Ack.unpack(payload))
            elif channel == "cmd":
                self._parts.command(payload, self._answer)
            elif channel == "cfg":
                self._parts.configure(payload)
            elif channel == "state":
                self._own_state(read_presence(EdgeState, payload))
        except WireError as error:
            logger.warning("A message on %s cannot be read: %s", topic, error)

    def _core_state(self, state: CoreState) -> None:
        before, self._core = self._core, state
        if before is None or before.core != state.core or not state.online:
            if self.outbox.ready:
                logger.warning("The platform is gone; batches wait in the spool.")
            self.outbox.close()
        if not state.online:
            return
        held, self._held_ack = self._held_ack, None
        if held is not None:
            self._acked(held)
        elif before is not None and before.core != state.core:
            self._publish_birth()

    def _answer(self, result: CommandResult) -> None:
        """Tells how a command ended; where the connection broke meanwhile, nobody hears it."""
        self.report(result.pack())

    def report(self, payload: bytes) -> None:
        """Tells how a command ended or a configuration stands, where there is a connection."""
        if self._mqtt is not None:
            self._mqtt.publish(topics.reply_topic(self._parts.config.tenant, self._parts.config.edge), payload)

    def reconfigured(self, config_hash: str) -> None:
        """The agent has gone over to another configuration of its connections."""
        self._parts = replace(self._parts, config_hash=config_hash)
        self._publish_birth()

    def _own_state(self, state: EdgeState) -> None:
        """A late will of an earlier connection says we are offline: say that we are not."""
        if state.conn_id == self._conn_id and state.online:
            return
        if self._mqtt is not None and time.monotonic() - self._state_at > 0.5:
            self._publish_state()

    def _acked(self, ack: Ack) -> None:
        if ack.stream != self._stream:
            return
        if self._core is None or not self._core.online:
            self._held_ack = ack
            return
        if ack.core != self._core.core:
            return
        self._silent_since, self._silence_told = time.monotonic(), False
        self.platform_offset_us = ack.now - time.time_ns() // 1000
        highest = max([ack.max_seq, *(high for _, high in ack.have)])
        known = max(self._floor, self.outbox.max_sent if self.outbox.ready else 0)
        if not self.outbox.ready or highest > known:
            self._start(self._shake(ack))
            return
        self.outbox.window = min(WINDOW, ack.credit)
        held = self.outbox.settle(ack.have, [n for n, _ in ack.dead])
        if held or ack.dead:
            self._writer.ack(IntervalSet((n, n) for n in held).ranges(), ack.dead)
        self._wanted(ack)
        self.pump()

    def _wanted(self, ack: Ack, *, snapshot_sent: bool = False) -> None:
        now = time.monotonic()
        pending = self.outbox.dictionary_pending
        if "dict" in ack.want and not pending and now - self._dict_at >= DICT_AGAIN_S:
            self._dict_at = now
            self._start(self._send_dictionary())
        if "snapshot" in ack.want and not snapshot_sent:
            self._snapshot_due = True
        if self._snapshot_due and not pending:
            self._snapshot_due = False
            self._publish_snapshot()
        if "birth" in ack.want:
            self._publish_birth()

    # -- hand-shake -------------------------------------------------------------------------

    async def _shake(self, ack: Ack) -> None:
        if self._shaking:
            return
        self._shaking = True
        self.outbox.close()
        conn_id, rev = self._conn_id, self._parts.config_hash
        try:
            result = await self._writer.ask(lambda spool: handshake.shake(spool, ack, rev))
        finally:
            self._shaking = False
        # Commits made after the hand-shake's job may have been told to us before its answer.
        newest = max(result.max_seq, self._max_seq if result.stream == self._stream else 0)
        self._stream, self._boot, self._max_seq = result.stream, result.boot, newest
        if conn_id != self._conn_id or self._mqtt is None:
            return
        if result.forked:
            logger.warning("The platform knows more of the stream than this spool: a new stream begins.")
            self._floor = 0
            self._publish_birth()
            return
        if result.revived:
            logger.warning("The platform lacks %d batches it had acked: sent again.", result.revived)
        self._floor = max([ack.max_seq, *(high for _, high in ack.have)])
        self.outbox.open(result.first, max_seq=newest, boot=result.boot, mono_us=time.monotonic_ns() // 1000)
        self.outbox.window = min(WINDOW, ack.credit)
        logger.info("The platform is there; it has the stream up to %d.", self._floor)
        # Values are of use only to who knows whose they are: after the dictionary.
        self._snapshot_due = True
        self._wanted(ack, snapshot_sent=True)
        if (report := self._parts.config_report()) is not None:  # only now the platform is known to listen
            self.report(report)
        self.pump()

    async def _send_dictionary(self) -> None:
        rev = self._parts.config_hash
        batches = await self._writer.ask(lambda spool: handshake.append_dictionary(spool, aliases.read_all(spool), rev))
        self.committed(batches)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            logger.error("The spool did not answer the uplink: %s", error)
            if self._mqtt is not None:
                self._mqtt.lost.set()  # a new connection begins with a new hand-shake

    # -- what goes out ----------------------------------------------------------------------

    def committed(self, batches: list[StoredBatch]) -> None:
        """The spool accepted these: they may go."""
        current = [batch for batch in batches if batch.stream == self._stream]
        if current:
            self._max_seq = max(self._max_seq, current[-1].seq)
            self.outbox.committed(current)
            self.pump()

    def pump(self) -> None:
        """Publishes what the window allows, and reads more of the backlog when it runs low."""
        if self._mqtt is None or not self.outbox.ready:
            return
        for sending in self.outbox.take(time.monotonic()):
            self._publish(sending)
        query = self.outbox.query()
        if query is not None:
            self._start(self._read_backlog(query))

    async def _read_backlog(self, query: BacklogQuery) -> None:
        session = self.outbox.session

        def read(spool: Spool) -> list[StoredBatch]:
            found = spool.read_pending(query.after, query.before, BACKLOG_READ, prio=query.prio)
            self.outbox.handed_out(found)
            return found

        found = await self._writer.ask(read)
        if self.outbox.session == session:
            self.outbox.answer(query, found)
            self.pump()

    def _resend(self, now: float) -> None:
        for sending in self.outbox.overdue(now) if self.outbox.ready else []:
            self._publish(sending)

    def _publish(self, sending: Sending) -> None:
        if self._mqtt is None:
            return
        row = sending.batch
        batch = make_batch(
            row.stream, row.seq, row.kind, row.body, boot=row.boot, wall=row.wall, mono=row.mono,
            rev=row.rev, z=row.z, hist=sending.hist,
        )  # fmt: skip
        self._mqtt.publish(self._topic, pack(batch))

    def _publish_snapshot(self) -> None:
        """The current values, for a platform that has just come: not stored, not acked."""
        if self._mqtt is None:
            return
        groups = concat(self._parts.snapshot())
        for new in data_batches(groups, conn="", rev=self._parts.config_hash) if groups else []:
            batch = make_batch(
                self._stream, 0, "snapshot", new.body, boot=self._boot, wall=new.wall, mono=new.mono,
                rev=new.rev, z=new.z,
            )  # fmt: skip
            self._mqtt.publish(self._topic, pack(batch))

    def _publish_birth(self) -> None:
        if self._mqtt is None:
            return
        parts = self._parts
        birth = Birth(
            stream=str(self._stream), boot=self._boot, conn_id=self._conn_id, max_seq=self._max_seq,
            machine=parts.machine, agent_version=__version__, config_hash=parts.config_hash,
            catalog_hash=parts.catalog_hash, **parts.holds(),
        )  # fmt: skip
        topic = topics.birth_topic(parts.config.tenant, parts.config.edge)
        self._mqtt.publish(topic, birth.pack(), retain=True)

    def _publish_state(self, *, online: bool = True) -> None:
        if self._mqtt is None:
            return
        self._state_at = time.monotonic()
        topic = topics.state_topic(self._parts.config.tenant, self._parts.config.edge)
        self._mqtt.publish(topic, self._state(online=online), retain=True)

    def _state(self, *, online: bool) -> bytes:
        return EdgeState(online=online, conn_id=self._conn_id, ts=time.time_ns() // 1000).pack()

    def _beat(self) -> None:
        if self._mqtt is None:
            return
        beat = self._parts.heartbeat(self._conn_id, self._stream, self._boot)
        topic = topics.hb_topic(self._parts.config.tenant, self._parts.config.edge)
        self._mqtt.publish(topic, beat.pack())

    def _tell_silence(self, now: float) -> None:
        """Says once when acks stay away: the broker may refuse the topic without telling."""
        waits = not self.outbox.ready or self.outbox.in_flight
        if not waits:
            self._silent_since = now
        elif now - self._silent_since > SILENT_PLATFORM_S and not self._silence_told:
            self._silence_told = True
            logger.warning(
                "No ack for %d s: the platform is absent, or the broker refuses %s.",
                int(now - self._silent_since), self._topic,
            )  # fmt: skip
