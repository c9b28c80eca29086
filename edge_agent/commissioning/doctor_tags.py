"""The tags of a connection read once by its own driver: which are bad, and what their quality asks for."""

from __future__ import annotations

import asyncio
from typing import Final

from connectors.driver import TakesEntries
from edge_agent.commissioning.findings import Finding, ok, problem
from edge_agent.config import make_driver
from edge_agent.read_now import Value, read_now
from schemas.errors import ConnectError
from schemas.models.connection import ConnectionConfig
from schemas.quality import BAD_FROM, Quality, label

__all__ = ["bad_tags", "examine_tags"]

_WAIT_S = 30.0
_SHOWN_MAX = 20
_STEPS: Final[dict[int, str]] = {
    Quality.BAD_ADDRESS: "The device does not have this address: correct it; edge-agent browse lists what there is.",
    Quality.ACCESS_DENIED: "The device does not let this user read it: give the user the right, or another user.",
    Quality.TYPE_MISMATCH: "The device has another type here: correct type.",
    Quality.DEVICE_ERROR: "Look at the device itself: it answers with an error.",
    Quality.NOT_A_NUMBER: "The device has no number here: look at its sensor; or the type or byte order is another.",
    Quality.NOT_IMPLEMENTED: "The device says that it does not have this value: take the tag out.",
    Quality.SENSOR: "Look at the sensor and its wiring.",
    Quality.WAITING: "The device has no value yet.",
    Quality.OUT_OF_SERVICE: "The device or its service is switched off or starting.",
    Quality.OVERFLOW: "The answer or number is too large for what is configured.",
}


async def examine_tags(connection: ConnectionConfig) -> list[Finding]:
    """Connects and reads once. Raises ConnectError, AuthError, ConfigError."""
    good, found = await _read(connection)
    if not connection.tags:
        return [ok(connection.id, "connected")]
    return [ok(connection.id, f"connected; {good} of {len(connection.tags)} tags are good"), *found]


async def bad_tags(connection: ConnectionConfig) -> list[Finding]:
    """The tags that are bad although the device answers, each with its quality. Raises as `examine_tags`."""
    _, found = await _read(connection)
    return found


async def _read(connection: ConnectionConfig) -> tuple[int, list[Finding]]:
    driver = make_driver(connection)
    try:
        async with asyncio.timeout(_WAIT_S):
            await driver.connect()
            values = await read_now(driver, connection.tags) if connection.tags else []
    except TimeoutError as error:
        raise ConnectError("doctor.timeout", f"{connection.id}: no answer within {_WAIT_S:g} s") from error
    finally:
        await driver.close()
    bad = [one for one in values if one.quality >= BAD_FROM]
    shown = bad[:_SHOWN_MAX]
    good = len(values) - len(bad)
    typed = isinstance(driver, TakesEntries)
    found = [(_untyped if typed and one.quality == Quality.WAITING else _bad)(connection.id, one) for one in shown]
    return good, found


def _untyped(connection: str, one: Value) -> Finding:
    step = f"edge-agent enter {connection}/{one.tag.name} VALUE, or the agent's page."
    return Finding("tag.untyped", "note", f"{connection}/{one.tag.name}", "nobody has typed it yet", next_step=step)


def _bad(connection: str, one: Value) -> Finding:
    step = _STEPS.get(one.quality, "See the page Quality codes of the documentation.")
    return problem(
        "tag.quality", f"{connection}/{one.tag.name}", f"{one.tag.address} is bad: {label(one.quality)}",
        evidence=f"quality {one.quality}", next_step=step,
    )  # fmt: skip
