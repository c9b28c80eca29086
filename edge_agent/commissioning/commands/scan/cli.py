"""`edge-agent scan`: which Modbus addresses, units and hosts answer."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from connectors.modbus.address import parse_range
from edge_agent.commissioning.host_scan import STANDARD_PORTS, hosts_of, scan_hosts
from edge_agent.commissioning.modbus_line import RawLine
from edge_agent.commissioning.range_scan import TABLES, Progress, TableScan, UnitFound, scan_table, scan_units
from edge_agent.commissioning.register_forms import address_forms
from edge_agent.commissioning.sunspec_place import BASES, sunspec_place
from edge_agent.commissioning.target import add_target, chosen_connection, line_of, unit_of
from edge_agent.plain_words import counted
from schemas.errors import ConfigError
from schemas.models.connection import ConnectionConfig

EXIT_FAILED = 1
_UNIT_TIMEOUT_MS = 300
_LAST_DEFAULT = 999
#: Where standard error is no terminal, progress is a line each so many seconds.
_LINE_EVERY_S = 5.0
_ABOUT = """
Looks for what answers. It only reads, slowly and politely; Ctrl-C ends it at any time.

  edge-agent scan --host 192.168.0.10                      all four tables, addresses 0 to 999; and SunSpec
  edge-agent scan holding:0-9999 --host 192.168.0.10       one range
  edge-agent scan --units 1-247 --host 192.168.0.10        which units are behind a gateway
  edge-agent scan --hosts 192.168.0.0/24                   which machines are in this network (ports 502, 4840, 102)
