"""Writes against the real simulator process: what may be written is, and nothing else, however it is tried."""

import copy
import dataclasses
import itertools
import json
import urllib.error
import urllib.request

import pytest

from platform_core.services import write_declared, write_guard
from platform_core.services.component_catalog import ComponentCatalog
from platform_core.services.visibility import NOTHING_HIDDEN
from tests.support.processes import Processes

from .write_bench import ADMIN, HIDDEN, INNER, OTHER, SET_MANIFEST, SETPOINT, STEP, TOKEN, Plant, app_files


@pytest.fixture(scope="module")
def control(tmp_path_factory):
    folder = tmp_path_factory.mktemp("simulator")
    secret = folder / "control.txt"
    secret.write_text(TOKEN + "\n")
    processes = Processes(folder)
    ready = folder / "ready.json"
    process = processes.module(
        "connectors.peers.stamping_line", "--control-token-file", secret, "--ready", ready, name="line", ready=ready
    )
    yield process.wait_ready(60)["control"]["port"]
    processes.close()


@pytest.fixture
def plant(bench, tmp_path, control):
    (bench.web / "components" / "setpoint.json").write_text(json.dumps(SET_MANIFEST))
    bench.services.apps.components = ComponentCatalog.from_folder(bench.web / "components")
    assert "setpoint" in bench.services.apps.components.manifests
    return Plant(bench, tmp_path, control)


def _code(answer):
    return answer.json()["errors"][0]["code"]


def test_a_write_is_prepared_confirmed_done_and_read_back(plant):
    before = plant.writes
    prepared = plant.prepare(value=43.5)
    assert prepared.status_code == 200, prepared.text
    told = prepared.json()
    assert (told["new"], told["confirm"], told["target"], told["unit"]) == (43.5, "dialog", "device", "1/min")
    assert told["tag"]["key"] == "press_1/speed_setpoint"
    assert plant.writes == before  # prepared is not written
    done = plant.execute(told["token"]).json()
    assert (done["outcome"], done["value"]) == ("done", 43.5)
    assert plant.ask_simulator("/targets/press_1/speed_setpoint")["value"] == 43.5
    assert plant.writes == before + 1
    rows = plant.audit()
    assert [(action, outcome) for action, outcome, _ in rows] == [
        ("write.prepare", "allowed"), ("write.execute", "started"), ("write.execute", "done"),
    ]  # fmt: skip
    body = rows[-1][2]
    assert (body["new"], body["asked"]["element"], body["asked"]["release"]) == (43.5, SETPOINT, 1)
    assert len({one["write_id"] for _, _, one in rows}) == 1


def test_a_step_of_an_event_writes_its_fixed_value_and_asks_to_be_held(plant):
    how = {"element": STEP, "write": None, "event": "press", "role": "pressure_setpoint"}
    assert _code(plant.prepare(**how, value=150)) == "write.value"
    told = plant.prepare(**how, value=160).json()
    assert told["confirm"] == "hold"
    assert _code(plant.execute(told["token"], "dialog")) == "write.confirm"
    told = plant.prepare(**how, value=160).json()
    assert plant.execute(told["token"], "hold").json()["outcome"] == "done"


def test_a_page_parameter_reaches_every_machine_of_its_type_and_no_other(plant):
    for asset in ("press_1", "press_2"):
        told = plant.prepare(element=OTHER, asset=asset).json()
        assert plant.execute(told["token"]).json()["outcome"] == "done"
    assert _code(plant.prepare(element=OTHER, asset="pump_1")) == "write.declared"


#: What is tried → the code it is refused with. Each leaves the simulator as it was.
FORBIDDEN = {
    "viewer": ({"role_of": "viewer"}, "auth.forbidden"),
    "draft": ({"release": 2}, "write.release"),
    "no app": ({"app": "nothing"}, "write.release"),
    "no page": ({"page": "other"}, "write.element"),
    "no element": ({"element": "el_zzzzzzzz"}, "write.element"),
    "hidden element": ({"element": HIDDEN}, "write.element"),
    "not to be used": ({"element": ADMIN}, "write.use"),
    "inside one not to be used": ({"element": INNER}, "write.use"),
    "invented write": ({"write": "other"}, "write.declared"),
    "invented step": ({"write": None, "event": "press"}, "write.declared"),
    "both ways": ({"event": "press"}, "write.declared"),
    "step out of range": ({"element": STEP, "write": None, "event": "press", "step": 5}, "write.declared"),
    "other asset": ({"asset": "press_2"}, "write.declared"),
    "other role": ({"role": "pressure_setpoint", "value": 160}, "write.declared"),
    "hidden asset": ({"element": OTHER, "asset": "secret"}, "write.asset"),
    "no asset": ({"element": OTHER, "asset": "press_9"}, "write.asset"),
    "real device": ({"element": OTHER, "asset": "real_1"}, "write.target"),
    "above the span": ({"element": OTHER, "value": 71}, "write.limit"),
    "below the element's": ({"value": 15}, "write.limit"),
    "above the element's": ({"value": 65}, "write.limit"),
    "between steps": ({"value": 42.3}, "write.step"),
    "text": ({"value": "42"}, "write.value"),
    "boolean": ({"value": True}, "write.value"),
}


