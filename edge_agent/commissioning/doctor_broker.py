"""Broker and platform: reachable, TLS, user, and whether the platform takes what is sent."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from edge_agent.commissioning.doctor_network import examine_network, place_of_url
from edge_agent.commissioning.findings import Finding, ok, problem
from edge_agent.commissioning.protocol_guess import guess_protocol
from edge_agent.config import LoadedConfig
from edge_agent.publish.mqtt import MqttConnection, new_connection_id
from schemas.errors import AuthError, ConfigError, ConnectError, InterlockError
from schemas.wire import topics
from schemas.wire.presence import CoreState, read_presence

__all__ = ["examine_broker"]

_PRESENCE_WAIT_S = 3.0
_TLS_WAIT_S = 5.0
#: Acks come within a second; what waits this long tells that they do not come.
_PENDING_MAX_S = 60.0


async def examine_broker(loaded: LoadedConfig) -> list[Finding]:
    """From the broker's name to the platform's acks; it publishes nothing."""
    broker = loaded.config.broker
    host, port = place_of_url(broker.url)
    where = f"broker {host}:{port}"
    network = await examine_network(host, port)
    if network.severity != "ok":
        return [network]
    if urlsplit(broker.url).scheme == "mqtts":
        wrong = await _tls(loaded, where, host, port)
        if wrong is not None:
            return [wrong]
    there = asyncio.Event()
    online: list[bool] = []

    def message(_topic: str, payload: bytes) -> None:
        online.append(read_presence(CoreState, payload).online)
        there.set()

    connection: MqttConnection | None = None
    try:
        connection = MqttConnection(broker, loaded.base, conn_id=new_connection_id(), on_message=message)
        await connection.open([topics.core_state_topic(loaded.config.tenant)])
        async with asyncio.timeout(_PRESENCE_WAIT_S):
            await there.wait()
    except TimeoutError:
        pass
    except (ConfigError, AuthError) as error:
        return [problem(error.code, where, error.message, next_step=error.hint)]
    except ConnectError as error:
        return [await _no_mqtt(loaded, where, host, port, error)]
    finally:
        if connection is not None:
            await connection.close()
    found = [ok(where, "the broker takes this edge's user")]
    if not online or not online[-1]:
        found.append(
            problem(
                "platform.absent", where, "the platform is not at this broker",
                evidence="it says that it is offline" if online else f"no word of it within {_PRESENCE_WAIT_S:g} s",
                next_step="Start the platform, check that it uses this broker, that tenant is right "
                f"(here: {loaded.config.tenant}), and that the broker lets this user read. Nothing is lost meanwhile.",
            )
        )  # fmt: skip
        return found
    found.append(ok(where, "the platform is there"))
    return found + await asyncio.to_thread(_acks, loaded.data_dir, where)


async def _no_mqtt(loaded: LoadedConfig, where: str, host: str, port: int, error: ConnectError) -> Finding:
    tls = urlsplit(loaded.config.broker.url).scheme == "mqtts"
    found = await guess_protocol(host, port)
    if not tls and found in ("TLS", ""):
        step = "If it is the broker's TLS port, write mqtts://; else check the port."
        return problem("broker.tls", where, "no plain MQTT is spoken here", evidence=error.message, next_step=step)
    step = f"{found} answers here: check the port." if found else "Check port and certificate of the broker."
    return problem("broker.protocol", where, error.message, next_step=step)


async def _tls(loaded: LoadedConfig, where: str, host: str, port: int) -> Finding | None:
    """What is wrong with the broker's TLS; None where its certificate is believed."""
    ca_file = loaded.config.broker.ca_file
    try:
        context = ssl.create_default_context(cafile=None if ca_file is None else str(loaded.base / ca_file))
        async with asyncio.timeout(_TLS_WAIT_S):
            _, writer = await asyncio.open_connection(host, port, ssl=context)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
    except ssl.SSLCertVerificationError as error:
        what, step = f"the broker's certificate is not believed: {error.verify_message}", (
            "Set broker.ca_file to the CA that signed it; the name in url must be in the certificate; and this "
            "machine's clock must be right."
        )  # fmt: skip
        return problem("broker.certificate", where, what, evidence=str(error.reason), next_step=step)
    except (OSError, TimeoutError) as error:
        found = await guess_protocol(host, port)
        if found == "MQTT":
            step = "Write mqtt:// for this port, or the broker's TLS port (mostly 8883)."
            return problem("broker.tls", where, "the broker speaks plain MQTT here", next_step=step)
        if found in ("", "TLS") and isinstance(error, ssl.SSLError):
            return None  # it speaks TLS, and may want our certificate: the connection itself says so
        step = (
            f"{found} answers here: check the port." if found else "Check the port, and that TLS is on in the broker."
        )
        return problem("broker.tls", where, "no TLS is spoken here", evidence=type(error).__name__, next_step=step)
    return None


def _acks(data_dir: Path, where: str) -> list[Finding]:
    """What the running agent says of its backlog; nothing where none runs."""
    from edge_agent.diagnostics.asking import ask_agent  # its HTTP client takes memory

    try:
        text = ask_agent(data_dir, "metrics")
    except InterlockError as error:
        if error.code != "agent.not_running":
            return [Finding(error.code, "note", where, error.message, "", error.hint)]
        return [Finding("agent.stopped", "note", where, "no agent runs with this configuration", "", "edge-agent run")]
    values = dict(
        line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#") and " " in line
    )
    oldest = float(values.get("interlock_agent_oldest_pending_seconds", "0"))
    pending = float(values.get("interlock_agent_pending_points", "0"))
    evidence = f"{pending:.0f} points wait, the oldest for {oldest:.0f} s"
    if oldest <= _PENDING_MAX_S:
        return [ok(where, "the platform's acks come", evidence=evidence)]
    return [
        problem(
            "platform.acks", where, "the platform is there, but its acks do not come or come too slowly",
            evidence=evidence,
            next_step="If it was away, this is the backlog being sent: look again in a minute. Else the broker does "
            "not let this edge publish or read its acks (topic rights, edge and tenant), or the platform refuses it.",
        )
    ]  # fmt: skip
