"""A running agent whose platform refuses batches for good: they are listed, and sent again once that is mended."""

from __future__ import annotations

import http.client
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from edge_agent.cli import run_cli
from edge_agent.diagnostics.local_door import KEY_HEADER
from tests.integration.agent_rig import Rig
from tests.integration.test_local_page import Page
from tests.support.waiting import wait_until


class Letters:
    """The commands and doors of the agent of a rig."""

    def __init__(self, rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
        self.rig, self._capsys = rig, capsys

    def run(self, *arguments: str) -> tuple[int, str, str]:
        self._capsys.readouterr()
        done = run_cli(["spool", "dead-letters", *arguments, "-c", str(self.rig.config)])
        said = self._capsys.readouterr()
        return done, said.out, said.err

    def listed(self) -> list[dict[str, Any]]:
        done, out, err = self.run("--json")
        assert done == 0, err
        rows: list[dict[str, Any]] = json.loads(out)
        return rows

    def refused(self, count: int) -> list[dict[str, Any]]:
        """Lets the platform refuse so many batches; the letters that became of them."""
        with self.rig.peer.lock:
            self.rig.peer.refusing = count
        wait_until(lambda: len(self.listed()) == count, timeout_s=60, what=f"{count} dead letters")
        return self.listed()

    def door(self, path: str, key: str | None = None) -> int:
        """The status of a POST at the local door, with another key than that of the data folder."""
        place = json.loads((self.rig.data / "local.json").read_text())
        connection = http.client.HTTPConnection(place["address"], timeout=30)
        try:
            sent = {KEY_HEADER: place["key"] if key is None else key}
            connection.request("POST", path, json.dumps({"ids": [one["id"] for one in self.listed()]}), sent)
            return connection.getresponse().status
        finally:
            connection.close()


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path, tags=20, period_ms=50)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def letters(rig: Rig, capsys: pytest.CaptureFixture[str]) -> Letters:
    return Letters(rig, capsys)


def drained(rig: Rig) -> dict[str, float]:
    """The metrics once no device speaks any more and the platform has all."""
    rig.device.kill()
    wait_until(lambda: rig.metrics()["pending_points"] == 0, timeout_s=60, what="drained")
    wait_until(lambda: rig.peer.total() == rig.metrics()["accepted_points_total"], what="all is stored")
    return rig.metrics()


def each_once(rig: Rig) -> bool:
    return max(rig.peer.memory.stored_times.values()) == 1


def test_sent_again_while_it_runs_and_stored_once(rig: Rig, letters: Letters, tmp_path: Path) -> None:
    rig.peer.start()
    rig.agent()
    rows = letters.refused(2)
    assert {(one["code"], one["kind"]) for one in rows} == {("wire.body", "data")}
    assert all(one["connections"] for one in rows)
    before = rig.peer.total()
    done, out, err = letters.run(str(rows[0]["id"]), "--export", str(tmp_path / "out"))
    assert (done, err) == (0, "")
    assert (tmp_path / "out" / f"{rows[0]['id']}.body").stat().st_size == rows[0]["bytes"]
    done, out, err = letters.run("--send-again")
    assert (done, out, err) == (0, "2 wait to be sent again.\n", "")
    assert letters.listed() == []
    # The same run, the same session: nothing but the command made them go out.
    wait_until(lambda: rig.peer.total() > before, timeout_s=60, what="new values are stored")
    metrics = drained(rig)
    assert metrics["dead_points_total"] == 0
    assert each_once(rig)
    assert len(rig.peer.births) == 1
    told = lambda: [gap["reason"] for gap in rig.peer.memory.gaps].count("wire.body")  # noqa: E731
    wait_until(lambda: told() == 2, timeout_s=60, what="the ledger tells of both")


