"""What answers: ranges, holes, block limit, units and hosts, each on real sockets."""

from __future__ import annotations

import asyncio
import json

import pytest

from connectors.peers.modbus_peer import ModbusPeer, RegisterUnit
from edge_agent.cli import run_cli
from edge_agent.commissioning.commands.scan import cli as scan_cli
from edge_agent.commissioning.host_scan import hosts_of, look_at_port, scan_hosts
from edge_agent.commissioning.modbus_line import ModbusLine
from edge_agent.commissioning.range_scan import Progress, scan_table, scan_units
from edge_agent.local_page.searches import REQUESTS_MAX
from schemas.errors import ConfigError
from tests.support.wrong_devices import ModbusDevice


async def test_ranges_and_holes_are_found_exactly() -> None:
    unit = RegisterUnit(1, [(0, 30), (50, 1), (77, 140)])
    seen: list[Progress] = []
    async with ModbusPeer([unit]) as peer, ModbusLine("127.0.0.1", peer.port, timeout_ms=1000) as line:
        scan = await scan_table(line, 1, "holding", 0, 299, delay_ms=0, told=seen.append)
    assert scan.found == [(0, 29), (50, 50), (77, 216)]
    assert scan.holes == [(30, 49), (51, 76)]
    assert (scan.unknown, scan.ended, scan.block_good) == ([], "", 125)
    assert seen[-1].requests == scan.requests


async def test_the_block_limit_of_the_device_is_found() -> None:
    async with (
        ModbusDevice(registers=range(300), block_max=50) as device,
        ModbusLine("127.0.0.1", device.port, timeout_ms=1000) as line,
    ):
        scan = await scan_table(line, 1, "holding", 0, 299, delay_ms=0)
    assert scan.found == [(0, 299)]
    assert (scan.block_good, scan.block_refused) == (50, 51)
    assert device.functions <= {1, 2, 3, 4}  # it only reads


async def test_a_scan_never_asks_more_than_allowed_and_says_what_it_does_not_know() -> None:
    async with (
        ModbusDevice(registers=range(0, 200, 2)) as device,
        ModbusLine("127.0.0.1", device.port, timeout_ms=1000) as line,
    ):
        scan = await scan_table(line, 1, "holding", 0, 199, delay_ms=0, requests_max=40)
    assert device.asked == scan.requests == 40
    known = {address for first, last in scan.found for address in range(first, last + 1)}
    unknown = {address for first, last in scan.unknown for address in range(first, last + 1)}
    assert scan.ended
    assert unknown
    assert known | unknown >= set(range(0, 200, 2))
    assert not known & unknown


async def test_a_table_that_is_not_there_costs_one_request_and_a_silent_device_three() -> None:
    async with (
        ModbusDevice(registers=range(10), functions=(3,)) as device,
        ModbusLine("127.0.0.1", device.port, timeout_ms=1000) as line,
    ):
        scan = await scan_table(line, 1, "coil", 0, 999, delay_ms=0)
    assert (scan.requests, scan.found, "no such table" in scan.ended) == (1, [], True)
    async with (
        ModbusDevice(registers=range(10), units=(7,)) as device,
        ModbusLine("127.0.0.1", device.port, timeout_ms=50) as line,
    ):
        scan = await scan_table(line, 1, "holding", 0, 999, delay_ms=0)
    assert (scan.requests, scan.unknown) == (3, [(0, 999)])


@pytest.mark.parametrize("gateway", [False, True])
async def test_units_on_a_line_are_found(gateway: bool) -> None:
    async with (
        ModbusDevice(registers=range(5), units=(2, 9), gateway=gateway) as device,
        ModbusLine("127.0.0.1", device.port, timeout_ms=60) as line,
    ):
        found = [unit async for unit, there in scan_units(line, range(1, 12), delay_ms=0) if there]
    assert found == [2, 9]


async def test_a_scan_can_be_stopped() -> None:
    async with (
        ModbusDevice(registers=range(10_000)) as device,
        ModbusLine("127.0.0.1", device.port, timeout_ms=1000) as line,
    ):
        task = asyncio.create_task(scan_table(line, 1, "holding", 0, 9999, delay_ms=50))
        while device.asked < 2:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        asked = device.asked
        await asyncio.sleep(0.15)
    assert device.asked == asked < 50


@pytest.mark.parametrize(
    "target", ["8.8.8.8", "8.8.8.0/24", "10.0.0.0/16", "224.0.0.1", "0.0.0.0", "10.0.0.0/x", "no such"]
)
async def test_what_is_public_or_too_much_is_never_scanned(target: str) -> None:
    with pytest.raises(ConfigError):
        await hosts_of([target])


async def test_too_many_hosts_in_all_are_refused() -> None:
    assert len(await hosts_of(["10.0.0.0/24"])) == 254
    with pytest.raises(ConfigError):
        await hosts_of(["10.0.0.0/24", "10.0.1.0/24"])


