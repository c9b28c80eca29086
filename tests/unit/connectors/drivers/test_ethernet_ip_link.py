"""EtherNet/IP driver and a controller that answers wrongly, late or not at all: nothing wrong is believed, every
failure says why."""

import asyncio
import contextlib
import random
import socket
import struct
import threading

import pytest

from connectors.drivers.ethernet_ip import link as link_module
from connectors.drivers.ethernet_ip.messages import parse_data, split
from connectors.drivers.ethernet_ip.testing.controller import REGISTER, SEND_RR, encapsulate
from connectors.drivers.ethernet_ip.wire import Broken, Wire
from connectors.registry import configure
from schemas.errors import ConnectError, WriteRejected
from schemas.quality import Quality
from tests.support.processes import free_port

from .logix import ATOMIC, Controller, reading, rows, settings, tag

GOOD = Quality.GOOD
#: In a connected answer: the number, then service, status and, of a read, type and value.
NUMBER, SERVICE, STATUS, TYPE, VALUE = 44, 46, 48, 50, 52


def turned(place, value=None):
    """A right answer with one byte turned."""

    def fault(frame):
        data = bytearray(frame)
        data[place] = data[place] ^ 1 if value is None else value
        return [bytes(data)]

    return fault


def resized(size):
    """A whole frame whose last bytes are away, or which has more than it should."""

    def fault(frame):
        data = bytearray(frame[:size] if size < 0 else frame + bytes(size))
        struct.pack_into("<H", data, 2, len(data) - 24)
        struct.pack_into("<H", data, 42, len(data) - 44)
        return [bytes(data)]

    return fault


FAULTS = {
    "number of another request": turned(NUMBER),
    "another session": turned(4),
    "another service": turned(SERVICE, 0xCD),
    "a request": turned(SERVICE, 0x4C),
    "another command": turned(0),
    "status of encapsulation": turned(8, 0x64),
    "no items": turned(30, 0),
    "unconnected": turned(40, 0xB2),
    "length of the item": turned(42),
    "unknown type": turned(TYPE, 0xFE),
    "cut short in a whole frame": resized(-2),
    "a header alone": resized(-10),
    "more than was asked for": resized(2),
    "cut short, and then the end": lambda frame: [frame[:-3], b""],
    "the end": lambda frame: [b""],
    "another protocol": lambda frame: [b"HTTP/1.1 400 Bad Request\r\n\r\n"],
    "other bytes": lambda frame: [bytes(range(200, 240))],
}


@pytest.mark.parametrize("name", FAULTS)
async def test_an_answer_that_is_none_ends_the_link_so_that_no_later_one_is_mistaken(name):
    async with Controller() as controller, reading(controller) as driver:
        controller.tags.add("A", ATOMIC["DINT"]).memory[0] = 7
        plan = driver.plan([tag("A")])
        controller.fault = FAULTS[name]
        with pytest.raises(ConnectError):
            await driver.read(plan)
        controller.fault = None
        with pytest.raises(ConnectError, match="the link is closed"):
            await driver.read(plan)
        await driver.connect()
        assert await rows(driver, plan) == {"A": (7, GOOD)}
        assert controller.accepted == 2


@pytest.mark.parametrize(
    "data",
    [
        "",
        "0200",
        "0200060008000000",
        "03000800080008000000",
        "0200060004000000000000000000",
        "020006000e00cc000000",
        "020007000b00000000000000000000",
    ],
)
def test_parts_that_do_not_fit_together_are_refused(data):
    with pytest.raises(ValueError, match="part"):
        split(bytes.fromhex(data), 2)
    assert split(bytes.fromhex("020006000c00cc000000c307cc000400"), 2) == [b"\xcc\0\0\0\xc3\x07", b"\xcc\0\4\0"]


def test_answers_of_another_length_or_type_are_refused():
    for data in (
        "cc000000",
        "cc000000c3",
        "cc000000c30001",
        "cc000000c300010203",
        "cc000000a002cd",
        "cc000001",
        "cd000000",
    ):
        with pytest.raises(ValueError, match="an answer"):
            parse_data(bytes.fromhex(data), 0x4C, 1)
    assert parse_data(bytes.fromhex("cc000000c3020102"), 0x4C, 1).data == b"\1\2"


async def test_a_controller_that_drips_never_holds_us_longer_than_the_time_allowed():
    async with Controller() as controller, reading(controller, timeout_ms=300) as driver:
        controller.fault = lambda frame: [bytes([byte]) for byte in frame]
        controller.pause_s = 0.05  # no single wait is too long
        with pytest.raises(ConnectError, match="in time") as caught:
            await driver.read(driver.plan([tag("A")]))
        assert caught.value.code == "ethernet_ip.timeout"


async def test_an_exchange_ends_in_time_by_itself():
    async with Controller() as controller:
        controller.fault_of, controller.pause_s = {REGISTER}, 0.05
        controller.fault = lambda frame: [bytes([byte]) for byte in frame]
        wire = Wire("127.0.0.1", controller.port, 0.2)

        def register():
            wire.connect()
            try:
                wire.exchange(encapsulate(REGISTER, 0, b"\1\0\0\0"))
            finally:
                wire.close()

        with pytest.raises(Broken, match="in time"):
            await asyncio.to_thread(register)


