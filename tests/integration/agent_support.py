"""A platform of a few lines for the agent's tests: it speaks the protocol through the real broker,
shares no code with the product's ingest, and remembers everything it was sent."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from schemas.wire import topics
from schemas.wire.ack import Ack
from schemas.wire.batch import Batch, decode_columns, decode_records, unpack
from schemas.wire.heartbeat import Heartbeat
from schemas.wire.intervals import IntervalSet
from schemas.wire.presence import Birth, CoreState, EdgeState

Point = tuple[str, int]


@dataclass
class Memory:
    """What the platform has made durable; a copy of it is a backup."""

    have: dict[UUID, IntervalSet] = field(default_factory=dict)
    names: dict[tuple[UUID, int], str] = field(default_factory=dict)
    points: dict[Point, tuple[Any, int]] = field(default_factory=dict)
    stored_times: Counter[Point] = field(default_factory=Counter)
    conflicts: int = 0
    gaps: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)

    def copy(self) -> Memory:
        return Memory(
            {stream: IntervalSet(found.ranges()) for stream, found in self.have.items()},
            dict(self.names), dict(self.points), Counter(self.stored_times), self.conflicts, list(self.gaps),
            list(self.events),
        )  # fmt: skip


class AckPeer:
    """Acks what it remembers. `answering` off: it takes batches in and says nothing."""

    def __init__(self, port: int, user: str, password: str, *, tenant: str = "factory", edge: str = "line_1") -> None:
        self.port, self.tenant, self.edge = port, tenant, edge
        self.memory = Memory()
        self.core = uuid4().hex
        self.answering = True
        self.refusing = 0
        """So many of the next batches of data are called dead."""
        self.dead: dict[tuple[UUID, int], str] = {}
        self.want_next: list[Any] = []
        self.snapshots: list[list[Any]] = []
        self.births: list[Birth] = []
        self.states: list[EdgeState] = []
        self.beats: list[Heartbeat] = []
        self.batches: list[Batch] = []
        self.arrived: list[tuple[float, Batch]] = []
        self.lock = threading.RLock()
        self._user, self._password = user, password
        self._client: paho.Client | None = None

    def start(self) -> None:
        client = paho.Client(CallbackAPIVersion.VERSION2, client_id=f"core-{uuid4().hex}", protocol=paho.MQTTv311)
        client.username_pw_set(self._user, self._password)
        client.will_set(topics.core_state_topic(self.tenant), self._state(online=False), retain=True)
        client.on_connect = self._connected
        client.on_message = self._message
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        self._client = client

    def stop(self) -> None:
        if self._client is not None:
            self._client.publish(topics.core_state_topic(self.tenant), self._state(online=False), retain=True)
            time.sleep(0.05)
            self._client.disconnect()
            self._client.loop_stop()
            self._client = None

    def restart(self, memory: Memory | None = None) -> None:
        """A new run of the platform, from a backup if given."""
        self.stop()
        self.core = uuid4().hex
        if memory is not None:
            self.memory = memory
        self.start()

    def _state(self, *, online: bool) -> bytes:
        return CoreState(online=online, core=self.core, ts=time.time_ns() // 1000).pack()

    def _connected(self, client: paho.Client, *_: Any) -> None:
        client.publish(topics.core_state_topic(self.tenant), self._state(online=True), retain=True)
        edge = f"il/v1/{self.tenant}/edge/{self.edge}"
        client.subscribe([(f"{edge}/{channel}", 0) for channel in ("birth", "state", "hb", "b/+")])

    def _message(self, _c: Any, _u: Any, message: paho.MQTTMessage) -> None:
        channel = topics.parse_edge_topic(message.topic).channel
        with self.lock:
            if channel == "birth":
                birth = Birth.model_validate_json(message.payload)
                self.births.append(birth)
                self.ack(UUID(birth.stream))
            elif channel == "state":
                self.states.append(EdgeState.model_validate_json(message.payload))
            elif channel == "hb":
                self.beats.append(Heartbeat.unpack(message.payload))
            else:
                self._batch(unpack(message.payload))

    def _batch(self, batch: Batch) -> None:
        self.batches.append(batch)
        self.arrived.append((time.time(), batch))
        if batch.kind == "snapshot":
            self.snapshots.append(decode_columns(batch.body, batch.z))
            return
        have = self.memory.have.setdefault(batch.stream, IntervalSet())
        if (batch.stream, batch.seq) in self.dead:
            self.ack(batch.stream)  # once refused is refused
            return
        if batch.seq not in have:
            if batch.kind == "data" and self.refusing:
                self.refusing -= 1
                self.dead[(batch.stream, batch.seq)] = "wire.body"
                self.ack(batch.stream)
                return
            if not self._store(batch):
                self.want_next.append("dict")
                self.ack(batch.stream)
                return
            have.add(batch.seq)
        self.ack(batch.stream)

    def _store(self, batch: Batch) -> bool:
        memory = self.memory
        if batch.kind == "dict":
            for record in decode_records(batch.body, batch.z):
                memory.names[(batch.stream, record["alias"])] = record["key"]
        elif batch.kind in ("gap", "event"):
            (memory.gaps if batch.kind == "gap" else memory.events).extend(decode_records(batch.body, batch.z))
        else:
            groups = decode_columns(batch.body, batch.z)
            aliases = {alias for group in groups for alias in group.id.tolist()}
            if any((batch.stream, alias) not in memory.names for alias in aliases):
                return False
            for group in groups:
                rows = zip(group.id.tolist(), group.ts.tolist(), group.v.tolist(), group.q.tolist(), strict=True)
                for alias, ts, v, q in rows:
                    point = (memory.names[(batch.stream, alias)], ts)
                    memory.conflicts += memory.points.get(point, (v, q)) != (v, q)
                    memory.points[point] = (v, q)
                    memory.stored_times[point] += 1
        return True

    def ack(self, stream: UUID) -> None:
        if not self.answering or self._client is None:
            return
        have = self.memory.have.get(stream, IntervalSet())
        want, self.want_next = list(dict.fromkeys(self.want_next)), []
        dead = [(seq, code) for (of, seq), code in self.dead.items() if of == stream]
        ack = Ack(self.core, stream, have.ranges(), have.max, time.time_ns() // 1000, want=want, dead=dead)
        self._client.publish(topics.ack_topic(self.tenant, self.edge), ack.pack())

    def values(self, key: str) -> list[tuple[int, Any, int]]:
        """Stored samples of a tag in time order."""
        with self.lock:
            return sorted((ts, v, q) for (name, ts), (v, q) in self.memory.points.items() if name == key)

    def total(self) -> int:
        """Different points stored."""
        with self.lock:
            return len(self.memory.points)
