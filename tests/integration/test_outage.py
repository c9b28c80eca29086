"""The broker is cut at 1,000 points a second: nothing lost, nothing doubled, fresh values first.

`INTERLOCK_CUT_S` sets the length (`make chaos` takes 60 s).
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.plant_rig import PlantRig, judge_ticks
from tests.support.waiting import wait_until

CUT_S = float(os.environ.get("INTERLOCK_CUT_S", "8"))
TAGS = 1000
pytestmark = [pytest.mark.slow, pytest.mark.timeout(180 + 3 * int(CUT_S))]


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[PlantRig]:
    plant = PlantRig(tmp_path, tags=TAGS)
    yield plant
    plant.close()


def newest(rig: PlantRig) -> int:
    """Time of the current value of the first tick, µs."""
    tick = rig.client.tags()["dev_0000/tick"]["id"]
    return int(rig.client.call("POST", "/values/latest", {"ids": [tick]})["values"][0]["ts"])


def test_a_cut_broker_costs_nothing(rig: PlantRig) -> None:
    rig.platform()
    agent = rig.agent()
    wait_until(lambda: len(rig.client.tags()) > TAGS, timeout_s=40, what="the tags")
    time.sleep(3)
    rig.broker.kill()
    time.sleep(CUT_S)
    rig.broker.start()
    healed_us = time.time_ns() // 1000
    # Fresh values first: the current value is one read after the cut, before the backlog is through.
    wait_until(lambda: newest(rig) > healed_us - 1_500_000, timeout_s=10, what="a fresh value")
    rig.wait_drained(60 + 2 * CUT_S)
    agent.terminate()
    time.sleep(1)
    found = judge_ticks(rig)
    assert found.wrong == []
    assert found.doubled == 0
    assert found.stored == rig.accepted()
    assert found.ticks_missing == found.ticks_in_gaps
