"""A Modbus device whose answers go wrong by chance, and a reader that proves that no wrong value comes of it.

Every register holds a number made of its address, but for the first of each block: it counts the requests, so that an
answer that is older than its question shows too.
"""

import asyncio
import random
import struct
from dataclasses import dataclass, field

from connectors.registry import configure
from connectors.testing.link import Link
from connectors.testing.serial_link import SerialLink
from schemas.errors import ConnectError

from .raw_modbus import RawDevice, RawRtuDevice, asked, frame, rtu
from .test_modbus_tcp import tags, values

COUNTERS = ("holding:0", "holding:500", "input:0")
#: Two blocks of one shape, so that one's answer fits the other; the same addresses in another table; bits.
ADDRESSES = (*COUNTERS, "holding:5", "holding:505", "input:5", "coil:3", "coil:19")


def word(address):
    return (address * 31 + 7) & 0xFFFF


class _Faults:
    """Mixed into a raw device: `share` of the answers go wrong, each kind as often as the others."""

    kinds = ()

    def __init__(self, share, timeout_s, seed):
        super().__init__(self._reply)
        self.share, self._timeout_s, self._rng = share, timeout_s, random.Random(seed)
        self.count = 0
        self.done = dict.fromkeys(self.kinds, 0)
        self._before = None

    def right(self, pdu):
        self.count += 1
        function, start, count = asked(pdu)
        if function in (1, 2):
            bits = [(start + i) % 3 == 0 for i in range(count)]
            data = bytes(sum(bit << j for j, bit in enumerate(bits[i : i + 8])) for i in range(0, count, 8))
        else:
            words = [self.count & 0xFFFF if a in (0, 500) else word(a) for a in range(start, start + count)]
            data = struct.pack(f">{count}H", *words)
        return bytes([function, len(data)]) + data

    def _reply(self, tid, unit, pdu):
        answer = self.right(pdu)
        before, self._before = self._before, (tid, answer)
        if self._rng.random() >= self.share:
            return [self.framed(tid, unit, answer)]
        kind = self._rng.choice(self.kinds)
        if before is None:
            return [self.framed(tid, unit, answer)]
        self.done[kind] += 1
        return self.wrong(kind, (tid, unit, answer), before)

    def flipped(self, data):
        bit = self._rng.randrange(len(data) * 8)
        return data[: bit // 8] + bytes([data[bit // 8] ^ 1 << bit % 8]) + data[bit // 8 + 1 :]


class FaultyTcp(_Faults, RawDevice):
    """Frames of Modbus TCP: a check sum is the network's matter, so a wrong frame here has a wrong head or length."""

    kinds = ("other id", "crossed ids", "other unit", "other function", "cut", "longer", "twice", "late", "nothing")

    @staticmethod
    def framed(tid, unit, answer):
        return frame(tid, unit, answer)

    def wrong(self, kind, answered, before):
        tid, unit, answer = answered
        right = frame(tid, unit, answer)
        pause_s = self._rng.choice([0.0, 0.002, self._timeout_s / 2])
        return {
            "other id": [frame((tid + self._rng.randrange(1, 9)) & 0xFFFF, unit, answer)],
            "crossed ids": [frame(before[0], unit, answer), frame(tid, unit, answer)],
            "other unit": [frame(tid, unit + 1, before[1])],
            "other function": [frame(tid, unit, bytes([answer[0] ^ 6]) + answer[1:])],
            "cut": [right[: self._rng.randrange(1, len(right))]],
            "longer": [frame(tid, unit, answer + b"\xde\xad")],
            "twice": [right, pause_s, right],
            "late": [self._timeout_s * self._rng.uniform(1.1, 3), right],
            "nothing": [],
        }[kind]


class FaultyRtu(_Faults, RawRtuDevice):
    """Frames of a serial line, behind a converter that gives what is late to whoever is connected by then."""

    kinds = (
        "one bit",
        "other unit",
        "other function",
        "other length",
        "cut",
        "twice",
        "before",
        "after",
        "late",
        "none",
    )

    @staticmethod
    def framed(_tid, unit, answer):
        return rtu(unit, answer)

    def wrong(self, kind, answered, before):
        _, unit, answer = answered
        right = rtu(unit, answer)
        return {
            "one bit": [self.flipped(right)],
            "other unit": [rtu(unit + 1, before[1])],
            "other function": [rtu(unit, bytes([answer[0] ^ 6]) + answer[1:])],
            "other length": [rtu(unit, bytes([answer[0], 2]) + b"\xde\xad")],
            "cut": [right[: self._rng.randrange(1, len(right))]],
            "twice": [right + right],
            "before": [rtu(unit, before[1]) + right],
            "after": [right + b"\x00"],
            # Later than twice the time-out nothing can be known: an RTU frame names no request.
            "late": [self._timeout_s * self._rng.uniform(1.1, 1.4), right],
            "none": [],
        }[kind]


@dataclass
class Seen:
    """What a reader got: good values, values of reads that failed, wrong ones by name."""

    good: int = 0
    bad: int = 0
    lost: int = 0
    wrong: list = field(default_factory=list)


async def watch(device, driver_id, config, seconds):
    """Reads without pause, with the link made anew after each loss as the supervisor does."""
    seen = Seen()
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    plan = None
    while loop.time() < until:
        driver = configure(driver_id, config)
        plan = plan or driver.plan(tags(*ADDRESSES))
        try:
            await driver.connect()
            while loop.time() < until:
                before = device.count
                judge(seen, await values(driver, plan), before, device.count)
        except ConnectError:
            seen.lost += 1
        finally:
            await driver.close()
    device.share = 0.0
    await recovered(device, driver_id, config, plan)
    return seen


def judge(seen, got, before, after):
    for name, (value, quality) in got.items():
        if quality:
            seen.bad += 1
            continue
        table, _, address = name.partition(":")
        if name in COUNTERS:
            right = 0 < ((value - before) & 0xFFFF) <= after - before
        else:
            right = value == (int(address) % 3 == 0 if table == "coil" else word(int(address)))
        if right:
            seen.good += 1
        else:
            seen.wrong.append((name, value, before, after))


async def recovered(device, driver_id, config, plan):
    """Everything is good again, without anything being restarted."""
    for _ in range(5):
        driver = configure(driver_id, config)
        try:
            await driver.connect()
            seen, before = Seen(), device.count
            judge(seen, await values(driver, plan), before, device.count)
            if seen.good == len(ADDRESSES):
                return
        except ConnectError:
            continue
        finally:
            await driver.close()
    raise AssertionError("not good again after the faults ended")


async def prove(kind, share, seconds, timeout_s, seed):
    """Runs one kind of line (tcp, rtu, serial) and returns what was seen and how often each fault was made."""
    device = (FaultyTcp if kind == "tcp" else FaultyRtu)(share, timeout_s, seed)
    async with device, (SerialLink if kind == "serial" else Link)("127.0.0.1", device.port) as link:
        config = {"timeout_ms": int(timeout_s * 1000)}
        if kind == "serial":
            config |= {"port": link.host, "baud": 115_200, "parity": "none"}
            return await watch(device, "modbus_rtu", config, seconds), device.done
        config |= {"host": link.host, "port": link.port, "framing": kind}
        return await watch(device, "modbus_tcp", config, seconds), device.done
