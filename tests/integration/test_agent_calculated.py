"""Calculated tags of a real agent: in the dictionary, the heartbeat and the spool; totals through kill -9."""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from platform_core.db.tags import TagRow
from tests.integration.agent_rig import Rig
from tests.integration.ingest_platform import Platform, running_platform
from tests.support.processes import Process
from tests.support.waiting import wait_until

CALCULATED: list[dict[str, Any]] = [
    {"name": "ticks", "expression": "n", "inputs": {"n": "dev_0000/tick"}, "method": "counter", "type": "int64"},
    {"name": "wrapped", "expression": "(n + 65500) % 65536", "inputs": {"n": "dev_0000/tick"}, "method": "counter",
     "bits": 16},
    {"name": "seconds", "expression": "n * 0 + 3", "inputs": {"n": "dev_0000/tick"}, "method": "integral", "per": "s"},
    {"name": "double", "expression": "ticks * 2", "inputs": {"ticks": "calculated/ticks"}},
]  # fmt: skip


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path, tags=4, period_ms=50)
    made.write_config(calculated=CALCULATED)
    try:
        yield made
    finally:
        made.close()


FORGETFUL = """
import sys
from edge_agent.buffer.spool import Spool
from edge_agent.cli import run_cli
Spool.totals = lambda self: {}
sys.exit(run_cli(sys.argv[1:]))
"""


def forgetful(rig: Rig) -> Process:
    script = rig.folder / "forgetful.py"
    script.write_text(FORGETFUL)
    (rig.data / "metrics.addr").unlink(missing_ok=True)
    agent = rig.processes.command(
        "forgetful", [sys.executable, script, "run", "-c", rig.config], env={"INTERLOCK_MACHINE_ID": "m1"}
    )
    wait_until((rig.data / "metrics.addr").exists, what="agent")
    return agent


def killed_and_drained(rig: Rig, *, last: bool = True) -> None:
    rig.peer.start()
    rng = random.Random(11)
    agent = rig.agent()
    for _ in range(5):
        time.sleep(rng.uniform(0.4, 0.9))
        agent.kill()
        agent = rig.agent() if last else forgetful(rig)
    time.sleep(1.0)
    agent.terminate()
    agent = rig.agent()
    time.sleep(0.5)
    rig.device.kill()
    wait_until(lambda: rig.peer.values("calculated/double")[-1][2] == 129, what="the loss is told")
    wait_until(lambda: rig.metrics()["pending_points"] == 0, what="drained")
    agent.terminate()


def checked(rig: Rig) -> int:
    """Every stored total against the count of the device at that very moment; how many there were."""
    ticks = {ts: v for ts, v, q in rig.peer.values("dev_0000/tick") if q < 128}
    begin = min(ticks)
    totals = {name: dict_of(rig, f"calculated/{name}") for name in ("ticks", "wrapped", "seconds", "double")}
    for ts, v in totals["ticks"].items():
        assert v == ticks[ts] - ticks[begin]
    for ts, v in totals["wrapped"].items():
        assert v == ticks[ts] - ticks[begin]
    for ts, v in totals["seconds"].items():
        assert v == pytest.approx(3 * (ts - begin) / 1e6, abs=1e-6)
    for ts, v in totals["double"].items():
        assert v == 2 * (ticks[ts] - ticks[begin])
    assert max(ticks) in totals["ticks"]
    assert max(totals["ticks"].values()) > 65_536 - 65_500  # the wrapped count has wrapped
    return sum(len(one) for one in totals.values())


def dict_of(rig: Rig, key: str) -> dict[int, Any]:
    return {ts: v for ts, v, q in rig.peer.values(key) if q == 0}


def test_kill_9_neither_loses_nor_doubles_what_was_counted(rig: Rig) -> None:
    killed_and_drained(rig)
    assert checked(rig) > 100
    assert max(rig.peer.memory.stored_times.values()) == 1


def test_negative_control_totals_that_are_not_kept_are_noticed(rig: Rig) -> None:
    killed_and_drained(rig, last=False)
    with pytest.raises(AssertionError):
        checked(rig)


def test_they_are_told_like_any_other_tag(rig: Rig) -> None:
    rig.peer.start()
    agent = rig.agent()
    wait_until(lambda: len(rig.peer.values("calculated/double")) > 5, what="values")
    wait_until(lambda: any(one.id == "calculated" for one in rig.peer.beats[-1].connections), what="heartbeat")
    beat = next(one for one in rig.peer.beats[-1].connections if one.id == "calculated")
    device = next(one for one in rig.peer.beats[-1].connections if one.id == "dev_0000")
    assert (beat.driver, beat.tags, beat.bad_tags, beat.up) == ("calculated", 4, 0, True)
    assert [scan.ms for scan in beat.scans] == [50]
    assert beat.scans[0].last <= device.scans[0].last
    rig.device.kill()
    wait_until(lambda: rig.peer.beats[-1].connections[-1].bad_tags == 4, what="bad with its inputs")
    for tag in CALCULATED:
        assert rig.peer.values(f"calculated/{tag['name']}")[-1][2] == 129
    agent.terminate()


def known(platform: Platform, key: str) -> TagRow | None:
    found: list[TagRow] = [row for row in platform.rows(TagRow) if row.key == key]
    return found[0] if found else None


def test_the_platform_has_them_fresh_with_how_they_are_made_and_thinned(rig: Rig, tmp_path: Path) -> None:
    door = {"name": "door", "swinging_door": 2.5, "unit": "pcs"}
    rig.write_config(calculated=[*CALCULATED, {**CALCULATED[0], "type": "float64", **door}])
    rig.agent()
    with running_platform(tmp_path / "platform", rig.broker) as platform:
        wait_until(lambda: known(platform, "calculated/door") is not None, what="the dictionary")
        rows = {name: known(platform, f"calculated/{name}") for name in ("ticks", "door")}
        ticks, thinned = rows["ticks"], rows["door"]
        assert ticks is not None
        assert thinned is not None
        assert ticks.address == "counter of n (n = dev_0000/tick)"
        assert json.loads(thinned.meta)["thinned"] == {"by": "swinging_door", "within": 2.5, "silence_max_s": 60.0}
        tag_id = int(ticks.tag_id or 0)
        wait_until(lambda: platform.now(tag_id)["q"] == 0, what="a good value")
        wait_until(lambda: platform.now(tag_id)["fresh"] == 0, what="a fresh value")
        rig.device.kill()
        wait_until(lambda: platform.now(tag_id)["q"] == 129, what="bad with its input")
