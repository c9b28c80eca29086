"""An agent made by hand for tests of ingest: it speaks the wire protocol and keeps every batch it made."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4, uuid5

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from schemas.wire.ack import Ack
from schemas.wire.batch import BatchKind, encode_columns, encode_records, make_batch, pack, unpack
from schemas.wire.columns import Columns, columns
from schemas.wire.dictionary import TagEntry
from schemas.wire.heartbeat import ConnectionBeat, Heartbeat, ScanBeat
from schemas.wire.intervals import IntervalSet
from schemas.wire.presence import Birth, EdgeState
from schemas.wire.topics import ack_topic, batch_topic, birth_topic, core_state_topic, hb_topic, state_topic
from tests.support.broker import Broker
from tests.support.waiting import wait_until

TAGS = UUID("018f0000-0000-7000-8000-0000000000aa")


def now_us() -> int:
    return time.time_ns() // 1000


def entry(alias: int, name: str, kind: str = "f", **more: Any) -> TagEntry:
    given: dict[str, Any] = {"uuid": uuid5(TAGS, name), "key": f"press_1/{name}", "scan_ms": 1000, **more}
    return TagEntry(alias=alias, kind=kind, **given)


@dataclass
class HandAgent:
    """`spool` holds the payload of every batch by seq; nothing is sent by itself."""

    broker: Broker
    edge: str = "line_1"
    stream: UUID = field(default_factory=uuid4)
    machine: str = "m1"
    boot: int = 1
    seq: int = 0
    spool: dict[int, bytes] = field(default_factory=dict)
    acks: list[Ack] = field(default_factory=list)
    core_states: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.conn_id = secrets.token_hex(8)
        self.lock = threading.Lock()
        self.client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=secrets.token_hex(16),
            clean_session=True,
            protocol=MQTTProtocolVersion.MQTTv311,
        )
        self.client.username_pw_set(self.broker.edge_user(self.edge), self.broker.edge_password(self.edge))
        self.client.on_message = self._on_message
        self.client.on_connect = self._on_connect
        self.client.on_subscribe = lambda *_: self.connected.set()
        self.client.reconnect_delay_set(1, 1)
        self.connected = threading.Event()

    def connect(self) -> HandAgent:
        self.client.connect_async("127.0.0.1", self.broker.port)
        self.client.loop_start()
        assert self.connected.wait(10)
        return self

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()

    def _on_connect(self, client: Client, *_: Any) -> None:
        client.subscribe([(ack_topic("factory", self.edge), 0), (core_state_topic("factory"), 0)])

    def _on_message(self, _client: Client, _data: Any, message: Any) -> None:
        with self.lock:
            if message.topic.endswith("/core/state"):
                self.core_states.append(message.payload)
            else:
                self.acks.append(Ack.unpack(message.payload))

    def birth(self) -> None:
        birth = Birth(
            stream=str(self.stream),
            boot=self.boot,
            conn_id=self.conn_id,
            max_seq=self.seq,
            machine=self.machine,
            agent_version="1",
            config_hash="c",
        )
        self.client.publish(birth_topic("factory", self.edge), birth.pack(), qos=0, retain=True)
        state = EdgeState(online=True, conn_id=self.conn_id, ts=now_us())
        self.client.publish(state_topic("factory", self.edge), state.pack(), qos=0, retain=True)

    def introduce(self) -> Ack:
        """Birth, again every second until an ack for the stream has come."""
        before = len(self.acks)
        for _ in range(15):
            self.birth()
            try:
                wait_until(lambda: len(self.acks) > before, timeout_s=1)
            except AssertionError:
                continue
            return self.acks[-1]
        raise AssertionError("no handshake")

    def make(self, kind: BatchKind, body: bytes, *, hist: bool = False, seq: int | None = None) -> int:
        if seq is None:
            self.seq += 1
            seq = self.seq
        batch = make_batch(self.stream, seq, kind, body, boot=self.boot, wall=now_us(), mono=1, rev="r", hist=hist)
        self.spool[seq] = pack(batch)
        return seq

    def send(self, seq: int) -> int:
        self.client.publish(batch_topic("factory", self.edge), self.spool[seq], qos=0)
        return seq

    def data(self, groups: Sequence[Columns], *, hist: bool = False) -> int:
        return self.send(self.make("data", encode_columns(groups), hist=hist))

    def floats(self, alias: int, rows: Sequence[tuple[int, float]], *, hist: bool = False, q: int = 0) -> int:
        ts, v = [ts for ts, _ in rows], [v for _, v in rows]
        return self.data([columns("f", [alias] * len(rows), ts, [q] * len(rows), v)], hist=hist)

    def declare(self, *entries: TagEntry) -> int:
        return self.send(self.make("dict", encode_records([item.to_record() for item in entries])))

    def snapshot(self, groups: Sequence[Columns]) -> None:
        self.send(self.make("snapshot", encode_columns(groups), seq=0))

    def heartbeat(self, *, up: bool = True, age_us: int = 0, scan_ms: int = 1000, skew_us: int = 0) -> None:
        now = now_us() + skew_us
        beat = Heartbeat(
            self.conn_id,
            self.stream,
            self.boot,
            now,
            1,
            [
                ConnectionBeat(
                    "press_1",
                    "modbus_tcp",
                    up,
                    now,
                    "" if up else "no link",
                    2,
                    0,
                    [ScanBeat(scan_ms, now - age_us, 0)],
                )
            ],
        )
        self.client.publish(hb_topic("factory", self.edge), beat.pack(), qos=0)

    def held(self) -> IntervalSet:
        with self.lock:
            mine = [ack for ack in self.acks if ack.stream == self.stream]
        return IntervalSet(mine[-1].have) if mine else IntervalSet()

    def wait_acked(self, *seqs: int, timeout_s: float = 10) -> None:
        wait_until(lambda: all(seq in self.held() for seq in seqs), timeout_s=timeout_s, what=f"acks of {seqs}")

    def wanted(self) -> set[str]:
        with self.lock:
            return {want for ack in self.acks for want in ack.want}

    def resend_until_acked(self, timeout_s: float = 30) -> None:
        """As the real agent does: what is not acked is sent again."""
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            held = self.held()
            dead = {n for ack in self.acks for n, _ in ack.dead}
            waiting = [seq for seq in sorted(self.spool) if seq and seq not in held and seq not in dead]
            if not waiting:
                return
            for seq in waiting[:8]:
                self.send(seq)
            time.sleep(0.3)
        raise AssertionError(f"not acked: {sorted(set(self.spool) - {0})[:5]}…, held {self.held()}")


def spoilt(payload: bytes) -> bytes:
    """The payload with another body but the old crc."""
    batch = unpack(payload)
    return payload.replace(batch.body, batch.body[:-1] + bytes([batch.body[-1] ^ 1]))
