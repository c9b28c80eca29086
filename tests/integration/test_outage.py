"""The broker is cut at 1,000 points a second: nothing lost, nothing doubled, fresh values first; with either broker.

`INTERLOCK_CUT_S` sets the length, `INTERLOCK_PACE` the batches a second of the backlog beside fresh data. With
`INTERLOCK_LATENCY_S` the age of fresh values is measured for so long before the cut, and while the backlog drains
(tests/chaos/test_long_cut.py).
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.plant_rig import PlantRig, judge_ticks
from tests.support.waiting import wait_until

CUT_S = float(os.environ.get("INTERLOCK_CUT_S", "8"))
PACE = float(os.environ.get("INTERLOCK_PACE", "50"))
LATENCY_S = float(os.environ.get("INTERLOCK_LATENCY_S", "0"))
TAGS = 1000
#: How often the current value is asked for while its age is measured: the ages are exact to this.
LOOK_S = 0.01
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300 + 3 * int(CUT_S + LATENCY_S))]


@pytest.fixture(params=["nats-server", "mosquitto"])
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PlantRig]:
    plant = PlantRig(tmp_path, tags=TAGS, broker=request.param)
    yield plant
    plant.close()


def newest(rig: PlantRig, tick: int) -> int:
    """Time of the current value of the first tick, µs."""
    return int(rig.client.call("POST", "/values/latest", {"ids": [tick]})["values"][0]["ts"])


def ages_ms(rig: PlantRig, tick: int, seconds: float, *, while_pending_above: int | None = None) -> list[float]:
    """How old each new current value was when it was first seen, ms; ends early once no more points wait than that."""
    ages: list[float] = []
    seen, until = newest(rig, tick), time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(LOOK_S)
        if (ts := newest(rig, tick)) == seen:
            continue
        seen = ts
        ages.append(time.time() * 1e3 - ts / 1e3)
        if while_pending_above is not None and 0 <= rig.pending() <= while_pending_above:
            break
    return ages


def p95(ages: list[float]) -> float:
    return statistics.quantiles(ages, n=20)[-1]


def test_a_cut_broker_costs_nothing(rig: PlantRig) -> None:
    rig.platform()
    agent = rig.agent(spool={"backlog_batches_per_s": PACE})
    wait_until(lambda: len(rig.client.tags()) > TAGS, timeout_s=40, what="the tags")
    tick = int(rig.client.tags()["dev_0000/tick"]["id"])
    time.sleep(3)
    normal = ages_ms(rig, tick, LATENCY_S)
    rig.broker.kill()
    time.sleep(CUT_S)
    rig.broker.start()
    healed_us = time.time_ns() // 1000
    # Fresh values first: the current value is one read after the cut, before the backlog is through.
    wait_until(lambda: newest(rig, tick) > healed_us - 1_500_000, timeout_s=10, what="a fresh value")
    waiting = rig.pending()
    beside = ages_ms(rig, tick, 60 + 2 * CUT_S, while_pending_above=2000) if LATENCY_S else []
    rig.wait_drained(60 + 2 * CUT_S)
    agent.terminate()
    time.sleep(1)
    found = judge_ticks(rig)
    print(
        f"stored {found.stored}, accepted {rig.accepted()}, doubled {found.doubled}, wrong {len(found.wrong)},", end=" "
    )
    print(f"ticks missing {found.ticks_missing}, in gaps {found.ticks_in_gaps}; {waiting} waited after the cut")
    assert found.wrong == []
    assert found.doubled == 0
    assert found.stored == rig.accepted()
    assert found.ticks_missing == found.ticks_in_gaps
    if LATENCY_S:
        print(f"age of fresh values, p95: {p95(normal):.1f} ms of {len(normal)} before,", end=" ")
        print(f"{p95(beside):.1f} ms of {len(beside)} beside the backlog")
        assert p95(beside) <= 2 * p95(normal) + 1e3 * LOOK_S
