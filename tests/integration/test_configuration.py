"""From a SunSpec device on the wire to values at the platform; and a change taken back while the platform is away."""

from __future__ import annotations

import asyncio
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.peers.modbus_peer import ModbusPeer, RegisterUnit
from edge_agent.configuration.sunspec_models import model
from schemas.quality import Quality
from tests.integration.agent_rig import Rig
from tests.support.waiting import wait_until

BASE = 40_000


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path)
    try:
        yield made
    finally:
        made.close()


class Meter:
    """A three-phase SunSpec meter served from a thread of its own. `set` changes points; `W` and `W_SF` at once."""

    def __init__(self) -> None:
        found = model(203)
        assert found is not None
        self._places = {point.name: BASE + 70 + point.offset for point in found.points}
        words = [0x5375, 0x6E53, 1, 66, *[0] * 66, 203, found.length]
        for point in found.points:
            absent = {"int16": [0x8000], "sunssf": [0x8000], "bitfield32": [0xFFFF, 0xFFFF]}.get(point.type, [0, 0])
            words += absent
        self._unit = RegisterUnit(1, [(BASE, len(words) + 2)])
        self._words = [*words, 0xFFFF, 0]
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._ready = threading.Event()
        self.port = 0
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),))

    async def _serve(self) -> None:
        async with ModbusPeer([self._unit]) as peer:
            self._unit.put(BASE, self._words)
            self.port = peer.port
            self._ready.set()
            await self._stop.wait()

    def set(self, **points: int) -> None:
        def change() -> None:
            for name, value in points.items():
                self._unit.put(self._places[name], struct.unpack(">H", struct.pack(">h", value)))

        self._loop.call_soon_threadsafe(change)

    def __enter__(self) -> Meter:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()


def command(rig: Rig, *words: object) -> str:
    line = [sys.executable, "-m", "edge_agent", *map(str, words), "-c", str(rig.config)]
    done = subprocess.run(line, capture_output=True, text=True, timeout=60, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def values(rig: Rig, key: str) -> list[tuple[object, int]]:
    found = [(ts, pair) for (name, ts), pair in list(rig.peer.memory.points.items()) if name == key]
    return [pair for _, pair in sorted(found)]


def test_a_sunspec_meter_from_the_wire_to_the_platform(rig: Rig) -> None:
    with Meter() as meter:
        meter.set(W=2301, W_SF=-1, Hz=5001, Hz_SF=-2)
        words = ("import", "sunspec", "--host", "127.0.0.1", "--port", meter.port, "--connection", "roof")
        assert "+ W " in command(rig, *words, "--apply")
        rig.peer.start()
        agent = rig.agent()
        wait_until(lambda: values(rig, "roof/W"), what="power")
        assert values(rig, "roof/W")[0] == (230.1, 0)
        assert values(rig, "roof/Hz")[0] == (50.01, 0)
        assert values(rig, "roof/TotWhImp")[0][1] == Quality.NOT_IMPLEMENTED
        meter.set(W=23, W_SF=1)
        wait_until(lambda: values(rig, "roof/W")[-1] == (230.0, 0), what="the other factor")
        meter.set(W_SF=-0x8000)
        wait_until(lambda: values(rig, "roof/W")[-1][1] == Quality.NOT_IMPLEMENTED, what="no factor, no value")
        good = {value for value, quality in values(rig, "roof/W") if quality < 64}
        assert good == {230.1, 230.0}
        assert agent.terminate() == 0


def test_a_change_and_its_rollback_lose_nothing_that_waits(rig: Rig, tmp_path: Path) -> None:
    agent = rig.agent()  # nobody acks
    wait_until(lambda: rig.metrics()["pending_points"] > 200, what="a backlog")
    connection = command(rig, "config", "history").split()[-2:]
    assert connection == ["agent's", "start"]
    assert agent.terminate() == 0
    waiting = rig.metrics_of_spool(rig.data)
    sheet = tmp_path / "all.csv"
    command(rig, "export", sheet)
    rows = sheet.read_text("utf-8-sig").splitlines()
    cells = rows[-1].split(",")
    cells[rows[0].split(",").index("name")] = "copy"
    sheet.write_text("\n".join([rows[0], ",".join(cells)]) + "\n", "utf-8")
    assert "1 added" in command(rig, "import", sheet, "--apply", "--note", "one tag more")
    agent = rig.agent(name="more")
    wait_until(lambda: rig.metrics()["accepted_points_total"] > waiting + 5, what="samples of the change")
    assert rig.config.read_text("utf-8").count("tags_file") == 1
    assert agent.terminate() == 0
    assert "Written" in command(rig, "config", "rollback", 1)
    assert "tags_file" not in rig.config.read_text("utf-8")
    rig.peer.start()
    agent = rig.agent(name="back")
    wait_until(lambda: rig.peer.total() > waiting + 50, what="backlog and new samples")
    wait_until(lambda: rig.metrics()["pending_batches"] <= 2, what="all acked")
    metrics = rig.metrics()
    assert metrics["dropped_points_total"] == metrics["dead_points_total"] == 0
    assert metrics["accepted_points_total"] == metrics["acked_points_total"] + metrics["pending_points"]
    assert max(rig.peer.memory.stored_times.values()) == 1
    assert [key for key, _ in rig.peer.memory.points if key.endswith("/copy")]  # sampled while it was there
    assert agent.terminate() == 0