def test_killed_after_it_was_sent_again_it_is_stored_once(rig: Rig, letters: Letters) -> None:
    rig.peer.start()
    agent = rig.agent()
    rows = letters.refused(3)
    with rig.peer.lock:
        rig.peer.answering = False  # it stores, and the agent does not hear of it
    stored = rig.peer.total()
    assert letters.run("--send-again")[0] == 0
    wait_until(lambda: rig.peer.total() > stored, timeout_s=60, what="some of it is stored")
    agent.kill()
    with rig.peer.lock:
        rig.peer.answering = True
    rig.agent()
    wait_until(lambda: letters.listed() == [], timeout_s=60, what="the agent answers")
    done, _, err = letters.run(str(rows[0]["id"]), "--send-again")
    assert (done, "no dead letter" in err) == (2, True), "a command that is given twice does nothing"
    metrics = drained(rig)
    assert metrics["dead_points_total"] == 0
    assert each_once(rig)


def test_the_door_takes_nothing_without_the_key_and_nothing_but_letters(rig: Rig, letters: Letters) -> None:
    rig.peer.start()
    rig.agent()
    rows = letters.refused(1)
    for key in ("", "another"):
        assert letters.door("/dead-letters/discard", key) == 403
        assert letters.door("/dead-letters/send-again", key) == 403
    assert letters.door("/dead-letters/forget") == 405
    assert letters.door("/status") == 405
    assert letters.listed() == rows
    assert letters.door("/dead-letters/discard") == 200
    assert letters.listed() == []
    assert drained_but_dead(rig) == rows[0]["points"]


def drained_but_dead(rig: Rig) -> float:
    rig.device.kill()
    wait_until(lambda: rig.metrics()["pending_points"] == 0, timeout_s=60, what="drained")
    return rig.metrics()["dead_points_total"]


class RigPage(Page):
    """The agent's page in a rig whose platform refuses."""

    def __init__(self, rig: Rig) -> None:
        self.folder, self.cookie = rig.folder, ""
        rig.write_config(page={"listen": "127.0.0.1:0"})
        self.set_password()
        rig.peer.start()
        self.agent = rig.agent()

    def export(self, ids: Sequence[int]) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(self.address, timeout=30)
        try:
            path = f"/api/dead-letters/export?ids={','.join(map(str, ids))}"
            connection.request("GET", path, headers={"Cookie": self.cookie})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


def test_on_the_page_they_are_listed_taken_along_sent_again_and_discarded(rig: Rig, letters: Letters) -> None:
    page = RigPage(rig)
    refused = letters.refused(3)
    ids = [one["id"] for one in refused]
    for what in ("send-again", "discard"):
        assert page.call("POST", f"/api/dead-letters/{what}", {"ids": ids})[0] == 401
        page.log_in()
        assert page.call("POST", f"/api/dead-letters/{what}", {"ids": ids}, {"Cookie": page.cookie})[0] == 403
        page.cookie = ""
    assert page.call("GET", "/api/dead-letters")[0] == page.export(ids)[0] == 401
    page.log_in()
    told = page.call("GET", "/api/dead-letters")[1]
    assert (told["letters"], told["left_out"]) == (refused[::-1], 0)
    status, data = page.export(ids[:2])
    assert status == 200
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert [one["id"] for one in json.loads(archive.read("dead-letters.json"))] == ids[:2]
        assert len(archive.read(f"{ids[0]}.body")) == refused[0]["bytes"]
    assert page.call("POST", "/api/dead-letters/send-again", {"ids": ["all"]})[0] == 422
    status, answer, _ = page.call("POST", "/api/dead-letters/send-again", {"ids": [*ids[:2], 10**9]})
    assert (status, answer["done"], answer["left"]) == (200, 2, [10**9])
    assert [one["id"] for one in answer["letters"]] == ids[2:]
    assert page.call("POST", "/api/dead-letters/discard", {"ids": ids[2:]})[1]["letters"] == []
    assert page.export(ids)[0] == 422
    assert drained_but_dead(rig) == refused[2]["points"]
    wait_until(lambda: rig.peer.total() == rig.metrics()["acked_points_total"], what="what is stored is acknowledged")
    assert each_once(rig)
