"""One MQTT connection: paho in its own thread, its events handed to the event loop.

MQTT 3.1.1, clean session, a client id with 128 random bits, QoS 0 everywhere: what makes data
durable is the platform's ack, and what is missing is sent again.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from connectors.secret import stored_secret
from edge_agent.publish.certificate_words import ClosingSocket, alert_words, certificate_words
from schemas.errors import AuthError, ConfigError, ConnectError
from schemas.models.agent import BrokerConfig

CONNECT_TIMEOUT_S = 10.0
KEEPALIVE_S = 15
_REFUSED = {"Bad user name or password", "Not authorized", "Client identifier not valid"}


def new_connection_id() -> str:
    """128 random bits, as text."""
    return secrets.token_hex(16)


class MqttConnection:
    """A connection that lives once: `open`, then `publish` until `lost` is set, then `close`."""

    def __init__(
        self, broker: BrokerConfig, base: Path, *, conn_id: str,
        on_message: Callable[[str, bytes], None],
    ) -> None:  # fmt: skip
        self._loop = asyncio.get_running_loop()
        self._on_message = on_message
        parts = urlsplit(broker.url)
        self._tls = parts.scheme == "mqtts"
        self._host = parts.hostname or ""
        self._port = parts.port or (8883 if self._tls else 1883)
        self.address = f"{self._host}:{self._port}"
        self.lost = asyncio.Event()
        self._opened: asyncio.Future[None] = self._loop.create_future()
        client = paho.Client(
            CallbackAPIVersion.VERSION2, client_id=f"il-{conn_id}", clean_session=True,
            protocol=paho.MQTTv311, reconnect_on_failure=False,
        )  # fmt: skip
        if broker.username is not None:
            client.username_pw_set(broker.username, read_password(broker, base))
        if self._tls:
            client.tls_set_context(_tls_context(broker, base))
        if self._tls:
            client.on_log = self._logged  # the only place where paho tells what the broker said of our certificate
        client.on_connect = self._connected
        client.on_disconnect = self._disconnected
        client.on_message = self._message
        self._client = client

    def will(self, topic: str, payload: bytes, *, qos: int = 0, retain: bool = True) -> None:
        """The message the broker publishes when this connection breaks."""
        self._client.will_set(topic, payload, qos=qos, retain=retain)

    async def open(self, topics: list[str], *, qos: int = 0) -> None:
        """Connects and subscribes. Raises ConnectError or AuthError."""
        try:
            await asyncio.to_thread(self._client.connect, self._host, self._port, keepalive=KEEPALIVE_S)
        except ssl.SSLCertVerificationError as error:
            raise AuthError(
                "mqtt.certificate",
                f"broker {self.address} cannot be trusted: {certificate_words(error, self._host)}",
                hint="broker.ca_file is the CA that signed it; broker.url has the name it was made for",
            ) from error  # fmt: skip
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or error
            raise ConnectError("mqtt.unreachable", f"broker {self.address} cannot be reached: {why}") from error
        self._client.loop_start()
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                await self._opened
        except TimeoutError as error:
            raise ConnectError("mqtt.timeout", f"broker {self.address} does not answer") from error
        if topics:
            self._client.subscribe([(topic, qos) for topic in topics])

    def publish(self, topic: str, payload: bytes, *, retain: bool = False, qos: int = 0) -> None:
        """Publishes, at QoS 0 if not told otherwise; a connection that just broke swallows it, the spool does not."""
        self._client.publish(topic, payload, qos=qos, retain=retain)

    async def close(self) -> None:
        """Ends the connection, sending what is queued; the will stays unsent."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._client.disconnect()
        self._client.loop_stop()

    # -- in paho's thread -------------------------------------------------------------------

    def _tell(self, call: Callable[..., None], *args: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(call, *args)

    def _logged(self, _c: Any, _u: Any, _level: int, text: str) -> None:
        if "ALERT" in text:
            self._tell(self._finish_open, True, text)

    def _connected(self, _c: Any, _u: Any, _f: Any, reason: Any, _p: Any) -> None:
        self._client.on_log = None  # from here on it would cost something for each message
        self._tell(self._finish_open, bool(reason.is_failure), str(reason))

    def _disconnected(self, _c: Any, _u: Any, _f: Any, reason: Any, _p: Any) -> None:
        why = str(reason)
        if self._tls and why == "Unspecified error":  # the alert may be lost with the connection that it ends
            why = "ended the connection before it answered; does it want a certificate of this edge (broker.cert_file)?"
        self._tell(self._finish_open, True, why)
        self._tell(self.lost.set)

    def _message(self, _c: Any, _u: Any, message: paho.MQTTMessage) -> None:
        self._tell(self._on_message, message.topic, message.payload)

    # -- on the event loop ------------------------------------------------------------------

    def _finish_open(self, failed: bool, reason: str) -> None:
        if self._opened.done():
            return
        if not failed:
            self._opened.set_result(None)
        elif (words := alert_words(reason)) is not None:
            self._opened.set_exception(
                AuthError(
                    "mqtt.own_certificate", f"broker {self.address} {words}",
                    hint="broker.cert_file and broker.key_file: the certificate that its administrator made for it",
                )
            )  # fmt: skip
        elif reason in _REFUSED:
            self._opened.set_exception(
                AuthError(
                    "mqtt.refused", f"broker {self.address} refused this edge: {reason}",
                    hint="check broker.username and the password file",
                )
            )  # fmt: skip
        else:
            self._opened.set_exception(ConnectError("mqtt.refused", f"broker {self.address}: {reason}"))


def read_password(broker: BrokerConfig, base: Path) -> str:
    """The password in the file the configuration names. Raises ConfigError."""
    if broker.password_file is None:
        return ""
    if (kept := stored_secret(broker.password_file)) is not None:
        return kept
    path = base / broker.password_file
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            "broker.password_file", f"the password file {path} cannot be read: {error}",
            hint="create it with the password of this edge, readable by the agent alone",
        ) from error  # fmt: skip


def _tls_context(broker: BrokerConfig, base: Path) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=None if broker.ca_file is None else str(base / broker.ca_file))
    except (OSError, ssl.SSLError) as error:
        raise ConfigError("broker.ca_file", f"the CA file {broker.ca_file} cannot be read: {error}") from error
    context.sslsocket_class = ClosingSocket
    if broker.cert_file is not None and broker.key_file is not None:
        try:
            # An empty password: never ask at a terminal for that of an encrypted key.
            context.load_cert_chain(base / broker.cert_file, base / broker.key_file, password=str)
        except (OSError, ssl.SSLError) as error:
            raise ConfigError(
                "broker.cert_file", f"{broker.cert_file} and {broker.key_file} do not work together: {error}",
                hint="PEM files: a certificate, and its key without a password",
            ) from error  # fmt: skip
    return context
