"""Modbus RTU on a serial port: a pseudo-terminal with a device of raw RTU frames at its other end."""

import asyncio
import itertools
import os
import sys
from contextlib import asynccontextmanager

import pytest
import serial

from connectors.registry import configure
from connectors.testing.serial_link import SerialLink
from schemas.errors import ConfigError, ConnectError, WriteRejected
from schemas.quality import Quality

from .raw_modbus import RawRtuDevice, asked, exception, reply_to, rtu
from .test_modbus_rtu_frames import garbled, in_pieces
from .test_modbus_tcp import tags, values

TIMEOUT_S = 0.2
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal that is a serial port needs POSIX")


def settings(port, **more):
    return {"port": port, "baud": 115_200, "parity": "none", "timeout_ms": int(TIMEOUT_S * 1000), **more}


@asynccontextmanager
async def connected(device, **more):
    async with device, SerialLink("127.0.0.1", device.port) as link:
        driver = configure("modbus_rtu", settings(link.host, **more))
        await driver.connect()
        try:
            yield driver
        finally:
            await driver.close()


async def test_words_bits_and_exceptions_byte_by_byte():
    def answer(_tid, unit, pdu):
        return in_pieces(rtu(unit, exception(pdu, 4) if asked(pdu)[1] >= 1000 else reply_to(pdu)))

    device = RawRtuDevice(answer)
    async with connected(device) as driver:
        plan = driver.plan(tags("holding:7", "coil:3", "holding:1000"))
        for _ in range(3):
            assert await values(driver, plan) == {
                "holding:7": (7, 0),
                "coil:3": (True, 0),
                "holding:1000": (0, Quality.DEVICE_ERROR),
            }
    assert len(device.requests) == 9


@pytest.mark.parametrize(
    "kind",
    ["wrong check sum", "one bit", "cut", "other unit", "other function", "other length", "no modbus", "nothing"],
)
async def test_a_wrong_frame_is_never_a_value(kind):
    device = RawRtuDevice(garbled(kind))
    async with connected(device) as driver:
        plan = driver.plan(tags("holding:1", "holding:2"))
        with pytest.raises(ConnectError):
            await values(driver, plan)
        device.answer = RawRtuDevice.usual
        await driver.connect()
        assert await values(driver, plan) == {"holding:1": (1, 0), "holding:2": (2, 0)}


async def test_a_late_answer_comes_while_nothing_is_asked_and_is_thrown_away():
    # The port stays the same, so what is late does arrive; only waiting for it tells it from the next answer.
    late = [TIMEOUT_S * 1.5]
    device = RawRtuDevice(lambda _tid, unit, pdu: [late.pop() if late else 0.0, rtu(unit, reply_to(pdu))])
    async with connected(device) as driver:
        first, second = driver.plan(tags("holding:1")), driver.plan(tags("holding:500"))
        with pytest.raises(ConnectError, match="does not answer"):
            await values(driver, first)
        await driver.connect()
        assert await values(driver, second) == {"holding:500": (500, 0)}
        assert await values(driver, first) == {"holding:1": (1, 0)}


async def test_an_answer_that_comes_twice_costs_the_next_call():
    def answer(_tid, unit, pdu):
        right = rtu(unit, reply_to(pdu))
        return [right, 0.03, right]

    device = RawRtuDevice(answer)
    async with connected(device) as driver:
        first, second = driver.plan(tags("holding:1")), driver.plan(tags("holding:500"))
        assert await values(driver, first) == {"holding:1": (1, 0)}
        await asyncio.sleep(0.1)
        with pytest.raises(ConnectError, match="more came"):
            await values(driver, second)
        assert len(device.requests) == 1
        await driver.connect()
        assert await values(driver, second) == {"holding:500": (500, 0)}


async def test_an_adapter_that_gives_back_what_was_sent():
    def answer(_tid, unit, pdu):
        return [rtu(unit, pdu), 0.005, rtu(unit, reply_to(pdu))]

    async with connected(RawRtuDevice(answer), echo=True) as driver:
        plan = driver.plan(tags("holding:7", "holding:500"))
        for _ in range(3):
            assert await values(driver, plan) == {"holding:7": (7, 0), "holding:500": (500, 0)}


async def test_the_line_rests_before_each_request():
    asked_at = []

    def answer(_tid, unit, pdu):
        asked_at.append(asyncio.get_running_loop().time())
        return [rtu(unit, reply_to(pdu))]

    async with connected(RawRtuDevice(answer), rest_ms=30) as driver:
        await values(driver, driver.plan(tags("holding:1", "holding:500", "coil:3")))
    assert min(later - sooner for sooner, later in itertools.pairwise(asked_at)) >= 0.03


