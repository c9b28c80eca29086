"""Conformance of drivers, importable by anyone who writes one.

    from connectors.testing import DriverConformance

    class TestMyPlc(DriverConformance):
        driver_id = "my_plc"
        peer_factory = MyPlcPeer

`MyPlcPeer` is a `DevicePeer`: a real server of the protocol inside the test. Needs pytest with
pytest-asyncio in auto mode.
"""

from __future__ import annotations

from connectors.testing.conformance import DriverConformance
from connectors.testing.link import Link
from connectors.testing.peer import DevicePeer

__all__ = ["DevicePeer", "DriverConformance", "Link"]
