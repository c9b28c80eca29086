"""`edge-agent import sunspec`: what it asks of the device and makes of the answers."""

from __future__ import annotations

import asyncio
from typing import Any

from connectors import registry
from edge_agent.configuration.new_connections import NewConnection, plan_connections
from edge_agent.configuration.source import Source
from edge_agent.configuration.sunspec import SunSpecDevice, find, tags_of
from edge_agent.configuration.sunspec_models import model
from edge_agent.configuration.tag_import import ImportPlan, Mode, plan_import
from edge_agent.spreadsheet.columns import values_of
from edge_agent.spreadsheet.tag_rows import TagRow, TagRows
from schemas.errors import ConnectError
from schemas.models.connection import ConnectionConfig

__all__ = ["SearchTarget", "find_device", "plan_found", "plan_sunspec"]

DRIVER = "modbus_tcp"
FIND_TIMEOUT_S = 60.0
SearchTarget = dict[str, Any]


def plan_sunspec(
    source: Source, target: SearchTarget, connection: str, *, mode: Mode, everything: bool
) -> tuple[ImportPlan, SunSpecDevice]:
    """Finds the device and plans its tags; `target`: the driver's settings, for a connection that is not there yet."""
    device = asyncio.run(find_device(source.connections.get(connection), target))
    return plan_found(source, device, target, connection, mode=mode, everything=everything), device


def plan_found(
    source: Source, device: SunSpecDevice, target: SearchTarget, connection: str, *, mode: Mode, everything: bool
) -> ImportPlan:
    """The tags of a device that was found, as a change of the configuration."""
    known = source.connections.get(connection)
    tags = tags_of(device, everything=everything)
    if known is not None:
        rows = TagRows([TagRow(0, connection, values_of(tag)) for tag in tags])
        plan = plan_import(source, rows, connection=connection, mode=mode, settings=_settings(known, device))
    else:
        config = {**target, **device.settings}
        plan = plan_connections(source, [NewConnection(connection, DRIVER, config, tuple(tags))])
    plan.notes[:0] = [*_told(device), *device.notes]
    return plan


def _settings(known: ConnectionConfig, device: SunSpecDevice) -> dict[str, Any]:
    """What the device needs, beside the holes the connection has already."""
    holes = [str(one) for one in known.config.get("holes") or ()]
    return {**device.settings, "holes": [*holes, *(one for one in device.settings["holes"] if one not in holes)]}


async def find_device(known: ConnectionConfig | None, target: SearchTarget) -> SunSpecDevice:
    """Asks the device of a connection, or the one described by `target`. Raises ConnectError."""
    # The heads of the models, which later requests leave out, are what is read here.
    settings = {**known.config, "holes": ()} if known is not None else target
    return await _found(known.driver if known is not None else DRIVER, settings)


async def _found(driver_id: str, settings: dict[str, Any]) -> SunSpecDevice:
    driver = registry.configure(driver_id, settings)
    try:
        async with asyncio.timeout(FIND_TIMEOUT_S):
            await driver.connect()
            return await find(driver)
    except TimeoutError as error:
        raise ConnectError("sunspec.timeout", f"the device did not answer within {FIND_TIMEOUT_S:g} s") from error
    finally:
        await driver.close()


def _told(device: SunSpecDevice) -> list[str]:
    who = ", ".join(f"{key.lower()} {value}" for key, value in device.facts.items())
    chain = ", ".join(f"{one.id} ({known.title})" for one in device.models if (known := model(one.id)) is not None)
    return [f"SunSpec device at register {device.base}: {who or 'no name'}.", f"Models found: {chain}."]
