"""Units that share one TCP link: a gateway with one link to give, a unit that is silent, a host that is gone."""

import asyncio
import re
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from connectors.modbus import line as module
from connectors.registry import configure
from edge_agent.config import parse_config
from schemas.errors import ConnectError
from schemas.quality import Quality

from .raw_modbus import RawDevice, RawRtuDevice, exception, frame, reply_to, rtu
from .test_modbus_tcp import tags, values

SILENT = 3
TIMEOUT_S = 0.1


def silent_one(tid, unit, pdu):
    return [] if unit == SILENT else [frame(tid, unit, reply_to(pdu))]


def silent_rtu(_tid, unit, pdu):
    return [] if unit == SILENT else [rtu(unit, reply_to(pdu))]


@asynccontextmanager
async def units(device, numbers=(1, 2, SILENT), **more):
    async with device:
        config = {"host": "127.0.0.1", "port": device.port, "timeout_ms": int(TIMEOUT_S * 1000), **more}
        drivers = {unit: configure("modbus_tcp", {**config, "unit": unit}) for unit in numbers}
        for driver in drivers.values():
            await driver.connect()
        try:
            yield drivers
        finally:
            for driver in drivers.values():
                await driver.close()


async def read(driver):
    return await values(driver, driver.plan(tags("holding:1", "holding:500")))


GOOD = {"holding:1": (1, 0), "holding:500": (500, 0)}


async def test_one_link_serves_all_units():
    device = RawDevice()
    async with units(device) as drivers:
        for _ in range(3):
            assert await asyncio.gather(*map(read, drivers.values())) == [GOOD] * 3
        assert device.links == 1
        for unit in (1, SILENT):
            await drivers[unit].close()
        assert await read(drivers[2]) == GOOD
        assert device.links == 1


async def test_own_links_where_they_are_wanted():
    device = RawDevice()
    async with units(device, own_link=True) as drivers:
        assert await asyncio.gather(*map(read, drivers.values())) == [GOOD] * 3
        assert device.links == 3


@pytest.mark.parametrize(
    ("device", "framing", "links"), [(RawDevice(silent_one), "tcp", 1), (RawRtuDevice(silent_rtu), "rtu", 2)]
)
async def test_a_silent_unit_costs_the_others_neither_values_nor_their_connection(device, framing, links):
    async with units(device, framing=framing) as drivers:
        assert await read(drivers[1]) == GOOD
        with pytest.raises(ConnectError, match="unit 3 does not answer"):
            await read(drivers[SILENT])
        assert await read(drivers[1]) == GOOD
        assert await read(drivers[2]) == GOOD
        assert device.links == links, "only RTU frames, which name no request, need a new link"


async def test_a_silent_unit_is_left_alone_longer_and_longer_while_others_answer():
    device = RawDevice(silent_one)
    async with units(device) as drivers:
        assert await read(drivers[1]) == GOOD
        pauses = []
        for _ in range(9):
            with pytest.raises(ConnectError) as caught:
                await read(drivers[SILENT])
            pauses.append(caught.value.not_before_s)
            await drivers[SILENT].connect()
        wanted = [2, 4, 8, 16, 32, 60, 60, 60, 60]
        assert all(0.8 * most <= pause <= most for pause, most in zip(pauses, wanted, strict=True))
        assert len({pause / most for pause, most in zip(pauses, wanted, strict=True)}) > 1, "jitter"
        # Known to be silent: one request is enough to see that it still is.
        before = len(device.requests)
        with pytest.raises(ConnectError):
            await read(drivers[SILENT])
        assert len(device.requests) == before + 1
        device.answer = RawDevice.usual
        await drivers[SILENT].connect()
        assert await read(drivers[SILENT]) == GOOD
        device.answer = silent_one
        with pytest.raises(ConnectError) as caught:
            await read(drivers[SILENT])
        assert caught.value.not_before_s <= wanted[0], "it answered: the pauses begin anew"


