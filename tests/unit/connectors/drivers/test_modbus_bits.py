"""A bit of a register is changed alone, by the device itself, with TCP frames and RTU frames."""

import struct

import pytest

from connectors.peers.modbus_peer import ModbusPeer, RegisterUnit
from connectors.registry import configure
from schemas.errors import WriteRejected
from schemas.models.tag import TagConfig

from .raw_modbus import RawDevice, exception, frame


def bit(number, **more):
    return TagConfig.model_validate(
        {"name": f"b{number}", "address": "holding:0", "type": "uint16", "bit": number} | more
    )


@pytest.mark.parametrize("rtu", [False, True])
@pytest.mark.parametrize("order", [None, "BADC"])
async def test_the_other_bits_stay_as_they_are(rtu, order):
    unit = RegisterUnit(1, [(0, 4)], on_write=lambda _address, _words: True)
    async with ModbusPeer([unit], rtu=rtu) as peer:
        framing = {"framing": "rtu"} if rtu else {}
        driver = configure("modbus_tcp", {"host": "127.0.0.1", "port": peer.port, **framing})
        await driver.connect()
        tags = [bit(3, order=order), bit(15, order=order)]
        plan = driver.plan(tags)
        for start, number, on, wanted in ((0xA5A0, 0, 1, 0xA5A8), (0xFFFF, 1, 0, 0x7FFF), (0x0000, 1, 1, 0x8000)):
            unit.put(0, [start])
            await driver.write(tags[number], bool(on))
            assert unit.registers[0] == wanted
            (columns,) = [reading.columns for reading in await driver.read(plan)]
            assert columns.v.tolist()[number] == on
        await driver.close()


async def test_a_device_that_cannot_is_named_and_no_register_is_written_instead():
    device = RawDevice(lambda tid, unit, pdu: [frame(tid, unit, exception(pdu, 1))])
    async with device:
        driver = configure("modbus_tcp", {"host": "127.0.0.1", "port": device.port})
        await driver.connect()
        with pytest.raises(WriteRejected) as error:
            await driver.write(bit(3), True)
        assert "function 22" in error.value.hint
        for value in ("on", 2, 0.5):
            with pytest.raises(WriteRejected):
                await driver.write(bit(3), value)
        await driver.close()
    assert [request[0] for request in device.requests] == [22]
    assert struct.unpack(">HHH", device.requests[0][1:7]) == (0, 0xFFF7, 0x0008)
