"""The guards of a pushed configuration, each with what happens where it is switched off."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from edge_agent.config import load_config
from edge_agent.remote_config.load import load_effective
from edge_agent.versions.history import History
from tests.integration.test_remote_config import RemoteRig, connects
from tests.support.counting_relay import CountingRelay
from tests.support.processes import Process, free_port
from tests.support.waiting import wait_until

pytestmark = pytest.mark.slow
KILLS = 4


class RelayRig(RemoteRig):
    """A rig with a relay in front of each device, which counts who connects."""

    device_count = 2

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, tags=10, devices=self.device_count, period_ms=200)
        plant = yaml.safe_load((folder / "plant.yaml").read_text())
        self.relays = [CountingRelay(conn["with"]["port"]) for conn in plant["connections"]]
        for conn, relay in zip(plant["connections"], self.relays, strict=True):
            conn["with"]["port"] = relay.port
        (folder / "plant.yaml").write_text(yaml.safe_dump(plant, sort_keys=False))

    def connects(self) -> list[int]:
        return [relay.connects for relay in self.relays]

    def close(self) -> None:
        super().close()
        for relay in self.relays:
            relay.close()


class GuardRig(RelayRig):
    """A rig whose agent may lack guards: `off` names them."""

    off = ""

    def agent(self, name: str = "agent", **more: Any) -> Process:
        return super().agent(name, **more) if not self.off else self._unguarded(name)

    def restart(self) -> Process:
        if not self.off:
            return super().restart()
        self.process = self._again()
        return self.process

    def _unguarded(self, name: str) -> Process:
        super().agent(name).kill()  # writes its agent.yaml
        return self._again()

    def _again(self) -> Process:
        return self.processes.module(
            "tests.support.unguarded_agent", "run", "-c", self.folder / "agent" / "agent.yaml", name="agent",
            env={"INTERLOCK_MACHINE_ID": "machine_1", "INTERLOCK_TEST_OFF": self.off},
        )  # fmt: skip

    def runs(self, ids: set[str], start: int) -> bool:
        return connects(self) == start and set(self.ups()) == ids

    def worse(self) -> str:
        """A text whose second connection goes nowhere."""
        both = self.connections(0, 1)
        both[1]["with"]["port"] = free_port()
        return self.text(connections=both)

    def own(self) -> Path:
        return self.folder / "agent" / "agent.yaml"


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[GuardRig]:
    made = GuardRig(tmp_path)
    yield made
    made.close()


def test_an_identical_push_makes_no_device_hear_of_it(rig: GuardRig) -> None:
    rig.start()
    before = rig.connects()
    assert rig.push(rig.add("# in other words\n" + rig.text()))["state"] == "unchanged"
    again = rig.add(rig.text())
    assert rig.push(again)["state"] == "unchanged"
    assert rig.push(again)["state"] == "unchanged"
    both = rig.connections(0, 1)
    both[1]["scan_ms"] = 100
    assert rig.push(rig.add(rig.text(connections=both)), 1.0)["state"] == "watching"
    rig.wait_state("kept")
    assert rig.connects() == [before[0], before[1] + 1], "only the one that changed begins anew"


def test_without_the_look_at_what_is_the_same_devices_would_hear_of_it(rig: GuardRig) -> None:
    """Negative control."""
    rig.off = "sameness"
    rig.start()
    before = rig.connects()
    assert rig.push(rig.add(rig.text()), 1.0)["state"] == "watching"
    wait_until(lambda: all(now > was for now, was in zip(rig.connects(), before, strict=True)), what="links anew")


def test_more_bad_devices_than_before_go_back_and_the_history_says_why(rig: GuardRig) -> None:
    rig.start()
    no = rig.add(rig.worse())
    assert rig.push(no, 2.0)["state"] == "watching"
    rig.wait_state("rolled_back")
    wait_until(lambda: all(rig.ups().values()), what="both are up again")
    tried, back = History(load_config(rig.own()).data_dir).versions()[-2:]
    assert (tried.origin.kind, tried.origin.no, tried.note) == ("platform", no, "test")
    assert tried.author == rig.client.call("GET", "/edges/line_1/configs")["versions"][0]["author"]
    assert (back.origin.code, back.origin.params) == ("remote.bad", {"names": rig.plant["connections"][1]["id"]})
    assert back.pushed == ""


def test_without_the_verdict_bad_devices_would_stay(rig: GuardRig) -> None:
    """Negative control: the very push of the test above is kept."""
    rig.off = "verdict"
    rig.start()
    assert rig.push(rig.add(rig.worse()), 2.0)["state"] == "watching"
    rig.wait_state("kept")
    assert list(rig.ups().values()).count(False) == 1


def test_an_agent_that_ends_on_trial_goes_back(rig: GuardRig) -> None:
    rig.start()
    assert rig.push(rig.add(rig.text(connections=rig.connections(0))), 60)["state"] == "watching"
    wait_until(lambda: len(rig.ups()) == 1, what="it holds, on trial")
    rig.process.kill()
    rig.restart()
    rig.wait_state("rolled_back")
    wait_until(lambda: len(rig.ups()) == 2, what="both again")
    last = History(load_config(rig.own()).data_dir).versions()[-1]
    assert (last.origin.kind, last.origin.code) == ("rollback", "remote.ended")


def test_without_the_trial_it_would_stay_with_what_it_did_not_live_through(rig: GuardRig) -> None:
    """Negative control."""
    rig.off = "trial"
    rig.start()
    assert rig.push(rig.add(rig.text(connections=rig.connections(0))), 60)["state"] == "watching"
    wait_until(lambda: len(rig.ups()) == 1, what="it holds, on trial")
    rig.process.kill()
    rig.restart()
    wait_until(lambda: connects(rig) == 2, timeout_s=30, what="it is heard again")
    wait_until(lambda: len(rig.ups()) == 1, what="one connection alone")
    assert rig.state()["state"] == "watching", "nobody went back"


def test_killed_while_it_applies_the_old_or_the_new_holds_whole(rig: GuardRig) -> None:
    rig.start()
    moments = random.Random(7)
    own = [conn.id for conn in load_config(rig.own()).config.connections]
    for kill in range(KILLS):
        pushed = rig.connections(0)
        pushed[0]["scan_ms"] = 100 + kill
        before = [conn.model_dump() for conn in load_effective(rig.own()).config.connections]
        assert rig.push(rig.add(rig.text(connections=pushed)), 0.3)["state"] == "watching"
        time.sleep(moments.random() * 0.6)  # before, while or after it goes over and keeps it
        rig.process.kill()
        state = json.loads((rig.folder / "agent" / "data" / "remote_config" / "state.json").read_text())
        found = [conn.model_dump() for conn in load_effective(rig.own()).config.connections]
        scans = [conn["scan_ms"] for conn in found]
        assert found == before or scans == [100 + kill], state
        rig.restart()
        wait_until(partial(rig.runs, {conn["id"] for conn in found}, kill + 2), timeout_s=30, what="what holds runs")
    assert own == [conn.id for conn in load_config(rig.own()).config.connections]