def _try(plant, name):
    more, code = FORBIDDEN[name]
    more = copy.deepcopy(more)
    answer = plant.prepare(more.pop("role_of", "operator"), **more)
    return answer, code


@pytest.mark.parametrize("name", FORBIDDEN)
def test_each_forbidden_write_is_refused_for_its_reason_and_is_in_the_audit(plant, name):
    before = plant.writes
    answer, code = _try(plant, name)
    assert answer.status_code >= 400
    assert _code(answer) == code
    (row,) = plant.audit()
    assert (row[0], row[1], row[2]["code"]) == ("write.prepare", "refused", code)
    assert plant.writes == before


def test_a_thousand_forbidden_attempts_write_nothing(plant):
    before = plant.writes
    told = plant.prepare().json()
    assert plant.execute(told["token"]).status_code == 200  # one that counts, and whose token is used up now
    foreign = plant.prepare(tenant="other").json()["token"]
    other_person = plant.prepare(by="builder").json()["token"]
    late = plant.prepare().json()["token"]
    plant.now += write_guard.TOKEN_LIFE_US
    tried = 0
    names = itertools.cycle(FORBIDDEN)
    while tried < 900:
        answer, _ = _try(plant, next(names))
        assert answer.status_code >= 400
        tried += 1
    for token in itertools.islice(itertools.cycle([told["token"], late, "x" * 43]), 100):
        assert _code(plant.execute(token)) == "write.token"
        tried += 1
    for token in (foreign, other_person):
        assert _code(plant.execute(token)) == "write.token"
        tried += 1
    assert tried >= 1000
    assert plant.writes == before + 1
    refused = [row for row in plant.audit() if row[1] == "refused"]
    assert len(refused) == tried  # not one of them went unnoticed
    assert plant.bench.services.audit_log.verify("factory").broken_at is None


def test_the_rate_is_limited(plant):
    codes = []
    for _ in range(7):
        answer = plant.bench.client("operator").post("/api/v1/writes/prepare", json=plant.asked())
        codes.append(answer.status_code)
    assert codes == [200] * 5 + [429] * 2
    plant.now += 11_000_000
    assert plant.prepare().status_code == 200


def test_what_changed_after_prepare_is_checked_again(plant):
    before = plant.writes
    token = plant.prepare().json()["token"]
    app = app_files()
    app["pages/main.json"]["elements"][SETPOINT]["access"] = {"use": "admin"}
    plant.bench.services.apps.install("factory", "press", app, "second")
    assert _code(plant.execute(token)) in ("write.release", "write.use")
    assert plant.writes == before


def test_a_role_that_is_not_writable_and_a_tag_that_moved_on_are_refused(plant):
    kind = plant.bench.services.asset_types.get("factory", "press")
    roles = tuple(role.model_copy(update={"writable": False}) for role in kind.roles)
    token = plant.prepare().json()["token"]
    plant.bench.services.asset_types.put("factory", kind.model_copy(update={"roles": roles}), "test")
    assert _code(plant.execute(token)) == "write.writable"
    assert _code(plant.prepare()) == "write.writable"


def test_an_unreachable_simulator_is_refused_and_a_silent_one_is_unknown(plant, monkeypatch):
    simulator = plant.bench.services.write_guard._simulator
    token = plant.prepare().json()["token"]
    call = simulator._call

    def silent(method, path, body=None):
        if method == "PUT":
            raise TimeoutError("timed out")
        return call(method, path, body)

    before = plant.writes
    monkeypatch.setattr(simulator, "_call", silent)
    done = plant.execute(token).json()
    assert done["outcome"] == "unknown"
    assert done["value"] is None
    assert plant.audit()[-1][1] == "unknown"
    assert _code(plant.execute(token)) == "write.token"  # never tried again
    assert plant.writes == before

    def gone(method, path, body=None):
        raise ConnectionRefusedError

    monkeypatch.setattr(simulator, "_call", gone)
    assert _code(plant.prepare()) == "write.target"


def test_the_simulator_itself_takes_no_write_without_its_token_or_twice(plant):
    url = f"http://127.0.0.1:{plant.control}/targets/press_1/speed_setpoint"
    before = plant.writes
    codes = []
    for token, body in (
        ("wrong", {"value": 40, "id": "a"}),
        (TOKEN, {"value": 40, "id": f"b{before}"}),
        (TOKEN, {"value": 40, "id": f"b{before}"}),
        (TOKEN, {"value": 99, "id": "c"}),
        (TOKEN, {"value": 40}),
    ):
        request = urllib.request.Request(url, data=json.dumps(body).encode(), method="PUT")
        request.add_header("Authorization", f"Bearer {token}")
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                codes.append(answer.status)
        except urllib.error.HTTPError as error:
            codes.append(error.code)
    assert codes == [401, 200, 409, 422, 400]
    assert plant.writes == before + 1


