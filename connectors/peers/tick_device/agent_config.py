"""The agent's connections to tick devices: one template, so that 100,000 tags are a small file."""

from __future__ import annotations

from typing import Any

from connectors.peers.tick_device.device import NAMESPACE, TickDevices
from connectors.peers.tick_device.pattern import (
    BLOCK_STRIDE,
    TAGS_PER_BLOCK,
    block_registers,
    connection_id,
    register_of,
    tag_name,
    tick_name,
)

__all__ = ["agent_document"]

TEMPLATE_ID = "tick"


def agent_document(devices: TickDevices, *, sequence: bool = False) -> dict[str, Any]:
    """``templates`` and ``connections`` for agent.yaml. ``sequence``: declare the tick as sequence of its block."""
    options = devices.options
    scan_ms = max(20, round(options.period_s * 1000))
    modbus = options.protocol == "modbus"
    template = {
        "id": TEMPLATE_ID,
        "params": ["port", "unit"] if modbus else ["device"],
        "config": _config(devices),
        "tags": _tags(options.tags, modbus),
    }
    connections = []
    for device in range(options.devices):
        port = devices.ports[device if options.by == "port" and modbus else 0]
        unit = device + 1 if options.by == "unit" else 1
        connection: dict[str, Any] = {
            "id": connection_id(device),
            "template": TEMPLATE_ID,
            "driver": "modbus_tcp" if modbus else "opcua",
            "with": {"port": port, "unit": unit} if modbus else {"device": connection_id(device)},
            "scan_ms": scan_ms,
        }
        if sequence:
            connection |= {"report": {"mode": "always"}, "sequences": _sequences(options.tags)}
        connections.append(connection)
    return {"version": 1, "templates": [template], "connections": connections}


def _config(devices: TickDevices) -> dict[str, Any]:
    options = devices.options
    if options.protocol == "opcua":
        return {"endpoint": f"opc.tcp://{options.host}:{devices.ports[0]}/interlock/", "security_policy": "None"}
    sizes = block_registers(options.tags)
    holes = [
        f"holding:{block * BLOCK_STRIDE + size}-{(block + 1) * BLOCK_STRIDE - 1}"
        for block, size in enumerate(sizes[:-1])
    ]
    return {"host": options.host, "port": "{port}", "unit": "{unit}", "holes": holes}


def _tags(tags: int, modbus: bool) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for tag in range(tags):
        if tag % TAGS_PER_BLOCK == 0:
            block = tag // TAGS_PER_BLOCK
            tick = {"name": tick_name(block), "address": _address(tick_name(block), block * BLOCK_STRIDE, modbus)}
            rows.append(tick | {"type": "uint32"})
        name, kind = tag_name(tag), "int16" if tag % 2 else "float32"
        rows.append({"name": name, "address": _address(name, register_of(tag), modbus), "type": kind})
    return rows


def _address(name: str, register: int, modbus: bool) -> str:
    return f"holding:{register}" if modbus else f"nsu={NAMESPACE};s={{device}}.{name}"


def _sequences(tags: int) -> list[dict[str, Any]]:
    return [
        {
            "tag": tick_name(block),
            "tags": [tag_name(tag) for tag in range(first, min(first + TAGS_PER_BLOCK, tags))],
        }
        for block, first in enumerate(range(0, tags, TAGS_PER_BLOCK))
    ]
