"""The devices the Modbus TCP driver is proven against."""

from __future__ import annotations

from typing import Any

from connectors.modbus.conformance import ModbusDevicePeer

__all__ = ["Peer", "RtuPeer"]


class Peer(ModbusDevicePeer):
    """A device that speaks Modbus TCP."""

    def config(self, host: str, port: int, timeout_ms: int) -> dict[str, Any]:
        """Settings of the driver."""
        framing = "rtu" if self.rtu else "tcp"
        return {"host": host, "port": port, "unit": 1, "timeout_ms": timeout_ms, "framing": framing}


class RtuPeer(Peer):
    """The same behind a serial converter that passes RTU frames through."""

    rtu = True