async def test_open_and_closed_ports_are_told_apart() -> None:
    async with ModbusDevice(registers=range(5)) as device:
        port = device.port
        assert [one.state for one in await scan_hosts(["127.0.0.1"], [port])] == ["open"]
    assert (await look_at_port("127.0.0.1", port, 0.5)).state == "closed"


async def test_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    async with ModbusDevice(registers=range(40), units=(4,), gateway=True) as device:
        at = ["--host", "127.0.0.1", "--port", str(device.port)]
        scan = ["scan", "holding:0-99", *at, "--unit", "4", "--delay-ms", "0"]
        assert await asyncio.to_thread(run_cli, scan) == 0
        assert "holding:0-39   (40001 to 40040)" in capsys.readouterr().out
        assert await asyncio.to_thread(run_cli, [*scan, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)[0]["found"] == [[0, 39]]
        assert await asyncio.to_thread(run_cli, ["scan", "--units", "1-6", *at, "--delay-ms", "0", "--json"]) == 0
        assert [one["unit"] for one in json.loads(capsys.readouterr().out)] == [4]
        hosts = ["scan", "--hosts", "127.0.0.1", "--ports", str(device.port)]
        assert await asyncio.to_thread(run_cli, hosts) == 0
        assert f"127.0.0.1:{device.port} open" in capsys.readouterr().out
        assert await asyncio.to_thread(run_cli, ["scan", "--hosts", "127.0.0.1", "--port", str(device.port)]) == 0
        told = capsys.readouterr().out
        assert f"127.0.0.1:{device.port} open\n1 host looked at, 1 open port." in told
        assert await asyncio.to_thread(run_cli, ["scan", *at, "--ports", "502"]) == 2
        assert "--ports is for --hosts" in capsys.readouterr().err


async def test_a_scan_shows_that_it_lives_and_names_the_next_step(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan_cli, "_LINE_EVERY_S", 0.0)
    async with ModbusDevice(registers=[7000]) as device:
        at = ["--host", "127.0.0.1", "--port", str(device.port), "--unit", "3"]
        assert await asyncio.to_thread(run_cli, ["scan", "holding:0-9", *at, "--delay-ms", "0"]) == 1
        told = capsys.readouterr()
        assert "%, 2 requests\n" in told.err
        assert "No address answers" in told.out
        for step in ("edge-agent doctor", "edge-agent scan holding:1000-9999", "edge-agent scan --units 1-247"):
            assert f"{step} {' '.join(at)}" in told.out
        monkeypatch.undo()
        assert await asyncio.to_thread(run_cli, ["scan", "holding:7000-7000", *at]) == 0
        told = capsys.readouterr()
        assert (told.err, "holding: 1 address answers" in told.out, "next:" in told.out) == ("", True, False)


@pytest.mark.parametrize("base", [40_000, 50_000, 0])
async def test_a_device_that_describes_itself_is_told_by_scan_and_doctor(
    base: int, capsys: pytest.CaptureFixture[str]
) -> None:
    marker = {base: 0x5375, base + 1: 0x6E53}
    async with ModbusDevice(registers=marker, values=marker) as device:
        at = ["--host", "127.0.0.1", "--port", str(device.port)]
        found = f"edge-agent import sunspec {' '.join(at)}"
        assert await asyncio.to_thread(run_cli, ["scan", *at, "--requests-max", "1", "--delay-ms", "0"]) == 0
        told = capsys.readouterr().out
        assert (f"SunSpec at holding:{base}" in told, found in told, "No address" in told) == (True, True, False)
        assert await asyncio.to_thread(run_cli, ["doctor", *at]) == 0
        told = capsys.readouterr().out
        assert (f"(SunSpec at {base})" in told, f"{found} --unit 1" in told) == (True, True)
    async with ModbusDevice(registers=range(base, base + 2)) as device:  # registers, and no marker in them
        await asyncio.to_thread(run_cli, ["doctor", "--host", "127.0.0.1", "--port", str(device.port)])
        told = capsys.readouterr().out
        assert ("SunSpec at" in told, "import sunspec where the device has it" in told) == (False, True)


async def test_where_nothing_is_the_preset_of_the_page_fits_its_requests_and_says_what_was_refused() -> None:
    async with (
        ModbusDevice(registers=()) as device,
        ModbusLine("127.0.0.1", device.port, timeout_ms=1000) as line,
    ):
        scan = await scan_table(line, 1, "holding", 0, 499, delay_ms=0, requests_max=REQUESTS_MAX)
    assert (scan.found, scan.unknown, scan.ended) == ([], [], "")
    assert scan.refused == [(0, 499)]
    assert scan.requests < 600  # one for each register and few more: halving every block takes 995


async def test_after_a_desert_ranges_are_found_exactly() -> None:
    unit = RegisterUnit(1, [(130, 40), (260, 1)])
    async with ModbusPeer([unit]) as peer, ModbusLine("127.0.0.1", peer.port, timeout_ms=1000) as line:
        scan = await scan_table(line, 1, "holding", 0, 299, delay_ms=0)
    assert scan.found == [(130, 169), (260, 260)]
    assert scan.refused == [(0, 129), (170, 259), (261, 299)]
