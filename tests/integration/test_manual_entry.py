"""Values that people type, through a real agent: each once over kill -9, a correction in place of what was wrong."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.drivers.manual_entry.journal import Journal, JournalEntry
from tests.integration.agent_rig import Rig
from tests.support.processes import ROOT
from tests.support.waiting import wait_until

TAGS = [
    {"name": "weight", "address": "weight", "type": "float64", "unit": "kg", "span": [0, 5000]},
    {"name": "gauge", "address": "gauge; every 1 min", "type": "int32"},
]


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path, tags=1)
    made.device.kill()
    hand = {"id": "hand", "driver": "manual_entry", "scan_ms": 50, "tags": TAGS, "config": {"timeout_ms": 60_000}}
    made.write_config(connections=[hand])
    try:
        yield made
    finally:
        made.close()


def enter(rig: Rig, *words: str) -> str:
    return command(rig, "enter", *words)


def command(rig: Rig, *words: str) -> str:
    line = [sys.executable, "-m", "edge_agent", *words, "-c", str(rig.config)]
    done = subprocess.run(line, text=True, capture_output=True, cwd=ROOT, timeout=60, check=False)
    return f"{done.returncode} {done.stdout}{done.stderr}"


def good(rig: Rig) -> dict[tuple[str, int], object]:
    with rig.peer.lock:
        return {key: value for key, (value, quality) in rig.peer.memory.points.items() if quality == 1}


def test_what_was_typed_comes_once_over_kill_9(rig: Rig) -> None:
    """Appended before, while and after agents are killed: what the command said is kept is there, and once."""
    journal = Journal(rig.data / "entries", "entries", own=True)
    base = time.time_ns() // 1000 - 3_600_000_000
    assert enter(rig, "weight", "0.5").startswith("0 Kept: hand/weight = 0.5 kg at ")  # no agent runs
    (typed,) = journal.newest(["weight"]).values()
    wanted: dict[tuple[str, int], object] = {("hand/weight", typed.ts): 0.5}
    rig.peer.start()
    agent = rig.agent()
    rng = random.Random(7)
    for number in range(1, 301):
        ts = base + number * 1_000_000
        entry = JournalEntry("weight", repr(number / 4), ts, time.time_ns() // 1000, f"n{number}", "test")
        assert journal.append(entry) == (entry, None)
        assert journal.append(entry) == (entry, None)  # sent once more, as after an answer that was lost
        wanted["hand/weight", ts] = number / 4
        if number % 75 == 0:
            time.sleep(rng.uniform(0.0, 0.15))
            agent.kill()
            agent = rig.agent()
    wait_until(lambda: len(good(rig)) >= len(wanted), timeout_s=60, what="every entry")
    wait_until(lambda: rig.metrics()["pending_points"] == 0, timeout_s=30, what="drained")
    agent.terminate()
    assert good(rig) == wanted
    assert {rig.peer.memory.stored_times[key] for key in wanted} == {1}
    assert rig.metrics_of_spool(rig.data) == len(wanted)


def test_the_check_sees_positions_that_are_not_kept(rig: Rig) -> None:
    """Negative control: an agent that has forgotten how far it read sends what it sent, and the counts show it."""
    rig.peer.start()
    assert enter(rig, "weight", "12.5").startswith("0 ")
    agent = rig.agent()
    rig.wait_total(1, timeout_s=40)
    wait_until(lambda: rig.metrics()["pending_points"] == 0, timeout_s=40, what="drained")
    agent.terminate()
    for file in rig.data.glob("spool.db*"):
        file.unlink()
    agent = rig.agent()
    wait_until(lambda: max(rig.peer.memory.stored_times.values()) == 2, timeout_s=40, what="stored twice")
    agent.terminate()


def test_a_correction_takes_the_place_and_an_old_entry_is_not_the_newest(rig: Rig) -> None:
    rig.peer.start()
    agent = rig.agent()
    ago = time.time_ns() // 1000 - 600_000_000
    assert enter(rig, "weight", "6000").startswith("2 edge-agent: weight: 6000 is not between 0 and 5000 kg.")
    enter(rig, "weight", "41.5")
    wait_until(lambda: list(good(rig).values()) == [41.5], timeout_s=40, what="the wrong value")
    assert "in place of 41.5" in enter(rig, "weight", "14.5", "--correct")
    wait_until(lambda: list(good(rig).values()) == [14.5], timeout_s=40, what="the right value, at the same time")
    enter(rig, "hand/gauge", "7", "--at", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(ago / 1e6)))
    second = ago // 1_000_000 * 1_000_000
    wait_until(lambda: ("hand/gauge", second) in good(rig), timeout_s=40, what="the gauge of ten minutes ago")
    late = ("hand/gauge", second + 60_000_000)
    wait_until(lambda: rig.peer.memory.points.get(late) == (7, 64), timeout_s=40, what="uncertain from when it was due")
    bad = command(rig, "tags", "--bad")
    assert ("hand/gauge" in bad, "hand/weight" in bad) == (True, False)  # typed by hand is good
    assert "hand/weight  14.5  manual" in command(rig, "tags")
    agent.kill()
    agent = rig.agent()
    enter(rig, "gauge", "8")
    wait_until(lambda: 8 in good(rig).values(), timeout_s=40, what="the next entry")
    assert rig.peer.memory.stored_times[late] == 1  # told once, also over a restart
    agent.terminate()
