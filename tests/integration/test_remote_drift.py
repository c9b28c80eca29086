"""An agent is changed at the machine after a push: its history, what the platform says, and both ways out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from edge_agent.configuration.rollback import HELD
from tests.integration.test_local_page import Page
from tests.integration.test_remote_config import RemoteRig
from tests.integration.test_remote_guards import RelayRig
from tests.support.waiting import wait_until

pytestmark = pytest.mark.slow
SECRET = "hunter2hunter2"
WITH_PASSWORD = {
    "id": "rest", "driver": "http_json", "enabled": False,
    "config": {"base_url": "http://127.0.0.1:1", "headers": {"Authorization": SECRET}}, "tags": [],
}  # fmt: skip


class PageOf(Page):
    """The page of an agent that runs already."""

    def __init__(self, rig: RemoteRig) -> None:
        self.folder, self.agent, self.cookie = rig.folder / "agent", rig.process, ""

    def go_back(self, number: int) -> dict[str, Any]:
        """The answer to going back to a version, with what was shown before."""
        seen = self.call("POST", "/api/version", {"number": number})[1]
        assert seen["problems"] == []
        done = self.call("POST", "/api/apply", {"token": seen["token"], "note": "back"})[1]
        assert done["taken_over"] is True, done
        return {**done, **seen}

    def versions(self) -> list[dict[str, Any]]:
        """Newest first."""
        found: list[dict[str, Any]] = self.call("GET", "/api/versions")[1]["versions"]
        return found


class DriftRig(RelayRig):
    """Three devices and the agent's page."""

    device_count = 3

    def begin(self, *more: dict[str, Any]) -> PageOf:
        plant = yaml.safe_load((self.folder / "plant.yaml").read_text())
        plant |= {"page": {"listen": "127.0.0.1:0"}, "connections": [*plant["connections"], *more]}
        (self.folder / "plant.yaml").write_text(yaml.safe_dump(plant))
        self.start()
        page = PageOf(self)
        page.set_password()
        page.log_in()
        return page

    def pushed(self, no: int, basis: str = "") -> str:
        body = {"watch_s": 0.5, "basis": basis}
        return str(self.client.call("POST", f"/edges/line_1/configs/{no}/push", body)["state"])

    def drift(self) -> dict[str, Any]:
        found: dict[str, Any] = self.client.call("GET", "/edges/line_1/configs/drift")
        return found


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[DriftRig]:
    made = DriftRig(tmp_path)
    yield made
    made.close()


def test_changed_at_the_machine_it_is_told_and_either_side_may_have_it(rig: DriftRig) -> None:
    page = rig.begin()
    no = rig.add(rig.text(connections=rig.connections(0)))
    assert rig.pushed(no) == "watching"
    rig.wait_state("kept")
    newest, first = page.versions()
    assert (newest["origin"], newest["pushed_no"], newest["now"]) == ("platform", no, True)
    assert (first["origin"], first["now"]) == ("machine", False)
    assert rig.state()["drift"] is None
    status, told, _ = page.call("POST", "/api/import?connection=x", b"name,address\na,holding:1\n")
    assert (status, told["code"]) == (422, "page.remote")

    before = rig.connects()
    lines = page.go_back(first["number"])["lines"]
    assert f"+++ {HELD} after" in lines
    wait_until(lambda: len(rig.ups()) == 3 and all(rig.ups().values()), what="the machine's own connections")
    assert rig.connects() == [before[0], before[1] + 1, before[2] + 1], "what does not change is left alone"
    before = rig.connects()
    wait_until(lambda: rig.state()["drift"], what="it is told")
    assert rig.client.health()["edges"][0]["changed_at_machine"] is True
    drift = rig.state()["drift"]
    assert (drift["no"], drift["running"], drift["by"]) == (no, "", "local page")
    assert drift["ts"] > 0

    found = rig.drift()
    assert rig.plant["connections"][1]["id"] in found["diff"]
    assert {row["what"] for row in found["changes"]} == {"removed"}
    taken = rig.add(found["text"])
    assert rig.pushed(taken, found["basis"]) == "unchanged"
    wait_until(lambda: rig.state()["drift"] is None, what="the platform has it now")
    assert rig.client.health()["edges"][0]["changed_at_machine"] is False
    assert rig.connects() == before, "taking it over touches nothing"
    assert page.versions()[0]["pushed_no"] == taken

    page.go_back(newest["number"])
    wait_until(lambda: len(rig.ups()) == 1, what="what was pushed first")
    wait_until(lambda: rig.state()["drift"], what="it is told")
    assert rig.state()["drift"]["running"] == newest_hash(rig, no)
    again = rig.drift()
    assert again["drift"]["no"] == taken
    assert rig.pushed(taken, again["basis"]) == "watching"
    rig.wait_state("kept")
    assert rig.state()["drift"] is None
    wait_until(lambda: len(rig.ups()) == 3, what="as the platform has it")


def newest_hash(rig: DriftRig, no: int) -> str:
    versions = rig.client.call("GET", "/edges/line_1/configs")["versions"]
    return next(str(one["hash"]) for one in versions if one["no"] == no)


def test_a_password_at_the_machine_is_shown_to_nobody(rig: DriftRig) -> None:
    page = rig.begin(WITH_PASSWORD)
    assert rig.pushed(rig.add(rig.text(connections=rig.connections(0)))) == "watching"
    rig.wait_state("kept")
    seen = page.go_back(page.versions()[-1]["number"])
    assert SECRET not in str(seen)
    wait_until(lambda: rig.state()["drift"], what="it is told")
    found = rig.drift()
    assert (found["text"], found["diff"], found["code"]) == ("", None, "remote.secret")
    assert {row["connection"] for row in found["changes"]} >= {"rest"}, "what differs is told by name all the same"
    assert SECRET not in str(found)
    rig.process.terminate()
    rig.restart()
    wait_until(lambda: rig.process.log().count("The platform is there") == 2, timeout_s=30, what="another start")
    assert rig.state()["drift"]["by"] == "local page", "it is the same after a start"


def test_without_consent_any_longer_it_is_a_change_at_the_machine_too(rig: DriftRig) -> None:
    rig.begin()
    assert rig.pushed(rig.add(rig.text(connections=rig.connections(0)))) == "watching"
    rig.wait_state("kept")
    path = rig.folder / "agent" / "agent.yaml"
    path.write_text(path.read_text().replace("remote_config: true", "remote_config: false"))
    rig.process.terminate()
    rig.restart()
    wait_until(lambda: rig.state()["drift"], timeout_s=30, what="it is told")
    drift = rig.state()["drift"]
    assert (drift["running"], drift["by"]) == ("", "")
    with pytest.raises(AssertionError, match=r"409.*did not answer"):
        rig.drift()