"""


def add_scan(commands: Any) -> None:
    """Adds the command to the parser's sub-commands."""
    scan = commands.add_parser(
        "scan", help="find which Modbus addresses, units or hosts answer", description=_ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    scan.add_argument("range", nargs="*", metavar="RANGE", help="holding:0-999, input:…, coil:… or discrete:…")
    scan.add_argument("--units", metavar="1-247", help="look for units instead, one register each")
    scan.add_argument("--hosts", nargs="+", metavar="HOST", help="look for hosts instead: names, addresses or one /24")
    scan.add_argument(
        "--ports", type=int, nargs="+", metavar="PORT", help="with --hosts: other ports than 502, 4840 and 102"
    )
    scan.add_argument("--delay-ms", type=float, default=20.0, metavar="MS", help="pause after each request; default 20")
    scan.add_argument("--requests-max", type=int, default=2000, metavar="N", help="for each range; default 2000")
    scan.add_argument("--json", action="store_true", help="what was found as JSON")
    add_target(scan)
    scan.set_defaults(command=_scan)


def _scan(options: argparse.Namespace) -> int:
    if options.hosts:
        return asyncio.run(_hosts(options, _ports(options)))
    if options.ports:
        raise ConfigError("scan.ports", "--ports is for --hosts", hint="The port of one device is --port.")
    connection = chosen_connection(options, modbus=True)
    line = line_of(connection)
    if options.units:
        if options.timeout_ms is None:
            line.timeout_ms = min(line.timeout_ms, _UNIT_TIMEOUT_MS)
        return asyncio.run(_units(line, _unit_range(options.units), options))
    try:
        ranges = [parse_range(text) for text in options.range]
    except ValueError as error:
        raise ConfigError("scan.range", str(error), hint="Write holding:0-999.") from error
    return asyncio.run(_ranges(line, connection, ranges, options))


def _ports(options: argparse.Namespace) -> list[int]:
    """Ports to look at on each host: `--port` is one of them, too."""
    one = [] if options.port is None else [options.port]
    return list(dict.fromkeys([*(options.ports or ()), *one])) or list(STANDARD_PORTS)


async def _ranges(line: RawLine, connection: ConnectionConfig, given: Any, options: argparse.Namespace) -> int:
    scans: list[TableScan] = []
    unit, tell = unit_of(connection), _Progress()
    ranges = given or [(one, 0, _LAST_DEFAULT + 1) for one in TABLES]
    place: int | None = None
    async with line:
        if not given and not options.json:
            place = await _describes_itself(line, unit, connection, options)
        for table, first, end in ranges:
            scans.append(
                await scan_table(
                    line, unit, table, first, end - 1, delay_ms=options.delay_ms,
                    requests_max=options.requests_max, told=tell,
                )
            )  # fmt: skip
            _clear()
            if not options.json:
                print("\n".join(_shown(scans[-1])), flush=True)
        found = any(one.found for one in scans)
        if not found and given and not options.json:
            place = await _describes_itself(line, unit, connection, options)
    if options.json:
        print(json.dumps([asdict(one) | {"holes": one.holes} for one in scans]))
    elif not found and place is None:
        print("\n".join(_next_steps(connection, options)))
    return 0 if found or place is not None else EXIT_FAILED


async def _describes_itself(
    line: RawLine, unit: int, connection: ConnectionConfig, options: argparse.Namespace
) -> int | None:
    place = await sunspec_place(line, unit)
    if place is not None:
        print(f"SunSpec at holding:{place}: the device says by itself what its registers are.")
        print(f"  next: edge-agent import sunspec {_target(connection, options)}", flush=True)
    return place


def _target(connection: ConnectionConfig, options: argparse.Namespace) -> str:
    """The options by which the next command finds the same device."""
    if options.host is None:
        return f"--connection {connection.id}"
    given = ((name, getattr(options, name)) for name in ("host", "port", "unit"))
    return " ".join(f"--{name} {value}" for name, value in given if value is not None)


def _next_steps(connection: ConnectionConfig, options: argparse.Namespace) -> list[str]:
    target = _target(connection, options)
    places = ", ".join(str(base) for base in sorted(BASES))
    return [
        "No address answers in these ranges.",
        f"  next: edge-agent doctor {target if options.host else connection.id} says whether unit and port are right.",
        f"        edge-agent scan holding:1000-9999 {target}: many devices begin higher; so with input:…",
        "        Does the manual name one? 40001 there is holding:0, 30001 is input:0: edge-agent read 40001",
        f"        Is it a meter or inverter with SunSpec? It is not at {places} of this unit: it may have to be",
        f"        switched on in the device, or be at another unit: edge-agent scan --units 1-247 {target}",
    ]


async def _units(line: RawLine, units: range, options: argparse.Namespace) -> int:
    found: list[UnitFound] = []
    tell = _Progress()
    async with line:
        async for unit, there in scan_units(line, units, delay_ms=options.delay_ms):
            tell(Progress("unit", unit - units.start + 1, len(units), unit - units.start + 1))
            if there is not None:
                found.append(there)
                if not options.json:
                    _clear()
                    print(f"unit {unit}: {there.answer} in {there.answer.elapsed_ms:.0f} ms", flush=True)
    _clear()
    if options.json:
        print(json.dumps([{"unit": one.unit, "answer": str(one.answer)} for one in found]))
    elif not found:
        print(f"No unit from {units.start} to {units.stop - 1} answers. edge-agent doctor says what to do next.")
    return 0 if found else EXIT_FAILED


async def _hosts(options: argparse.Namespace, ports: Sequence[int]) -> int:
    hosts = await hosts_of(options.hosts)
    found = await scan_hosts(hosts, ports)
    opened = [one for one in found if one.state == "open"]
    if options.json:
        print(json.dumps([asdict(one) for one in found if one.state == "open" or len(hosts) == 1]))
    else:
        for one in opened if len(hosts) > 1 else found:
            usual = f" (usual port of {STANDARD_PORTS[one.port]})" if one.port in STANDARD_PORTS else ""
            print(f"{one.host}:{one.port} {one.state}{usual}")
        print(f"{counted(len(hosts), 'host')} looked at, {counted(len(opened), 'open port')}.")
    return 0 if opened else EXIT_FAILED


def _unit_range(text: str) -> range:
    first, _, last = text.partition("-")
    if first.isdecimal() and (last or first).isdecimal():
        units = range(int(first), int(last or first) + 1)
        if units and units.stop <= 256:
            return units
    raise ConfigError("scan.units", f"'{text}' is no range of units", hint="Write 1-247, or one number.")


def _shown(scan: TableScan) -> list[str]:
    found = sum(last - first + 1 for first, last in scan.found)
    lines = [f"{scan.table}: {'1 address answers' if found == 1 else f'{found} addresses answer'}"]
    for first, last in scan.found:
        lines.append(f"  {scan.table}:{first}-{last}   ({_number(scan, first)} to {_number(scan, last)})")
    if scan.holes:
        lines.append(f"  holes: {', '.join(f'{scan.table}:{first}-{last}' for first, last in scan.holes)}")
    if scan.block_refused is not None:
        lines.append(f"  longest block: {scan.block_good} (at {scan.block_refused} the device refuses)")
    if scan.unknown:
        lines.append(f"  not known: {', '.join(f'{first}-{last}' for first, last in scan.unknown)}")
    if scan.ended:
        lines.append(f"  ended early: {scan.ended}")
    return [*lines, f"  {counted(scan.requests, 'request')}"]


def _number(scan: TableScan, address: int) -> str:
    forms = address_forms(scan.table, address)
    return forms.five_digits or forms.six_digits


class _Progress:
    """A sign of life on standard error: in place on a terminal, else a line each few seconds."""

    def __init__(self) -> None:
        self._told = time.monotonic()

    def __call__(self, progress: Progress) -> None:
        share = 100 * progress.done // max(progress.whole, 1)
        text = f"{progress.what} {share} %, {counted(progress.requests, 'request')}"
        if sys.stderr.isatty():
            print(f"\r{text} ", end="", file=sys.stderr, flush=True)
        elif time.monotonic() - self._told >= _LINE_EVERY_S:
            self._told = time.monotonic()
            print(text, file=sys.stderr, flush=True)


def _clear() -> None:
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
