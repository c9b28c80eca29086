"""Modbus TCP driver against a device of raw frames."""

import asyncio
import struct
from contextlib import asynccontextmanager

import pytest

from connectors.registry import configure
from schemas.errors import ConnectError, WriteRejected
from schemas.models.tag import TagConfig
from schemas.quality import Quality

from .raw_modbus import RawDevice, asked, exception, frame, reply_to


def tags(*addresses, of="uint16", **more):
    kinds = {"coil": "bool", "discrete": "bool"}
    return [
        TagConfig(name=address, address=address, type=kinds.get(address.split(":")[0], of), **more)
        for address in addresses
    ]


@asynccontextmanager
async def connected(device, **config):
    async with device:
        driver = configure("modbus_tcp", {"host": "127.0.0.1", "port": device.port, "timeout_ms": 200, **config})
        await driver.connect()
        try:
            yield driver
        finally:
            await driver.close()


async def values(driver, plan):
    out = {}
    for reading in await driver.read(plan):
        c = reading.columns
        for index, v, q in zip(c.id.tolist(), c.v.tolist(), c.q.tolist(), strict=True):
            assert plan.tags[index].name not in out
            out[plan.tags[index].name] = (v, q)
    assert len(out) == len(plan.tags)
    return out


async def test_four_tables_each_with_its_function():
    device = RawDevice()
    async with connected(device) as driver:
        plan = driver.plan(
            tags("coil:3", "coil:4", "discrete:9", "holding:7", "input:8", "40012", "30013", "00001", "10002")
        )
        got = await values(driver, plan)
    assert got == {
        "coil:3": (1, 0),
        "coil:4": (0, 0),
        "discrete:9": (1, 0),
        "holding:7": (7, 0),
        "input:8": (8, 0),
        "40012": (11, 0),
        "30013": (12, 0),
        "00001": (0, Quality.TYPE_MISMATCH),
        "10002": (0, Quality.TYPE_MISMATCH),
    }
    assert sorted(asked(pdu)[0] for pdu in device.requests) == [1, 2, 3, 4]


async def test_bits_across_byte_borders_of_long_coil_blocks():
    addresses = [f"coil:{n}" for n in range(5, 2300)]
    device = RawDevice()
    async with connected(device) as driver:
        got = await values(driver, driver.plan(tags(*addresses)))
    assert all(got[f"coil:{n}"] == (n % 3 == 0, 0) for n in range(5, 2300))
    assert [asked(pdu)[2] for pdu in device.requests] == [2000, 295]


@pytest.mark.parametrize(
    ("code", "quality"),
    [(1, 133), (2, 132), (3, 132), (4, 131), (5, 131), (6, 131), (8, 131), (10, 129), (11, 130), (99, 131)],
)
async def test_exception_becomes_the_quality_of_its_block_only(code, quality):
    def answer(tid, unit, pdu):
        refused = asked(pdu)[1] >= 1000
        return [frame(tid, unit, exception(pdu, code) if refused else reply_to(pdu))]

    async with connected(RawDevice(answer)) as driver:
        got = await values(driver, driver.plan(tags("holding:1", "holding:2", "holding:1000", "holding:1003")))
    assert got == {
        "holding:1": (1, 0),
        "holding:2": (2, 0),
        "holding:1000": (0, quality),
        "holding:1003": (0, quality),
    }


@pytest.mark.parametrize("answer", ["0302abcd", "060008abcd", "8302"])
async def test_an_answer_to_something_else_is_no_success_of_a_write(answer):
    device = RawDevice(lambda tid, unit, pdu: [frame(tid, unit, bytes.fromhex(answer))])
    async with connected(device) as driver:
        with pytest.raises(ConnectError, match="does not belong"):
            await driver.write(tags("holding:7")[0], 1)
        assert len(device.requests) == 1


