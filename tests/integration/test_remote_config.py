"""A platform changes an agent's connections: what is unchanged loses nothing, what does worse is taken back."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.test_json_topics import Reader
from tests.integration.test_sparkplug_node import check_order
from tests.support.plant_rig import Findings, PlantRig, judge_ticks
from tests.support.processes import Process, free_port
from tests.support.sparkplug_peers import HostPeer
from tests.support.stack import create_token
from tests.support.waiting import wait_until

PERIOD_MS = 100
WATCH_S = 3.0


class RemoteRig(PlantRig):
    """Three devices, an agent that may be changed from afar, and an administrator of the platform."""

    device_count = 3

    def start(self, *, allowed: bool = True) -> None:
        plant = yaml.safe_load((self.folder / "plant.yaml").read_text())
        if allowed:
            (self.folder / "plant.yaml").write_text(yaml.safe_dump({**plant, "remote_config": True}))
        self.platform()
        self.process = self.agent()
        token = create_token(self.folder, "admin")
        assert self.client.token
        self.client.token = token
        self.plant: dict[str, Any] = {key: plant[key] for key in ("connections", "templates") if key in plant}
        wait_until(lambda: len(self.connected()) == self.device_count, what="all devices")

    def connected(self) -> set[str]:
        return {tag["connection"] for tag in self.client.tags().values()}

    def restart(self) -> Process:
        """The agent again, with what is in its folder."""
        self.process = self.processes.module(
            "edge_agent", "run", "-c", self.folder / "agent" / "agent.yaml", name="agent",
            env={"INTERLOCK_MACHINE_ID": "machine_1"},
        )  # fmt: skip
        return self.process

    def text(self, **changes: Any) -> str:
        return yaml.safe_dump({**self.plant, **changes}, sort_keys=False)

    def connections(self, *indices: int) -> list[dict[str, Any]]:
        return [json.loads(json.dumps(self.plant["connections"][n])) for n in indices]

    def add(self, text: str) -> int:
        made = self.client.call("POST", "/edges/line_1/configs", {"text": text, "note": "test"})
        return int(made["no"])

    def push(self, no: int, watch_s: float = WATCH_S) -> dict[str, Any]:
        answer: dict[str, Any] = self.client.call("POST", f"/edges/line_1/configs/{no}/push", {"watch_s": watch_s})
        return answer

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = self.client.call("GET", "/edges/line_1/configs")["state"] or {}
        return found

    def wait_state(self, state: str) -> dict[str, Any]:
        wait_until(lambda: self.state().get("state") == state, timeout_s=30, what=f"{state}, not {self.state()}")
        return self.state()

    def judged(self) -> Findings:
        """What is stored, once the agent has ended and everything it took is here: nothing moves while it is judged."""
        self.process.terminate()
        wait_until(lambda: self.client.health()["store"]["lag_blocks"] == 0, what="all is stored")
        time.sleep(1.0)
        return judge_ticks(self)

    def ups(self) -> dict[str, bool]:
        (edge,) = self.client.health()["edges"]
        return {one["id"]: one["up"] for one in edge["connections"]}


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[RemoteRig]:
    made = RemoteRig(tmp_path, tags=30, devices=3, period_ms=PERIOD_MS)
    yield made
    made.close()


def connects(rig: RemoteRig) -> int:
    return rig.process.log().count("The platform is there")


@pytest.mark.slow
def test_unchanged_connections_lose_nothing_and_the_change_is_kept(rig: RemoteRig) -> None:
    rig.start()
    first, second = rig.connections(0, 1)
    second["scan_ms"] = 50
    no = rig.add(rig.text(connections=[first, second]))
    assert rig.push(no)["state"] == "watching"
    kept = rig.wait_state("kept")
    assert kept["active"] == rig.client.call("GET", "/edges/line_1/configs")["versions"][0]["hash"]
    assert set(rig.ups()) == {first["id"], second["id"]}
    assert "1 connections go on, 1 begin anew" in rig.process.log()
    assert connects(rig) == 1
    time.sleep(1.5)
    rig.process.terminate()
    rig.restart()
    wait_until(lambda: connects(rig) == 2, timeout_s=20, what="it starts with what was pushed")
    wait_until(lambda: set(rig.ups()) == {first["id"], second["id"]}, what="its two connections")
    found = rig.judged()
    assert found.wrong == []
    assert found.doubled == 0
    assert found.ticks_missing <= found.ticks_in_gaps + missing_of(rig, second["id"], rig.plant["connections"][2]["id"])


@pytest.mark.slow
def test_sparkplug_and_json_topics_follow_what_was_pushed(rig: RemoteRig) -> None:
    plant = yaml.safe_load((rig.folder / "plant.yaml").read_text())
    feeds = {"sparkplug": {"group": "g1"}, "json_topics": {}}
    (rig.folder / "plant.yaml").write_text(yaml.safe_dump({**plant, "remote_config": True, **feeds}))
    host = HostPeer(rig.broker.port, rig.broker.core_user, rig.broker.core_password)
    try:
        rig.start(allowed=False)
        first, second = rig.connections(0, 1)
        third = rig.plant["connections"][2]["id"]
        wait_until(lambda: len(host.of("DBIRTH")) >= 3, what="three devices are born")
        second["scan_ms"] = 50
        assert rig.push(rig.add(rig.text(connections=[first, second])))["state"] == "watching"
        rig.wait_state("kept")
        wait_until(lambda: len(host.of("DBIRTH")) >= 4, what="the changed one is born again")
        wait_until(lambda: host.heard[-1].kind == "DDATA", what="data goes on")
        heard = list(host.heard)
    finally:
        host.close()
    check_order(heard)
    assert len([one for one in heard if one.kind == "NBIRTH"]) == 1, "the node itself lives on"
    births = [one.device for one in heard if one.kind == "DBIRTH"]
    assert sorted(births) == sorted([first["id"], second["id"], second["id"], third])
    assert sorted(one.device for one in heard if one.kind == "DDEATH") == sorted([second["id"], third])
    late = Reader(rig)  # type: ignore[arg-type]
    try:
        wait_until(lambda: f"il-uns/line_1/{second['id']}/t00001" in late.latest, what="its topics")
        time.sleep(0.5)
        assert not [topic for topic in late.latest if f"/{third}/" in topic]
    finally:
        late.close()


def missing_of(rig: RemoteRig, *changed: str) -> int:
    """Ticks that connections which were changed or removed did not read: those alone may miss some."""
    tags = rig.client.tags()
    total = 0
    for tag in tags.values():
        if tag["connection"] in changed and "/tick" in tag["key"]:
            seen = {int(v) for _, v, q in rig.client.raw(tag["id"]) if q < 128}
            total += max(seen) - len(seen)
    return total


@pytest.mark.slow
def test_an_identical_push_touches_nothing(rig: RemoteRig) -> None:
    rig.start()
    no = rig.add("# the same, in other words\n" + rig.text())
    assert rig.push(no)["state"] == "unchanged"
    assert rig.push(no)["state"] == "unchanged"
    assert "Another configuration" not in rig.process.log()
    assert connects(rig) == 1
    changed = rig.add(rig.text(connections=rig.connections(0, 1)))
    assert rig.push(changed)["state"] == "watching"
    rig.wait_state("kept")
    assert rig.push(changed)["state"] == "unchanged"
    assert rig.process.log().count("Another configuration") == 1


@pytest.mark.slow
def test_a_change_that_makes_more_devices_bad_is_taken_back_by_itself(rig: RemoteRig) -> None:
    rig.start()
    worse = rig.connections(0, 1, 2)
    worse[2]["with"]["port"] = free_port()
    no = rig.add(rig.text(connections=worse))
    assert rig.push(no)["state"] == "watching"
    told = rig.wait_state("rolled_back")
    assert "more connections than before are bad" in told["reason"]
    assert worse[2]["id"] in told["reason"]
    assert told["active"] == ""
    wait_until(lambda: all(rig.ups().values()) and len(rig.ups()) == 3, what="all are up again")
    uuids = {key: tag["id"] for key, tag in rig.client.tags().items()}
    assert len(uuids) == len(set(uuids.values()))


@pytest.mark.slow
def test_problems_are_told_by_line_and_nothing_is_touched(rig: RemoteRig) -> None:
    rig.start()
    text = "connections:\n- id: x\n  driver: modbus_tcp\n  config: {host: h, prot: 1}\n  tags: []\nbroker: {url: 'mqtt://evil'}\n"
    no = rig.add(text)
    for ask in (lambda: rig.client.call("POST", f"/edges/line_1/configs/{no}/check"), lambda: rig.push(no)):
        answer = ask()
        assert answer["state"] == "refused"
        assert [(one["code"], one["line"]) for one in answer["problems"]] == [("remote.scope", 6)]
    no = rig.add(text.rpartition("broker")[0])
    answer = rig.push(no)
    assert [one["line"] for one in answer["problems"]] == [4]
    assert "port" in answer["problems"][0]["hint"]
    assert all(rig.ups().values())
    assert rig.client.call("GET", f"/edges/line_1/configs/{no}/diff?before={no - 1}")["diff"].count("\n-broker") == 1


@pytest.mark.slow
def test_killed_during_the_watch_it_starts_with_what_was_before(rig: RemoteRig) -> None:
    rig.start()
    no = rig.add(rig.text(connections=rig.connections(0)))
    tags = len(rig.client.tags())
    assert rig.push(no, 60)["state"] == "watching"
    wait_until(lambda: len(rig.ups()) == 1, what="the change holds")
    rig.process.kill()
    rig.restart()
    told = rig.wait_state("rolled_back")
    assert "the agent ended" in told["reason"]
    wait_until(lambda: len(rig.ups()) == 3 and all(rig.ups().values()), what="all three again")
    wait_until(lambda: len(rig.client.tags()) == tags, what="their tags are shown again")


@pytest.mark.slow
def test_a_lost_broker_takes_it_back_and_the_backlog_arrives(rig: RemoteRig) -> None:
    rig.start()
    no = rig.add(rig.text(connections=rig.connections(0, 1)))
    assert rig.push(no, 4)["state"] == "watching"
    rig.broker.kill()
    rig.process.wait_log("is taken back: the platform was not reached", timeout_s=20)
    rig.broker.start()
    rig.wait_state("rolled_back")
    rig.wait_drained()
    found = rig.judged()
    assert found.wrong == []
    assert found.doubled == 0


@pytest.mark.slow
def test_without_the_machines_consent_there_is_no_answer(rig: RemoteRig) -> None:
    rig.start(allowed=False)
    no = rig.add(rig.text(connections=[]))
    with pytest.raises(AssertionError, match=r"409.*did not answer.*remote_config"):
        rig.push(no)
    assert len(rig.ups()) == 3
