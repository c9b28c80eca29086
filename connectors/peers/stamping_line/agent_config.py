"""The agent's connections to the line: one template for the Modbus presses, the others over OPC UA."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from connectors.peers.stamping_line import chinese
from connectors.peers.stamping_line.device import BASE_STRIDE, NAMESPACE
from connectors.peers.stamping_line.line import PRESSES
from connectors.peers.stamping_line.signals import SIGNALS, SLOW, Signal

__all__ = ["TEMPLATE_ID", "agent_document"]

TEMPLATE_ID = "press"
ASSET_TYPE = "press"
#: In the template: filled in for each press.
PLACEHOLDERS = ("{asset}", "{asset_name}", "{asset_name_chinese}")
LINE_ASSET, LINE_NAME = "stamping_line", "Stamping line"


def agent_document(host: str, modbus_port: int, opcua_url: str, opcua_machines: Collection[str]) -> dict[str, Any]:
    """``templates`` and ``connections`` for agent.yaml, with addresses, units, limits, texts, assets and roles."""
    connections = []
    for index, machine in enumerate(PRESSES):
        if machine in opcua_machines:
            connections.append(_opcua_connection(machine, opcua_url))
        else:
            connections.append(
                {
                    "id": machine,
                    "driver": "modbus_tcp",
                    "template": TEMPLATE_ID,
                    "with": {
                        "unit": index + 1,
                        "base": index * BASE_STRIDE,
                        "asset": machine,
                        "asset_name": asset_name(machine),
                        "asset_name_chinese": chinese.machine_name(machine),
                    },
                    "config": {"host": host, "port": modbus_port},
                    "scan_ms": SLOW,
                }
            )
    template = {
        "id": TEMPLATE_ID,
        "params": ["unit", "base", "asset", "asset_name", "asset_name_chinese"],
        "config": {"unit": "{unit}", "timeout_ms": 1000},
        "tags": [_tag(signal, _register(signal), signal.type, PLACEHOLDERS, modbus=True) for signal in SIGNALS],
    }
    return {"version": 1, "templates": [template], "connections": connections}


def asset_name(machine: str) -> str:
    """Name for people of a press: press_1 → Press 1."""
    return machine.replace("_", " ").capitalize()


def _opcua_connection(machine: str, url: str) -> dict[str, Any]:
    return {
        "id": machine,
        "driver": "opcua",
        "config": {"endpoint": url, "security_policy": "None", "timeout_ms": 4000},
        "scan_ms": SLOW,
        "tags": [
            _tag(
                signal,
                f"nsu={NAMESPACE};s={machine}.{signal.name}",
                signal.opcua,
                (machine, asset_name(machine), chinese.machine_name(machine)),
                modbus=False,
            )
            for signal in SIGNALS
        ],
    }


def _register(signal: Signal) -> str:
    return f"holding:{{base+{signal.register}}}"


def _tag(signal: Signal, address: str, type_name: str, asset: tuple[str, str, str], *, modbus: bool) -> dict[str, Any]:
    tag: dict[str, Any] = {"name": signal.name, "address": address, "type": type_name}
    if signal.bit is not None and modbus:
        tag["bit"] = signal.bit
    if signal.length:
        tag["length"] = signal.length
    if signal.scale is not None and modbus:
        tag["scale"] = signal.scale
    texts_chinese = {str(value): text for value, text in chinese.texts_of(signal.texts).items()}
    optional: dict[str, Any] = {
        "description": signal.description,
        "unit": signal.unit,
        "decimals": signal.decimals,
        "span": list(signal.span) if signal.span is not None else None,
        "limits": dict(signal.limits),
        "texts": {str(value): text for value, text in signal.texts.items()},
        "colors": {str(value): color for value, color in signal.colors.items()},
        "texts_i18n": {chinese.LANGUAGE: texts_chinese} if texts_chinese else {},
        "description_i18n": {chinese.LANGUAGE: chinese.DESCRIPTIONS[signal.name]},
        "deadband": signal.deadband,
        "scan_ms": signal.scan_ms if signal.scan_ms != SLOW else None,
    }
    tag |= {key: value for key, value in optional.items() if value not in (None, "", {})}
    line: dict[str, Any] = {"asset_parent": LINE_ASSET, "asset_parent_name": LINE_NAME}
    line |= {"asset_parent_name_i18n": {chinese.LANGUAGE: chinese.LINE_NAME}}
    names = {"asset_name": asset[1], "asset_name_i18n": {chinese.LANGUAGE: asset[2]}}
    return tag | {"asset": asset[0], "role": signal.role, "asset_type": ASSET_TYPE} | names | line
