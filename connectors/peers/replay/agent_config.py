"""The agent's connection for a replayed recording: sequences declared, every row reported."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from connectors.peers.replay.blocks import BLOCK_STRIDE, Block, Field
from connectors.peers.replay.column_types import ColumnType
from connectors.peers.replay.device import NAMESPACE, ReplayDevice
from connectors.peers.replay.recording import Column

__all__ = ["connection_config", "role_of", "scan_period_ms"]

SCAN_MS_MIN, SCAN_MS_MAX = 20, 1000


def connection_config(device: ReplayDevice, connection_id: str, asset: str) -> dict[str, Any]:
    """One entry for ``connections`` of agent.yaml; valid for ``schemas`` ConnectionConfig."""
    modbus = device.options.protocol == "modbus"
    keep = device.options.keep_time
    return {
        "id": connection_id,
        "driver": "modbus_tcp" if modbus else "opcua",
        "config": _modbus_config(device) if modbus else _opcua_config(device),
        "scan_ms": scan_period_ms(device.player.periods_s),
        "report": {"mode": "always"},
        "time": {"source": "device", "skew_max_s": None} if keep else {"source": "acquisition"},
        "sequences": [_sequence(block, len(device.blocks), keep) for block in device.blocks],
        "tags": [tag for block in device.blocks for tag in _tags(block, asset, modbus)],
    }


def scan_period_ms(periods_s: Any) -> int:
    """Half the usual time a row stays, within 20 ms and 1 s."""
    moving = sorted(period for period in periods_s if period > 0) or [1.0]
    usual = moving[len(moving) // 2]
    return max(SCAN_MS_MIN, min(SCAN_MS_MAX, int(usual * 500)))


def role_of(name: str) -> str:
    """Role of a column: its name, short enough for an identifier."""
    return name[:40]


def _modbus_config(device: ReplayDevice) -> dict[str, Any]:
    config: dict[str, Any] = {"host": device.options.host, "port": device.port, "unit": device.options.unit}
    ends = [(block.address + block.registers, block.address + BLOCK_STRIDE - 1) for block in device.blocks[:-1]]
    if ends:
        config["holes"] = [f"holding:{first}-{last}" for first, last in ends]
    return config


def _opcua_config(device: ReplayDevice) -> dict[str, Any]:
    return {"endpoint": f"opc.tcp://{device.options.host}:{device.port}/interlock/", "security_policy": "None"}


def _sequence(block: Block, count: int, keep_time: bool) -> dict[str, Any]:
    return {
        "tag": block.row_tag,
        "time_tag": block.time_tag,
        "time": "device" if keep_time else "acquisition",
        "tags": [] if count == 1 else [field.column.name for field in block.fields],
    }


def _tags(block: Block, asset: str, modbus: bool) -> list[dict[str, Any]]:
    def address(name: str, register: int) -> str:
        return f"holding:{register}" if modbus else f"nsu={NAMESPACE};s={name}"

    row = {
        "name": block.row_tag, "address": address(block.row_tag, block.address), "type": "uint32",
        "description": "Number of the recorded row, from 1",
    }  # fmt: skip
    moment = {
        "name": block.time_tag, "address": address(block.time_tag, block.address + 2), "type": "int64",
        "unit": "µs", "description": "Recorded time of the row, µs UTC",
    }  # fmt: skip
    if block.index == 0:
        row |= {"asset": asset, "role": "row_number"}
        moment |= {"asset": asset, "role": "recorded_time"}
    return [row, moment, *(_tag(field, address(field.column.name, field.address), asset) for field in block.fields)]


def _tag(field: Field, address: str, asset: str) -> dict[str, Any]:
    column = field.column
    tag: dict[str, Any] = {"name": column.name, "address": address, "type": field.type}
    if column.label != column.name:
        tag["description"] = column.label[:500]
    if column.unit:
        tag["unit"] = column.unit[:40]
    if field.type == "bool" and address.startswith("holding"):
        tag["bit"] = 0
    if field.type == "string":
        tag["length"] = min(240, max(1, field.length))
    if column.type is ColumnType.FLOAT:
        tag["decimals"] = _decimals(column)
    if column.type in (ColumnType.FLOAT, ColumnType.INT) and (span := _span(column)) is not None:
        tag["span"] = span
    return tag | {"asset": asset, "role": role_of(column.name)}


def _decimals(column: Column) -> int:
    """Enough for about four digits of the largest value."""
    finite = column.values[np.isfinite(column.values)]
    largest = float(np.abs(finite).max()) if finite.size else 0.0
    return 3 if largest == 0 else min(6, max(0, 3 - math.floor(math.log10(largest))))


def _span(column: Column) -> list[float] | None:
    """A round range with room beside what was recorded, so that no recorded value is out of it."""
    finite = column.values[np.isfinite(column.values)]
    if not finite.size:
        return None
    low, high = float(finite.min()), float(finite.max())
    width = (high - low) or abs(high) or 1.0
    step = 10.0 ** math.floor(math.log10(width))
    if not math.isfinite(step) or step == 0 or max(abs(low), abs(high)) / step > 1e9:
        return None
    return [round((math.floor(low / step) - 1) * step, 9), round((math.ceil(high / step) + 1) * step, 9)]
