"""The broker the MQTT driver is proven against: nats-server from its wheel, as a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from schemas.models.tag import DataType, TagConfig
from schemas.quality import Quality

__all__ = ["Peer"]

START_S = 20.0


class Peer:
    """Two topics, `plant/a` and `plant/b`, each keeps an object of values; tags take turns."""

    host = "127.0.0.1"

    def __init__(self, ack_wait_s: int = 30) -> None:
        """`ack_wait_s`: when the broker sends again what was not acknowledged."""
        self._ack_wait_s = ack_wait_s
        self._values: dict[str, dict[str, Any]] = {"plant/a": {}, "plant/b": {}}
        self._used = 0
        self.port = 0
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self._process: subprocess.Popen[bytes] | None = None
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id="plant", protocol=paho.MQTTv311)
        self._kept: dict[str, bytes] = {}
        self._heard = threading.Event()
        self._client.on_message = self._on_message

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self._start)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self._stop)

    def _start(self) -> None:
        with socket.socket() as free:
            free.bind((self.host, 0))
            self.port = free.getsockname()[1]
        folder = Path(self._folder.name)
        document = {
            "server_name": "plant", "host": self.host, "port": -1, "jetstream": {"store_dir": str(folder / "store")},
            "mqtt": {"host": self.host, "port": self.port, "ack_wait": f"{self._ack_wait_s}s"},
        }  # fmt: skip
        (folder / "nats.conf").write_text(json.dumps(document), encoding="utf-8")
        line = [_binary(), "-c", str(folder / "nats.conf")]
        self._process = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + START_S
        while True:
            with contextlib.suppress(OSError):
                self._client.connect(self.host, self.port)
                break
            if time.monotonic() > until or self._process.poll() is not None:
                raise RuntimeError("the broker of the test does not start")
            time.sleep(0.02)
        self._client.loop_start()

    def _stop(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
        self._folder.cleanup()

    def _on_message(self, _client: Any, _data: Any, message: paho.MQTTMessage) -> None:
        self._kept[message.topic] = bytes(message.payload)
        self._heard.set()

    def publish(self, topic: str, payload: bytes, *, retain: bool = True) -> None:
        """Publish, and return once a newcomer would get it."""
        self._client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(START_S)
        until = time.monotonic() + START_S
        while retain and self._kept.get(topic) != payload:
            self._heard.clear()
            self._client.unsubscribe(topic)
            self._client.subscribe(topic, qos=1)
            self._heard.wait(0.2)
            if time.monotonic() > until:
                raise RuntimeError("the broker of the test does not keep what was published")

    def config(self, host: str, port: int, timeout_ms: int) -> dict[str, Any]:
        """Settings of the driver; a kept value of this plant is as new as it looks."""
        return {"host": host, "port": port, "timeout_ms": timeout_ms, "time_pointer": "/at", "time_format": "unix_s"}

    def tag(self, name: str, data_type: DataType, **more: Any) -> TagConfig:
        """A member of its own."""
        self._used += 1
        topic = "plant/a" if self._used % 2 else "plant/b"
        member = f"{name}_{self._used}"
        address = f"{topic}#/values/{member}"
        whole = {"name": name, "address": address, "type": data_type, **more}
        if data_type == "string":
            whole.setdefault("length", 12)
        self._values[topic][member] = "" if data_type == "string" else False if data_type == "bool" else 0
        self._tell(topic)
        return TagConfig.model_validate({key: value for key, value in whole.items() if value is not None})

    def wrong_tag(self, name: str, data_type: DataType) -> TagConfig:
        """A member no payload has."""
        return TagConfig.model_validate({"name": name, "address": "plant/a#/values/none", "type": data_type})

    def impossible_tag(self, name: str) -> TagConfig:
        """Many topics at once."""
        return TagConfig.model_validate({"name": name, "address": "plant/+#/value", "type": "int16"})

    def put(self, tag: TagConfig, value: float | int | bool | str | None) -> None:
        """Publish the object with this member changed."""
        topic, _, pointer = tag.address.partition("#")
        self._values[topic][pointer.rpartition("/")[2]] = value
        self._tell(topic)

    def get(self, tag: TagConfig) -> float | int | bool | str:
        """What the member holds."""
        topic, _, pointer = tag.address.partition("#")
        value: float | int | bool | str = self._values[topic][pointer.rpartition("/")[2]]
        return value

    def put_text_bytes(self, tag: TagConfig, data: bytes) -> bool:
        """A string of JSON is Unicode."""
        return False

    def fault(self, tag: TagConfig) -> Quality | None:
        """A device that has no value says null."""
        self.put(tag, None)
        return Quality.BAD

    def _tell(self, topic: str) -> None:
        self.publish(topic, json.dumps({"at": time.time(), "values": self._values[topic]}).encode())


def _binary() -> str:
    name = "nats-server.exe" if sys.platform == "win32" else "nats-server"
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.is_file() else shutil.which(name)
    if found is None:
        raise FileNotFoundError("nats-server is missing: install interlock[platform]")
    return found
