"""value = f(tag, tick), over the wire, read by the libraries' clients."""

import asyncio
import struct

import numpy as np
import pytest
from asyncua import Client, ua
from pymodbus.client import AsyncModbusTcpClient

from connectors.peers.tick_device.agent_config import agent_document
from connectors.peers.tick_device.device import NAMESPACE, TickDevices, TickOptions
from connectors.peers.tick_device.pattern import (
    BLOCK_STRIDE,
    TAG_STRIDE,
    block_registers,
    expected,
    expected_array,
    register_of,
    registers,
    tag_number,
)
from schemas.models.connection import ConnectionConfig


class Clock:
    def __init__(self) -> None:
        self.now = 5.0

    def __call__(self) -> float:
        return self.now


def _decode(tag: int, data: bytes, at: int) -> float:
    offset = (register_of(tag) - at) * 2
    form = ">h" if tag % 2 else ">f"
    return struct.unpack_from(form, data, offset)[0]


def test_values_differ_from_tick_to_tick_and_are_exact() -> None:
    tags = np.arange(2000, dtype=np.int64)
    for tick in (1, 2, 70_000, 3_000_000):
        now = expected_array(tags, tick)
        assert now.tolist() == [expected(int(tag), tick) for tag in tags]
        assert (now != expected_array(tags, tick + 1)).all()
        assert (now[tags % 2 == 0].astype(np.float32) == now[tags % 2 == 0]).all()
        assert (np.abs(now[tags % 2 == 1]) <= 32768).all()


@pytest.mark.parametrize("tags", [1, 2, 81, 82, 83, 1000])
def test_the_registers_hold_the_expected_values(tags: int) -> None:
    image = registers(3, tags, 70_001)
    assert len(image) == len(block_registers(tags)) * BLOCK_STRIDE * 2
    for tag in range(tags):
        assert _decode(tag, image, 0) == expected(3 * TAG_STRIDE + tag, 70_001)
    for block in range(len(block_registers(tags))):
        assert struct.unpack_from(">I", image, block * BLOCK_STRIDE * 2)[0] == 70_001


def test_a_key_gives_its_tag_number() -> None:
    assert tag_number("dev_0003/t00042") == 3 * TAG_STRIDE + 42
    with pytest.raises(ValueError, match="not a tag"):
        tag_number("press_1/temperature")


@pytest.mark.parametrize("by", ["port", "unit"])
async def test_every_device_answers_with_its_own_values(by: str) -> None:
    clock = Clock()
    async with TickDevices(TickOptions(tags=200, devices=3, by=by), clock=clock) as devices:
        clock.now += 41.5
        for device in range(3):
            port = devices.ports[device if by == "port" else 0]
            client = AsyncModbusTcpClient("127.0.0.1", port=port, timeout=2, retries=0)
            await client.connect()
            for block, size in enumerate(block_registers(200)):
                at = block * BLOCK_STRIDE
                unit = device + 1 if by == "unit" else 1
                answer = await client.read_holding_registers(at, count=size, device_id=unit)
                data = struct.pack(f">{size}H", *answer.registers)
                assert struct.unpack_from(">I", data)[0] == 42
                for tag in range(block * 82, min(block * 82 + 82, 200)):
                    assert _decode(tag, data, at) == expected(device * TAG_STRIDE + tag, 42)
            client.close()


async def _exchange(port: int, *requests: bytes, answers: int) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"".join(requests))
    data = await asyncio.wait_for(reader.readexactly(answers), 2)
    writer.close()
    await writer.wait_closed()
    return data


async def test_requests_in_one_packet_and_in_pieces_are_all_answered() -> None:
    async with TickDevices(TickOptions(tags=10)) as devices:
        read = struct.pack(">HHHBBHH", 7, 0, 6, 1, 3, 0, 2)
        data = await _exchange(devices.ports[0], read[:5], read[5:], read, read, answers=39)
        assert data[:9] == data[13:22] == struct.pack(">HHHBBB", 7, 0, 7, 1, 3, 4)


@pytest.mark.parametrize(
    ("function_code", "address", "count", "code"),
    [(3, 5, 3, 2), (3, 0, 126, 2), (3, 0, 0, 2), (3, 60_000, 1, 2), (6, 0, 1, 1), (3, 20, 2, None)],
)
async def test_what_cannot_be_read_is_an_exception(
    function_code: int, address: int, count: int, code: int | None
) -> None:
    async with TickDevices(TickOptions(tags=82, holes=[(6, 7)])) as devices:
        request = struct.pack(">HHHBBHH", 1, 0, 6, 1, function_code, address, count)
        data = await _exchange(devices.ports[0], request, answers=9)
        if code is None:
            assert data[7] == function_code
        else:
            assert data[7:9] == bytes((function_code | 0x80, code))


async def test_it_falls_silent_and_answers_late() -> None:
    clock = Clock()
    async with TickDevices(TickOptions(tags=4, silent_after_s=10, delay_ms=50), clock=clock) as devices:
        read = struct.pack(">HHHBBHH", 1, 0, 6, 1, 3, 0, 2)
        started = asyncio.get_running_loop().time()
        await _exchange(devices.ports[0], read, answers=13)
        assert asyncio.get_running_loop().time() - started >= 0.05
        clock.now += 10
        reader, writer = await asyncio.open_connection("127.0.0.1", devices.ports[0])
        writer.write(read)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(1), 0.2)
        writer.close()


async def test_the_same_values_over_opcua() -> None:
    clock = Clock()
    async with (
        TickDevices(TickOptions(tags=6, devices=2, protocol="opcua"), clock=clock) as devices,
        Client(f"opc.tcp://127.0.0.1:{devices.ports[0]}/interlock/") as client,
    ):
        index = await client.get_namespace_index(NAMESPACE)
        names = ["tick", *(f"t{tag:05}" for tag in range(6))]
        nodes = [ua.NodeId(f"dev_0001.{name}", index) for name in names]
        for tick in (1, 2, 3):
            values = await client.uaclient.read_attributes(nodes, ua.AttributeIds.Value)
            assert values[0].Value.Value == tick
            assert [v.Value.Value for v in values[1:]] == [expected(TAG_STRIDE + tag, tick) for tag in range(6)]
            clock.now += 1


async def test_the_agent_config_covers_every_tag() -> None:
    async with TickDevices(TickOptions(tags=100, devices=2)) as devices:
        document = agent_document(devices, sequence=True)
        template = document["templates"][0]
        assert len(template["tags"]) == 102
        assert template["config"]["holes"] == ["holding:125-127"]
        for device, connection in enumerate(document["connections"]):
            plain = {key: value for key, value in connection.items() if key not in ("template", "with")}
            parsed = ConnectionConfig.model_validate(plain | {"tags": template["tags"]})
            assert connection["with"]["port"] == devices.ports[device]
            assert [len(sequence.tags) for sequence in parsed.sequences] == [82, 18]