def garbled(kind):
    def answer(tid, unit, pdu):
        right = reply_to(pdu)
        wrong = right[:2] + b"\xde\xad" * ((len(right) - 2) // 2)
        return {
            "other transaction first": [frame((tid + 7) % 65536, unit, wrong), frame(tid, unit, right)],
            "twice": [frame(tid, unit, right)] * 2,
            "other unit first": [frame(tid, unit + 1, wrong), frame(tid, unit, right)],
            "only other transaction": [frame((tid + 7) % 65536, unit, wrong)],
            "transaction zero": [frame(0, unit, wrong)],
            "other function": [frame(tid, unit, bytes([4]) + wrong[1:])],
            "too short": [frame(tid, unit, bytes([3, 2]) + b"\xde\xad")],
            "byte count lies": [frame(tid, unit, bytes([3, 200]) + wrong[2:])],
            "cut": [frame(tid, unit, wrong)[:-2]],
            "no modbus": [b"HTTP/1.1 400 Bad Request\r\n\r\n"],
            "closed": [None],
            "in pieces": [bytes([byte]) for byte in frame(tid, unit, right)],
        }[kind]

    return answer


@pytest.mark.parametrize("kind", ["other transaction first", "twice", "other unit first", "in pieces"])
async def test_stray_frames_are_passed_over(kind):
    async with connected(RawDevice(garbled(kind))) as driver:
        plan = driver.plan(tags("holding:1", "holding:2"))
        for _ in range(5):
            assert await values(driver, plan) == {"holding:1": (1, 0), "holding:2": (2, 0)}


@pytest.mark.parametrize(
    "kind",
    [
        "only other transaction",
        "transaction zero",
        "other function",
        "too short",
        "byte count lies",
        "cut",
        "no modbus",
        "closed",
    ],
)
async def test_wrong_frames_never_become_values(kind):
    device = RawDevice(garbled(kind))
    async with connected(device) as driver:
        plan = driver.plan(tags("holding:1", "holding:2"))
        lost = False
        for _ in range(3):
            try:
                assert all(q == Quality.TIMEOUT for _, q in (await values(driver, plan)).values())
            except ConnectError:
                lost = True
                break
        assert lost
        device.answer = RawDevice.usual
        await driver.connect()
        assert await values(driver, plan) == {"holding:1": (1, 0), "holding:2": (2, 0)}


async def test_one_silent_block_does_not_take_the_others_with_it():
    def answer(tid, unit, pdu):
        return [] if asked(pdu)[1] >= 1000 else [frame(tid, unit, reply_to(pdu))]

    async with connected(RawDevice(answer)) as driver:
        plan = driver.plan(tags("holding:1", "holding:1000", "input:5"))
        for _ in range(2):
            assert await values(driver, plan) == {
                "holding:1": (1, 0),
                "holding:1000": (0, Quality.TIMEOUT),
                "input:5": (5, 0),
            }


async def test_writes_use_the_function_for_their_width():
    device = RawDevice()
    coil, register, wide = tags("coil:4", "holding:5") + tags("holding:6", of="float32")
    async with connected(device) as driver:
        await driver.write(coil, True)
        await driver.write(register, 513)
        await driver.write(wide, 1.5)
    assert device.requests == [
        bytes.fromhex("050004ff00"),
        bytes.fromhex("0600050201"),
        bytes.fromhex("1000060002043fc00000"),
    ]
    device.requests.clear()
    async with connected(device, write_multiple=True) as driver:
        await driver.write(coil, True)
        await driver.write(register, 513)
    assert device.requests == [bytes.fromhex("0f000400010101"), bytes.fromhex("1000050001020201")]


async def test_writes_the_device_or_the_table_refuses():
    device = RawDevice(lambda tid, unit, pdu: [frame(tid, unit, exception(pdu, 4))])
    async with connected(device) as driver:
        for tag in tags("input:1", "discrete:1", "holding:1") + tags("holding:1", bit=3):
            with pytest.raises(WriteRejected):
                await driver.write(tag, 1)
        assert [pdu[0] for pdu in device.requests] == [6, 22], "only the holding register and its bit were tried"


async def test_a_write_without_an_answer_is_unknown_not_repeated():
    device = RawDevice(lambda *_: [])
    async with connected(device) as driver:
        with pytest.raises(ConnectError, match="unknown"):
            await driver.write(tags("holding:1")[0], 1)
        assert len(device.requests) == 1


async def test_byte_orders_of_connection_and_tag():
    def answer(tid, unit, pdu):
        data = struct.pack(">f", 1.5)
        sent = data[2:] + data[:2] + bytes([0x01, 0x02]) + struct.pack(">q", 5)
        return [frame(tid, unit, bytes([3, len(sent)]) + sent)]

    async with connected(RawDevice(answer), byte_order="CDAB", byte_order_8="ABCDEFGH") as driver:
        plan = driver.plan(
            [
                TagConfig(name="f", address="holding:0", type="float32"),
                TagConfig(name="w", address="holding:2", type="uint16"),
                TagConfig(name="swapped", address="holding:2", type="uint16", order="BADC"),
                TagConfig(name="bit", address="holding:2", type="bool", bit=8),
                TagConfig(name="l", address="holding:3", type="int64"),
            ]
        )
        got = await values(driver, plan)
    assert got == {"f": (1.5, 0), "w": (0x0102, 0), "swapped": (0x0201, 0), "bit": (1, 0), "l": (5, 0)}


async def test_probe_tells_what_the_device_says_and_bears_silence():
    identity = bytes.fromhex("2b0e01010000020004") + b"ACME" + bytes.fromhex("0103") + b"P-1"
    async with connected(RawDevice(lambda tid, unit, pdu: [frame(tid, unit, identity)])) as driver:
        facts = await driver.probe()
    assert (facts["vendor"], facts["product"]) == ("ACME", "P-1")
    async with connected(RawDevice(lambda *_: [])) as driver:
        assert set(await driver.probe()) == {"endpoint", "unit"}


@pytest.mark.parametrize(
    ("address", "more"),
    [
        ("holding:65535", {"type": "float32"}),
        ("holding:70000", {"type": "int16"}),
        ("50001", {"type": "int16"}),
        ("40000", {"type": "int16"}),
        ("coil:1", {"type": "int16"}),
        ("holding:1", {"type": "float32", "bit": 3}),
    ],
)
def test_tags_that_cannot_be_read_are_told_with_a_hint(address, more):
    driver = configure("modbus_tcp", {"host": "127.0.0.1"})
    plan = driver.plan([TagConfig(name="t", address=address, **more)])
    assert len(plan.problems) == 1
    assert plan.problems[0].message.startswith("t: ")
    assert plan.problems[0].hint


async def test_a_broken_link_fails_the_request_under_way_at_once():
    device = RawDevice(garbled("closed"))
    async with connected(device, timeout_ms=5000) as driver:
        started = asyncio.get_running_loop().time()
        with pytest.raises(ConnectError):
            await driver.read(driver.plan(tags("holding:1")))
        assert asyncio.get_running_loop().time() - started < 1
