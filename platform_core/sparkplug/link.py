"""The host's MQTT connection: STATE as birth and will, nodes' messages in, rebirth requests out."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from platform_core.ingest.inbox import Inbox, Message
from schemas.errors import ConfigError, WireError
from schemas.sparkplug.datatypes import DataType
from schemas.sparkplug.payload import encode_metric, encode_payload
from schemas.sparkplug.state import HostState
from schemas.sparkplug.topics import NAMESPACE, SparkplugTopic, state_topic

log = logging.getLogger("interlock.sparkplug")

KEEPALIVE_S: Final = 15
REBIRTH: Final = "Node Control/Rebirth"
OWN_STATE_PAUSE_S: Final = 0.5
TELL_AGAIN_S: Final = (2.0, 30.0)


@dataclass(frozen=True, slots=True)
class SparkplugSettings:
    """The host application: its id, where it listens, how long it waits for a message that is late.

    `groups`: only these, empty for all. A node is asked for a rebirth at most every `rebirth_pause_s`.
    """

    host: str
    broker_url: str
    username: str = ""
    password: str = field(default="", repr=False)
    groups: tuple[str, ...] = ()
    reorder_ms: int = 2000
    rebirth_pause_s: float = 5.0
    ca_file: Path | None = None
    """CA of an mqtts broker; None: those the system knows."""
    client_file: Path | None = None
    """Key and certificate (one PEM) by which the broker knows the host, where it asks for one."""


class SparkplugLink:
    """Reconnects by itself for ever; clean session, a client id nobody can guess."""

    def __init__(self, settings: SparkplugSettings, inbox: Inbox) -> None:
        """Raises ConfigError for an address that is none, or an id that cannot be part of a topic."""
        parts = urlsplit(settings.broker_url)
        if parts.scheme not in ("mqtt", "mqtts", "tcp") or not parts.hostname:
            raise ConfigError("sparkplug.broker_url", f"Not a broker address: {settings.broker_url!r}.",
                              hint="mqtt://host:1883")  # fmt: skip
        for name in (settings.host, *settings.groups):
            if not name or set(name) & set("+/#") or not name.isprintable() or len(name) > 80:
                raise ConfigError("sparkplug.name", f"{name!r} cannot be part of a topic.",
                                  hint="Use up to 80 characters without +, / and #.")  # fmt: skip
        self._host, self._port = parts.hostname, parts.port or (8883 if parts.scheme == "mqtts" else 1883)
        self._topic = state_topic(settings.host)
        self._groups = settings.groups or ("+",)
        self._inbox = inbox
        self._is_up = threading.Event()
        self._is_stopping = False
        self._began_ms = 0
        self._told_s = 0.0
        self._is_told_twice = False
        #: How often the connection has stood; a new one means that messages may have been missed.
        self.sessions = 0
        self._client = Client(
            CallbackAPIVersion.VERSION2, client_id=f"host-{secrets.token_hex(16)}", clean_session=True,
            protocol=MQTTProtocolVersion.MQTTv311,
        )  # fmt: skip
        if settings.username:
            self._client.username_pw_set(settings.username, settings.password)
        if parts.scheme == "mqtts":
            self._client.tls_set(
                ca_certs=None if settings.ca_file is None else str(settings.ca_file),
                certfile=None if settings.client_file is None else str(settings.client_file),
                keyfile=None if settings.client_file is None else str(settings.client_file),
            )
        self._new_will()
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
        """Say goodbye: nodes that have this host as their primary one stop sending and keep what they have."""
        self._is_stopping = True
        if self.is_up:
            gone = self._client.publish(self._topic, HostState(False, self._began_ms).pack(), qos=1, retain=True)
            if gone.rc == MQTTErrorCode.MQTT_ERR_SUCCESS:
                gone.wait_for_publish(1.0)
        self._client.disconnect()
        self._client.loop_stop()
        self._is_up.clear()

    def keep_told(self) -> None:
        """Say again that this host is there, soon after the first time and then now and then.

        A broker may still be storing the first STATE while a node subscribes, and give the node neither the kept nor
        the live message: one that waits for its primary host would wait for ever.
        """
        if self.is_up and time.monotonic() - self._told_s > TELL_AGAIN_S[self._is_told_twice]:
            self._is_told_twice = True
            self._tell()

    def ask_rebirth(self, group: str, node: str) -> None:
        """Send the node the command to say everything again (§5.10)."""
        now_ms = time.time_ns() // 1_000_000
        metric = encode_metric(True, DataType.BOOLEAN, ts_ms=now_ms, name=REBIRTH, declare=True)
        self._client.publish(str(SparkplugTopic(group, "NCMD", node)), encode_payload(now_ms, None, [metric]), qos=0)

    def _new_will(self) -> None:
        """Birth and will of a connection carry the same time (§4.2.3), each connection a later one."""
        self._began_ms = max(time.time_ns() // 1_000_000, self._began_ms + 1)
        self._client.will_set(self._topic, HostState(False, self._began_ms).pack(), qos=1, retain=True)

    def _tell(self) -> None:
        self._told_s = time.monotonic()
        self._client.publish(self._topic, HostState(True, self._began_ms).pack(), qos=1, retain=True)

    def _on_connect(
        self, client: Client, _data: Any, _flags: ConnectFlags, reason: ReasonCode, _more: Properties | None
    ) -> None:
        if reason.is_failure:
            log.error("the broker refuses the Sparkplug host: %s", reason)
            return
        nodes = [(f"{NAMESPACE}/{group}/+/{tail}", 0) for group in self._groups for tail in ("+", "+/+")]
        client.subscribe([(self._topic, 1), *nodes])

    def _on_subscribe(
        self, _client: Client, _data: Any, _mid: int, reasons: list[ReasonCode], _more: Properties | None
    ) -> None:
        """Only who really hears says that it is there."""
        if any(reason.is_failure for reason in reasons):
            log.error("the broker does not let the Sparkplug host read all of %s/#: check its rights", NAMESPACE)
        self.sessions += 1
        self._is_told_twice = False
        self._tell()
        self._is_up.set()
        log.info("connected to the broker as a Sparkplug host")

    def _on_disconnect(
        self, _client: Client, _data: Any, _flags: DisconnectFlags, reason: ReasonCode, _more: Properties | None
    ) -> None:
        if self._is_up.is_set() and not self._is_stopping:
            log.warning("the Sparkplug host's connection is lost: %s", reason)
        self._is_up.clear()
        self._new_will()

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            return
        if topic == self._topic:
            self._own_state(bytes(message.payload))
            return
        self._inbox.put(Message(topic, bytes(message.payload), time.time_ns() // 1000, time.monotonic_ns() // 1000))

    def _own_state(self, payload: bytes) -> None:
        """Somebody, or a late will, says that this host is gone: say that it is not (§5.2)."""
        try:
            state = HostState.unpack(payload)
        except WireError as error:
            log.warning("the state of this host was overwritten: %s", error)
            state = HostState(False, 0)
        if not state.online and not self._is_stopping and time.monotonic() - self._told_s > OWN_STATE_PAUSE_S:
            self._tell()