def test_writing_to_a_typed_tag_goes_through_the_same_guard(plant):
    plant.bench.start_ingest()
    body = {"asset": "press_1", "role": "pressure_setpoint", "kind": "f", "replace": True, "meta": {"span": [0, 10]}}
    made = plant.bench.client("builder").post("/api/v1/tags/manual", json=body)
    plant.now = write_guard.now_us()
    app = app_files()
    app["pages/main.json"]["elements"][SETPOINT]["bind"]["/target"]["role"] = "pressure_setpoint"
    app["pages/main.json"]["elements"][SETPOINT]["props"] = {}
    plant.bench.services.apps.install("factory", "press", app, "second")
    release = plant.bench.services.apps.current("factory", "press").no
    before = plant.writes
    how = {"role": "pressure_setpoint", "release": release}
    body = plant.asked(**how, value=11)
    assert _code(plant.bench.client("operator").post("/api/v1/writes/prepare", json=body)) == "write.limit"
    body = plant.asked(**how, value=7)
    told = plant.bench.client("operator").post("/api/v1/writes/prepare", json=body).json()
    assert told["target"] == "manual"
    assert plant.execute(told["token"]).json()["outcome"] == "done"
    (series,) = plant.bench.store.raw("factory", [made.json()["id"]], 0, 2**52)
    assert (series.v.tolist(), series.q.tolist()) == ([7.0], [1])
    assert plant.writes == before


#: Guard → which forbidden attempt it stops. With the guard taken out the attempt is let through.
CONTROLS = {
    "role": "viewer",
    "release": "draft",
    "see": "hidden element",
    "use": "not to be used",
    "use around": "inside one not to be used",
    "asset": "other asset",
    "sight": "hidden asset",
    "target": "real device",
    "span": "above the span",
    "bounds": "below the element's",
    "step": "between steps",
}


def _without(plant, monkeypatch, guard):
    bench = plant.bench
    if guard == "role":
        monkeypatch.setattr(write_guard, "authorise", lambda *_: None)
    elif guard == "release":
        current = bench.services.apps.current
        monkeypatch.setattr(bench.services.apps, "current", lambda *which: dataclasses.replace(current(*which), no=2))
    elif guard in ("see", "use", "use around"):
        monkeypatch.setattr(write_declared, "may", lambda *_: True)
    elif guard == "asset":
        monkeypatch.setattr(write_declared, "_rule", lambda *_: write_declared.AssetRule())
    elif guard == "sight":
        monkeypatch.setattr(bench.services.visibility, "hidden", lambda *_: NOTHING_HIDDEN)
    elif guard == "target":
        monkeypatch.setattr(bench.services.write_guard._simulator, "takes", lambda *_: True)
    else:
        monkeypatch.setattr(write_guard, "_checked_number", lambda tag, value, declared: value)


@pytest.mark.parametrize("guard", CONTROLS)
def test_with_a_guard_taken_out_its_attempt_gets_through(plant, monkeypatch, guard):
    _without(plant, monkeypatch, guard)
    answer, _ = _try(plant, CONTROLS[guard])
    assert answer.status_code == 200, answer.text


def test_with_the_count_taken_out_nothing_limits_the_rate(plant, monkeypatch):
    monkeypatch.setattr(plant.bench.services.write_guard, "_count", lambda *_: None)
    client = plant.bench.client("operator")
    assert {client.post("/api/v1/writes/prepare", json=plant.asked()).status_code for _ in range(7)} == {200}


def test_what_may_be_written_is_told_as_the_guard_decides(plant):
    """Tags say so to the picker, the check to the designer; the guard, asked for each of them, agrees."""
    tags = plant.bench.client("builder").get("/api/v1/tags?limit=200").json()["tags"]
    seen = {tag["id"]: tag["writable"] for tag in tags}
    for (tenant, asset, role), tag_id in plant.ids.items():
        if tenant != "factory" or asset == "secret":
            continue
        answer = plant.prepare(element=OTHER, asset=asset, role=role)
        refused = answer.status_code != 200 and _code(answer) in ("write.writable", "write.target")
        expected = role != "speed" and asset != "real_1"
        assert seen[tag_id] is expected, (asset, role)
        if role == "speed_setpoint" and asset != "pump_1":  # the element writes this role, and to presses
            assert refused is not expected, (asset, answer.text)


def test_the_check_tells_a_set_point_that_leads_to_a_tag_nobody_may_write(plant):
    apps = plant.bench.services.apps
    apps.drafts._components = apps.components  # the set-point came after the start
    client = plant.bench.client("builder")
    page = app_files()["pages/main.json"]
    page["elements"][SETPOINT]["bind"]["/target"] = {"source": "tag", "asset": "press_1", "role": "speed"}
    etag = client.get("/api/v1/apps/press/draft/files/pages/main.json").headers["etag"]
    path = "/api/v1/apps/press/draft/files/pages/main.json"
    assert client.put(path, json=page, headers={"If-Match": etag}).status_code == 200
    findings = client.post("/api/v1/apps/press/check").json()["findings"]
    found = {one["element"]: one["message"]["en"] for one in findings if one["code"] == "lint.not_writable"}
    # The page serves every press, also the real one, whose set-point may not be written.
    assert set(found) == {SETPOINT, OTHER}
    assert found[OTHER].startswith("real_1.speed_setpoint ")
