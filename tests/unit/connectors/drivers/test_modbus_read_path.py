"""The read path of our own against the library's framers and messages, on random reads and data."""

import asyncio
import random
from contextlib import asynccontextmanager

import numpy as np
import pytest
from pymodbus.exceptions import ModbusIOException
from pymodbus.framer import FramerRTU, FramerSocket
from pymodbus.pdu import DecodePDU
from pymodbus.pdu.bit_message import ReadCoilsResponse, ReadDiscreteInputsResponse
from pymodbus.pdu.register_message import ReadHoldingRegistersResponse, ReadInputRegistersResponse
from pymodbus.transport import CommParams, CommType

from connectors.modbus.client import _REQUESTS, LinkedClient
from connectors.modbus.crc import crc16
from connectors.modbus.read_frame import ReadFrame

from .raw_modbus import RawDevice, RawRtuDevice, crc, exception, frame, reply_to, rtu

RESPONSES = {
    1: ReadCoilsResponse,
    2: ReadDiscreteInputsResponse,
    3: ReadHoldingRegistersResponse,
    4: ReadInputRegistersResponse,
}
ROUNDS = 300


def any_read(rng):
    """Unit, function, start, count and size of a read that the standard allows."""
    function = rng.choice([1, 2, 3, 4])
    count = rng.randint(1, 2000 if function < 3 else 125)
    size = (count + 7) // 8 if function < 3 else 2 * count
    return rng.randint(0, 255), function, rng.randint(0, 65_536 - count), count, size


def library(rtu_frames, *, server):
    return (FramerRTU if rtu_frames else FramerSocket)(DecodePDU(server))


def of(read, rtu_frames):
    return ReadFrame(*read, rtu=rtu_frames)


def answer_of(read, rtu_frames, tid, rng):
    """What the library's server would send, and the values in it."""
    unit, function, _, count, _ = read
    if function < 3:
        values = [rng.random() < 0.5 for _ in range(count)]
        pdu = RESPONSES[function](bits=values, dev_id=unit, transaction_id=tid)
    else:
        values = [rng.randrange(65_536) for _ in range(count)]
        pdu = RESPONSES[function](registers=values, dev_id=unit, transaction_id=tid)
    return library(rtu_frames, server=True).buildFrame(pdu), values


def decoded(payload, function, count):
    if function < 3:
        return np.unpackbits(np.frombuffer(payload, np.uint8), bitorder="little")[:count].astype(bool).tolist()
    return np.frombuffer(payload, ">u2").tolist()


def test_the_check_sum_is_that_of_the_standard_and_of_the_library():
    rng = random.Random("crc")
    for count in [*range(20), 253, 254, 255, 256, 257, 300]:
        data = rng.randbytes(count)
        assert crc16(data) == crc(data) == FramerRTU.compute_CRC(data).to_bytes(2, "big")


@pytest.mark.parametrize("rtu_frames", [False, True])
def test_requests_are_byte_for_byte_those_of_the_library(rtu_frames):
    rng = random.Random("requests")
    for _ in range(ROUNDS):
        read, tid = any_read(rng), rng.randrange(65_536)
        unit, function, start, count, _ = read
        pdu = _REQUESTS[function](address=start, count=count, dev_id=unit, transaction_id=tid)
        assert of(read, rtu_frames).request(tid) == library(rtu_frames, server=False).buildFrame(pdu)


@pytest.mark.parametrize("rtu_frames", [False, True])
def test_answers_give_the_values_that_the_library_gives(rtu_frames):
    rng = random.Random("answers")
    for _ in range(ROUNDS):
        read, tid = any_read(rng), 0 if rtu_frames else rng.randrange(1, 65_536)
        data, values = answer_of(read, rtu_frames, tid, rng)
        own = of(read, rtu_frames)
        payload = own.payload(data, own.head(tid))
        used, pdu = library(rtu_frames, server=False).handleFrame(data, read[0], tid)
        assert used == len(data)
        theirs = (pdu.bits if read[1] < 3 else pdu.registers)[: read[3]]
        assert decoded(payload, read[1], read[3]) == list(theirs) == values


