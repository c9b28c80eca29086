"""Siemens S7: rack and slot, found by trying the usual ones."""

from __future__ import annotations

from typing import Final

from connectors import registry
from edge_agent.commissioning.doctor_network import wrong_port
from edge_agent.commissioning.doctor_tags import examine_tags
from edge_agent.commissioning.findings import Finding, problem
from edge_agent.config import make_driver
from schemas.errors import ConfigError, ConnectError
from schemas.models.connection import ConnectionConfig

__all__ = ["examine_s7"]

#: Rack and slot of S7-1200/1500, S7-300, software controllers, S7-400.
_USUAL: Final = ((0, 1), (0, 2), (0, 0), (0, 3), (0, 4), (1, 3))


async def examine_s7(connection: ConnectionConfig) -> list[Finding]:
    """What keeps a reachable CPU's values away."""
    config = registry.configure(connection.driver, connection.config).config
    where = f"{config.host}:{config.port}"
    try:
        return await examine_tags(connection)
    except ConfigError as error:
        return [problem(error.code, where, error.message, next_step=error.hint or "Correct the config.")]
    except ConnectError as error:
        if error.code in ("s7.rack_slot", "s7.transport", "s7.link", "s7.timeout"):
            other = await wrong_port(connection.driver, config.host, config.port)
            if other is not None:
                return [other]
        if error.code != "s7.rack_slot":
            return [problem(error.code, where, error.message, next_step=error.hint or "Check the CPU's state.")]
    for rack, slot in _USUAL:
        if (rack, slot) != (config.rack, config.slot) and await _opens(connection, rack, slot):
            return [
                problem(
                    "s7.rack_slot", where, f"rack {config.rack}, slot {config.slot} is wrong",
                    evidence=f"refused there, accepted at rack {rack}, slot {slot}",
                    next_step=f"Set rack: {rack} and slot: {slot}.",
                )
            ]  # fmt: skip
    return [
        problem(
            "s7.rack_slot", where, f"the CPU refuses rack {config.rack}, slot {config.slot}",
            evidence=f"refused as well: {', '.join(f'{rack}/{slot}' for rack, slot in _USUAL)}",
            next_step="Look rack and slot up in the hardware configuration; if they are right, the CPU's connections "
            "are in use (try connection_type: op or basic), or PUT/GET access is not permitted in its protection.",
        )
    ]  # fmt: skip


async def _opens(connection: ConnectionConfig, rack: int, slot: int) -> bool:
    settings = {**connection.config, "rack": rack, "slot": slot}
    driver = make_driver(connection.model_copy(update={"config": settings}))
    try:
        await driver.connect()
    except ConnectError:
        return False
    finally:
        await driver.close()
    return True