@pytest.mark.parametrize(
    "fault",
    [
        turned(12),  # context
        turned(4),  # session
        turned(30, 1),  # items
        turned(38),  # length
        turned(40, 0xD5),  # service
        lambda frame: [frame[:-1]],
        lambda frame: [b""],
    ],
)
async def test_no_connection_comes_of_an_answer_that_is_none(fault):
    async with Controller() as controller:
        controller.fault, controller.fault_of = fault, {SEND_RR}
        driver = configure("ethernet_ip", settings(controller, timeout_ms=200))
        with pytest.raises(ConnectError) as caught:
            await driver.connect()
        assert caught.value.code in ("ethernet_ip.link", "ethernet_ip.silent")
        controller.fault = None
        await driver.connect()
        assert (await driver.probe())["model"] == "1756-L83E/B"
        await driver.close()


async def test_the_numbers_of_messages_begin_anywhere():
    # Else a late answer to the link before this one, passed on by a gateway, could fit.
    seen = set()
    async with Controller() as controller:
        controller.fault = lambda frame: seen.add(frame[NUMBER : NUMBER + 2]) or [frame]
        for _ in range(4):
            async with reading(controller) as driver:
                await rows(driver, driver.plan([tag("A")]))
    assert len(seen) > 1


async def test_a_read_that_is_cancelled_leaves_no_answer_to_be_mistaken():
    async with Controller() as controller, reading(controller, timeout_ms=5000) as driver:
        controller.fault = lambda frame: []
        plan = driver.plan([tag("A")])
        waiting = asyncio.create_task(driver.read(plan))
        while not controller.requests:
            await asyncio.sleep(0.01)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        with pytest.raises(ConnectError, match="the link is closed"):
            await driver.read(plan)


@pytest.mark.parametrize(
    ("change", "config", "code", "hint"),
    [
        ({"slot": 3}, {}, "ethernet_ip.slot", "count the slots"),
        ({"open_status": (0x01, 0x0204)}, {}, "ethernet_ip.slot", "CompactLogix is slot 0"),
        ({"open_status": (0x01, 0x0113)}, {}, "ethernet_ip.connections", "End other programs"),
        ({"open_status": (0x08, None)}, {}, "ethernet_ip.open", "Is it a Logix controller"),
        ({"session_status": 0x02}, {}, "ethernet_ip.session", "too many"),
    ],
)
async def test_a_connection_that_fails_names_the_next_step(change, config, code, hint):
    async with Controller() as controller:
        for name, value in change.items():
            setattr(controller, name, value)
        with pytest.raises(ConnectError) as caught:
            async with reading(controller, **config):
                pass
    assert caught.value.code == code
    assert hint in caught.value.hint
    if code == "ethernet_ip.slot":
        assert "slot 0" in caught.value.message


async def test_the_slot_that_is_set_is_the_one_that_is_asked():
    async with Controller(slot=3) as controller, reading(controller, slot=3) as driver:
        controller.tags.add("A", ATOMIC["DINT"]).memory[0] = 7
        assert await rows(driver, driver.plan([tag("A")])) == {"A": (7, GOOD)}
        assert (await driver.probe())["model"] == "1756-L83E/B"


async def test_a_silent_listener_an_absent_one_and_a_foreign_one_are_told_apart():
    async def talk(reader, writer):
        await reader.read(10)
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\nand more than a header\r\n")
        await writer.drain()
        writer.close()

    foreign = await asyncio.start_server(talk, "127.0.0.1", 0)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        for port, code in (
            (silent.getsockname()[1], "ethernet_ip.silent"),
            (free_port(), "ethernet_ip.connect"),
            (foreign.sockets[0].getsockname()[1], "ethernet_ip.protocol"),
        ):
            driver = configure("ethernet_ip", {"host": "127.0.0.1", "port": port, "timeout_ms": 300})
            with pytest.raises(ConnectError) as caught:
                await driver.connect()
            assert caught.value.code == code
            assert caught.value.hint
    foreign.close()
    driver = configure("ethernet_ip", {"host": "no.such.name.invalid", "timeout_ms": 500})
    with pytest.raises(ConnectError):
        await driver.connect()


@pytest.mark.parametrize(("make", "size"), [({"large": False}, 500), ({"size_max": 511}, 500), ({}, 4000)])
async def test_a_controller_without_large_connections_gets_a_small_one(make, size):
    async with Controller(**make) as controller, reading(controller) as driver:
        values = controller.tags.add("A", ATOMIC["DINT"], 1000)
        values.memory[:] = struct.pack("<1000i", *range(1000))
        plan = driver.plan([tag(f"A[{n}]") for n in range(1000)])
        got = await rows(driver, plan)
        assert got == {f"A[{n}]": (n, GOOD) for n in range(1000)}
        assert (await driver.probe())["connection_size"] == str(size)
        assert {request[0] for request in controller.requests[:1]} <= {0x0A, 0x4C}