@pytest.mark.parametrize("code", [10, 11])
async def test_a_gateway_that_answers_for_a_silent_unit_is_heard(code):
    def answer(tid, unit, pdu):
        if unit == SILENT:
            return [TIMEOUT_S / 2, frame(tid, unit, exception(pdu, code))]  # it waited itself, and we for it
        return [frame(tid, unit, reply_to(pdu))]

    device = RawDevice(answer)
    async with units(device) as drivers:
        assert await read(drivers[1]) == GOOD
        with pytest.raises(ConnectError, match=rf"unit 3 does not answer the gateway \(exception {code}\)") as caught:
            await read(drivers[SILENT])
        assert caught.value.not_before_s > 1
        assert await read(drivers[2]) == GOOD
        assert device.links == 1
        device.answer = RawDevice.usual
        await drivers[SILENT].connect()
        assert await read(drivers[SILENT]) == GOOD


async def test_a_unit_that_is_alone_is_asked_again_as_soon_as_any_device():
    device = RawDevice(silent_one)
    async with units(device, (SILENT,)) as drivers:
        for _ in range(3):
            with pytest.raises(ConnectError) as caught:
                await read(drivers[SILENT])
            assert caught.value.not_before_s == 0
            await drivers[SILENT].connect()


async def test_where_nobody_answers_the_link_is_made_new():
    device = RawDevice(lambda *_: [])
    async with units(device) as drivers:
        for unit in (1, 2, SILENT):
            with pytest.raises(ConnectError) as caught:
                await read(drivers[unit])
            assert caught.value.not_before_s == 0, "nobody is held up"
        assert device.links > 1


async def test_one_silent_request_is_no_silent_unit():
    silent = [True]

    def answer(tid, unit, pdu):
        return [] if unit == SILENT and silent and silent.pop() else [frame(tid, unit, reply_to(pdu))]

    async with units(RawDevice(answer)) as drivers:
        got = await read(drivers[SILENT])
        assert got == {"holding:1": (0, Quality.TIMEOUT), "holding:500": (500, 0)}
        assert await read(drivers[SILENT]) == GOOD


async def test_all_who_wait_hear_of_a_host_that_is_gone_at_once(monkeypatch):
    opened = []

    async def never(self, timeout_s):
        opened.append(timeout_s)
        await asyncio.sleep(timeout_s)
        raise TimeoutError

    monkeypatch.setattr(module.LinkedClient, "open", never)
    drivers = [configure("modbus_tcp", {"host": "127.0.0.1", "port": 1, "timeout_ms": 50}) for _ in range(20)]
    got = await asyncio.gather(*(driver.connect() for driver in drivers), return_exceptions=True)
    assert all(isinstance(error, ConnectError) for error in got)
    assert len(opened) == 1


async def test_bytes_of_one_unit_do_not_cost_another_its_call():
    device = RawRtuDevice()
    async with units(device, (1, 2), framing="rtu") as drivers:
        assert await read(drivers[1]) == GOOD
        device.send(rtu(1, b"\x03\x02\xde\xad"))
        await asyncio.sleep(0.05)
        assert await read(drivers[2]) == GOOD
        assert device.links == 2


async def test_one_port_with_two_framings_is_refused():
    device = RawDevice()
    async with units(device, (1,)):
        other = configure("modbus_tcp", {"host": "127.0.0.1", "port": device.port, "framing": "rtu"})
        with pytest.raises(ConnectError, match="other settings"):
            await other.connect()


def test_lines_are_forgotten_when_nobody_uses_them():
    async def run():
        device = RawDevice()
        async with units(device):
            lines = module._LINES[asyncio.get_running_loop()]
            assert len(lines) == 1
        async with units(RawDevice()):
            assert len(lines) == 1

    asyncio.run(run())


@pytest.mark.parametrize("name", ["read-a-serial-line", "secure-modbus", "read-meters-behind-a-converter"])
def test_the_examples_of_the_pages_are_right(name, tmp_path):
    page = (Path(__file__).parents[4] / "docs" / "how-to" / f"{name}.md").read_text("utf-8")
    for example in re.findall(r"```yaml\n(.*?)```", page, re.S):
        loaded = parse_config(example, base=tmp_path)
        assert all(connection.tags for connection in loaded.config.connections)
