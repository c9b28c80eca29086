"""The whole recording, 9,405 rows × 8 values at 10 rows a second, with and without kills (16 minutes each).

`INTERLOCK_ROWS_PER_S` shortens a try-out; the programme proper is 10. Run the cases side by side with
`make chaos ARGS="-n 6 tests/chaos"`.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.test_replay_end_to_end import connection_of, wait_for_last_row
from tests.support.judge import Verdict, judge
from tests.support.processes import Processes
from tests.support.recordings import MACHINE_TEMPERATURE, PUMP_RIG, expected, recording
from tests.support.stack import Stack
from tests.support.waiting import wait_until

RATE = float(os.environ.get("INTERLOCK_ROWS_PER_S", "10"))
ROWS = 9405
LONG_S = ROWS / RATE + 300
pytestmark = [pytest.mark.chaos, pytest.mark.timeout(int(LONG_S) + 600)]


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    started = Processes(tmp_path)
    yield started
    started.close()


def replayed(processes: Processes, folder: Path, protocol: str, kills: list[str]) -> tuple[Stack, Verdict]:
    """The whole file through the whole product, parts killed at random times on the way."""
    path = recording(PUMP_RIG)
    stack = Stack(
        processes, folder / "data", "--replay", path, "--rows-per-s", str(RATE), "--protocol", protocol, "--no-demo"
    )
    wait_until(lambda: bool(stack.client.tags()), timeout_s=90, what="the first tags")
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    moments = sorted(chance.uniform(0.05, 0.9) * ROWS / RATE for _ in kills)
    began = time.monotonic()
    for part, moment in zip(kills, moments, strict=True):
        time.sleep(max(0.0, began + moment - time.monotonic()))
        print(f"{time.monotonic() - began:.0f} s: kill -9 {part}")
        stack.kill(part)
    connection = wait_for_last_row(stack, ROWS, LONG_S)
    verdict = judge(stack.client, connection, expected(path, ";"), single=protocol == "modbus")
    print(verdict.summary())
    return stack, verdict


@pytest.mark.parametrize("protocol", ["modbus", "opcua"])
def test_every_row_of_the_whole_recording(processes: Processes, tmp_path: Path, protocol: str) -> None:
    stack, verdict = replayed(processes, tmp_path, protocol, [])
    assert verdict.clean, verdict.summary()
    assert (len(verdict.stored_rows), verdict.gap_rows) == (ROWS, 0)
    stack.close()


@pytest.mark.parametrize("protocol", ["modbus", "opcua"])
def test_broker_and_platform_killed_three_times_each(processes: Processes, tmp_path: Path, protocol: str) -> None:
    stack, verdict = replayed(processes, tmp_path, protocol, ["broker", "platform"] * 3)
    assert verdict.clean, verdict.summary()
    assert (len(verdict.stored_rows), verdict.gap_rows) == (ROWS, 0)
    stack.close()


@pytest.mark.parametrize("protocol", ["modbus", "opcua"])
def test_agent_killed_three_times(processes: Processes, tmp_path: Path, protocol: str) -> None:
    stack, verdict = replayed(processes, tmp_path, protocol, ["agent"] * 3)
    assert verdict.doubled == []
    assert verdict.wrong == []
    assert verdict.out_of_order == 0
    assert len(verdict.missing) == verdict.gap_rows, verdict.summary()
    points = sum(len(stack.client.raw(tag["id"])) for tag in stack.client.tags().values())

    def accepted() -> int:
        # As the last heartbeat told: up to a second behind.
        return int(stack.client.health()["edges"][0]["identity"]["accepted"])

    wait_until(lambda: accepted() == points, timeout_s=10, what=f"accepted = {points} stored")
    stack.close()


def test_the_machine_temperature_recording(processes: Processes, tmp_path: Path) -> None:
    """22,695 rows with gaps and 12 times that occur twice; as fast as the reader goes."""
    path = recording(MACHINE_TEMPERATURE)
    truth = expected(path, ",")
    stack = Stack(processes, tmp_path / "data", "--replay", path, "--rows-per-s", "45", "--keep-time", "--no-demo")
    wait_for_last_row(stack, truth.rows, 1200)
    verdict = judge(stack.client, connection_of(stack), truth, single=True)
    assert verdict.missing == []
    assert verdict.doubled == []
    assert verdict.wrong == []
    assert len(verdict.stored_rows) == truth.rows
    stack.close()
