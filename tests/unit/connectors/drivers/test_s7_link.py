"""S7 driver and a CPU that answers wrongly, late or not at all: nothing wrong is believed, every failure says why."""

import asyncio
import contextlib
import random
import socket
import struct
import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.drivers.s7.answers import split_items
from connectors.registry import configure
from schemas.errors import AuthError, ConnectError, WriteRejected
from schemas.quality import Quality

from .raw_s7 import RawCpu, answer_to, counting, data_frame, read_items, refusal, tpkt
from .s7_cpu import Memory, free_port, reading, rows, tag

GOOD = Quality.GOOD


async def test_access_that_is_not_permitted_says_what_to_switch_on():
    for code in (0x8104, 0xD241):
        async with RawCpu(lambda request, code=code: data_frame(refusal(request, code))) as cpu, reading(cpu) as driver:
            with pytest.raises(AuthError, match="PUT/GET") as caught:
                await driver.read(driver.plan([tag("DB1.DBW0"), tag("DB2.DBW0")]))
            assert "permit PUT/GET" in caught.value.hint
            with pytest.raises(WriteRejected, match=f"0x{code:04X}"):
                await driver.write(tag("DB1.DBW0"), 1)


def turned(place, value):
    """A right answer with one byte of its S7 part turned; the frame begins with 7 bytes of TPKT and COTP."""

    def answer(request):
        data = bytearray(counting(request))
        data[7 + place] = data[7 + place] ^ 1 if value is None else value
        return bytes(data)

    return answer


def garbage(request):
    return b"\x03\x00\x00\x10" + bytes(range(200, 212))


@pytest.mark.parametrize(
    "answer",
    [
        garbage,
        lambda request: b"SSH-2.0-OpenSSH_9.2\r\n",
        lambda request: b"\x03\x00\x00\x05\x01",  # shorter than a frame can be
        lambda request: b"",  # ends the connection
        lambda request: counting(request)[:-2],  # cut short, and then nothing
        lambda request: tpkt(b"\x02\xf0\x80" + counting(request)[7:-2]),  # cut short in a whole frame
        lambda request: tpkt(counting(request)[4:] + b"\0\0"),  # more than was asked for
        turned(0, 0x33),  # no S7
        turned(1, 1),  # a request
        turned(5, None),  # an answer to another request
        turned(12, 5),  # to a write
        turned(13, 2),  # to two items
        turned(15, 8),  # of an unknown kind
        turned(17, 8),  # one byte instead of two
        turned(17, 17),  # no whole bytes
    ],
)
async def test_an_answer_that_is_none_ends_the_link_so_that_no_later_one_is_mistaken(answer):
    wrong = [answer]
    async with (
        RawCpu(lambda request: wrong.pop()(request) if wrong else counting(request)) as cpu,
        reading(cpu) as driver,
    ):
        plan = driver.plan([tag("DB1.DBW2")])
        with pytest.raises(ConnectError):
            await driver.read(plan)
        with pytest.raises(ConnectError):
            await driver.read(plan)  # closed until it is connected anew
        await driver.connect()
        assert await rows(driver, plan) == {"DB1.DBW2": (0x0203, GOOD)}
        assert cpu.connections == 2


@pytest.mark.parametrize(
    ("data", "sizes"),
    [
        ("ff04", [2]),
        ("ff0400080102", [2]),
        ("ff040010010203", [1]),
        ("ff0400110102", [2]),
        ("ff0800020102", [2]),
        ("ff04001001", [2]),
        ("ff040010010203", [2]),
        ("0a000000ff", [2]),
        ("ff04000801ff0400080200", [1, 1]),
    ],
)
def test_items_that_are_not_those_asked_for_are_refused(data, sizes):
    with pytest.raises(ValueError, match="an answer"):
        split_items(bytes.fromhex(data), sizes)
    good = split_items(bytes.fromhex("ff0400080100" + "05000000" + "ff09000301020300" + "ff0400100a0b"), [1, 2, 3, 2])
    assert good == [b"\1", 0x05, b"\1\2\3", b"\x0a\x0b"]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60), st.lists(st.integers(1, 20), min_size=1, max_size=4))
def test_items_of_any_bytes_have_the_size_asked_for_or_are_refused(data, sizes):
    try:
        items = split_items(data, sizes)
    except ValueError:
        return
    assert len(items) == len(sizes)
    assert all(isinstance(item, int) or len(item) == size for item, size in zip(items, sizes, strict=True))


async def test_a_cpu_that_drips_never_holds_us_longer_than_the_time_allowed():
    def drip(request):
        return [bytes([byte]) for byte in counting(request)]  # a byte each 50 ms: no single wait is too long

    async with RawCpu(drip) as cpu, reading(cpu, timeout_ms=300) as driver:
        ticks = 0

        async def tick():
            nonlocal ticks
            while True:
                await asyncio.sleep(0.01)
                ticks += 1

        ticking = asyncio.create_task(tick())
        with pytest.raises(ConnectError, match="in time"):
            await driver.read(driver.plan([tag("DB1.DBW0")]))
        ticking.cancel()
        assert ticks >= 5  # the loop went on meanwhile


async def test_a_read_that_is_cancelled_leaves_no_answer_to_be_mistaken():
    async with RawCpu(lambda request: None) as cpu, reading(cpu, timeout_ms=5000) as driver:
        plan = driver.plan([tag("DB1.DBW2")])
        waiting = asyncio.create_task(driver.read(plan))
        await asyncio.sleep(0.05)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        with pytest.raises(ConnectError, match="the link is closed"):
            await driver.read(plan)


