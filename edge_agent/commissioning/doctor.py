"""The connection doctor: from the name on the network to the last tag, ending at the first thing that is wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from edge_agent.commissioning.doctor_http import examine_http
from edge_agent.commissioning.doctor_modbus import examine_modbus
from edge_agent.commissioning.doctor_network import examine_network, place_of
from edge_agent.commissioning.doctor_opcua import examine_opcua
from edge_agent.commissioning.doctor_s7 import examine_s7
from edge_agent.commissioning.doctor_tags import examine_tags
from edge_agent.commissioning.findings import Finding, ok, problem
from edge_agent.commissioning.target import is_modbus
from schemas.errors import AuthError, ConfigError, ConnectError
from schemas.models.connection import ConnectionConfig

__all__ = ["examine"]

_BY_DRIVER: Final[dict[str, Callable[[ConnectionConfig], Awaitable[list[Finding]]]]] = {
    "modbus_tcp": examine_modbus, "opcua": examine_opcua, "s7": examine_s7, "http_json": examine_http,
}  # fmt: skip


async def examine(connection: ConnectionConfig) -> Sequence[Finding]:
    """All findings of one connection, in the order they were made. Raises ConfigError for wrong settings."""
    place = place_of(connection)
    found: list[Finding] = []
    if place is not None:
        found.append(await examine_network(*place))
        if found[-1].severity != "ok":
            return found
    if not connection.enabled:
        found.append(Finding("connection.disabled", "note", connection.id, "it is switched off", "", "enabled: true"))
    try:
        found += await _BY_DRIVER.get(connection.driver, examine_tags)(connection)
    except (ConnectError, AuthError, ConfigError) as error:
        step = error.hint or "Check the settings of the connection."
        found.append(problem(error.code, connection.id, error.message, next_step=step))
    if not connection.tags:
        what = "no tags yet: edge-agent read, scan or browse help to find them"
        if is_modbus(connection):
            what = "no tags yet: edge-agent scan and read help to find them, import sunspec where the device has it"
        found.append(ok(connection.id, what))
    return found
