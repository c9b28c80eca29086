"""The connections that the peers write, read through our own drivers."""

import asyncio
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from connectors import registry
from connectors.driver import Driver, Plan
from connectors.peers.replay.agent_config import connection_config
from connectors.peers.replay.device import ReplayDevice, ReplayOptions
from connectors.peers.replay.recording import RecordingOptions, load_recording
from connectors.peers.stamping_line.agent_config import agent_document as line_document
from connectors.peers.stamping_line.device import LineOptions, StampingLine
from connectors.peers.stamping_line.signals import SIGNALS
from connectors.peers.tick_device.agent_config import agent_document as tick_document
from connectors.peers.tick_device.device import TickDevices, TickOptions
from connectors.peers.tick_device.pattern import TAGS_PER_BLOCK, expected, tag_number, tick_name
from connectors.shape import Shaper
from connectors.template import expand_connections
from schemas.models.connection import ConnectionConfig

PUMP_RIG = Path(__file__).parents[3] / "shared" / "data" / "pump_rig" / "anomaly-free_anomaly-free.csv"
PROTOCOLS = ["modbus", "opcua"]


def _connections(document: dict[str, Any]) -> list[ConnectionConfig]:
    return [ConnectionConfig.model_validate(item) for item in expand_connections(document)["connections"]]


async def _open(connection: ConnectionConfig) -> tuple[Driver[Any], Plan]:
    driver = registry.configure(connection.driver, connection.config)
    await driver.connect()
    plan = driver.plan(connection.tags)
    assert plan.problems == ()
    return driver, plan


async def _read(driver: Driver[Any], plan: Plan) -> dict[str, Any]:
    """Name → raw value; every tag once and good."""
    values: dict[str, Any] = {}
    for reading in await driver.read(plan):
        columns = reading.columns
        assert (np.asarray(columns.q) < 64).all()
        for index, value in zip(columns.id, columns.v, strict=True):
            assert plan.tags[index].name not in values
            values[plan.tags[index].name] = value
    assert len(values) == len(plan.tags)
    return values


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_every_row_of_a_recording_is_read_once_and_in_order(tmp_path: Path, protocol: str) -> None:
    lines = ["time,a,n,open,word," + ",".join(f"w{i}" for i in range(130))]
    for row in range(1, 61):
        wide = ",".join(f"{row}.{i:03}" for i in range(130))
        lines.append(f"2024-01-01 00:{row % 60:02}:00,{row / 8},{-row},{'on' if row % 2 else 'off'},größe {row},{wide}")
    path = tmp_path / "r.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    recording = load_recording([path], RecordingOptions(zone="UTC"))
    async with ReplayDevice(recording, ReplayOptions(protocol, rows_per_s=500)) as device:  # type: ignore[arg-type]
        connection = ConnectionConfig.model_validate(connection_config(device, "r", "r"))
        driver, plan = await _open(connection)
        seen: list[int] = []
        while not device.done.is_set():
            values = await _read(driver, plan)
            row = int(values["row_number"])
            assert {int(values[sequence.tag]) for sequence in connection.sequences} == {row}
            assert (values["a"], values["n"], values["word"]) == (row / 8, -row, f"größe {row}")
            assert bool(values["open"]) == bool(row % 2)
            assert all(values[f"w{i}"] == pytest.approx(float(f"{row}.{i:03}"), rel=1e-6) for i in range(130))
            seen.append(row)
        await driver.close()
    assert sorted(set(seen)) == list(range(1, 61))
    assert seen == sorted(seen)


@pytest.mark.skipif(not PUMP_RIG.exists(), reason="the recorded pump rig is not there")
@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_the_pump_rig_comes_through_equal_to_float32(protocol: str) -> None:
    recording = load_recording([PUMP_RIG], RecordingOptions(zone="UTC"))
    async with ReplayDevice(recording, ReplayOptions(protocol, rows_per_s=5000)) as device:  # type: ignore[arg-type]
        driver, plan = await _open(ConnectionConfig.model_validate(connection_config(device, "rig", "rig")))
        rows: dict[int, dict[str, Any]] = {}
        while len(rows) < 500:
            values = await _read(driver, plan)
            rows[int(values["row_number"])] = values
        await driver.close()
    assert sorted(rows) == list(range(1, 501))
    for column in recording.columns:
        got = np.array([rows[row][column.name] for row in sorted(rows)])
        want = column.values[:500]
        assert np.array_equal(got, want.astype(np.float32) if protocol == "modbus" else want)
    assert [rows[row]["recorded_time"] for row in sorted(rows)] == recording.time_us[:500].tolist()  # type: ignore[index]


async def test_the_line_is_read_over_both_protocols_alike() -> None:
    async with StampingLine(LineOptions(time_factor=5)) as line:
        document = line_document("127.0.0.1", line.modbus_port, line.opcua_url, {"press_3"})
        for connection in _connections(document):
            driver, plan = await _open(connection)
            shaped = [reading.columns for reading in Shaper(connection.tags).shape(await driver.read(plan))]
            names = sorted(plan.tags[index].name for columns in shaped for index in columns.id)
            assert names == sorted(signal.name for signal in SIGNALS)
            assert all((np.asarray(columns.q) == 0).all() for columns in shaped)
            kinds = {plan.tags[i].name: (columns.kind, plan.tags[i].kind) for columns in shaped for i in columns.id}
            assert all(got == configured for got, configured in kinds.values()), kinds
            await driver.close()


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_tick_devices_give_the_expected_values(protocol: str) -> None:
    async with TickDevices(TickOptions(tags=300, devices=2, protocol=protocol, period_s=0.2)) as devices:  # type: ignore[arg-type]
        for connection in _connections(tick_document(devices)):
            driver, plan = await _open(connection)
            for _ in range(3):
                values = await _read(driver, plan)
                ticks = [int(value) for name, value in values.items() if name.startswith("tick")]
                block_tick = {name: int(values[name]) for name in values if name.startswith("tick")}
                assert max(ticks) - min(ticks) <= 1
                for name, value in values.items():
                    if name.startswith("t0"):
                        tick = block_tick[tick_name(int(name[1:]) // TAGS_PER_BLOCK)]
                        assert value == expected(tag_number(f"{connection.id}/{name}"), tick), name
                await asyncio.sleep(0.2)
            await driver.close()


async def test_a_plan_of_ten_thousand_values_per_second_is_no_load_for_the_device() -> None:
    """The device must stay far below what is measured against it: 10 × 1,000 tags in one read each."""
    async with TickDevices(TickOptions(tags=1000, devices=10)) as devices:
        started = time.process_time()
        for device in range(10):
            devices._images[device] = (0, b"")
            for address in range(0, 13 * 128, 128):
                assert devices._answer(device, 3, address, 2) is not None
        assert time.process_time() - started < 0.1
