"""Links that fail: a dead device costs the others nothing, a stale offline is corrected, a platform that
asks gets its dictionary and snapshot; and `edge-agent read` against a real device."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import paho.mqtt.client as paho
import pytest
import yaml
from paho.mqtt.enums import CallbackAPIVersion

from schemas.wire import topics
from schemas.wire.presence import EdgeState
from tests.integration.agent_rig import Rig
from tests.support.processes import ROOT, free_port
from tests.support.waiting import wait_until


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path)
    try:
        yield made
    finally:
        made.close()


def test_dead_and_silent_devices_cost_the_others_nothing(rig: Rig) -> None:
    with socket.socket() as silent:  # accepts and never answers
        silent.bind(("127.0.0.1", 0))
        silent.listen(50)
        plant = yaml.safe_load((rig.folder / "plant.yaml").read_text())
        good = plant["connections"][0]
        ports = [free_port() for _ in range(4)] + [silent.getsockname()[1]] * 4
        dead = [{**good, "id": f"dead_{n}", "with": {**good["with"], "port": port}} for n, port in enumerate(ports)]
        rig.write_config(connections=[good, *dead])
        rig.peer.start()
        rig.agent()
        rig.wait_total(100)
        wait_until(lambda: rig.peer.beats, what="a heartbeat")
        # 27 of 30 reads in 3 s and at most one overrun, in one of five stretches: a busy machine may spoil some of
        # them, an agent that waits for its dead devices spoils them all.
        stretches = []
        for _ in range(5):
            overruns = rig.peer.beats[-1].connections[0].scans[0].overruns
            begun = len(rig.peer.values("dev_0000/t00000"))
            time.sleep(3)
            beat = rig.peer.beats[-1]
            read = len(rig.peer.values("dev_0000/t00000")) - begun
            stretches.append((read, beat.connections[0].scans[0].overruns - overruns))
            if read >= 27 and stretches[-1][1] <= 1:
                break
        else:
            raise AssertionError(f"(reads, overruns) of 3 s each: {stretches}")
        assert [c.up for c in beat.connections] == [True] + [False] * 8
        # Those to one address share a line and are asked one after the other: the last one is told a little later.
        wait_until(lambda: all(c.error for c in rig.peer.beats[-1].connections[1:]), what="each says why", timeout_s=60)


def test_a_stale_offline_of_its_own_is_corrected(rig: Rig) -> None:
    rig.peer.start()
    rig.agent()
    wait_until(lambda: rig.peer.states and rig.peer.states[-1].online, what="online")
    time.sleep(0.7)
    other = paho.Client(CallbackAPIVersion.VERSION2, client_id=f"il-{uuid4().hex}", protocol=paho.MQTTv311)
    other.username_pw_set(rig.broker.edge_user(), rig.broker.edge_password())
    other.connect("127.0.0.1", rig.broker.port)
    other.loop_start()
    stale = EdgeState(online=False, conn_id="an-earlier-connection", ts=1)
    other.publish(topics.state_topic("factory", "line_1"), stale.pack(), retain=True)
    wait_until(lambda: any(s.conn_id == "an-earlier-connection" for s in rig.peer.states), what="stale state")
    wait_until(lambda: rig.peer.states[-1].online, what="corrected")
    other.disconnect()
    other.loop_stop()


def test_a_platform_that_forgot_the_dictionary_asks_and_gets_it_and_a_snapshot(rig: Rig) -> None:
    rig.peer.start()
    rig.agent()
    rig.wait_total(100)
    with rig.peer.lock:
        rig.peer.memory.names.clear()
    seen = rig.peer.total()
    wait_until(lambda: len(rig.peer.memory.names) == 11, what="dictionary again")
    rig.wait_total(seen + 100)
    assert max(rig.peer.memory.stored_times.values()) == 1
    before = len(rig.peer.snapshots)
    rig.peer.want_next.append("snapshot")
    wait_until(lambda: len(rig.peer.snapshots) > before, what="snapshot")
    assert sum(len(group) for group in rig.peer.snapshots[-1]) == 11


def test_a_platform_that_comes_back_gets_live_first_and_a_snapshot_at_once(rig: Rig) -> None:
    rig.peer.start()
    rig.agent()
    rig.wait_total(100)
    rig.peer.stop()
    time.sleep(2)
    seen = len(rig.peer.batches)
    rig.peer.restart()
    wait_until(lambda: any(b.kind == "snapshot" for b in rig.peer.batches[seen:]), what="snapshot")
    wait_until(lambda: rig.metrics()["pending_batches"] <= 2, what="drained")
    assert max(rig.peer.memory.stored_times.values()) == 1


def test_read_shows_every_value_of_a_device_once(rig: Rig) -> None:
    command = [sys.executable, "-m", "edge_agent", "read", "-c", str(rig.config), "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    (connection,) = json.loads(done.stdout)
    assert connection["error"] == ""
    assert [one["tag"] for one in connection["values"]] == ["tick", *(f"t{n:05}" for n in range(10))]
    assert all(one["quality"] == "good" for one in connection["values"])
    rig.device.kill()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert json.loads(done.stdout)[0]["error"]
