"""The wall clock of the agent is set an hour forth and back, and passes the end of summer time: nothing accepted is
lost, nothing doubled, each step is told. Its clock is the machine's plus what a file says."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.agent_rig import Rig
from tests.support.processes import Process
from tests.support.waiting import wait_until

HOUR_S = 3600
#: 2026-10-25 01:00 UTC: clocks in Berlin go from 3 to 2.
SUMMER_TIME_ENDS_S = 1_792_890_000
SHIFTED = """
import sys, time
from pathlib import Path
place = Path(sys.argv.pop(1))
honest, honest_ns = time.time, time.time_ns
offset_s = lambda: float(place.read_text() or 0)
time.time = lambda: honest() + offset_s()
time.time_ns = lambda: honest_ns() + int(offset_s() * 1e9)
from edge_agent.cli import run_cli
sys.exit(run_cli(sys.argv[1:]))
"""


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path, tags=20, period_ms=50)
    try:
        yield made
    finally:
        made.close()


def set_clock(rig: Rig, offset_s: float) -> None:
    new = rig.folder / "offset.new"
    new.write_text(str(offset_s))
    new.replace(rig.folder / "offset")


def agent_of(rig: Rig) -> Process:
    script = rig.folder / "shifted.py"
    script.write_text(SHIFTED)
    line = [sys.executable, script, rig.folder / "offset", "run", "-c", rig.config]
    environment = {"INTERLOCK_MACHINE_ID": "m1", "TZ": "Europe/Berlin"}
    agent = rig.processes.command("agent", [str(part) for part in line], env=environment)
    wait_until((rig.data / "metrics.addr").exists, timeout_s=60, what="agent runs")
    return agent


def more_is_stored(rig: Rig) -> None:
    """Returns once some cycles that were read after now are stored."""
    rig.wait_total(rig.peer.total() + 200, timeout_s=60)


def end(rig: Rig, agent: Process) -> None:
    rig.device.kill()
    wait_until(lambda: rig.metrics()["pending_points"] == 0, timeout_s=60, what="drained")
    metrics = rig.metrics()
    agent.terminate()
    assert rig.peer.total() == metrics["accepted_points_total"]
    assert metrics["dropped_points_total"] == metrics["dead_points_total"] == metrics["identity_errors_total"] == 0
    assert max(rig.peer.memory.stored_times.values()) == 1


def test_an_hour_forth_and_back_and_a_kill_in_between(rig: Rig) -> None:
    set_clock(rig, 0)
    rig.peer.start()
    agent = agent_of(rig)
    more_is_stored(rig)
    for count, offset_s in enumerate((HOUR_S, 0, -HOUR_S), start=1):
        set_clock(rig, offset_s)
        wait_until(lambda wanted=count: len(steps(rig)) >= wanted, timeout_s=60, what=f"step {count} is told")
        more_is_stored(rig)
    assert [round(step / 1000 / HOUR_S) for step in steps(rig)] == [1, -1, -1]
    agent.kill()
    (rig.data / "metrics.addr").unlink()
    agent = agent_of(rig)  # an hour before what it had accepted
    more_is_stored(rig)
    end(rig, agent)


def steps(rig: Rig) -> list[int]:
    return [event["step_ms"] for event in list(rig.peer.memory.events) if event.get("event") == "clock_step"]


def test_the_hour_that_comes_twice_is_two_hours(rig: Rig) -> None:
    set_clock(rig, SUMMER_TIME_ENDS_S - 3 - time.time())
    rig.peer.start()
    agent = agent_of(rig)
    ends_us = SUMMER_TIME_ENDS_S * 1_000_000

    def passed() -> bool:
        times = [ts for _, ts in list(rig.peer.memory.points)]
        return bool(times) and max(times) > ends_us + 2_000_000

    wait_until(passed, timeout_s=60, what="values of after the change")
    more_is_stored(rig)
    assert steps(rig) == []
    end(rig, agent)
