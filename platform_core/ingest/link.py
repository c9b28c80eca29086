"""The MQTT connection of one tenant: presence out, edges' messages in, acks out."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from platform_core.ingest.inbox import Inbox, Message
from schemas.errors import ConfigError
from schemas.wire.presence import CoreState
from schemas.wire.topics import core_state_topic, edge_filter

log = logging.getLogger("interlock.ingest")

KEEPALIVE_S: Final = 15
CHANNELS: Final = ("birth", "state", "hb", "b/+", "re")


class MqttLink:
    """Reconnects by itself for ever; everything at QoS 0, clean session, a client id nobody can guess."""

    def __init__(
        self,
        url: str,
        username: str,
        password: str,
        tenant: str,
        core: str,
        inbox: Inbox,
        on_answer: Callable[[str, bytes], None] = lambda _topic, _payload: None,
        ca_file: Path | None = None,
        client_file: Path | None = None,
    ) -> None:
        """`url` is `mqtt://host:port` or `mqtts://host:port`. Raises ConfigError for any other.

        `on_answer` gets answers to commands at once, in the MQTT thread: somebody waits for them.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("mqtt", "mqtts", "tcp") or not parts.hostname:
            raise ConfigError("ingest.broker_url", f"Not a broker address: {url!r}.", hint="mqtt://host:1883")
        self._host = parts.hostname
        self._port = parts.port or (8883 if parts.scheme == "mqtts" else 1883)
        self._tenant = tenant
        self._core = core
        self._inbox = inbox
        self._on_answer = on_answer
        self._is_up = threading.Event()
        self._client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"core-{secrets.token_hex(16)}",
            clean_session=True,
            protocol=MQTTProtocolVersion.MQTTv311,
        )
        if username:
            self._client.username_pw_set(username, password)
        if parts.scheme == "mqtts":
            self._client.tls_set(
                ca_certs=None if ca_file is None else str(ca_file),
                certfile=None if client_file is None else str(client_file),
                keyfile=None if client_file is None else str(client_file),
            )
        self._client.will_set(core_state_topic(tenant), self._presence(online=False), qos=0, retain=True)
        self._client.reconnect_delay_set(min_delay=1, max_delay=5)
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_disconnect = self._on_disconnect
        self._client.on_message = self._on_message

    @property
    def is_up(self) -> bool:
        """Connected and subscribed."""
        return self._is_up.is_set()

    def wait_until_up(self, wait_s: float) -> bool:
        """Wait for the connection; False when it took longer."""
        return self._is_up.wait(wait_s)

    def start(self) -> None:
        """Begin to connect; a broker that is not there yet is waited for."""
        self._client.connect_async(self._host, self._port, KEEPALIVE_S)
        self._client.loop_start()

    def stop(self) -> None:
        """Say goodbye: agents stop sending at once."""
        if self.is_up:
            gone = self._client.publish(
                core_state_topic(self._tenant), self._presence(online=False), qos=0, retain=True
            )
            if gone.rc == MQTTErrorCode.MQTT_ERR_SUCCESS:
                gone.wait_for_publish(1.0)
        self._client.disconnect()
        self._client.loop_stop()
        self._is_up.clear()

    def publish(self, topic: str, payload: bytes) -> None:
        """Send, or drop while there is no connection: acks are repeated on the next birth."""
        if self.is_up:
            self._client.publish(topic, payload, qos=0)

    def publish_now(self, topic: str, payload: bytes) -> bool:
        """Send at once or not at all: False while there is no connection; nothing is kept for the next one."""
        return self.is_up and self._client.publish(topic, payload, qos=0).rc == MQTTErrorCode.MQTT_ERR_SUCCESS

    def _presence(self, *, online: bool) -> bytes:
        return CoreState(online=online, core=self._core, ts=time.time_ns() // 1000).pack()

    def _on_connect(
        self, client: Client, _data: Any, _flags: ConnectFlags, reason: ReasonCode, _more: Properties | None
    ) -> None:
        if reason.is_failure:
            log.error("the broker refuses the platform: %s", reason)
            return
        client.subscribe([(edge_filter(channel, tenant=self._tenant), 0) for channel in CHANNELS])

    def _on_subscribe(
        self, client: Client, _data: Any, _mid: int, reasons: list[ReasonCode], _more: Properties | None
    ) -> None:
        """Only now does the broker pass on what agents send: who is told "online" before it would send into nothing.

        With rights to some topics only the platform does what it can; what is refused is in the log.
        """
        if refused := [channel for channel, reason in zip(CHANNELS, reasons, strict=False) if reason.is_failure]:
            log.error("the broker refuses the platform the topics %s: check its rights there", ", ".join(refused))
        if len(refused) == len(CHANNELS):
            return
        self._is_up.set()
        client.publish(core_state_topic(self._tenant), self._presence(online=True), qos=0, retain=True)
        log.info("connected to the broker for tenant %s", self._tenant)

    def _on_disconnect(
        self, _client: Client, _data: Any, _flags: DisconnectFlags, reason: ReasonCode, _more: Properties | None
    ) -> None:
        if self._is_up.is_set():
            log.warning("connection to the broker lost: %s", reason)
        self._is_up.clear()

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            return
        if topic.endswith("/re"):
            self._on_answer(topic, bytes(message.payload))
            return
        self._inbox.put(Message(topic, bytes(message.payload), time.time_ns() // 1000, time.monotonic_ns() // 1000))
