"""The tags of a connection read once by its own driver: which are bad, and what their quality asks for."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Final

from connectors.driver import TakesEntries
from edge_agent.commissioning.findings import Finding, Severity, ok
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
    Quality.SENSOR: "Look at the sensor and its wiring.",
    Quality.WAITING: "The device has no value yet.",
    Quality.OUT_OF_SERVICE: "The device or its service is switched off or starting.",
    Quality.NOT_IMPLEMENTED: "The device says that it has no value here: leave the tag out, or wait until it has one.",
    Quality.NOT_A_NUMBER: "The device gives no number: look at its sensor, or correct type and byte order.",
    Quality.OVERFLOW: "The answer or number is too large for what is configured.",
}


async def examine_tags(connection: ConnectionConfig) -> list[Finding]:
    """Connects and reads once. Raises ConnectError, AuthError, ConfigError."""
    whole, bad, found = await _read(connection)
    if not connection.tags:
        return [ok(connection.id, "connected")]
    good = whole - bad
    return [ok(connection.id, f"connected; {good} of {whole} tags are good"), *found]


async def bad_tags(connection: ConnectionConfig, told: Collection[str]) -> list[Finding]:
    """What the driver itself finds bad, but for the tags in `told`. Raises as `examine_tags` does."""
    _, _, found = await _read(connection, told)
    return found


async def _read(connection: ConnectionConfig, told: Collection[str] = ()) -> tuple[int, int, list[Finding]]:
    """How many tags were read, how many of them are bad, and the first of these in words."""
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
    shown = [one for one in bad if one.tag.name not in told][:_SHOWN_MAX]
    typed = isinstance(driver, TakesEntries)
    found = [(_untyped if typed and one.quality == Quality.WAITING else _bad)(connection.id, one) for one in shown]
    return len(values), len(bad), found


def _untyped(connection: str, one: Value) -> Finding:
    step = f"edge-agent enter {connection}/{one.tag.name} VALUE, or the agent's page."
    return Finding("tag.untyped", "note", f"{connection}/{one.tag.name}", "nobody has typed it yet", next_step=step)


def _bad(connection: str, one: Value) -> Finding:
    step = _STEPS.get(one.quality, "See the page Quality codes of the documentation.")
    # That the device has no such value is its own word, and nothing at the connection is to be mended.
    severity: Severity = "note" if one.quality == Quality.NOT_IMPLEMENTED else "problem"
    what, evidence = f"{one.tag.address} is bad: {label(one.quality)}", f"quality {one.quality}"
    return Finding("tag.quality", severity, f"{connection}/{one.tag.name}", what, evidence, step)
