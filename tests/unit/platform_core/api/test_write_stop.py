"""The kill switch: who may use it, what it holds back, and that it holds whatever its file looks like."""

import json

import pytest

from platform_core.__main__ import main
from platform_core.services.component_catalog import ComponentCatalog
from platform_core.services.write_stop import STOP_FILE, WriteStop

from .test_writes import _code, control  # noqa: F401
from .write_bench import SET_MANIFEST, Plant

URL = "/api/v1/writes/stop"


@pytest.fixture
def plant(bench, tmp_path, control):  # noqa: F811
    (bench.web / "components" / "setpoint.json").write_text(json.dumps(SET_MANIFEST))
    bench.services.apps.components = ComponentCatalog.from_folder(bench.web / "components")
    return Plant(bench, tmp_path, control)


def shown(plant, tenant="factory"):
    return plant.bench.client("viewer", tenant).get("/api/v1/health").json()["writes"]


def test_who_may_write_may_stop_and_only_an_administrator_lets_go_on(plant):
    prepared = plant.prepare().json()
    before = plant.writes
    assert plant.bench.client("viewer").put(URL, json={}).status_code == 403
    assert shown(plant)["stopped"] is False
    stopped = plant.bench.client("operator").put(URL, json={"reason": "Somebody works at press 1"}).json()
    assert (stopped["stopped"], stopped["by"], stopped["everywhere"]) == (True, "token test-operator", False)
    assert shown(plant) == stopped
    # Held back is what comes now, and what was confirmed before.
    assert _code(plant.execute(prepared["token"])) == "write.stopped"
    refused = plant.prepare()
    assert _code(refused) == "write.stopped"
    assert "Somebody works at press 1" in refused.text
    assert "test-operator" in refused.text
    assert plant.writes == before
    assert plant.bench.client("operator").delete(URL).status_code == 403
    assert plant.bench.client("builder").delete(URL).status_code == 403
    assert plant.bench.client("admin").delete(URL).json()["stopped"] is False
    told = plant.prepare().json()
    assert plant.execute(told["token"]).json()["outcome"] == "done"
    rows = plant.bench.client("admin").get("/api/v1/audit?action=writes.").json()["rows"]
    assert [(row["actor"], row["action"]) for row in rows] == [
        ("token test-admin", "writes.resume"), ("token test-operator", "writes.stop"),
    ]  # fmt: skip


def test_a_stop_holds_its_own_tenant_and_the_second_one_changes_nothing(plant):
    first = plant.bench.client("operator").put(URL, json={"reason": "one"}).json()
    assert plant.bench.client("admin").put(URL, json={"reason": "two"}).json() == first
    assert shown(plant, "other")["stopped"] is False
    told = plant.prepare(tenant="other")
    assert told.status_code == 200
    assert plant.bench.client("admin", "other").delete(URL).json()["stopped"] is False
    assert shown(plant)["stopped"] is True


def test_what_was_stopped_at_the_machine_goes_on_from_there(plant, capsys):
    data = str(plant.bench.folder)
    assert main(["writes", "stop", "--all", "--reason", "Fire drill", "--data", data]) == 0
    assert "STOPPED for all tenants" in capsys.readouterr().out
    for tenant in ("factory", "other"):
        assert (shown(plant, tenant)["everywhere"], shown(plant, tenant)["reason"]) == (True, "Fire drill")
    assert _code(plant.bench.client("admin").delete(URL)) == "write.stopped_at_machine"
    assert _code(plant.prepare()) == "write.stopped"
    assert main(["writes", "resume", "--all", "--data", data]) == 0
    assert "go out" in capsys.readouterr().out
    assert plant.prepare().status_code == 200
    assert main(["writes", "stop", "--data", data]) == 0
    assert (shown(plant)["stopped"], shown(plant, "other")["stopped"]) == (True, False)
    assert main(["writes", "status", "--data", data + "/nowhere"]) == 2


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"by": 1}', b"\xff" * 5000, b"[" * 4000, None])
def test_whatever_lies_there_is_a_stop(tmp_path, content):
    path = tmp_path / STOP_FILE
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    state = WriteStop(tmp_path).state("factory")
    assert (state.stopped, state.everywhere, state.by) == (True, True, "")
    assert state.since > 0


def test_a_stop_that_cannot_be_laid_is_not_said_to_hold(plant):
    plant.bench.services.write_stops._stop = WriteStop(plant.bench.folder / "not" / "there")
    answer = plant.bench.client("operator").put(URL, json={})
    assert _code(answer) == "write.stop_failed"
    assert "edge-agent writes disable" in answer.text
