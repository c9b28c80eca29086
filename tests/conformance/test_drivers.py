"""Every driver the registry finds, run through the suite; nothing to edit when one is added."""

import importlib

import pytest

from connectors.registry import manifests
from connectors.testing import DriverConformance

for _id in manifests():
    _peer = importlib.import_module(f"connectors.drivers.{_id}.conformance").Peer
    _name = "Test" + "".join(part.capitalize() for part in _id.split("_"))
    globals()[_name] = type(
        _name, (DriverConformance,), {"driver_id": _id, "peer_factory": _peer, "__module__": __name__}
    )


class TestModbusRtuOverTcp(DriverConformance):
    """The Modbus driver once more, with the frames of a serial line."""

    driver_id = "modbus_tcp"
    peer_factory = importlib.import_module("connectors.drivers.modbus_tcp.conformance").RtuPeer


def test_the_built_in_drivers_are_found():
    assert {"modbus_tcp", "opcua"} <= set(manifests())


def test_the_suite_fails_a_driver_that_swallows_a_lost_link():
    # Negative control: a driver that hides the loss must not pass.
    from connectors.drivers.modbus_tcp.driver import ModbusTcpDriver
    from schemas.errors import ConnectError

    suite = globals()["TestModbusTcp"]()
    honest = ModbusTcpDriver.read

    async def silent(self, plan):
        try:
            return await honest(self, plan)
        except ConnectError:
            return []

    async def run():
        ModbusTcpDriver.read = silent
        try:
            with pytest.raises(pytest.fail.Exception):
                await suite.test_lost_link_is_told_and_a_fresh_connect_works()
        finally:
            ModbusTcpDriver.read = honest

    import asyncio

    asyncio.run(run())
