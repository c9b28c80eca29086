"""kill -9, a platform that dies before its fsync, restored images and copied machines: nothing that was
accepted is lost, nothing arrives twice, and each guard's absence is noticed.

`INTERLOCK_KILLS` and `INTERLOCK_BROKER` set how often the agent is killed and what broker it has (tests/chaos).
"""

from __future__ import annotations

import os
import random
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.agent_rig import Rig
from tests.support.broker import BrokerKind
from tests.support.processes import Process
from tests.support.waiting import wait_until

KILLS = int(os.environ.get("INTERLOCK_KILLS", "5"))
BROKER: BrokerKind = "mosquitto" if os.environ.get("INTERLOCK_BROKER") == "mosquitto" else "nats-server"


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path, tags=20, period_ms=50, broker=BROKER)
    try:
        yield made
    finally:
        made.close()


def end_and_drain(rig: Rig, agent: Process) -> dict[str, float]:
    """Stops the devices, waits until everything accepted is acked, and returns the last metrics."""
    rig.device.kill()
    wait_until(lambda: rig.metrics()["pending_points"] == 0, timeout_s=30, what="drained")
    time.sleep(1.2)
    metrics = rig.metrics()
    agent.terminate()
    return metrics


def test_kill_9_at_random_points_loses_no_committed_batch_and_doubles_none(rig: Rig) -> None:
    rig.peer.start()
    rng = random.Random(7)
    agent = rig.agent()
    for _ in range(KILLS):
        time.sleep(rng.uniform(0.3, 1.0))
        agent.kill()
        agent = rig.agent()
    rig.wait_total(1000)
    metrics = end_and_drain(rig, agent)
    assert rig.peer.total() == metrics["accepted_points_total"]
    assert metrics["dropped_points_total"] == metrics["dead_points_total"] == 0
    assert max(rig.peer.memory.stored_times.values()) == 1
    assert [g["reason"] for g in rig.peer.memory.gaps].count("agent_down") == KILLS


def lose_what_was_not_acked(rig: Rig, agent: Process) -> dict[str, float]:
    """The platform takes batches, dies before its fsync, and comes back without them."""
    rig.wait_total(200)
    rig.peer.answering = False
    backup = rig.peer.memory.copy()
    time.sleep(1.0)
    rig.peer.answering = True
    rig.peer.restart(backup)
    rig.wait_total(600)
    return end_and_drain(rig, agent)


def test_a_platform_that_dies_before_its_fsync_gets_everything_again(rig: Rig) -> None:
    rig.peer.start()
    metrics = lose_what_was_not_acked(rig, rig.agent())
    assert rig.peer.total() == metrics["accepted_points_total"]


FORGET_ON_SEND = """
import sys
from edge_agent.publish.uplink import Uplink
from edge_agent.buffer import reconcile
from edge_agent.cli import run_cli
reconcile._revive = lambda spool, have: 0  # what is forgotten cannot come back
honest = Uplink._publish
def forgetful(self, sending):
    honest(self, sending)
    seq = sending.batch.seq
    self._writer.ack([(seq, seq)], [])
    self.outbox.settle([(seq, seq)])
Uplink._publish = forgetful
sys.exit(run_cli(sys.argv[1:]))
"""


def test_negative_control_forgetting_when_the_broker_has_it_loses_points(rig: Rig) -> None:
    rig.peer.start()
    script = rig.folder / "forgetful.py"
    script.write_text(FORGET_ON_SEND)
    agent = rig.processes.command(
        "forgetful", [sys.executable, script, "run", "-c", rig.config], env={"INTERLOCK_MACHINE_ID": "m1"}
    )
    wait_until((rig.data / "metrics.addr").exists, what="agent")
    metrics = lose_what_was_not_acked(rig, agent)
    assert rig.peer.total() < metrics["accepted_points_total"]


def test_a_platform_restored_from_backup_gets_again_what_it_had_acked(rig: Rig) -> None:
    rig.peer.start()
    agent = rig.agent()
    rig.wait_total(200)
    backup = rig.peer.memory.copy()
    time.sleep(1.5)  # acks reach the spool
    rig.peer.restart(backup)
    rig.wait_total(600)
    metrics = end_and_drain(rig, agent)
    assert rig.peer.total() == metrics["accepted_points_total"]


def test_a_restored_spool_image_forks_and_nothing_is_lost_or_misattributed(rig: Rig) -> None:
    rig.peer.start()
    agent = rig.agent()
    rig.wait_total(200)
    agent.kill()
    image = rig.folder / "image"
    shutil.copytree(rig.data, image)
    agent = rig.agent()
    rig.wait_total(700)
    agent.kill()
    before = set(rig.peer.memory.points)
    shutil.rmtree(rig.data)
    shutil.copytree(image, rig.data)
    rig.peer.stop()
    agent = rig.agent()  # offline: it accepts batches under numbers the platform has already
    wait_until(lambda: rig.metrics()["accepted_points_total"] > 400, what="points of the second life")
    rig.peer.start()
    rig.wait_total(len(before) + 200)
    metrics = end_and_drain(rig, agent)
    assert len({birth.stream for birth in rig.peer.births}) == 2
    assert before <= set(rig.peer.memory.points)
    assert metrics["pending_points"] == metrics["dropped_points_total"] == 0
    assert max(rig.peer.memory.stored_times.values()) == 1


def test_a_copied_machine_writes_its_own_stream(rig: Rig) -> None:
    rig.peer.start()
    agent = rig.agent()
    rig.wait_total(200)
    agent.terminate()
    shutil.copytree(rig.data, rig.folder / "copy")
    first_life = rig.metrics_of_spool(rig.data)
    agent = rig.agent()
    rig.wait_total(400)
    agent.terminate()
    shutil.rmtree(rig.data)
    shutil.copytree(rig.folder / "copy", rig.data)
    seen = rig.peer.total()
    clone = rig.agent(machine="m2")
    rig.wait_total(seen + 200)
    metrics = end_and_drain(rig, clone)
    assert len({birth.stream for birth in rig.peer.births}) == 2
    assert metrics["accepted_points_total"] > first_life
    # What was pending when the disk was copied comes from both machines, as the very same samples.
    twice = [point for point, times in rig.peer.memory.stored_times.items() if times > 1]
    assert len(twice) <= 21 * 8
    assert rig.peer.memory.conflicts == 0