async def test_connections_on_one_port_take_turns():
    free_at = [0.0]

    def answer(_tid, unit, pdu):
        now = asyncio.get_running_loop().time()
        assert now >= free_at[0], "asked while another answer was on its way"
        free_at[0] = now + 0.005
        return [0.006, rtu(unit, reply_to(pdu))]

    device = RawRtuDevice(answer)
    async with device, SerialLink("127.0.0.1", device.port) as link:
        drivers = [configure("modbus_rtu", settings(link.host, unit=unit)) for unit in (1, 2, 3)]
        for driver in drivers:
            await driver.connect()
        plans = [driver.plan(tags("holding:1", "holding:500")) for driver in drivers]
        for _ in range(5):
            got = await asyncio.gather(*(values(d, p) for d, p in zip(drivers, plans, strict=True)))
            assert got == [{"holding:1": (1, 0), "holding:500": (500, 0)}] * 3
        await drivers[0].close()  # the others keep the port
        assert await values(drivers[1], plans[1]) == {"holding:1": (1, 0), "holding:500": (500, 0)}
        for driver in drivers:
            await driver.close()


async def test_what_is_wrong_with_a_port_is_said(tmp_path):
    with pytest.raises(ConnectError, match="cannot be opened") as caught:
        await configure("modbus_rtu", settings(str(tmp_path / "ttyUSB7"))).connect()
    assert "It is not there" in caught.value.hint
    (tmp_path / "file").touch()
    with pytest.raises(ConnectError) as caught:
        await configure("modbus_rtu", settings(str(tmp_path / "file"))).connect()
    assert "ioctl" in caught.value.hint
    device = RawRtuDevice()
    async with device, SerialLink("127.0.0.1", device.port) as link:
        driver = configure("modbus_rtu", settings(link.host, parity="even"))
        await driver.connect()
        with pytest.raises(ConnectError) as caught:  # a pseudo-terminal has no parity, and says so the second time
            await driver.connect()
        assert "parity" in caught.value.hint
        other = serial.Serial(link.host, exclusive=True)
        try:
            with pytest.raises(ConnectError) as caught:
                await configure("modbus_rtu", settings(link.host)).connect()
            assert "Another program" in caught.value.hint
        finally:
            other.close()


async def test_one_port_with_two_speeds_is_refused():
    device = RawRtuDevice()
    async with connected(device) as driver:
        other = configure("modbus_rtu", settings(driver.config.port, baud=9600))
        with pytest.raises(ConnectError, match="other settings"):
            await other.connect()
        assert await values(driver, driver.plan(tags("holding:7"))) == {"holding:7": (7, 0)}


async def test_a_write_without_an_answer_is_unknown_not_repeated():
    device = RawRtuDevice(lambda *_: [])
    async with connected(device) as driver:
        with pytest.raises(ConnectError):
            await driver.write(tags("holding:1")[0], 1)
        with pytest.raises(WriteRejected):
            await driver.write(tags("input:1")[0], 1)
    assert len(device.requests) == 1


@pytest.mark.parametrize("port", ["spy://dev/ttyUSB0?file=/tmp/x", "socket://10.0.0.1:502", "loop://"])
def test_an_address_is_no_serial_port(port):
    with pytest.raises(ConfigError):
        configure("modbus_rtu", settings(port))


@pytest.mark.parametrize(
    ("more", "bits", "rest_ms"),
    [
        ({"baud": 9600, "parity": "none"}, 10, 3.5 * 10 / 9.6),
        ({"baud": 19_200, "parity": "even"}, 11, 3.5 * 11 / 19.2),
        ({"baud": 9600, "parity": "none", "stop_bits": 2, "rest_ms": 5}, 11, 3.5 * 11 / 9.6 + 5),
        ({"baud": 115_200, "parity": "odd"}, 11, 1.75),
    ],
)
def test_times_on_the_wire(more, bits, rest_ms):
    config = configure("modbus_rtu", settings("COM3", **more)).config
    assert config.char_s == pytest.approx(bits / more["baud"])
    assert config.rest_s * 1000 == pytest.approx(rest_ms)


def test_names_of_one_port_are_one_line(tmp_path):
    port, link = tmp_path / "ttyUSB0", tmp_path / "by-id"
    port.touch()
    os.symlink(port, link)
    assert configure("modbus_rtu", settings(str(port))).line == configure("modbus_rtu", settings(str(link))).line
