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