async def test_a_controller_that_is_restarted_is_read_again_with_the_same_plan():
    async with Controller() as controller, reading(controller) as driver:
        controller.tags.add("A", ATOMIC["DINT"], 4).memory[0] = 7
        plan = driver.plan([tag("A[0]"), tag("A[3]"), tag("A[4]")])
        before = await rows(driver, plan)
        await controller.stop()
        with pytest.raises(ConnectError):
            await driver.read(plan)
        with pytest.raises(ConnectError, match="nothing listens"):
            await driver.connect()
        await controller.start()
        await driver.connect()
        assert await rows(driver, plan) == before
        assert before["A[4]"][1] == Quality.BAD_ADDRESS


async def test_a_connection_that_the_controller_may_have_dropped_is_made_anew(monkeypatch):
    async with Controller() as controller, reading(controller) as driver:
        controller.tags.add("A", ATOMIC["DINT"])
        plan = driver.plan([tag("A")])
        await rows(driver, plan)
        assert controller.accepted == 1
        monkeypatch.setattr(link_module, "IDLE_MAX_S", -1.0)
        await rows(driver, plan)
        assert controller.accepted == 2


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (lambda frame: [], ConnectError),
        (lambda frame: [b""], ConnectError),
        (turned(NUMBER), ConnectError),
        (turned(STATUS, 0x10), WriteRejected),
    ],
)
async def test_a_write_without_a_clear_answer_has_an_unknown_outcome(fault, error):
    async with Controller() as controller, reading(controller, timeout_ms=300) as driver:
        controller.tags.add("A", ATOMIC["DINT"])
        controller.fault = lambda frame: fault(frame) if frame[SERVICE] == 0xCD else [frame]
        with pytest.raises(error) as caught:
            await driver.write(tag("A"), 1)
        assert ("outcome is unknown" in caught.value.message) == (error is ConnectError)
        assert [request[0] for request in controller.requests] == [0x4C, 0x4D]  # never repeated


async def test_a_lost_link_before_the_write_is_not_an_unknown_outcome():
    async with Controller() as controller, reading(controller) as driver:
        controller.fault = lambda frame: [b""]
        with pytest.raises(ConnectError) as caught:
            await driver.write(tag("A"), 1)
        assert "unknown" not in caught.value.message


async def test_reconnecting_leaves_neither_thread_nor_connection():
    async with Controller() as controller:
        controller.tags.add("A", ATOMIC["DINT"])
        driver = configure("ethernet_ip", settings(controller))
        before = threading.active_count()
        plan = driver.plan([tag("A")])
        for number in range(30):
            await driver.connect()
            if number % 2:
                await rows(driver, plan)
        await driver.close()
        for _ in range(500):
            if threading.active_count() <= before and not controller.open_now:
                break
            await asyncio.sleep(0.01)
        assert threading.active_count() <= before
        assert (controller.accepted, controller.open_now) == (30, 0)
        assert controller.closed_politely == 30  # a controller has few connections


async def test_a_list_of_tags_without_an_end_is_given_up(monkeypatch):
    async with Controller() as controller, reading(controller, connection_size_max=500) as driver:
        for n in range(40):
            controller.tags.add(f"Tag_{n}", ATOMIC["DINT"])
        serve = controller.services.serve

        def endless(request, room):
            answer = bytearray(serve(request, room))
            if request[0] == 0x55:  # always the same part, and always more
                answer[2] = 0x06
            return bytes(answer)

        controller.services.serve = endless
        monkeypatch.setattr("connectors.drivers.ethernet_ip.wire._FRAMES_MAX", 300)
        with pytest.raises(ConnectError, match="does not end"):
            await driver.browse("")


async def test_of_faults_in_every_fourth_answer_none_becomes_a_wrong_value():
    chance = random.Random(7)
    frames = [b""]
    told = {"fault": ""}
    names = ("late", "stale", "double", "before", "cut", "end", "turned")

    def fault(right):
        frames.append(right)
        stale = frames[-2]
        faults = {
            "late": [], "stale": [stale], "double": [right, right], "before": [stale, right],
            "cut": [right[: chance.randrange(1, len(right))], b""], "end": [b""],
            "turned": turned(chance.choice([0, 4, NUMBER, SERVICE, 30, 42]))(right),
        }  # fmt: skip
        told["fault"] = chance.choice(names) if chance.random() < 0.25 else ""
        return faults[told["fault"]] if told["fault"] else [right]

    seen, good = set(), 0
    async with Controller() as controller, reading(controller, timeout_ms=200) as driver:
        memory = controller.tags.add("A", ATOMIC["DINT"]).memory
        plan = driver.plan([tag("A")])
        controller.fault = fault
        for number in range(200):
            struct.pack_into("<i", memory, 0, number)
            try:
                value, quality = (await rows(driver, plan))["A"]
            except ConnectError:
                seen.add(told["fault"])
                with contextlib.suppress(ConnectError):  # on a busy machine the next read tells it again
                    await driver.connect()
                continue
            assert (value, quality) == (number, GOOD)
            good += 1
    assert good > 80
    assert {"late", "stale", "before", "cut", "end", "turned"} <= seen
