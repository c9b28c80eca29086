"""One MQTT link: paho in its own thread, its messages in bounded queues of those who follow them.

What is taken at QoS 1 is acknowledged only after it was handed on; while that waits the broker stops sending.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from connectors.drivers.mqtt_in.config import MqttInConfig
from connectors.secret import stored_secret
from schemas.errors import AuthError, ConfigError, ConnectError

__all__ = ["Follower", "Message", "MqttLink"]

#: At QoS 0 nothing holds a sender back: what lies here when nobody takes it is bounded.
QUEUE_MESSAGES_MAX: Final = 20_000
QUEUE_BYTES_MAX: Final = 32 << 20
#: Until then (s) what nobody follows is kept for who comes.
EARLY_S: Final = 5.0
SECRET_MAX: Final = 4096
REFUSED: Final = 128
_DENIED: Final = ("Bad user name or password", "Not authorized", "Client identifier not valid")


@dataclass(slots=True)
class Message:
    """A payload, when it came (µs UTC), and whether the topic had kept it for newcomers."""

    topic: str
    payload: bytes
    ts: int
    retained: bool
    mid: int
    qos: int
    #: Followers that still have it.
    holders: int = 1


class Follower:
    """Messages of some topics, in the order they came. `dropped_from` is the time of the first one lost for want of
    room, 0 while none was."""

    def __init__(self, filters: Iterable[str], wants: Callable[[str], bool]) -> None:
        self.filters = frozenset(filters)
        self.wants = wants
        self.arrived = asyncio.Event()
        self.dropped_from = 0
        self._messages: deque[Message] = deque()
        self._bytes = 0

    def put(self, message: Message) -> bool:
        """False: there was no room."""
        if len(self._messages) >= QUEUE_MESSAGES_MAX or self._bytes + len(message.payload) > QUEUE_BYTES_MAX:
            self.dropped_from = self.dropped_from or message.ts
            return False
        self._messages.append(message)
        self._bytes += len(message.payload)
        return True

    def heard(self) -> set[str]:
        """Topics of the messages that lie here."""
        return {message.topic for message in self._messages}

    def take(self) -> list[Message]:
        """Everything there is."""
        taken, self._messages, self._bytes = list(self._messages), deque(), 0
        return taken


class MqttLink:
    """A link that lives once: `open`, then follow and subscribe until `lost` is set, then `close`."""

    def __init__(self, config: MqttInConfig, client_id: str = "") -> None:
        """With a `client_id` the broker keeps the subscriptions, and what comes at QoS 1, over the end of the link."""
        self._loop = asyncio.get_running_loop()
        self._config = config
        self._client_id = client_id
        #: What the broker had kept comes at once, maybe before all who want it have said so.
        self._early: list[Message] = []
        self._early_until = self._loop.time() + EARLY_S if client_id else 0.0
        self._port = config.port or (8883 if config.tls else 1883)
        self.address = f"{config.host}:{self._port}"
        self.lost = asyncio.Event()
        self.reason = ""
        self._opened: asyncio.Future[None] = self._loop.create_future()
        self._granted: dict[int, asyncio.Future[list[int]]] = {}
        self._followers: tuple[Follower, ...] = ()
        self._lock = threading.Lock()
        self._client = self._made()

    def _made(self) -> paho.Client:
        config = self._config
        client = paho.Client(
            CallbackAPIVersion.VERSION2, client_id=self._client_id or f"il-in-{secrets.token_hex(8)}",
            clean_session=not self._client_id, protocol=paho.MQTTv311, reconnect_on_failure=False, manual_ack=True,
        )  # fmt: skip
        client.connect_timeout = config.timeout_ms / 1000
        if config.username is not None:
            client.username_pw_set(config.username, _password(config))
        if config.tls:
            client.tls_set_context(_tls(config))
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_subscribe = self._on_subscribe
        return client

    async def open(self) -> None:
        """Connect. Raises ConnectError, AuthError."""
        limit_s = self._config.timeout_ms / 1000
        try:
            async with asyncio.timeout(limit_s):
                await asyncio.to_thread(
                    self._client.connect, self._config.host, self._port, keepalive=self._config.keep_alive_s
                )
                self._client.loop_start()
                await self._opened
        except ssl.SSLCertVerificationError as error:
            raise AuthError(
                "mqtt_in.certificate", f"the certificate of {self.address} is not accepted: {error.verify_message}",
                hint="Put the certificate of its issuer into ca_file and use the name it is made out to.",
            ) from error  # fmt: skip
        except TimeoutError as error:
            raise ConnectError("mqtt_in.timeout", f"broker {self.address} does not answer in time") from error
        except (OSError, ValueError) as error:
            raise ConnectError(
                "mqtt_in.connect", f"broker {self.address} cannot be reached: {error}",
                hint="Check host, port, tls, and whether a firewall lies between.",
            ) from error  # fmt: skip

    async def subscribe(self, topics: Sequence[str]) -> set[str]:
        """Ask for topics; those the broker refuses come back. Raises ConnectError."""
        if not topics:
            return set()
        answer: asyncio.Future[list[int]] = self._loop.create_future()
        with self._lock:  # the answer may be there before we know its number
            asked: list[tuple[str, int]] = [(topic, self._config.qos) for topic in topics]
            result, mid = self._client.subscribe(asked)
            if mid is not None:
                self._granted[mid] = answer
        if result != paho.MQTT_ERR_SUCCESS or mid is None:
            raise self.gone()
        try:
            async with asyncio.timeout(self._config.timeout_ms / 1000):
                await answer
        except TimeoutError as error:
            raise ConnectError("mqtt_in.timeout", f"broker {self.address} does not answer in time") from error
        finally:
            with self._lock:
                self._granted.pop(mid, None)
        return {topic for topic, code in zip(topics, answer.result(), strict=False) if code >= REFUSED}

    def publish(self, topic: str, payload: bytes) -> None:
        """Send a request; whether it arrives the answer shows."""
        self._client.publish(topic, payload, qos=0)

    def gone(self) -> ConnectError:
        """The error that ends this link."""
        return ConnectError("mqtt_in.link", f"broker {self.address}: the link broke{self.reason}")

    def follow(self, filters: Iterable[str], wants: Callable[[str], bool]) -> Follower:
        """From now on messages of the topics that it wants lie in the follower; `filters`: what it subscribes to."""
        follower = Follower(filters, wants)
        self._followers = (*self._followers, follower)
        early, self._early = self._early, []
        for message in early:
            self._hand_out(message)
        return follower

    def unfollow(self, follower: Follower) -> None:
        """No more of them. Topics nobody follows are not sent any more, unless the broker shall keep them for us."""
        self._followers = tuple(one for one in self._followers if one is not follower)
        left = follower.filters.difference(*(one.filters for one in self._followers))
        if left and not self._client_id and not self.lost.is_set():
            self._client.unsubscribe(sorted(left))

    def taken(self, messages: Iterable[Message]) -> None:
        """They were handed on: the broker may forget those that nobody else still has."""
        for message in messages:
            message.holders -= 1
            if message.holders == 0:
                self._acknowledge(message)

    def _acknowledge(self, message: Message) -> None:
        if message.qos:
            self._client.ack(message.mid, message.qos)

    async def close(self) -> None:
        """End the link."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._client.disconnect()
        self._client.loop_stop()

    # -- in paho's thread --------------------------------------------------------------------

    def _tell(self, call: Callable[..., None], *args: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(call, *args)

    def _on_connect(self, _c: Any, _u: Any, _f: Any, reason: Any, _p: Any) -> None:
        self._tell(self._finish_open, bool(reason.is_failure), str(reason))

    def _on_disconnect(self, _c: Any, _u: Any, _f: Any, reason: Any, _p: Any) -> None:
        self._tell(self._finish_open, True, str(reason))
        self._tell(self._end, str(reason))

    def _on_subscribe(self, _c: Any, _u: Any, mid: int, reasons: list[Any], _p: Any) -> None:
        codes = [int(reason.value) for reason in reasons]
        with self._lock:
            answer = self._granted.get(mid)
        if answer is not None:
            self._tell(_set, answer, codes)

    def _on_message(self, _c: Any, _u: Any, told: paho.MQTTMessage) -> None:
        try:
            topic = told.topic
        except UnicodeDecodeError:  # no tag has such a topic
            self._client.ack(told.mid, told.qos)
            return
        message = Message(
            topic, bytes(told.payload), time.time_ns() // 1000, bool(told.retain), told.mid, told.qos, holders=0
        )
        self._tell(self._hand_out, message)

    # -- on the event loop -------------------------------------------------------------------

    def _hand_out(self, message: Message) -> None:
        for follower in self._followers:
            if follower.wants(message.topic) and follower.put(message):
                message.holders += 1
                follower.arrived.set()
        if message.holders > 0:
            return
        if self._loop.time() < self._early_until:
            if not self._early:
                self._loop.call_at(self._early_until, self._hand_out_late)
            self._early.append(message)
            return
        self._acknowledge(message)
        if self._client_id:
            self._client.unsubscribe(message.topic)  # of a configuration of before

    def _hand_out_late(self) -> None:
        early, self._early = self._early, []
        self._early_until = 0.0
        for message in early:
            self._hand_out(message)

    def _end(self, reason: str) -> None:
        self.reason = self.reason or (f": {reason}" if reason else "")
        self.lost.set()
        for answer in self._granted.values():
            if not answer.done():
                answer.set_exception(self.gone())
        for follower in self._followers:
            follower.arrived.set()

    def _finish_open(self, failed: bool, reason: str) -> None:
        if self._opened.done():
            return
        if not failed:
            self._opened.set_result(None)
        elif reason in _DENIED:
            self._opened.set_exception(
                AuthError(
                    "mqtt_in.refused", f"broker {self.address} refused us: {reason}",
                    hint="Check username, password_file and client_id.",
                )
            )  # fmt: skip
        else:
            self._opened.set_exception(ConnectError("mqtt_in.connect", f"broker {self.address}: {reason}"))


def _set(answer: asyncio.Future[list[int]], codes: list[int]) -> None:
    if not answer.done():
        answer.set_result(codes)


def _password(config: MqttInConfig) -> str:
    if config.password_file is None:
        return ""
    if (kept := stored_secret(config.password_file)) is not None:
        return kept
    try:
        with Path(config.password_file).open(encoding="utf-8") as file:
            return file.read(SECRET_MAX).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            "mqtt_in.secret", f"the file {config.password_file} cannot be read as text",
            hint="Create it with the password alone, readable by the agent.",
        ) from error  # fmt: skip


def _tls(config: MqttInConfig) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=config.ca_file)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError("mqtt_in.certificate", f"ca_file {config.ca_file} cannot be used: {error}") from error
