"""Name, host and port: what must be right before any protocol can be."""

from __future__ import annotations

import asyncio
import socket
from urllib.parse import urlsplit

from connectors import registry
from edge_agent.commissioning.findings import Finding, ok, problem
from edge_agent.commissioning.host_scan import STANDARD_PORTS, look_at_port
from edge_agent.commissioning.protocol_guess import PROTOCOL_OF_DRIVER, guess_protocol
from schemas.models.connection import ConnectionConfig

__all__ = ["examine_network", "place_of", "wrong_port"]

_WAIT_S = 2.0
_URL_PORTS = {"opc.tcp": 4840, "http": 80, "https": 443, "mqtt": 1883, "mqtts": 8883}


def place_of(connection: ConnectionConfig) -> tuple[str, int] | None:
    """Host and port of a connection; None for drivers without a network. Raises ConfigError."""
    config = registry.configure(connection.driver, connection.config).config
    host = getattr(config, "host", None)
    if host is not None:
        return str(host), int(getattr(config, "tcp_port", config.port))
    url = getattr(config, "endpoint", None) or getattr(config, "base_url", None)
    return None if url is None else place_of_url(str(url))


def place_of_url(url: str) -> tuple[str, int]:
    """Host and port of an address."""
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or _URL_PORTS.get(parts.scheme, 0)


async def examine_network(host: str, port: int) -> Finding:
    """The first thing that is wrong between here and the port, or that all is well."""
    where = f"{host}:{port}"
    try:
        async with asyncio.timeout(5.0):
            rows = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, TimeoutError) as error:
        return problem(
            "network.name", where, f"the name '{host}' is not known here", evidence=str(error) or "no answer in 5 s",
            next_step="Write the device's IP address instead, or check the spelling and this machine's DNS server.",
        )  # fmt: skip
    address = str(rows[0][4][0])
    found = await look_at_port(address, port, _WAIT_S)
    if found.state == "open":
        return ok(where, f"{address} accepts connections", evidence=f"after {found.elapsed_ms:.0f} ms")
    if found.state == "unreachable":
        return problem(
            "network.unreachable", where, f"no way leads to {address}",
            evidence="the system reports host or network unreachable",
            next_step="Check cable and power, and that this machine has an address in the device's network "
            "(same first numbers, right mask), or a gateway to it.",
        )  # fmt: skip
    others = await _other_ports(address, port)
    alive = ", ".join(f"{one} ({state})" for one, state in others.items())
    if found.state == "closed":
        offered = [f"{one} ({STANDARD_PORTS[one]})" for one, state in others.items() if state == "open"]
        hint = f"Port {', '.join(offered)} is open: is it that one? " if offered else ""
        return problem(
            "network.port_closed", where, f"the host is there, but nothing listens on port {port}",
            evidence="the connection was refused",
            next_step=f"{hint}Check the port, and that the protocol is switched on in the device.",
        )  # fmt: skip
    if others:
        return problem(
            "network.firewall", where, f"the host is there, but port {port} does not react: a firewall drops it",
            evidence=f"no reaction within {_WAIT_S:g} s, while other ports react: {alive}",
            next_step=f"Let TCP port {port} through from this machine, at the device's own firewall and on the way.",
        )  # fmt: skip
    return problem(
        "network.no_reaction", where, "nothing reacts at this address",
        evidence=f"no reaction within {_WAIT_S:g} s on port {port} nor on {', '.join(map(str, STANDARD_PORTS))}",
        next_step="Check address, power and cable; if they are right, a firewall drops everything.",
    )  # fmt: skip


async def _other_ports(address: str, port: int) -> dict[int, str]:
    found = await asyncio.gather(*(look_at_port(address, one, _WAIT_S) for one in STANDARD_PORTS if one != port))
    return {one.port: one.state for one in found if one.state in ("open", "closed")}


async def wrong_port(driver: str, host: str, port: int) -> Finding | None:
    """A finding where another protocol than the driver's answers at the port."""
    wanted = PROTOCOL_OF_DRIVER.get(driver, driver)
    found = await guess_protocol(host, port)
    if not found or found == wanted:
        return None
    usual = next((one for one, name in STANDARD_PORTS.items() if name == wanted), None)
    usually = f" (usual for {wanted}: {usual})" if usual else ""
    if found == "Modbus RTU over TCP" and wanted == "Modbus TCP":
        return problem(
            "modbus.framing", f"{host}:{port}", "a serial converter that passes RTU frames answers here",
            evidence="an RTU frame was answered, a Modbus TCP frame was not",
            next_step="Set framing: rtu in the connection's config.",
        )  # fmt: skip
    return problem(
        "network.wrong_port", f"{host}:{port}", f"{found} answers here, not {wanted}",
        evidence=f"it answered a greeting of {found}",
        next_step=f"Check the port{usually}, or the driver: is {found} meant?",
    )  # fmt: skip
