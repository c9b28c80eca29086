"""Searches on a device by the page: which Modbus addresses answer, and what a SunSpec device says of itself.

A search asks one thing at a time and rests after each, so that the agent's own reads go between: with the rest of
`REST_MS` it takes at most 1000 / REST_MS requests a second of the device, and `REQUESTS_MAX` in all.
"""

from __future__ import annotations

from typing import Any, Final, get_args

from connectors.modbus.address import Table
from edge_agent.commissioning.host_scan import STANDARD_PORTS, hosts_of, scan_hosts
from edge_agent.commissioning.protocol_guess import PROTOCOL_OF_DRIVER, guess_protocol
from edge_agent.commissioning.range_scan import Progress, TableScan, scan_table
from edge_agent.commissioning.target import line_of, unit_of
from edge_agent.configuration.sunspec_import import find_device, plan_found
from edge_agent.local_page.changes import Changes, Running
from edge_agent.local_page.jobs import Jobs, Tell
from schemas.errors import ConfigError
from schemas.models.connection import ConnectionConfig

__all__ = ["Searches"]

REST_MS: Final = 50.0
REQUESTS_MAX: Final = 1000
_LAST: Final = 65_535
_HOSTS_NAMED_MAX: Final = 256


class Searches:
    """Starts searches and tells how far they are."""

    def __init__(self, running: Running, changes: Changes) -> None:
        self._running, self._changes = running, changes
        self.jobs = Jobs()

    def scan(self, connection: str, table: str, first: int, last: int) -> dict[str, Any]:
        """Begins to look for the addresses of a table that answer. Raises ConfigError."""
        conn = self._connection(connection)
        line = line_of(conn)
        unit = unit_of(conn)
        if table not in get_args(Table):
            raise ConfigError("page.table", f"'{table[:20]}' is no table", hint="holding, input, coil or discrete")
        if not 0 <= first <= last <= _LAST:
            raise ConfigError("page.range", f"a range goes from 0 to {_LAST}, the first before the last")
        wanted: Table = next(one for one in get_args(Table) if one == table)

        async def work(tell: Tell) -> dict[str, Any]:
            def told(progress: Progress) -> None:
                tell({"done": progress.done, "whole": progress.whole, "requests": progress.requests})

            async with line:
                found = await scan_table(
                    line, unit, wanted, first, last, delay_ms=REST_MS, requests_max=REQUESTS_MAX, told=told
                )
            return _scanned(found)

        return self.jobs.start("scan", connection, work)

    def sunspec(self, connection: str) -> dict[str, Any]:
        """Begins to ask a Modbus device for its SunSpec models, and to make tags of them. Raises ConfigError."""
        conn = self._connection(connection)
        line_of(conn)  # refuses what is no Modbus device

        async def work(_tell: Tell) -> dict[str, Any]:
            device = await find_device(conn, {})
            return await self._changes.preview(
                lambda source: plan_found(source, device, {}, connection, mode="merge", everything=False),
                f"SunSpec device of {connection}",
            )

        return self.jobs.start("sunspec", connection, work)

    def hosts(self, hosts: str) -> dict[str, Any]:
        """Begins to look which of the named hosts, or of a network, has a port of a machine open. Raises ConfigError.

        `hosts` may have `host:port` too, for a port that is not a usual one.
        """
        named = [_host_and_ports(one) for one in hosts.replace(",", " ").split()[:_HOSTS_NAMED_MAX]]
        if not named:
            raise ConfigError(
                "page.hosts", "which hosts?", hint="Give addresses, names or one network: 192.168.0.0/24."
            )

        async def work(_tell: Tell) -> dict[str, Any]:
            asked = await hosts_of([host for host, _ in named])
            found: dict[tuple[str, int], str] = {}
            for host, ports in named:
                for one in await scan_hosts(await hosts_of([host]), ports):
                    if one.state == "open":
                        found[one.host, one.port] = await guess_protocol(one.host, one.port)
            rows = [_port(host, port, protocol) for (host, port), protocol in found.items()]
            return {"hosts": len(asked), "ports": rows}

        return self.jobs.start("hosts", "", work)

    def _connection(self, id: str) -> ConnectionConfig:
        for one in self._running.loaded.config.connections:
            if one.id == id:
                return one
        raise ConfigError("page.connection", f"there is no connection '{id[:80]}'")


def _host_and_ports(text: str) -> tuple[str, list[int]]:
    host, mark, port = text.rpartition(":")
    if mark and ":" not in host and port.isdecimal() and 0 < int(port) <= _LAST:
        return host, [int(port)]
    return text, list(STANDARD_PORTS)


def _port(host: str, port: int, protocol: str) -> dict[str, Any]:
    known = {name: driver for driver, name in PROTOCOL_OF_DRIVER.items()}
    framing = {"framing": "rtu"} if protocol == "Modbus RTU over TCP" else {}
    driver = "modbus_tcp" if framing else known.get(protocol, "")
    cells = {"endpoint": f"opc.tcp://{host}:{port}"} if driver == "opcua" else {"host": host, "port": str(port)}
    if driver == "http_json":
        cells = {"base_url": f"http://{host}:{port}/"}
    return {"host": host, "port": port, "protocol": protocol, "driver": driver, "cells": {**cells, **framing}}


def _scanned(scan: TableScan) -> dict[str, Any]:
    return {
        "table": scan.table, "found": scan.found, "refused": scan.refused, "unknown": scan.unknown,
        "requests": scan.requests, "ended": scan.ended, "block": scan.block_good if scan.block_refused else None,
    }  # fmt: skip
