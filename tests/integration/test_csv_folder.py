"""Files of a machine through a real agent: kill -9 at any point, and each row is there exactly once with its time."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.agent_rig import Rig
from tests.support.waiting import wait_until

BEGAN_S = 1_790_000_000
TAGS = [{"name": "count", "address": "count", "type": "uint32"}, {"name": "load", "address": "load", "type": "float64"}]


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path, tags=1)
    made.device.kill()
    (tmp_path / "plant").mkdir()
    connection = {
        "id": "press", "driver": "csv_folder", "scan_ms": 50, "tags": TAGS,
        "config": {
            "folder": str(tmp_path / "plant"), "time_columns": ["time"], "time_format": "unix_s", "settled_s": 0.2,
        },
    }  # fmt: skip
    made.write_config(connections=[connection])
    try:
        yield made
    finally:
        made.close()


class Machine(threading.Thread):
    """Appends rows, in pieces that do not end with a line, and rotates its log."""

    def __init__(self, folder: Path) -> None:
        super().__init__(daemon=True)
        self._folder = folder
        self._ends = threading.Event()
        self.rows = 0
        self._logs = 0

    def run(self) -> None:
        rng = random.Random(3)
        while not self._ends.is_set():
            text = "time,count,load\n"
            for _ in range(120):
                text += f"{BEGAN_S + self.rows},{self.rows},{self.rows / 8}\n"
                self.rows += 1
            path = self._folder / "log.csv"
            with path.open("w", encoding="utf-8") as file:
                while text and not self._ends.is_set():
                    piece = rng.randrange(1, 900)
                    file.write(text[:piece])
                    file.flush()
                    text = text[piece:]
                    self._ends.wait(0.02)
                file.write(text)
            path.rename(self._folder / f"log.{self._logs:04d}.csv")
            self._logs += 1

    def end(self) -> None:
        self._ends.set()
        self.join(20)


def test_kill_9_neither_loses_nor_doubles_a_row(rig: Rig) -> None:
    rig.peer.start()
    machine = Machine(rig.folder / "plant")
    machine.start()
    rng = random.Random(5)
    agent = rig.agent()
    for number in range(4):
        seen = rig.peer.total()
        wait_until(lambda seen=seen: rig.peer.total() > seen, what=f"rows of run {number}")  # type: ignore[misc]
        time.sleep(rng.uniform(0.0, 0.3))
        agent.kill()
        agent = rig.agent()
    machine.end()
    rig.wait_total(2 * machine.rows, timeout_s=60)
    wait_until(lambda: rig.metrics()["pending_points"] == 0, timeout_s=30, what="drained")
    agent.terminate()
    with rig.peer.lock:
        points, times = dict(rig.peer.memory.points), dict(rig.peer.memory.stored_times)
    good = {key: value for key, (value, quality) in points.items() if quality == 0}
    wanted = {
        (f"press/{name}", (BEGAN_S + row) * 1_000_000): row / part
        for row in range(machine.rows) for name, part in (("count", 1), ("load", 8))
    }  # fmt: skip
    assert good == wanted
    assert {times[key] for key in wanted} == {1}
    assert rig.metrics_of_spool(rig.data) == len(points)


def test_a_folder_that_goes_is_a_lost_connection_and_its_rows_come_later(rig: Rig) -> None:
    rig.peer.start()
    plant = rig.folder / "plant"
    (plant / "log.csv").write_text(f"time,count,load\n{BEGAN_S},1,1\nnonsense\n", encoding="utf-8")
    agent = rig.agent()
    rig.wait_total(2)
    wait_until(lambda: any(gap["reason"] == "row_not_readable" for gap in rig.peer.memory.gaps), what="the gap")
    gap = next(gap for gap in rig.peer.memory.gaps if gap["reason"] == "row_not_readable")
    assert (gap["n"], gap["count_of"]) == (1, "rows")
    assert "log.csv line 3 is left out" in agent.log()
    plant.rename(rig.folder / "away")
    wait_until(lambda: "there is no folder" in agent.log(), what="told as lost")
    wait_until(lambda: 129 in {quality for _, quality in list(rig.peer.memory.points.values())}, what="marked bad")
    (rig.folder / "away").rename(plant)
    with (plant / "log.csv").open("a", encoding="utf-8") as file:
        file.write(f"{BEGAN_S + 1},2,2\n")
    wait_until(
        lambda: rig.peer.memory.points.get(("press/count", (BEGAN_S + 1) * 1_000_000)) == (2, 0),
        timeout_s=40, what="the row written after the folder came back",
    )  # fmt: skip
    assert rig.peer.memory.stored_times[("press/count", BEGAN_S * 1_000_000)] == 1
    agent.terminate()
