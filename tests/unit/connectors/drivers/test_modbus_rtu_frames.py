"""Modbus with RTU frames over TCP: nothing in a frame names its request, so every doubt costs the link."""

import asyncio
import re
from pathlib import Path

import pytest
import yaml

from connectors.registry import configure
from schemas.errors import ConnectError
from schemas.models.agent import AgentConfig
from schemas.quality import Quality

from .raw_modbus import RawRtuDevice, asked, exception, reply_to, rtu
from .test_modbus_tcp import connected, tags, values

TIMEOUT_S = 0.2


def link(device):
    return connected(device, framing="rtu", timeout_ms=int(TIMEOUT_S * 1000))


async def test_words_bits_and_exceptions_come_in_rtu_frames():
    def answer(_tid, unit, pdu):
        refused = asked(pdu)[1] >= 1000
        return [rtu(unit, exception(pdu, 4) if refused else reply_to(pdu))]

    async with link(RawRtuDevice(answer)) as driver:
        plan = driver.plan(tags("holding:7", "coil:3", "input:9", "holding:1000"))
        assert await values(driver, plan) == {
            "holding:7": (7, 0),
            "coil:3": (True, 0),
            "input:9": (9, 0),
            "holding:1000": (0, Quality.DEVICE_ERROR),
        }


def garbled(kind):
    def answer(_tid, unit, pdu):
        right = rtu(unit, reply_to(pdu))
        wrong = rtu(unit, reply_to(pdu)[:2] + b"\xde\xad" * (asked(pdu)[2]))
        return {
            "wrong check sum": [right[:-1] + bytes([right[-1] ^ 1])],
            "one bit": [bytes([right[0], right[1], right[2], right[3] ^ 4]) + right[4:]],
            "cut": [right[:-2]],
            "other unit": [rtu(unit + 1, reply_to(pdu))],
            "other function": [rtu(unit, bytes([4]) + wrong[2:-2])],
            "other length": [rtu(unit, bytes([3, 2]) + b"\xde\xad")],
            "no modbus": [b"HTTP/1.1 400 Bad Request\r\n\r\n"],
            "late": [TIMEOUT_S * 1.5, wrong],
            "nothing": [],
        }[kind]

    return answer


@pytest.mark.parametrize(
    "kind",
    [
        "wrong check sum",
        "one bit",
        "cut",
        "other unit",
        "other function",
        "other length",
        "no modbus",
        "late",
        "nothing",
    ],
)
async def test_a_wrong_frame_costs_the_link_and_is_never_a_value(kind):
    device = RawRtuDevice(garbled(kind))
    async with link(device) as driver:
        plan = driver.plan(tags("holding:1", "holding:2"))
        with pytest.raises(ConnectError):
            await values(driver, plan)
        device.answer = RawRtuDevice.usual
        await driver.connect()
        assert await values(driver, plan) == {"holding:1": (1, 0), "holding:2": (2, 0)}


def in_pieces(data):
    return [part for byte in data for part in (bytes([byte]), 0.001)]


async def test_an_answer_that_comes_byte_by_byte_is_an_answer():
    def answer(_tid, unit, pdu):
        return in_pieces(rtu(unit, exception(pdu, 4) if asked(pdu)[1] >= 1000 else reply_to(pdu)))

    device = RawRtuDevice(answer)
    async with link(device) as driver:
        plan = driver.plan(tags("holding:7", "coil:3", "holding:1000"))
        for _ in range(3):
            assert await values(driver, plan) == {
                "holding:7": (7, 0),
                "coil:3": (True, 0),
                "holding:1000": (0, Quality.DEVICE_ERROR),
            }
    assert len(device.requests) == 9


async def test_an_answer_that_comes_again_later_costs_the_next_call_before_it_is_sent():
    def answer(_tid, unit, pdu):
        right = rtu(unit, reply_to(pdu))
        return [right, 0.05, right]

    device = RawRtuDevice(answer)
    async with link(device) as driver:
        # Two blocks of the same length: only their order would tell their answers apart.
        first, second = driver.plan(tags("holding:1")), driver.plan(tags("holding:500"))
        assert await values(driver, first) == {"holding:1": (1, 0)}
        await asyncio.sleep(0.1)
        with pytest.raises(ConnectError, match="more came"):
            await values(driver, second)
        assert len(device.requests) == 1
        await driver.connect()
        assert await values(driver, second) == {"holding:500": (500, 0)}


@pytest.mark.parametrize("kind", ["the one before first", "twice", "bytes before", "bytes after"])
async def test_more_than_one_answer_costs_the_call(kind):
    def answer(_tid, unit, pdu):
        right = rtu(unit, reply_to(pdu))
        stray = rtu(unit, reply_to(pdu)[:2] + b"\xde\xad" * asked(pdu)[2])
        return {
            "the one before first": [stray + right],
            "twice": [right + right],
            "bytes before": [b"\x00\xff\x00\xff" + right],
            "bytes after": [right + b"\x00"],
        }[kind]

    device = RawRtuDevice(answer)
    async with link(device) as driver:
        plan = driver.plan(tags("holding:1"))
        with pytest.raises(ConnectError):
            await values(driver, plan)
        assert len(device.requests) == 1
        device.answer = RawRtuDevice.usual
        await driver.connect()
        assert await values(driver, plan) == {"holding:1": (1, 0)}


async def test_what_comes_before_the_first_request_belongs_to_an_earlier_link():
    device = RawRtuDevice()
    async with link(device) as driver:
        device.send(rtu(1, b"\x03\x02\xde\xad"))
        await asyncio.sleep(0.05)
        with pytest.raises(ConnectError, match="more came"):
            await values(driver, driver.plan(tags("holding:1")))
        assert not device.requests


async def test_a_read_that_is_given_up_takes_the_link_with_it():
    device = RawRtuDevice(lambda _tid, unit, pdu: [0.1, rtu(unit, reply_to(pdu))])
    async with link(device) as driver:
        first, second = driver.plan(tags("holding:1")), driver.plan(tags("holding:500"))
        task = asyncio.ensure_future(driver.read(first))
        await asyncio.sleep(0.03)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        with pytest.raises(ConnectError):
            await values(driver, second)
        await driver.connect()
        assert await values(driver, second) == {"holding:500": (500, 0)}


def test_the_example_of_the_page_is_right():
    page = (Path(__file__).parents[4] / "docs" / "how-to" / "read-meters-behind-a-converter.md").read_text("utf-8")
    document = yaml.safe_load(re.findall(r"```yaml\n(.*?)```", page, re.S)[0])
    connection = AgentConfig.model_validate(document).connections[0]
    driver = configure("modbus_tcp", connection.config)
    assert driver.config.framing == "rtu"
    assert not driver.plan(connection.tags).problems
