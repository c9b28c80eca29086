"""A recording over OPC UA, read by the asyncua client."""

import asyncio
import time
from pathlib import Path

import pytest
from asyncua import Client, ua

from connectors.peers.replay.device import NAMESPACE, ReplayDevice, ReplayOptions
from connectors.peers.replay.recording import Recording, RecordingOptions, load_recording

COLUMNS = 20


def _recording(tmp_path: Path, rows: int = 400) -> Recording:
    lines = ["time," + ",".join(f"c{i}" for i in range(COLUMNS)) + ",word"]
    lines += [
        f"{1704067200 + row}," + ",".join(f"{row + i / 8:.3f}" for i in range(COLUMNS)) + f",w{row}"
        for row in range(1, rows + 1)
    ]
    path = tmp_path / "r.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return load_recording([path], RecordingOptions(zone="UTC"))


async def _nodes(client: Client, names: list[str]) -> list[ua.NodeId]:
    index = await client.get_namespace_index(NAMESPACE)
    return [ua.NodeId(name, index) for name in names]


async def _read(client: Client, nodes: list[ua.NodeId]) -> list[ua.DataValue]:
    return await client.uaclient.read_attributes(nodes, ua.AttributeIds.Value)


def _url(device: ReplayDevice) -> str:
    return f"opc.tcp://127.0.0.1:{device.port}/interlock/"


NAMES = ["row_number", "recorded_time", *(f"c{i}" for i in range(COLUMNS)), "word"]


async def test_a_row_is_one_read(tmp_path: Path) -> None:
    async with (
        ReplayDevice(_recording(tmp_path), ReplayOptions("opcua", rows_per_s=1000)) as device,
        Client(_url(device)) as client,
    ):
        nodes = await _nodes(client, NAMES)
        values = [value.Value.Value for value in await _read(client, nodes)]
        assert values[:4] == [1, 1704067201_000_000, 1.0, 1.125]
        assert values[-1] == "w1"
        await asyncio.sleep(0.01)
        values = [value.Value.Value for value in await _read(client, nodes)]
        assert values[:2] == [2, 1704067202_000_000]


async def test_rows_wait_for_every_node(tmp_path: Path) -> None:
    async with (
        ReplayDevice(_recording(tmp_path), ReplayOptions("opcua", rows_per_s=1000)) as device,
        Client(_url(device)) as client,
    ):
        nodes = await _nodes(client, NAMES)
        for _ in range(4):
            assert (await _read(client, nodes[:-1]))[0].Value.Value == 1
            await asyncio.sleep(0.005)
        assert device.unread_names() == ["word"]
        await _read(client, nodes[-1:])
        await asyncio.sleep(0.005)
        assert (await _read(client, nodes))[0].Value.Value == 2


async def test_recorded_time_is_the_source_time_when_kept(tmp_path: Path) -> None:
    for keep, expected in ((True, 1704067201), (False, time.time())):
        options = ReplayOptions("opcua", rows_per_s=1000, keep_time=keep)
        async with ReplayDevice(_recording(tmp_path), options) as device, Client(_url(device)) as client:
            value = (await _read(client, await _nodes(client, ["c0"])))[0]
            assert value.SourceTimestamp is not None
            assert abs(value.SourceTimestamp.timestamp() - expected) < 10


async def _hammer(url: str, reads: int, seen: set[int]) -> None:
    async with Client(url) as client:
        nodes = await _nodes(client, NAMES)
        for _ in range(reads):
            row, moment, *values, word = [value.Value.Value for value in await _read(client, nodes)]
            whole = values == [row + i / 8 for i in range(COLUMNS)] and word == f"w{row}"
            assert whole, "torn row"
            assert moment == (1704067200 + row) * 1_000_000, "torn row"
            seen.add(row)


@pytest.mark.parametrize("hold", [True, False])
async def test_readers_never_see_a_torn_row(tmp_path: Path, hold: bool) -> None:
    seen: set[int] = set()
    async with ReplayDevice(_recording(tmp_path), ReplayOptions("opcua", rows_per_s=200, hold=hold)) as device:
        await asyncio.gather(*(_hammer(_url(device), 100, seen) for _ in range(3)))
    assert len(seen) > 5


async def test_the_check_for_torn_rows_finds_one(tmp_path: Path) -> None:
    """Negative control: one variable that does not belong to the row."""
    async with ReplayDevice(_recording(tmp_path), ReplayOptions("opcua", rows_per_s=1)) as device:
        assert device._opcua is not None
        device._opcua.show([("c3", -1.0)])
        with pytest.raises(AssertionError, match="torn row"):
            await _hammer(_url(device), 5, set())


async def test_free_running_rows_reach_subscribers(tmp_path: Path) -> None:
    got: list[int] = []

    class Handler:
        def datachange_notification(self, _node, value, _data) -> None:
            got.append(value)

    async with (
        ReplayDevice(_recording(tmp_path), ReplayOptions("opcua", rows_per_s=20, hold=False)) as device,
        Client(_url(device)) as client,
    ):
        subscription = await client.create_subscription(50, Handler())
        await subscription.subscribe_data_change(client.get_node((await _nodes(client, ["row_number"]))[0]))
        await asyncio.sleep(1.0)
        await subscription.delete()
    assert len(got) >= 5
    assert got == sorted(got)


async def test_it_stops_at_once(tmp_path: Path) -> None:
    device = ReplayDevice(_recording(tmp_path), ReplayOptions("opcua", rows_per_s=20))
    async with device, Client(_url(device)) as client:
        await _read(client, await _nodes(client, NAMES))
        started = time.monotonic()
    assert time.monotonic() - started < 1.0