@pytest.mark.parametrize("rtu_frames", [False, True])
def test_a_frame_with_any_other_bit_or_length_is_not_taken(rtu_frames):
    """One flipped bit anywhere but in the data of a TCP frame, which has no check sum; any end cut off; a byte more."""
    rng = random.Random("flips")
    for _ in range(6):
        read, tid = any_read(rng), 0 if rtu_frames else rng.randrange(1, 65_536)
        data, _ = answer_of(read, rtu_frames, tid, rng)
        own = of(read, rtu_frames)
        head = own.head(tid)
        for bit in range((len(data) if rtu_frames else len(head)) * 8):
            flipped = bytearray(data)
            flipped[bit // 8] ^= 1 << bit % 8
            assert own.payload(bytes(flipped), head) is None
        assert all(own.payload(data[:size], head) is None for size in range(len(data)))
        assert own.payload(data + b"\0", head) is None
        assert own.payload(data, head) is not None


@asynccontextmanager
async def open_client(device, rtu_frames=False, timeout_s=5.0):
    async with device:
        params = CommParams(
            comm_type=CommType.TCP, comm_name="test", host="127.0.0.1", port=device.port,
            reconnect_delay=0.0, timeout_connect=timeout_s,
        )  # fmt: skip
        client = LinkedClient(params, rtu=rtu_frames)
        await client.open(5.0)
        try:
            yield client
        finally:
            client.close()


def by_library(client, read):
    unit, function, start, count, _ = read
    return client.execute(False, _REQUESTS[function](address=start, count=count, dev_id=unit))


@pytest.mark.parametrize("rtu_frames", [False, True])
async def test_over_a_link_both_paths_give_the_same_in_any_order(rtu_frames):
    rng = random.Random("link")
    async with open_client(RawRtuDevice() if rtu_frames else RawDevice(), rtu_frames) as client:
        for _ in range(60):
            read = any_read(rng)
            payload = await client.read(of(read, rtu_frames))
            assert isinstance(payload, bytes)
            assert payload == (await by_library(client, read)).payload == reply_to(of(read, True).request(0)[1:6])[2:]


@pytest.mark.parametrize("rtu_frames", [False, True])
async def test_a_right_answer_in_pieces_never_meets_the_library(rtu_frames, monkeypatch):
    def pieces(tid, unit, pdu):
        data = rtu(unit, reply_to(pdu)) if rtu_frames else frame(tid, unit, reply_to(pdu))
        return [data[:1], 0.002, data[1:9], 0.002, data[9:]]

    device = RawRtuDevice(pieces) if rtu_frames else RawDevice(pieces)
    async with open_client(device, rtu_frames) as client:
        monkeypatch.setattr(client.ctx.framer, "handleFrame", None)
        for start in (0, 500):
            got = await client.read(ReadFrame(1, 3, start, 60, 120, rtu=rtu_frames))
            assert decoded(got, 3, 60) == list(range(start, start + 60))


@pytest.mark.parametrize("rtu_frames", [False, True])
async def test_an_exception_is_the_librarys_matter_and_the_next_read_is_ours_again(rtu_frames):
    def refusing(tid, unit, pdu):
        answer = exception(pdu, 2) if len(device.requests) == 1 else reply_to(pdu)
        return [rtu(unit, answer) if rtu_frames else frame(tid, unit, answer)]

    device = RawRtuDevice(refusing) if rtu_frames else RawDevice(refusing)
    async with open_client(device, rtu_frames) as client:
        read = ReadFrame(1, 3, 7, 1, 2, rtu=rtu_frames)
        assert (await client.read(read)).exception_code == 2
        assert await client.read(read) == b"\0\7"


async def test_a_link_of_silence_is_given_up_as_early_as_by_the_library():
    async def asked_until_lost(ask):
        device = RawDevice(lambda *_: [])
        async with open_client(device, timeout_s=0.02) as client:
            times = 0
            while client.connected and times < 20:
                times += 1
                with pytest.raises(ModbusIOException):
                    await ask(client)
            return times

    read = (1, 3, 0, 1, 2)
    own = await asked_until_lost(lambda client: client.read(of(read, False)))
    assert own == await asked_until_lost(lambda client: by_library(client, read)) > 1


@pytest.mark.parametrize("rtu_frames", [False, True])
async def test_an_answer_in_the_moment_of_the_time_out_is_nobodys(rtu_frames):
    device = RawRtuDevice(lambda *_: []) if rtu_frames else RawDevice(lambda *_: [])
    async with open_client(device, rtu_frames) as client:
        read = ReadFrame(1, 3, 7, 1, 2, rtu=rtu_frames)
        task = asyncio.ensure_future(client.read(read))
        await asyncio.sleep(0)
        # The time-out has come; the task that waits does not run before the answer is there.
        client.ctx.response_future.set_exception(TimeoutError())
        client.ctx.data_received(rtu(1, b"\3\2\0\7") if rtu_frames else frame(1, 1, b"\3\2\0\7"))
        with pytest.raises(ModbusIOException):
            await task
        assert client.unasked == rtu_frames
        assert not client.half_read()


async def test_bytes_after_an_answer_are_noticed_before_it_is_used():
    device = RawRtuDevice(lambda *_: [])
    async with open_client(device, rtu_frames=True) as client:
        task = asyncio.ensure_future(client.read(ReadFrame(1, 3, 7, 1, 2, rtu=True)))
        await asyncio.sleep(0)
        client.ctx.data_received(rtu(1, b"\3\2\0\7"))
        # Begins as the answer did.
        client.ctx.data_received(b"\1")
        assert await task == b"\0\7"
        assert client.unasked
