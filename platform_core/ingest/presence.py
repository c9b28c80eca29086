"""Who is there: births and the handshake, presence, heartbeats, leases."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from typing import Final
from uuid import UUID

from platform_core.ingest.acks import AckDesk
from platform_core.ingest.catalog import Catalog
from platform_core.ingest.health import ConnectionHealth, EdgeHealth
from platform_core.ingest.inbox import Message
from platform_core.ingest.intake import Intake
from platform_core.ingest.streams import StreamTable
from platform_core.live.freshness import FreshnessTable
from schemas.errors import WireError
from schemas.wire.heartbeat import ConnectionBeat, Heartbeat
from schemas.wire.presence import Birth, EdgeState, read_presence
from schemas.wire.topics import EdgeTopic

log = logging.getLogger("interlock.ingest")

LEASE_US: Final = 30_000_000
LEASE_RENEW_S: Final = 10.0
TENANTS_AGAIN_S: Final = 5.0
EDGES_MAX: Final = 20_000

EdgeKey = tuple[str, str]


class Presence:
    """Works in the ingest thread; `edges()` may be called from any."""

    def __init__(
        self,
        holder: str,
        catalog: Catalog,
        streams: StreamTable,
        acks: AckDesk,
        intake: Intake,
        freshness: FreshnessTable,
    ) -> None:
        """`holder` names this installation in leases: the same after a crash, so that it goes on at once."""
        self.holder = holder
        self._catalog = catalog
        self._streams = streams
        self._acks = acks
        self._intake = intake
        self._freshness = freshness
        self._tenants: set[str] = set()
        self._tenants_s = -TENANTS_AGAIN_S
        self._births: dict[EdgeKey, Birth] = {}
        self._greeted: dict[EdgeKey, str] = {}
        self._health: dict[EdgeKey, EdgeHealth] = {}
        self._waiting: set[EdgeKey] = set()
        self._renewed_s = time.monotonic()

    def is_tenant(self, tenant: str) -> bool:
        """Whether a topic's tenant exists here; asked of the database again every few seconds at most."""
        if tenant not in self._tenants and time.monotonic() - self._tenants_s > TENANTS_AGAIN_S:
            self._tenants = self._catalog.tenants()
            self._tenants_s = time.monotonic()
        return tenant in self._tenants

    def birth(self, topic: EdgeTopic, message: Message) -> None:
        """Introduce an agent and answer with what is held of its stream. Raises WireError, SQLAlchemyError."""
        birth = read_presence(Birth, message.payload)
        key = (topic.tenant, topic.edge)
        try:
            stream = UUID(birth.stream)
        except ValueError as error:
            raise WireError("wire.presence", "The birth names no stream.") from error
        if key not in self._health and len(self._health) >= EDGES_MAX:
            raise WireError("ingest.edges", f"More than {EDGES_MAX} edges.")
        self._births[key] = birth
        known = self._health.get(key, EdgeHealth(topic.tenant, topic.edge, offline_since=message.received_us))
        self._health[key] = replace(known, agent_version=birth.agent_version, config_hash=birth.config_hash)
        mark = self._catalog.welcome(topic.tenant, topic.edge, birth, message.received_us)
        is_foreign = mark.edge != topic.edge
        if is_foreign or (mark.machine and birth.machine and mark.machine != birth.machine):
            held = self._streams.get((topic.tenant, stream))
            have = held.have.ranges() if held is not None and not is_foreign else []
            log.warning("%s/%s writes a stream that began elsewhere: it is asked for a new one", *key)
            self._acks.fork(topic.tenant, topic.edge, stream, have)
            return
        self._handshake(key, stream)

    def birth_of(self, tenant: str, edge: str) -> Birth | None:
        """The last birth that was heard, from any thread; None: none since the start."""
        return self._births.get((tenant, edge))

    def state(self, topic: EdgeTopic, message: Message) -> None:
        """An agent's 'online' or its will. Raises WireError."""
        state = read_presence(EdgeState, message.payload)
        self._freshness.state(
            topic.tenant, topic.edge, online=state.online, conn_id=state.conn_id, now_us=message.heard_us
        )

    def heartbeat(self, topic: EdgeTopic, message: Message) -> None:
        """Take a heartbeat in. Raises WireError."""
        beat = Heartbeat.unpack(message.payload)
        key = (topic.tenant, topic.edge)
        if key not in self._health:
            self._acks.want_birth(topic.tenant, topic.edge, beat.stream)
            return
        self._freshness.beat(topic.tenant, topic.edge, beat, message.heard_us)
        known = self._health[key]
        offset_us = beat.now - message.received_us
        is_new = known.heard_ts == 0 or not known.online
        # A message that was held up makes the offset look too low: the largest of late ones is nearest.
        smoothed = (
            offset_us / 1000
            if is_new
            else max(offset_us / 1000, known.clock_offset_ms + 0.1 * (offset_us / 1000 - known.clock_offset_ms))
        )
        self._health[key] = replace(
            known,
            heard_ts=message.received_us,
            clock_offset_ms=round(smoothed, 1),
            accepted=beat.spool.accepted,
            acked=beat.spool.acked,
            pending=beat.spool.pending,
            dropped=beat.spool.dropped,
            dead=beat.spool.dead,
            backlog_bytes=beat.spool.bytes,
            backlog_oldest_ts=beat.spool.oldest,
            disk_free=beat.spool.disk_free,
            spool_room_s=beat.spool.room_s,
            connections=tuple(_connection(item, offset_us) for item in beat.connections),
        )
        if (topic.tenant, beat.stream) not in self._intake.served:
            self._acks.want_birth(topic.tenant, topic.edge, beat.stream)

    def tick(self, now_us: int, monotonic_us: int) -> None:
        """Once a second: who went on or off line, leases. Raises SQLAlchemyError."""
        for key, known in list(self._health.items()):
            is_online = self._freshness.is_online(*key, monotonic_us)
            if is_online != known.online:
                # The last heartbeat is when it was last there.
                since = 0 if is_online else (known.heard_ts or known.offline_since)
                self._health[key] = replace(known, online=is_online, offline_since=since)
                self._catalog.set_online(*key, is_online, now_us if is_online else since)
        if time.monotonic() - self._renewed_s > LEASE_RENEW_S:
            self._renewed_s = time.monotonic()
            self._catalog.renew(self.holder, now_us + LEASE_US)
            for key in list(self._waiting):
                self._handshake(key, UUID(self._births[key].stream))

    def edges(self) -> tuple[EdgeHealth, ...]:
        """The health of all edges."""
        last = dict(self._intake.last_value_us)
        return tuple(replace(known, last_value_ts=last.get(key, 0)) for key, known in sorted(self._health.items()))

    def seed(self, healths: list[EdgeHealth]) -> None:
        """Edges known from before, offline until heard."""
        for health in healths:
            self._health.setdefault((health.tenant, health.id), health)

    def _handshake(self, key: EdgeKey, stream: UUID) -> None:
        tenant, now_us = key[0], time.time_ns() // 1000
        if not self._catalog.lease(tenant, stream, self.holder, now_us, now_us + LEASE_US):
            self._waiting.add(key)
            self._intake.served.discard((tenant, stream))
            return
        self._waiting.discard(key)
        state = self._streams.get((tenant, stream))
        if state is None:
            (mark,) = [mark for mark in self._catalog.streams() if mark.key == (tenant, stream)]
            state = self._streams.add(mark)
        if state.key not in self._intake.served:
            self._intake.learn(state, self._catalog.aliases(tenant, stream))
            self._intake.served.add(state.key)
        conn_id = self._births[key].conn_id
        if self._greeted.get(key) != conn_id:
            # What changed while nobody listened is on its way as backlog, which is never current.
            self._greeted[key] = conn_id
            self._acks.want(state, "snapshot", at_once=True)
        self._acks.due(state, state.recent_dead())


def _connection(beat: ConnectionBeat, offset_us: int) -> ConnectionHealth:
    last = max((scan.last for scan in beat.scans), default=0)
    return ConnectionHealth(
        id=beat.id,
        driver=beat.driver,
        up=beat.up,
        since=beat.since - offset_us if beat.since else 0,
        error=beat.error[:500],
        last_read_ts=last - offset_us if last else 0,
        scan_overruns=sum(scan.overruns for scan in beat.scans),
        tags=beat.tags,
        bad_tags=beat.bad_tags,
        timeouts=beat.timeouts,
        exceptions=beat.exceptions,
        rtt_p95_us=beat.rtt_p95_us,
        busy_permille=beat.busy_permille,
    )
