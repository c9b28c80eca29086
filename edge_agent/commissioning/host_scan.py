"""Which of the named hosts have a port of a machine open; never more than a user names, never beyond the plant."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Literal

from schemas.errors import ConfigError, Problem

__all__ = ["HOSTS_MAX", "STANDARD_PORTS", "PortFound", "hosts_of", "look_at_port", "scan_hosts"]

PortState = Literal["open", "closed", "filtered", "unreachable"]
#: Ports as the protocols' owners registered them, and what usually answers there.
STANDARD_PORTS: Final = {502: "Modbus TCP", 4840: "OPC UA", 102: "Siemens S7"}
HOSTS_MAX = 256
_AT_ONCE = 16
_UNREACHABLE: Final = frozenset({errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN})
_HINT = "Name hosts (192.168.0.10 plc.local) or a network of at most 256 addresses (192.168.0.0/24)."


@dataclass(frozen=True, slots=True)
class PortFound:
    """One port of one host. `filtered`: nothing came back, so a firewall drops it or nobody has this address."""

    host: str
    port: int
    state: PortState
    elapsed_ms: float


async def hosts_of(targets: Sequence[str]) -> list[str]:
    """The addresses the user named, each once. Raises ConfigError for too many, public or unknown ones."""
    problems: list[Problem] = []
    found: dict[str, None] = {}
    for number, text in enumerate(targets):
        try:
            found |= dict.fromkeys(await _addresses(text))
        except ValueError as error:
            problems.append(Problem("scan.host", f"/{number}", str(error), _HINT))
    if len(found) > HOSTS_MAX:
        problems.append(Problem("scan.hosts", "", f"{len(found)} hosts are more than {HOSTS_MAX}", _HINT))
    if problems:
        raise ConfigError("scan.hosts", "these hosts cannot be scanned", problems=problems)
    return list(found)


async def _addresses(text: str) -> list[str]:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        network = None
    if network is not None:
        if network.num_addresses > HOSTS_MAX:
            raise ValueError(f"{text} has {network.num_addresses} addresses, at most {HOSTS_MAX}")
        _check_private(text, [network.network_address, network.broadcast_address])
        return [str(one) for one in network.hosts()]
    if "/" in text:
        raise ValueError(f"'{text}' is no network")
    try:
        rows = await asyncio.get_running_loop().getaddrinfo(text, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise ValueError(f"the name '{text}' is not known") from error
    addresses = [ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in rows]
    _check_private(text, addresses)
    return [str(addresses[0])]


def _check_private(text: str, addresses: Sequence[ipaddress.IPv4Address | ipaddress.IPv6Address]) -> None:
    for one in addresses:
        if not one.is_private or one.is_unspecified or one.is_multicast:
            raise ValueError(f"{text} is not an address of a private network: it is not scanned")


async def look_at_port(host: str, port: int, timeout_s: float) -> PortFound:
    """Opens a connection and ends it at once; nothing is sent."""
    started = time.perf_counter()
    state: PortState = "open"
    try:
        async with asyncio.timeout(timeout_s):
            _, writer = await asyncio.open_connection(host, port)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
    except TimeoutError:
        state = "filtered"
    except OSError as error:
        state = state_of(error)
    return PortFound(host, port, state, (time.perf_counter() - started) * 1000)


def state_of(error: OSError) -> PortState:
    """What the system's error says of a port."""
    if isinstance(error, ConnectionRefusedError):
        return "closed"
    if error.errno in _UNREACHABLE:
        return "unreachable"
    return "filtered"


async def scan_hosts(hosts: Sequence[str], ports: Sequence[int], *, timeout_s: float = 0.5) -> list[PortFound]:
    """Every port of every host, at most 16 at a time, in the order given."""
    turn = asyncio.Semaphore(_AT_ONCE)

    async def one(host: str, port: int) -> PortFound:
        async with turn:
            return await look_at_port(host, port, timeout_s)

    return list(await asyncio.gather(*(one(host, port) for host in hosts for port in ports)))
