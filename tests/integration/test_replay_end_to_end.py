"""A recording of a real machine goes through the whole product: every row stored once, in order, true.

The short form of `make chaos`' replay programme.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.judge import judge
from tests.support.processes import Processes
from tests.support.recordings import MACHINE_TEMPERATURE, PUMP_RIG, Expected, expected, first_rows, recording
from tests.support.stack import Stack
from tests.support.waiting import wait_until

ROWS = 1000
pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    started = Processes(tmp_path)
    yield started
    started.close()


def connection_of(stack: Stack) -> str:
    keys = stack.client.tags()
    return next(iter(keys.values()))["connection"] if keys else ""


def wait_for_last_row(stack: Stack, rows: int, timeout_s: float = 120) -> str:
    """Returns the connection once the last row is the latest value."""

    def last() -> bool:
        tags = stack.client.tags()
        numbers = [tag["id"] for key, tag in tags.items() if key.endswith("/row_number")]
        if not numbers:
            return False
        answer = stack.client.call("POST", "/values/latest", {"ids": numbers})
        return bool(answer["values"]) and answer["values"][0]["v"] == rows

    wait_until(last, timeout_s=timeout_s, what=f"row {rows} arrives")
    return connection_of(stack)


def pump(tmp_path: Path, rows: int = ROWS) -> tuple[Path, Expected]:
    path = first_rows(recording(PUMP_RIG), rows, tmp_path / "pump.csv")
    return path, expected(path, ";")


@pytest.mark.parametrize("protocol", ["modbus", "opcua"])
def test_every_row_once_and_in_order(processes: Processes, tmp_path: Path, protocol: str) -> None:
    path, truth = pump(tmp_path)
    stack = Stack(
        processes, tmp_path / "data", "--replay", path, "--rows-per-s", "40", "--protocol", protocol, "--no-demo"
    )
    connection = wait_for_last_row(stack, ROWS)
    verdict = judge(stack.client, connection, truth, single=protocol == "modbus")
    assert verdict.clean, verdict.summary()
    assert len(verdict.stored_rows) == ROWS
    assert verdict.gap_rows == 0
    stack.close()


def test_killed_broker_and_platform_lose_nothing(processes: Processes, tmp_path: Path) -> None:
    path, truth = pump(tmp_path)
    stack = Stack(processes, tmp_path / "data", "--replay", path, "--rows-per-s", "40", "--no-demo")
    wait_until(lambda: bool(stack.client.tags()), timeout_s=60, what="the first tags")
    for part in ("broker", "platform", "platform", "broker"):
        time.sleep(2)
        stack.kill(part)
    connection = wait_for_last_row(stack, ROWS)
    verdict = judge(stack.client, connection, truth, single=True)
    assert verdict.clean, verdict.summary()
    assert verdict.gap_rows == 0
    stack.close()


def test_killed_agent_accounts_for_every_row(processes: Processes, tmp_path: Path) -> None:
    path, truth = pump(tmp_path)
    stack = Stack(processes, tmp_path / "data", "--replay", path, "--rows-per-s", "40", "--no-demo")
    wait_until(lambda: bool(stack.client.tags()), timeout_s=60, what="the first tags")
    for _ in range(3):
        time.sleep(2)
        stack.kill("agent")
    connection = wait_for_last_row(stack, ROWS)
    verdict = judge(stack.client, connection, truth, single=True)
    assert not verdict.doubled, verdict.summary()
    assert not verdict.wrong, verdict.summary()
    assert verdict.out_of_order == 0
    # A row that was served and not accepted lies in a gap, with its exact count.
    assert len(verdict.missing) == verdict.gap_rows, verdict.summary()
    identity = stack.client.health()["edges"][0]["identity"]
    assert identity["accepted"] == identity["acked"] + identity["pending"] + identity["dropped"] + identity["dead"]
    stack.close()


def test_the_same_file_twice(processes: Processes, tmp_path: Path) -> None:
    path, truth = pump(tmp_path, 200)
    stack = Stack(processes, tmp_path / "data", "--replay", path, "--rows-per-s", "40", "--no-demo")
    wait_for_last_row(stack, 200)
    stack.close()
    again = Stack(
        processes, tmp_path / "data", "--replay", path, "--rows-per-s", "40", "--no-demo", name="interlock_again"
    )
    client = again.client
    (number,) = [tag["id"] for key, tag in client.tags().items() if key.endswith("/row_number")]
    wait_until(lambda: len(client.raw(number)) >= 400, timeout_s=60, what="the second pass")
    verdict = judge(client, connection_of(again), truth, single=True, passes=2)
    assert verdict.clean, verdict.summary()
    assert len(verdict.stored_rows) == 400
    again.close()


def test_recorded_times_that_occur_twice_are_kept(processes: Processes, tmp_path: Path) -> None:
    """The recording has times that occur twice; with --keep-time each row keeps a time of its own."""
    source = recording(MACHINE_TEMPERATURE)
    lines = source.read_text("utf-8").splitlines()
    times = [line.partition(",")[0] for line in lines]
    second = next(at for at, moment in enumerate(times) if at and moment in times[:at])
    part = [lines[0], *lines[second - 150 : second + 150]]
    path = tmp_path / "temperature.csv"
    path.write_text("\n".join(part) + "\n", "utf-8")
    truth = expected(path, ",")
    assert len({line.partition(",")[0] for line in part}) < len(part)
    stack = Stack(processes, tmp_path / "data", "--replay", path, "--rows-per-s", "40", "--keep-time", "--no-demo")
    connection = wait_for_last_row(stack, truth.rows)
    verdict = judge(stack.client, connection, truth, single=True)
    # The recorder's clock went back an hour: by recorded time the two hours lie in one another, but rows
    # that share a time follow each other in the order in which they were recorded.
    assert verdict.missing == [], verdict.summary()
    assert verdict.doubled == [], verdict.summary()
    assert verdict.wrong == [], verdict.summary()
    place = {row: at for at, row in enumerate(verdict.stored_rows)}
    moments = [line.partition(",")[0] for line in part[1:]]
    pairs = [(moments.index(m) + 1, at + 1) for at, m in enumerate(moments) if moments.index(m) != at]
    assert pairs
    assert all(place[later] == place[earlier] + 1 for earlier, later in pairs)
    stack.close()


def test_broken_rows_are_told_and_the_rest_is_served(processes: Processes, tmp_path: Path) -> None:
    path, _ = pump(tmp_path, 120)
    lines = path.read_text("utf-8").splitlines()
    broken = {10: "2020-02-08 13:30:56;not;a;row", 50: "garbage", 77: lines[77].replace(";", ";x", 1)}
    for at, text in broken.items():
        lines[at] = text
    path.write_text("\n".join(lines) + "\n", "utf-8")
    whole = tmp_path / "whole.csv"
    whole.write_text("\n".join(line for at, line in enumerate(lines) if at not in broken) + "\n", "utf-8")
    stack = Stack(processes, tmp_path / "data", "--replay", path, "--rows-per-s", "40", "--no-demo")
    connection = wait_for_last_row(stack, 117)
    verdict = judge(stack.client, connection, expected(whole, ";"), single=True)
    assert verdict.clean, verdict.summary()
    told = (tmp_path / "data" / "logs" / "replay.log").read_text("utf-8")
    for at in broken:
        assert f"line {at + 1}" in told, told
    stack.close()
