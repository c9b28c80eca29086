"""Sparkplug peers of a few lines for tests, on the official protobuf library: a host that remembers what it hears, and
a node of some other maker."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from tests.support.sparkplug_messages import Payload, read, value_of
from tests.support.waiting import wait_until


@dataclass(frozen=True)
class Heard:
    """A message as a host gets it."""

    group: str
    kind: str
    node: str
    device: str
    payload: Any
    raw: bytes
    qos: int
    retain: bool
    at: float

    def metric(self, name: str) -> Any:
        return next(metric for metric in self.payload.metrics if metric.name == name)

    def names(self) -> list[str]:
        return [metric.name for metric in self.payload.metrics]


def signed(value: Any, datatype: int) -> Any:
    """Integers stand in a message without a sign: 32 bits for Int8 to Int32, 64 for Int64."""
    bits = {1: 32, 2: 32, 3: 32, 4: 64}.get(datatype)
    return value - (1 << bits) if bits and value is not None and value >> (bits - 1) else value


def _client(port: int, user: str, password: str, name: str) -> paho.Client:
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=f"{name}-{uuid4().hex}", protocol=paho.MQTTv311)
    if user:
        client.username_pw_set(user, password)
    return client


class HostPeer:
    """A host application: hears everything, keeps aliases as births tell them."""

    def __init__(self, port: int, user: str = "", password: str = "", *, host: str = "scada") -> None:
        self.host = host
        self.heard: list[Heard] = []
        self.broken: list[str] = []
        self._names: dict[tuple[str, int], tuple[str, int]] = {}
        self._ready = threading.Event()
        self._ms = 0
        self.sessions = 0
        self._client = _client(port, user, password, "host")
        self._client.on_connect = lambda client, *_: client.subscribe("spBv1.0/#", qos=1)
        self._client.on_subscribe = self._subscribed
        self._client.on_message = self._message
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert self._ready.wait(10)

    def connected_again(self, timeout_s: float = 15.0) -> None:
        """Return once it hears again after the broker has gone."""
        wait_until(lambda: self.sessions > 1 and self._client.is_connected(), timeout_s=timeout_s, what="host is back")

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def say(self, *, online: bool, ms: int | None = None) -> None:
        """Publish STATE; each 'online' has a newer time, each 'offline' that of the last one."""
        self._ms = ms if ms is not None else (time.time_ns() // 1_000_000 if online else self._ms)
        text = json.dumps({"online": online, "timestamp": self._ms})
        self._client.publish(f"spBv1.0/STATE/{self.host}", text, qos=1, retain=True).wait_for_publish(5)

    def command(self, group: str, node: str, name: str, value: bool = True, device: str = "") -> None:
        payload = Payload(timestamp=time.time_ns() // 1_000_000)
        payload.metrics.add(name=name, timestamp=payload.timestamp, boolean_value=value)
        kind, tail = ("DCMD", f"/{device}") if device else ("NCMD", "")
        self.raw(f"spBv1.0/{group}/{kind}/{node}{tail}", payload.SerializeToString())

    def raw(self, topic: str, payload: bytes) -> None:
        self._client.publish(topic, payload, qos=0).wait_for_publish(5)

    def of(self, kind: str, device: str = "") -> list[Heard]:
        return [one for one in list(self.heard) if one.kind == kind and (not device or one.device == device)]

    def samples(self, name: str, *, since: int = 0) -> list[tuple[int, Any, bool, Any]]:
        """(time ms, value, historical, message) of a metric by name, births and data, as heard."""
        found = []
        for message in list(self.heard)[since:]:
            if message.kind not in ("DBIRTH", "DDATA"):
                continue
            for metric in message.payload.metrics:
                known = self._names.get((message.device, metric.alias))
                if known and known[0] == name:
                    found.append((metric.timestamp, signed(value_of(metric), known[1]), metric.is_historical, message))
        return found

    def _subscribed(self, *_: Any) -> None:
        self.sessions += 1
        self._ready.set()

    def _message(self, _c: Any, _u: Any, message: paho.MQTTMessage) -> None:
        parts = message.topic.split("/")
        if parts[1] == "STATE":
            return
        _, group, kind, node, *device = parts
        if kind in ("NCMD", "DCMD"):
            return
        payload = read(message.payload)
        heard = Heard(
            group, kind, node, device[0] if device else "", payload, message.payload, message.qos, message.retain,
            time.monotonic(),
        )  # fmt: skip
        for metric in payload.metrics:
            if kind == "DBIRTH":
                self._names[(heard.device, metric.alias)] = (metric.name, metric.datatype)
            elif kind == "DDATA" and (heard.device, metric.alias) not in self._names:
                self.broken.append(f"{message.topic}: alias {metric.alias} before any birth")
        self.heard.append(heard)


class NodePeer:
    """A node of some other maker, on the official library. Numbers and births are as told: also wrong ones."""

    def __init__(
        self, port: int, user: str = "", password: str = "", *, group: str = "g2", node: str = "press"
    ) -> None:
        self.port, self.group, self.node = port, group, node
        self.commands: list[Any] = []
        self.states: list[dict[str, Any]] = []
        self.seq = 0
        self.bdseq = -1
        self._login = (user, password)
        self._client: paho.Client | None = None

    def connect(self) -> None:
        """A new connection with the next bdSeq in its will."""
        self.bdseq = (self.bdseq + 1) % 256
        client = _client(self.port, *self._login, "node")
        client.will_set(self._topic("NDEATH"), self.death(), qos=1)
        ready = threading.Event()
        client.on_connect = lambda c, *_: c.subscribe([(self._topic("NCMD"), 1), ("spBv1.0/STATE/+", 1)])
        client.on_subscribe = lambda *_: ready.set()
        client.on_message = self._message
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        assert ready.wait(10)
        self._client = client

    def close(self, *, cleanly: bool = True) -> None:
        if self._client is not None:
            if cleanly:
                self.publish("NDEATH", self.death())
                self._client.disconnect()
            else:
                self._client._sock_close()
            self._client.loop_stop()
            self._client = None

    def death(self, bdseq: int | None = None) -> bytes:
        payload = Payload(timestamp=_now_ms())
        payload.metrics.add(name="bdSeq", datatype=4, long_value=self.bdseq if bdseq is None else bdseq)
        return bytes(payload.SerializeToString())

    def nbirth(self, *metrics: dict[str, Any]) -> None:
        """NBIRTH with bdSeq, Rebirth, and these."""
        self.seq = 0
        control = {"name": "Node Control/Rebirth", "datatype": 11, "boolean_value": False}
        self.send("NBIRTH", {"name": "bdSeq", "datatype": 4, "long_value": self.bdseq}, control, *metrics)

    def send(self, kind: str, *metrics: dict[str, Any], device: str = "", seq: int | None = None) -> bytes:
        """A message; its number is the next one unless given. `properties` of a metric are ints and texts."""
        payload = self.payload(*metrics, seq=self.seq if seq is None else seq)
        if seq is None:
            self.seq = (self.seq + 1) % 256
        self.publish(kind, payload, device)
        return payload

    def payload(self, *metrics: dict[str, Any], seq: int | None) -> bytes:
        payload = Payload(timestamp=_now_ms())
        if seq is not None:
            payload.seq = seq
        for given in metrics:
            fields = dict(given)
            properties = fields.pop("properties", {})
            metric = payload.metrics.add(**{"timestamp": _now_ms(), **fields})
            for key, value in properties.items():
                metric.properties.keys.append(key)
                if isinstance(value, int):
                    metric.properties.values.add(type=3, int_value=value)
                else:
                    metric.properties.values.add(type=12, string_value=value)
        return bytes(payload.SerializeToString())

    def publish(self, kind: str, payload: bytes, device: str = "") -> None:
        assert self._client is not None
        qos = 1 if kind == "NDEATH" else 0
        self._client.publish(self._topic(kind, device), payload, qos=qos).wait_for_publish(5)

    def rebirths(self) -> int:
        """How often it was asked for a rebirth."""
        asked = [m for one in list(self.commands) for m in one.metrics if m.name == "Node Control/Rebirth"]
        return len([metric for metric in asked if metric.boolean_value])

    def _topic(self, kind: str, device: str = "") -> str:
        return f"spBv1.0/{self.group}/{kind}/{self.node}{f'/{device}' if device else ''}"

    def _message(self, _c: Any, _u: Any, message: paho.MQTTMessage) -> None:
        if message.topic.split("/")[1] == "STATE":
            self.states.append(
                {"host": message.topic.split("/")[2], "retain": message.retain, **json.loads(message.payload)}
            )
        else:
            self.commands.append(read(message.payload))


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