@pytest.mark.parametrize(
    ("device", "code", "hint"),
    [
        ({"transport": b""}, "s7.rack_slot", "rack 0 slot 2 is S7-300"),
        ({"transport": tpkt(b"\x06\x80\x00\x01\x00\x01\x02")}, "s7.rack_slot", "connection_type"),
        ({"transport": b"HTTP/1.1 400 Bad Request\r\n\r\n"}, "s7.transport", "TCP port 102"),
        ({"setup": lambda request: data_frame(refusal(request, 0x8104))}, "s7.link", ""),
        ({"setup": lambda request: data_frame(answer_to(request, b"\xf0\0\0\1\0\1\0\x20"))}, "s7.link", ""),
        ({"setup": lambda request: data_frame(answer_to(request, b"\xf0\0\0\1\0\1\xff\xff"))}, "s7.link", ""),
        ({"setup": lambda request: data_frame(answer_to(request, b"\x04\1"))}, "s7.link", ""),
        ({"setup": lambda request: None}, "s7.timeout", ""),
    ],
)
async def test_a_connection_that_fails_names_the_next_step(device, code, hint):
    async with RawCpu(**device) as cpu:
        with pytest.raises(ConnectError) as caught:
            async with reading(cpu, timeout_ms=150, slot=3):
                pass
    assert caught.value.code == code
    assert hint in caught.value.hint
    if code == "s7.rack_slot":
        assert "rack 0, slot 3" in caught.value.message


async def test_a_silent_listener_and_an_absent_one_are_told_apart():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        for port, code in ((silent.getsockname()[1], "s7.transport"), (free_port(), "s7.connect")):
            driver = configure("s7", {"host": "127.0.0.1", "port": port, "timeout_ms": 100})
            started = time.monotonic()
            with pytest.raises(ConnectError) as caught:
                await driver.connect()
            assert caught.value.code == code
            assert time.monotonic() - started < 2
    driver = configure("s7", {"host": "no.such.name.invalid", "timeout_ms": 500})
    with pytest.raises(ConnectError):
        await driver.connect()


async def test_a_cpu_that_is_restarted_is_read_again_with_the_same_plan():
    async with Memory(DB1=bytes(range(8))) as cpu, reading(cpu) as driver:
        plan = driver.plan([tag("DB1.DBW0"), tag("DB1.DBW4"), tag("DB1.DBW90")])
        before = await rows(driver, plan)
        await cpu.kill()
        with pytest.raises(ConnectError):
            await driver.read(plan)
        with pytest.raises(ConnectError, match="nothing listens"):
            await driver.connect()
        cpu.start()
        await driver.connect()
        assert await rows(driver, plan) == before


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (lambda request: None, ConnectError),
        (lambda request: data_frame(answer_to(request, b"\x05\x01", b"\x03")), WriteRejected),
        (lambda request: data_frame(answer_to(request, b"\x05\x01", b"\xff\xff")), ConnectError),
        (lambda request: data_frame(answer_to(request, b"\x04\x01", b"\xff")), ConnectError),
    ],
)
async def test_a_write_without_a_clear_answer_has_an_unknown_outcome(reply, error):
    async with RawCpu(reply) as cpu, reading(cpu, timeout_ms=150) as driver:
        with pytest.raises(error) as caught:
            await driver.write(tag("DB1.DBW0"), 1)
        assert ("outcome is unknown" in caught.value.message) == (error is ConnectError)
        assert len(cpu.requests) == 1  # never repeated


async def test_reconnecting_leaves_neither_thread_nor_connection():
    async with RawCpu() as cpu:
        driver = configure("s7", {"host": "127.0.0.1", "port": cpu.port})
        before = threading.active_count()
        plan = driver.plan([tag("DB1.DBW2")])
        for number in range(40):
            await driver.connect()
            if number % 2:
                await rows(driver, plan)
        await driver.close()
        for _ in range(200):
            if threading.active_count() <= before and not cpu.open_now:
                break
            await asyncio.sleep(0.01)
        assert threading.active_count() <= before
        assert (cpu.connections, cpu.open_now) == (40, 0)


async def test_of_faults_in_every_fourth_answer_none_becomes_a_wrong_value():
    chance = random.Random(7)
    frames = [b""]
    told = {}

    def answer(request):
        right = data_frame(answer_to(request, b"\x04\x01", read_items([struct.pack(">H", len(frames))])))
        told["now"] = len(frames)
        frames.append(right)
        faults = {
            "late": None,
            "stale": frames[-2],
            "double": right + right,
            "before": frames[-2] + right,
            "cut": right[: chance.randrange(1, len(right))],
            "end": b"",
        }
        told["fault"] = chance.choice(list(faults)) if chance.random() < 0.25 else ""
        return faults[told["fault"]] if told["fault"] else right

    seen, good = set(), 0
    async with RawCpu(answer) as cpu, reading(cpu, timeout_ms=100) as driver:
        plan = driver.plan([tag("DB1.DBW0", "uint16")])
        for _ in range(200):
            try:
                value, quality = (await rows(driver, plan))["DB1.DBW0"]
            except ConnectError:
                seen.add(told["fault"])
                with contextlib.suppress(ConnectError):  # on a busy machine the next read tells it again
                    await driver.connect()
                continue
            assert (value, quality) == (told["now"], GOOD)
            good += 1
    assert good > 100
    assert {"late", "stale", "before", "cut", "end"} <= seen
