"""A recording over Modbus TCP, read by the pymodbus client."""

import asyncio
import json
import struct
import time
from pathlib import Path

import pytest
from pymodbus.client import AsyncModbusTcpClient

from connectors.peers.replay.blocks import BLOCK_STRIDE, modbus_blocks
from connectors.peers.replay.device import ReplayDevice, ReplayOptions
from connectors.peers.replay.recording import Recording, RecordingOptions, load_recording


def _recording(tmp_path: Path, rows: int = 40, columns: int = 3) -> Recording:
    lines = ["time," + ",".join(f"c{i}" for i in range(columns)) + ",n,open,word"]
    for row in range(1, rows + 1):
        values = ",".join(f"{row + i / 8:.3f}" for i in range(columns))
        lines.append(f"2024-01-01 00:00:{row % 60:02},{values},{-row},{'true' if row % 2 else 'false'},wörd{row}")
    path = tmp_path / "r.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return load_recording([path], RecordingOptions(zone="UTC"))


async def _client(port: int) -> AsyncModbusTcpClient:
    client = AsyncModbusTcpClient("127.0.0.1", port=port, timeout=2, retries=0)
    assert await client.connect()
    return client


async def _block(client: AsyncModbusTcpClient, address: int, count: int) -> bytes:
    answer = await client.read_holding_registers(address, count=count, device_id=1)
    assert not answer.isError(), answer
    return struct.pack(f">{count}H", *answer.registers)


async def test_a_row_is_one_block_with_number_time_and_values(tmp_path: Path) -> None:
    recording = _recording(tmp_path)
    async with ReplayDevice(recording, ReplayOptions(rows_per_s=1000)) as device:
        client = await _client(device.port)
        block = device.blocks[0]
        data = await _block(client, 0, block.registers)
        row, moment, a, b, c, n, door = struct.unpack(">Iqfff iH".replace(" ", ""), data[:30])
        assert (row, moment) == (1, 1704067201_000_000)
        assert (a, b, c, n, door) == (1.0, 1.125, 1.25, -1, 1)
        assert data[30:].rstrip(b"\0").decode() == "wörd1"
        client.close()


async def test_rows_wait_for_the_reader(tmp_path: Path) -> None:
    served = tmp_path / "served.jsonl"
    options = ReplayOptions(rows_per_s=1000, served=served)
    async with ReplayDevice(_recording(tmp_path), options) as device:
        client = await _client(device.port)
        count = device.blocks[0].registers
        rows = []
        while not device.done.is_set():
            rows.append(struct.unpack(">I", (await _block(client, 0, count))[:4])[0])
            if len(rows) % 10 == 0:
                await asyncio.sleep(0.05)  # fifty periods in which nobody reads
        assert sorted(set(rows)) == list(range(1, 41))
        assert rows == sorted(rows)
        assert struct.unpack(">I", (await _block(client, 0, count))[:4])[0] == 40
        assert device.status()["done"] is True
        client.close()
    log = [json.loads(line) for line in served.read_text().splitlines()]
    assert [entry["row"] for entry in log[:-1]] == list(range(1, 41))
    assert [entry["line"] for entry in log[:-1]] == list(range(2, 42))
    assert log[-1] == {"done": True, "rows": 40, "rows_read": 40}


async def test_a_part_of_the_block_is_not_the_row(tmp_path: Path) -> None:
    async with ReplayDevice(_recording(tmp_path), ReplayOptions(rows_per_s=1000)) as device:
        client = await _client(device.port)
        for _ in range(5):
            assert (await _block(client, 0, 8))[:4] == b"\0\0\0\1"
            await asyncio.sleep(0.003)
        assert device.unread_names() == ["row_number"]
        await _block(client, 8, device.blocks[0].registers - 8)
        await asyncio.sleep(0.003)
        assert (await _block(client, 0, 8))[:4] == b"\0\0\0\2"
        client.close()


async def test_the_pace_is_kept(tmp_path: Path) -> None:
    async with ReplayDevice(_recording(tmp_path), ReplayOptions(rows_per_s=50)) as device:
        client = await _client(device.port)
        started = time.monotonic()
        while not device.done.is_set():
            await _block(client, 0, device.blocks[0].registers)
            await asyncio.sleep(0.004)
        assert time.monotonic() - started >= 39 / 50 * 0.99
        client.close()


