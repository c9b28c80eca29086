"""The device the Modbus RTU driver is proven against: a server of RTU frames behind a pseudo-terminal."""

from __future__ import annotations

from typing import Any

from connectors.modbus.conformance import ModbusDevicePeer
from connectors.testing.serial_link import SerialLink

__all__ = ["Peer"]


class Peer(ModbusDevicePeer):
    """A device on a serial line; `host` of its link is the name of the port."""

    rtu = True
    link_type = SerialLink

    def config(self, host: str, port: int, timeout_ms: int) -> dict[str, Any]:
        """Settings of the driver."""
        return {"port": host, "baud": 115_200, "parity": "none", "unit": 1, "timeout_ms": timeout_ms}
