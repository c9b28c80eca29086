"""`edge-agent record`: what a real Modbus server says, and the simulator's reading of the same file."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from connectors.decode import encode
from connectors.peers.modbus_peer import ModbusPeer, RegisterUnit
from connectors.peers.replay.recording import RecordingOptions, load_recording
from edge_agent.cli import run_cli
from edge_agent.commissioning.commands.record import cli as module
from tests.support.processes import free_port

TAGS: list[dict[str, Any]] = [
    {"name": "speed", "address": "holding:0", "type": "float32", "unit": "m/s"},
    {"name": "count", "address": "holding:2", "type": "uint32"},
    {"name": "runs", "address": "holding:4", "type": "bool", "bit": 0},
    {"name": "text", "address": "holding:5", "type": "string", "length": 6},
]


@asynccontextmanager
async def serving(config: Path, speed: float = 0.1) -> AsyncIterator[None]:
    unit = RegisterUnit(1, [(0, 20)])
    data = encode(speed, "float32", "ABCD") + encode(70_000, "uint32", "ABCD") + b"\0\1" + b'a,"b"\0'
    async with ModbusPeer([unit], port=port_of(config)):
        unit.put(0, [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2)])
        yield


@pytest.fixture
def config(tmp_path: Path) -> Path:
    port = free_port()
    connection = {"id": "press", "driver": "modbus_tcp", "config": {"host": "127.0.0.1", "port": port}, "tags": TAGS}
    broker = {"url": "mqtt://127.0.0.1:1883"}
    document = {"version": 1, "tenant": "factory", "edge": "line_1", "broker": broker, "connections": [connection]}
    (tmp_path / "agent.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    return tmp_path / "agent.yaml"


def port_of(config: Path) -> int:
    found: int = yaml.safe_load(config.read_text("utf-8"))["connections"][0]["config"]["port"]
    return found


async def record(config: Path, *options: str) -> int:
    target = str(config.parent / "press.csv")
    return await asyncio.to_thread(run_cli, ["record", "-c", str(config), "-o", target, "--every", "0.02", *options])


async def test_what_was_recorded_is_what_the_simulator_plays(config: Path) -> None:
    async with serving(config):
        assert await record(config, "--rows", "3") == 0
    played = load_recording([config.parent / "press.csv"], RecordingOptions())
    assert (len(played), played.problems) == (3, [])
    columns = {column.name: column for column in played.columns}
    assert list(columns) == ["speed", "count", "runs", "text"]
    assert columns["speed"].unit == "m/s"
    # The very number the register held, not one that is printed like it.
    assert columns["speed"].values[0] == pytest.approx(0.1, abs=1e-8)
    assert columns["count"].values.tolist() == [70_000] * 3
    assert [bool(value) for value in columns["runs"].values] == [True] * 3
    assert columns["text"].values.tolist() == ['a,"b"'] * 3
    assert played.time_us is not None
    assert sorted(played.time_us.tolist()) == played.time_us.tolist()


async def test_a_bad_value_is_an_empty_cell_and_is_counted(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with serving(config, math.nan):
        assert await record(config, "--rows", "2", "--tag", "speed", "--tag", "count") == 0
    assert "Empty cells: speed 2." in capsys.readouterr().out
    lines = (config.parent / "press.csv").read_text("utf-8").splitlines()
    assert lines[0] == "time,speed [m/s],count"
    assert [line.split(",")[1:] for line in lines[1:]] == [["", "70000"]] * 2


async def test_a_machine_that_goes_away_is_waited_for(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AGAIN_S", 0.05)
    running = asyncio.create_task(record(config, "--rows", "6"))
    target = config.parent / "press.csv"

    async def rows() -> int:
        return len(target.read_text("utf-8").splitlines()) - 1 if target.exists() else 0

    async with asyncio.timeout(30):
        async with serving(config):
            while await rows() < 2:
                await asyncio.sleep(0.01)
        async with serving(config):
            assert await running == 0
    assert await rows() == 6


async def test_nothing_is_overwritten_and_mistakes_are_named(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (config.parent / "press.csv").write_text("mine", encoding="utf-8")
    assert await record(config) == 2
    assert "is there already" in capsys.readouterr().err
    assert (config.parent / "press.csv").read_text("utf-8") == "mine"
    assert await record(config, "--tag", "sped") == 2
    assert "no tag 'sped'" in capsys.readouterr().err
    assert await record(config, "--every", "0") == 2
    assert "at least 0.02 s" in capsys.readouterr().err
