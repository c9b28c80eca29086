"""Copies of yesterday: a restored spool, a cloned agent, a restored platform. Nothing lost, nothing misattributed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.plant_rig import Findings, PlantRig, judge_ticks
from tests.support.waiting import wait_until

TAGS = 100
pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[PlantRig]:
    plant = PlantRig(tmp_path, tags=TAGS, period_ms=200)
    yield plant
    plant.close()


def stored(rig: PlantRig) -> int:
    """Ticks stored so far."""
    tags = rig.client.tags()
    return len(rig.client.raw(tags["dev_0000/tick"]["id"])) if "dev_0000/tick" in tags else 0


def wait_stored(rig: PlantRig, ticks: int) -> None:
    wait_until(lambda: stored(rig) >= ticks, timeout_s=60, every_s=0.2, what=f"{ticks} ticks")


def clean(rig: PlantRig) -> Findings:
    found = judge_ticks(rig)
    assert found.wrong == []
    assert found.doubled == 0
    return found


def test_a_restored_spool_starts_a_stream_of_its_own(rig: PlantRig) -> None:
    rig.platform()
    agent = rig.agent()
    wait_stored(rig, 10)
    agent.kill()
    rig.copy("agent", "image")
    agent = rig.agent()
    wait_stored(rig, 30)
    agent.terminate()
    before = stored(rig)
    rig.copy("image", "agent")
    agent = rig.agent()
    wait_stored(rig, before + 15)
    rig.wait_drained()
    agent.terminate()
    time.sleep(1)
    found = clean(rig)
    assert found.ticks_missing <= found.ticks_in_gaps


def test_a_cloned_agent_writes_into_a_stream_of_its_own(rig: PlantRig) -> None:
    rig.platform()
    agent = rig.agent()
    wait_stored(rig, 10)
    agent.kill()
    rig.copy("agent", "clone")
    agent = rig.agent()
    wait_stored(rig, 20)
    agent.terminate()
    before = stored(rig)
    clone = rig.agent("clone", machine="machine_2")
    wait_stored(rig, before + 15)
    rig.wait_drained()
    clone.terminate()
    time.sleep(1)
    found = clean(rig)
    assert found.ticks_missing <= found.ticks_in_gaps


def test_a_restored_platform_gets_again_what_it_lost(rig: PlantRig) -> None:
    platform = rig.platform()
    agent = rig.agent()
    wait_stored(rig, 10)
    platform.terminate()
    rig.copy("platform", "backup")
    platform = rig.platform()
    wait_stored(rig, 40)
    platform.kill()
    rig.copy("backup", "platform")
    rig.platform()
    wait_stored(rig, 60)
    rig.wait_drained()
    agent.terminate()
    time.sleep(1)
    found = clean(rig)
    assert found.stored == rig.accepted()
    assert found.ticks_missing == found.ticks_in_gaps