async def test_wide_rows_span_blocks_that_agree(tmp_path: Path) -> None:
    recording = _recording(tmp_path, rows=30, columns=150)
    async with ReplayDevice(recording, ReplayOptions(rows_per_s=2000)) as device:
        assert len(device.blocks) == 3
        assert all(block.registers <= 125 for block in device.blocks)
        client = await _client(device.port)
        while not device.done.is_set():
            heads = {(await _block(client, block.address, block.registers))[:12] for block in device.blocks}
            assert len(heads) == 1
        hole = await client.read_holding_registers(device.blocks[0].registers, count=2, device_id=1)
        assert hole.isError()
        client.close()


async def _hammer(port: int, count: int, reads: int, seen: set[int]) -> None:
    client = await _client(port)
    for _ in range(reads):
        data = await _block(client, 0, count)
        row, _, *values = struct.unpack(">Iq40f", data[:172])
        assert values == [row + i / 8 for i in range(40)], "torn row"
        seen.add(row)
    client.close()


@pytest.mark.parametrize("hold", [True, False])
async def test_readers_never_see_a_torn_row(tmp_path: Path, hold: bool) -> None:
    recording = _recording(tmp_path, rows=2000, columns=40)
    seen: set[int] = set()
    async with ReplayDevice(recording, ReplayOptions(rows_per_s=500, hold=hold)) as device:
        count = device.blocks[0].registers
        await asyncio.gather(*(_hammer(device.port, count, 600, seen) for _ in range(4)))
    assert len(seen) > 50


async def test_the_check_for_torn_rows_finds_one(tmp_path: Path) -> None:
    """Negative control: a device that changes its registers between requests of half a row."""
    recording = _recording(tmp_path, rows=50, columns=40)
    async with ReplayDevice(recording, ReplayOptions(rows_per_s=500)) as device:
        device._unit.put(20, [0, 0, 0, 0])
        with pytest.raises(AssertionError, match="torn row"):
            await _hammer(device.port, device.blocks[0].registers, 5, set())


async def test_free_running_rows_go_by_without_a_reader(tmp_path: Path) -> None:
    async with ReplayDevice(_recording(tmp_path), ReplayOptions(rows_per_s=100, hold=False)) as device:
        await asyncio.wait_for(device.done.wait(), 3)
        client = await _client(device.port)
        assert (await _block(client, 0, 4))[:4] == struct.pack(">I", 40)
        client.close()


async def test_free_running_begins_when_it_is_served(tmp_path: Path) -> None:
    device = ReplayDevice(_recording(tmp_path), ReplayOptions(rows_per_s=20, hold=False))
    await asyncio.sleep(0.3)
    async with device:
        assert device.player.row == 1
        assert device.player.current(opens_pass=True) <= 2


async def test_repeat_goes_on_counting(tmp_path: Path) -> None:
    recording = _recording(tmp_path, rows=3)
    async with ReplayDevice(recording, ReplayOptions(rows_per_s=1000, repeat=3)) as device:
        client = await _client(device.port)
        first: dict[int, float] = {}
        while not device.done.is_set():
            row, _, value = struct.unpack(">Iqf", (await _block(client, 0, device.blocks[0].registers))[:16])
            first[row] = value
        assert first == {row: (row - 1) % 3 + 1.0 for row in range(1, 10)}
        client.close()


async def test_the_device_is_read_only(tmp_path: Path) -> None:
    async with ReplayDevice(_recording(tmp_path), ReplayOptions(rows_per_s=1000)) as device:
        client = await _client(device.port)
        assert (await client.write_register(7, 1, device_id=1)).isError()
        client.close()


def test_blocks_lie_apart(tmp_path: Path) -> None:
    blocks = modbus_blocks(_recording(tmp_path, columns=200).columns, float64=True)
    assert [block.address for block in blocks] == [i * BLOCK_STRIDE for i in range(len(blocks))]
    assert sum(len(block.fields) for block in blocks) == 203
    assert {field.type for block in blocks for field in block.fields} == {"float64", "int32", "bool", "string"}
