"""Which device is meant: a connection of the configuration, or one described by options before anything is saved."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from connectors import registry
from connectors.modbus.driver import ModbusDriver
from edge_agent.commissioning.driver_line import DriverLine
from edge_agent.commissioning.modbus_line import ModbusLine, RawLine
from edge_agent.config import load_config
from schemas.errors import ConfigError
from schemas.models.connection import ConnectionConfig

__all__ = ["add_target", "chosen_connection", "described", "is_modbus", "line_of", "unit_of"]

_ADDRESS_KEYS = {"opcua": "endpoint", "http_json": "base_url"}
_OPTIONS = ("port", "unit", "framing", "timeout_ms")


def add_target(parser: Any, *, connection: bool = True) -> None:
    """Options that name a device: by the configuration, or by --host."""
    group = parser.add_argument_group("which device", "A connection of the configuration, or a device not yet in it:")
    if connection:
        group.add_argument("--connection", action="append", default=[], metavar="ID", help="connection of the file")
    group.add_argument("-c", "--config", type=Path, default=Path("agent.yaml"), metavar="FILE")
    group.add_argument("--driver", metavar="NAME", help="driver of a device not in the file; default modbus_tcp")
    group.add_argument("--host", metavar="ADDRESS", help="its address or name; for opcua and http_json the whole URL")
    group.add_argument("--port", type=int, help="its port, where it is not the driver's usual one")
    group.add_argument("--unit", type=int, help="Modbus unit id; default 1")
    group.add_argument("--framing", choices=["tcp", "rtu"], help="rtu: behind a converter that passes RTU frames")
    group.add_argument("--timeout-ms", type=int, metavar="MS", help="longest wait for an answer")
    group.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="any other setting of the driver, e.g. slot=2"
    )


def described(options: argparse.Namespace) -> ConnectionConfig | None:
    """The connection that the options describe, checked; None where they name no host. Raises ConfigError."""
    if options.host is None:
        if options.driver or options.set:
            raise ConfigError("target.host", "--driver and --set need --host", hint="Or name a --connection.")
        return None
    driver = options.driver or "modbus_tcp"
    settings: dict[str, Any] = {_ADDRESS_KEYS.get(driver, "host"): options.host}
    if driver == "opcua":
        settings["security_policy"] = "None"  # the person at the machine looks; nothing secret is sent
    for key in _OPTIONS:
        if getattr(options, key) is not None:
            settings[key] = getattr(options, key)
    settings |= dict(map(_pair, options.set))
    registry.configure(driver, settings)
    return ConnectionConfig(id="device", driver=driver, config=settings)


def chosen_connection(options: argparse.Namespace, *, modbus: bool = False) -> ConnectionConfig:
    """The one connection that is meant; where only one fits, it need not be named. Raises ConfigError."""
    given = described(options)
    if given is not None:
        return given
    connections = load_config(options.config).config.connections
    known = [one for one in connections if not modbus or is_modbus(one)]
    wanted: Sequence[str] = options.connection
    found = [one for one in known if one.id in wanted] if wanted else list(known)
    if len(found) != 1 or len(wanted) > 1:
        what = "Modbus connection" if modbus else "connection"
        listed = ", ".join(one.id for one in known) or "none"
        raise ConfigError(
            "target.connection", f"which {what}?", hint=f"Give one with --connection ({listed}), or --host ADDRESS."
        )
    return _with_overrides(found[0], options)


def is_modbus(connection: ConnectionConfig) -> bool:
    """Whether it is a Modbus device, whose registers can be looked at."""
    return connection.driver.startswith("modbus")


def line_of(connection: ConnectionConfig) -> RawLine:
    """A raw link to the connection's device, not yet open. Raises ConfigError.

    Over plain TCP it is a link of its own, which sees every byte; a serial port and TLS are the drivers' own line.
    """
    driver = registry.configure(connection.driver, connection.config)
    if not isinstance(driver, ModbusDriver):
        raise ConfigError(
            "target.modbus", f"{connection.id} is no Modbus connection",
            hint="Registers can be looked at with the Modbus drivers; for other drivers give --type.",
        )  # fmt: skip
    config = driver.config
    if not hasattr(config, "host") or getattr(config, "tls", False):
        return DriverLine(driver)
    return ModbusLine(config.host, config.port, timeout_ms=config.timeout_ms, framing=getattr(config, "framing", "tcp"))


def unit_of(connection: ConnectionConfig) -> int:
    """The Modbus unit of the connection."""
    unit = registry.configure(connection.driver, connection.config).config.unit
    return int(unit)


def _with_overrides(connection: ConnectionConfig, options: argparse.Namespace) -> ConnectionConfig:
    given = {key: getattr(options, key) for key in _OPTIONS if getattr(options, key) is not None}
    if not given:
        return connection
    settings = {**connection.config, **given}
    registry.configure(connection.driver, settings)
    return connection.model_copy(update={"config": settings})


def _pair(text: str) -> tuple[str, Any]:
    key, mark, value = text.partition("=")
    if not mark or not key:
        raise ConfigError("target.set", f"'{text}' is no setting", hint="Write KEY=VALUE, for example slot=2.")
    try:
        return key, json.loads(value)
    except ValueError:
        return key, value
