"""Raw registers over a serial port that the agent reads at the same time, and over TLS."""

import asyncio
import sys

import pytest

from connectors.registry import configure
from connectors.testing.serial_link import SerialLink
from edge_agent.commissioning.range_scan import scan_table
from edge_agent.commissioning.register_forms import locate
from edge_agent.commissioning.register_reading import read_register
from edge_agent.commissioning.target import is_modbus, line_of
from schemas.errors import AuthError, ConfigError, ConnectError
from schemas.models.connection import ConnectionConfig
from tests.unit.connectors.drivers.raw_modbus import RawRtuDevice, asked, exception, reply_to, rtu
from tests.unit.connectors.drivers.test_modbus_tcp import tags, values
from tests.unit.connectors.drivers.test_modbus_tls import Authority, TlsDevice

serial_ports = pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal needs POSIX")


def on(driver, config):
    return ConnectionConfig(id="device", driver=driver, config=config)


def answer(_tid, unit, pdu):
    """Registers hold their own address; those from 1000 on are not there; unit 9 says nothing."""
    _, first, count = asked(pdu)
    if unit == 9:
        return []
    return [rtu(unit, exception(pdu, 2) if first + count > 1000 else reply_to(pdu))]


def serial(link, **more):
    return {"port": link.host, "baud": 115_200, "parity": "none", "timeout_ms": 300, **more}


@serial_ports
async def test_registers_of_a_port_that_is_read_at_the_same_time():
    device = RawRtuDevice(answer)
    async with device, SerialLink("127.0.0.1", device.port) as link:
        driver = configure("modbus_rtu", serial(link))
        await driver.connect()
        plan = driver.plan(tags("holding:7"))
        found = []

        async def collect():
            while True:
                found.append(await values(driver, plan))

        collecting = asyncio.create_task(collect())
        async with line_of(on("modbus_rtu", serial(link))) as line:
            reading = await read_register(line, 1, locate("holding:40"), 4)
            assert list(reading.words) == [40, 41, 42, 43], str(reading.answer)
            scan = await scan_table(line, 1, "holding", 900, 1099, delay_ms=0)
            assert (scan.found, scan.ended) == ([(900, 999)], "")
            before = len(found)
            while len(found) < before + 3:  # the agent goes on between the looks, and after them
                await asyncio.sleep(0)
        collecting.cancel()
        await asyncio.gather(collecting, return_exceptions=True)
        assert all(one == {"holding:7": (7, 0)} for one in found)
        await driver.close()


@serial_ports
async def test_what_a_serial_device_says_is_told():
    device = RawRtuDevice(answer)
    async with device, SerialLink("127.0.0.1", device.port) as link:
        async with line_of(on("modbus_rtu", serial(link))) as line:
            refused = await line.ask(1, "holding", 1000, 1)
            assert (refused.outcome, refused.exception) == ("exception", 2)
            assert (await line.ask(9, "holding", 0, 1, timeout_ms=100)).outcome == "silent"
            assert (await line.ask(1, "coil", 3, 1)).outcome == "data"
        with pytest.raises(ConnectError, match="no link"):
            await line.ask(1, "holding", 0, 1)
    with pytest.raises(ConnectError, match="cannot be opened"):
        async with line_of(on("modbus_rtu", serial(link, port="/dev/there_is_none"))):
            pass


async def test_registers_behind_tls_and_whom_is_not_believed(tmp_path):
    authority = Authority(tmp_path, "plant")
    device = TlsDevice(authority.sign("device"))
    async with device:
        config = {"host": "127.0.0.1", "port": device.port, "tls": True, "tls_ca_file": str(authority.file)}
        async with line_of(on("modbus_tcp", config)) as line:
            assert (await line.ask(1, "holding", 5, 2)).words == [5, 6]
        other = Authority(tmp_path, "other")
        with pytest.raises((AuthError, ConnectError)):
            async with line_of(on("modbus_tcp", {**config, "tls_ca_file": str(other.file)})):
                pass


def test_a_device_that_is_no_modbus_has_no_registers():
    other = on("http_json", {"base_url": "http://127.0.0.1:1"})
    assert not is_modbus(other)
    with pytest.raises(ConfigError, match="no Modbus connection"):
        line_of(other)
