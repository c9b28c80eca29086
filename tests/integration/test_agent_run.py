"""The agent as a process, against a real broker and real devices: collect, hand over, end."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.peers.tick_device.pattern import expected, tag_number
from tests.integration.agent_rig import Rig
from tests.support.waiting import wait_until


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path)
    try:
        yield made
    finally:
        made.close()


def check_values(rig: Rig) -> int:
    """Every stored good value is one the device had; returns how many."""
    checked = 0
    for (key, _), (value, quality) in list(rig.peer.memory.points.items()):
        if quality < 128 and "/t" in key and "/tick" not in key:
            tag = tag_number(key)
            assert any(value == expected(tag, tick) for tick in range(1, 3000)), (key, value)
            checked += 1
    return checked


def test_values_arrive_once_and_right_and_the_end_is_clean(rig: Rig) -> None:
    rig.peer.start()
    agent = rig.agent()
    rig.wait_total(300)
    began = time.monotonic()
    assert agent.terminate() == 0
    assert time.monotonic() - began < 2.0
    wait_until(lambda: rig.peer.states[-1].online is False, what="offline state")
    assert check_values(rig) > 200
    assert max(rig.peer.memory.stored_times.values()) == 1
    assert rig.peer.births[-1].max_seq >= 1
    assert rig.peer.beats[-1].connections[0].up


def test_everything_sampled_before_the_end_is_there_after_the_next_start(rig: Rig) -> None:
    agent = rig.agent()
    wait_until(lambda: rig.metrics()["accepted_points_total"] > 200, what="points in the spool")
    agent.terminate()
    rig.peer.start()
    agent = rig.agent()
    wait_until(lambda: rig.metrics()["accepted_points_total"] > 200, what="points of both runs")
    agent_gap = wait_until(lambda: [g for g in rig.peer.memory.gaps if g["reason"] == "agent_stopped"], what="gap")
    assert agent_gap[0]["kind"] == "not_sampled"
    agent.terminate()
    agent = rig.agent()
    wait_until(lambda: rig.metrics()["pending_batches"] <= 2, what="all acked")
    metrics = rig.metrics()
    assert metrics["accepted_points_total"] == (
        metrics["acked_points_total"] + metrics["pending_points"] + metrics["dropped_points_total"]
        + metrics["dead_points_total"]
    )  # fmt: skip
    assert rig.peer.total() >= metrics["acked_points_total"]
    assert any(batch.hist for batch in rig.peer.batches)


def test_a_lost_device_gives_one_bad_sample_per_tag_and_comes_back(rig: Rig) -> None:
    rig.peer.start()
    rig.agent()
    rig.wait_total(100)
    rig.device.kill()
    key = "dev_0000/t00001"
    wait_until(lambda: rig.peer.values(key)[-1][2] == 129, what="bad sample")
    time.sleep(1.5)
    assert [q for _, _, q in rig.peer.values(key)].count(129) == 1
    wait_until(lambda: not rig.peer.beats[-1].connections[0].up, what="heartbeat says down")


def test_broker_away_then_back_nothing_lost_live_before_backlog(rig: Rig) -> None:
    rig.peer.start()
    rig.agent()
    rig.wait_total(100)
    rig.broker.kill()
    time.sleep(3)
    rig.broker.start()
    wait_until(lambda: rig.metrics()["pending_batches"] <= 2, timeout_s=30, what="backlog drained")
    metrics = rig.metrics()
    assert rig.peer.total() >= metrics["acked_points_total"]
    assert max(rig.peer.memory.stored_times.values()) == 1
    data = [batch for batch in rig.peer.batches if batch.kind == "data"]
    first_hist = next(i for i, batch in enumerate(data) if batch.hist)
    later_fresh = [b for b in data[first_hist:] if not b.hist]
    assert later_fresh
    assert check_values(rig) > 200


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_ends_as_cleanly_as_a_service_stop(rig: Rig) -> None:
    agent = rig.agent()
    began = time.monotonic()
    os.kill(agent.pid, signal.SIGINT)
    assert agent.popen is not None
    assert agent.popen.wait(5) == 0
    assert time.monotonic() - began < 2.0
