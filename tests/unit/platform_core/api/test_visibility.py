"""What an asset, app, page or element hides from a role is in no answer at all: every route and the WebSocket."""

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from platform_core.db.assets import AssetRow, RoleRow
from platform_core.db.edges import DeadLetterRow, GapRow
from platform_core.db.tags import TagRow
from platform_core.ingest.health import ConnectionHealth
from platform_core.services import visibility as module
from platform_core.services.visibility import NOTHING_HIDDEN, Hidden, Visibility, may, visible_files

from .conftest import MINUTE, PAGE, StillIngest

SECRET = "The furnace nobody may know"
GONE = "el_hhhhhhhh"


@pytest.fixture
def hiding(plant):
    """press_1 (with its tag) lies inside a hall that only administrators see; the other two tags are free."""
    with plant.database.write() as session:
        session.add(AssetRow(tenant="factory", id="hall", name=SECRET, level="area", see="admin"))
        session.add(AssetRow(tenant="factory", id="open", name="Open"))
        session.flush()
        asset = session.get(AssetRow, ("factory", "press_1"))
        asset.parent = "hall"
        session.add(asset)
        # The hidden tag is mapped a second time, where everybody looks.
        session.add(RoleRow(tenant="factory", asset="open", role="copied", valid_from_ts=0, tag_id=plant.ids[0]))
        session.add(RoleRow(tenant="factory", asset="open", role="count", valid_from_ts=0, tag_id=plant.ids[1]))
    plant.start_ingest()
    return plant


def _everything(plant, role):
    """Every operation of the API that reads or takes ids, asked for the hidden tag and asset."""
    client, tag = plant.client(role), plant.ids[0]
    span = {"from": plant.t, "to": plant.t + 100 * MINUTE}
    bodies = {
        "/api/v1/values/latest": {"ids": [tag]},
        "/api/v1/values/history": {"ids": [tag], **span, "points": 500},
        "/api/v1/values/at": {"ids": [tag], "ts": plant.t + MINUTE},
        "/api/v1/values/summary": {"ids": [tag], **span, "fn": "mean"},
        "/api/v1/values/manual": {"key": "key-00001", "values": [{"id": tag, "v": 1}]},
        "/api/v1/roles/import": {"text": "asset,role,tag\nopen,x,press_1/temperature\n", "dry_run": True},
        "/api/v1/roles": {"rows": [{"asset": "open", "role": "x", "tag_id": tag, "valid_from": 0}]},
        "/api/v1/roles/{asset_id}/{role}": {"tag_id": tag, "valid_from": 5},
    }
    for path, item in plant.app.openapi()["paths"].items():
        if path.startswith("/api/v1/auth") or path == "/api/v1/openapi.json":
            continue
        for method in item:
            if method == "delete":
                continue
            url = path.replace("{tag_id}", str(tag)).replace("{app_id}", "line").replace("{asset_id}", "press_1")
            url = url.replace("{role}", "temperature").replace("{type_id}", "press").replace("{path}", "app.json")
            url = url.replace("{no}", "1")
            if path == "/api/v1/tags":
                url += f"?ids={tag}"
            yield method, path, client.request(method, url, json=bodies.get(path) if method != "get" else None)
    yield "get", "search", client.get("/api/v1/tags?search=temperature")
    yield "get", "page", client.get(f"/api/v1/tags?after={tag}")


def _leaks(answer, plant):
    text = answer.text
    words = [SECRET, "factory temperature", f'"tag_id":{plant.ids[0]},', '"press_1/temperature"', "Press of factory"]
    found = [word for word in words if word in text]
    values = [f'"v":{20 + n}.0' for n in range(60)] + ['"v":[20.0']
    return found + [value for value in values if value in text]


@pytest.mark.parametrize("role", ["viewer", "operator", "builder"])
def test_no_route_tells_anything_of_what_is_hidden(hiding, role):
    for method, path, answer in _everything(hiding, role):
        assert _leaks(answer, hiding) == [], (method, path, answer.text[:400])
        assert answer.status_code < 500, (method, path, answer.text[:400])


def test_the_one_who_may_sees_it_and_so_does_everybody_with_the_filter_off(hiding, monkeypatch):
    seen = {path for _, path, answer in _everything(hiding, "admin") if _leaks(answer, hiding)}
    wanted = {
        "/api/v1/values/latest", "/api/v1/values/history", "/api/v1/values/at", "/api/v1/tags", "/api/v1/tags/{tag_id}",
        "/api/v1/assets", "/api/v1/roles", "/api/v1/apps/{app_id}/releases/current", "search",
    }  # fmt: skip
    assert wanted <= seen
    monkeypatch.setattr(Visibility, "hidden", lambda *_: NOTHING_HIDDEN)
    assert wanted <= {path for _, path, answer in _everything(hiding, "viewer") if _leaks(answer, hiding)}


def test_what_is_not_hidden_stays(hiding):
    client = hiding.client("viewer")
    assert [row["id"] for row in client.get("/api/v1/assets").json()] == ["open"]
    assert [row["tag_id"] for row in client.get("/api/v1/roles").json()] == [hiding.ids[1]]
    ids = [tag["id"] for tag in client.get("/api/v1/tags").json()["tags"]]
    assert sorted(ids) == sorted(hiding.ids[1:])


def _snap(client, ids):
    headers = {"Origin": "http://localhost"}
    with client.websocket_connect(
        "ws://localhost/api/v1/live", subprotocols=["interlock.live.1"], headers=headers
    ) as socket:
        socket.send_text(json.dumps({"type": "sub", "req": 1, "ids": ids}))
        socket.send_text(json.dumps({"type": "ping"}))
        frames = []
        while len(frames) < 3:
            frames.append(json.loads(socket.receive_text()))
            if frames[-1]["type"] == "beat":
                break
        return frames


@pytest.mark.parametrize(("role", "expected"), [("viewer", 2), ("admin", 3)])
def test_the_websocket_sends_hidden_tags_to_nobody_who_may_not(hiding, role, expected):
    with hiding.client(role) as client:
        frames = _snap(client, hiding.ids)
    snap = next(frame for frame in frames if frame["type"] == "snap")
    assert len(snap["id"]) == expected
    told = [frame for frame in frames if frame["type"] == "err"]
    assert bool(told) is (expected == 2)  # as for an id that nobody ever had
    if told:
        assert told[0]["code"] == "live.unknown_tag"


def test_what_is_hidden_while_someone_looks_is_no_longer_sent():
    from platform_core.live.sight import Sight

    gone = []
    sight = Sight({1})
    sight.on_hidden = gone.append
    sight.hide({1, 2})
    sight.hide({2})
    assert gone == [frozenset({2})]
    import numpy as np

    assert sight.visible(np.array([1, 2, 3], dtype=np.uint32)).tolist() == [1, 3]


def test_least_roles_are_inherited_downwards_and_a_word_that_is_none_lets_nobody_in():
    rows = {"site": (None, None), "hall": ("site", "operator"), "line": ("hall", None), "press": ("line", "viewer"),
            "odd": (None, "owner"), "loop_a": ("loop_b", None), "loop_b": ("loop_a", "admin")}  # fmt: skip
    assert module._hidden_assets(rows, "viewer") == {"hall", "line", "press", "odd", "loop_a", "loop_b"}
    assert module._hidden_assets(rows, "operator") >= {"odd"}
    assert "press" not in module._hidden_assets(rows, "operator")
    assert not may("owner", "admin")
    assert may(None, "viewer")


def test_many_viewers_of_a_role_share_one_reading(bench):
    now = [10.0]
    visibility = Visibility(bench.database, lambda: now[0])
    first = visibility.recent("factory", "viewer")
    assert visibility.remembered("factory", "viewer") is first
    now[0] += 1.1
    assert visibility.remembered("factory", "viewer") is None
    assert isinstance(visibility.recent("factory", "viewer"), Hidden)


def _files(**access):
    elements = {
        GONE: {"type": "value", "props_version": 1, "access": {"see": "admin"}},
        "el_cccccccc": {"type": "value", "props_version": 1, "parent": {"id": GONE, "slot": "content"}},
        "el_dddddddd": {
            "type": "value", "props_version": 1,
            "bind": {
                "/value": {"source": "output", "element": GONE, "output": "secret_word"},
                "/@visible": {"source": "expression", "text": "a", "vars": {"a": {"source": "output", "element": GONE,
                                                                                     "output": "secret_word"}}},
                "/prop/title": {"source": "static", "value": "kept"},
            },
            "events": {"press": [{"action": "call_method", "element": GONE, "method": "secret_word"},
                                 {"action": "navigate", "page": "secret_page"}, {"action": "close_dialog"}]},
        },
    }  # fmt: skip
    items = {name: {"x": 0, "y": 0, "w": 3, "h": 3} for name in (GONE, "el_dddddddd")}
    slots = {f"{GONE}/content": {"kind": "grid", "items": {"el_cccccccc": {"x": 0, "y": 0, "w": 3, "h": 3}}}}
    layout = {"lg": {"kind": "grid", "items": items, "slots": slots}, "sm": {"kind": "grid", "items": dict(items)}}
    main = {"format": 1, "id": "main", "title": {"en": "Main"}, "parent": "secret_page", "elements": elements,
            "layout": layout}  # fmt: skip
    secret = PAGE | {"id": "secret_page", "title": {"en": "secret_word"}, "access": {"see": "builder"}}
    app = {"format": 1, "id": "line", "version": "1.0.0", "name": {"en": "Line"}, "home": "secret_page",
           "nav": [{"page": "secret_page", "label": {"en": "secret_word"}}, {"page": "main", "label": {"en": "M"}}],
           "kiosk": [{"page": "secret_page"}], "access": access}  # fmt: skip
    return {"app.json": app, "pages/main.json": main, "pages/secret_page.json": secret,
            "tests/one.json": {"expect": "secret_word"}}  # fmt: skip


def test_an_app_is_stripped_of_every_mention_of_what_a_role_may_not_see():
    files = _files()
    before = json.dumps(files)
    seen = visible_files(files, "viewer")
    text = json.dumps(seen)
    for word in ("secret_word", "secret_page", GONE, "el_cccccccc"):
        assert word not in text, word
    assert "kept" in text
    assert seen["app.json"]["home"] == "main"
    assert [step["action"] for step in seen["pages/main.json"]["elements"]["el_dddddddd"]["events"]["press"]] == [
        "close_dialog"
    ]
    assert json.dumps(files) == before  # what is stored is not touched
    everything = json.dumps(visible_files(files, "admin"))
    assert all(word in everything for word in ("secret_word", "secret_page", GONE, "el_cccccccc"))
    assert visible_files(_files(see="operator"), "viewer") is None


def test_a_hidden_app_is_there_for_nobody_smaller(plant):
    plant.services.apps.install("factory", "vault", _files(see="admin") | {"app.json": _files(see="admin")["app.json"] |
                                                                           {"id": "vault"}}, "first")  # fmt: skip
    viewer, admin = plant.client("viewer"), plant.client("admin")
    assert "vault" not in viewer.get("/api/v1/apps").text
    assert "vault" in admin.get("/api/v1/apps").text
    for path in ("releases/current", "releases", "releases/1"):
        assert viewer.get(f"/api/v1/apps/vault/{path}").status_code in (403, 404), path
        assert admin.get(f"/api/v1/apps/vault/{path}").status_code == 200, path


def test_an_author_cannot_shut_himself_out_nor_find_what_is_hidden(hiding):
    builder = hiding.client("builder")
    body = {"id": "open", "name": "Open", "see": "admin"}
    assert builder.put("/api/v1/assets/open", json=body).json()["errors"][0]["code"] == "asset.see"
    body = {"id": "hall", "name": "Mine"}
    assert builder.put("/api/v1/assets/hall", json=body).json()["errors"][0]["code"] == "asset.id"
    body = {"id": "inside", "name": "Mine", "parent": "hall"}
    assert builder.put("/api/v1/assets/inside", json=body).json()["errors"][0]["code"] == "asset.unknown"
    assert builder.delete("/api/v1/assets/hall?cascade=true").status_code == 404
    body = {"rows": [{"asset": "open", "role": "mine", "tag_id": hiding.ids[0], "valid_from": 0}]}
    assert builder.put("/api/v1/roles", json=body).json()["errors"][0]["code"] == "tag.unknown"


def _connection(name):
    return ConnectionHealth(name, "modbus", True, 1, f"{name} timed out", 1, 0, 1, 0)


@pytest.fixture
def secret_connection(hiding, monkeypatch):
    """Besides press_1, of which some tags are free, a connection that only has a tag of the hidden machine."""
    with hiding.database.write() as session:
        tag = {"tenant": "factory", "edge": "line_1", "connection": "furnace_9", "kind": "f"}
        row = TagRow(**tag, uuid="u9", key="furnace_9/heat", first_seen_ts=1)
        session.add(row)
        session.flush()
        session.add(RoleRow(tenant="factory", asset="press_1", role="heat", valid_from_ts=0, tag_id=row.tag_id))
        gap = {"tenant": "factory", "edge": "line_1", "stream": "s", "kind": "not_sampled", "received_ts": 1}
        for number, name in enumerate(("furnace_9", "press_1", "")):
            at = {"from_ts": 20 * MINUTE, "to_ts": 21 * MINUTE}
            session.add(GapRow(**gap, **at, batch_seq=50 + number, connection=name, reason=f"gap of {name or 'all'}"))
    whole = StillIngest().status()
    edges = [replace(edge, connections=(_connection("furnace_9"), _connection("press_1"))) for edge in whole.edges]
    monkeypatch.setattr(StillIngest, "status", lambda _: SimpleNamespace(**{**vars(whole), "edges": edges}))
    return hiding


@pytest.mark.parametrize("role", ["viewer", "operator", "builder"])
def test_health_names_no_connection_of_which_the_role_sees_no_tag(secret_connection, role):
    answer = secret_connection.client(role).get("/api/v1/health")
    assert "furnace_9" not in answer.text
    (edge,) = answer.json()["edges"]
    assert [connection["id"] for connection in edge["connections"]] == ["press_1"]
    assert {gap["reason"] for gap in answer.json()["gaps"]} >= {"gap of press_1", "gap of all"}


def test_health_tells_all_to_those_who_may_see_it_and_hides_nothing_of_another_firm(secret_connection):
    answer = secret_connection.client("admin").get("/api/v1/health")
    assert [connection["id"] for connection in answer.json()["edges"][0]["connections"]] == ["furnace_9", "press_1"]
    assert "gap of furnace_9" in answer.text
    other = secret_connection.client("viewer", "other").get("/api/v1/health").json()
    assert [connection["id"] for connection in other["edges"][0]["connections"]] == ["furnace_9", "press_1"]


def _refuse(database, tenant, seq, connection):
    """A refused batch whose agent booked it under this connection; None: it has not told."""
    with database.write() as session:
        letter = {"code": "ingest.kind", "reason": f"refused {seq}", "raw": b"x" * seq, "received_ts": seq}
        session.add(DeadLetterRow(tenant=tenant, edge="line_1", stream="s", seq=seq, **letter))
        if connection is not None:
            gap = {"kind": "dead", "reason": "ingest.kind", "from_ts": 5, "to_ts": 9, "n": 40, "received_ts": 1}
            at = {"stream": "s", "batch_seq": 1000 + seq, "seq_from": seq, "seq_to": seq}
            session.add(GapRow(tenant=tenant, edge="line_1", connection=connection, **gap, **at))


@pytest.fixture
def refusing(secret_connection):
    for seq, connection in ((11, "furnace_9"), (12, "press_1"), (13, ""), (14, None)):
        _refuse(secret_connection.database, "factory", seq, connection)
    _refuse(secret_connection.database, "other", 11, None)
    return secret_connection


def _letters(client):
    return client.get("/api/v1/health/dead-letters").json()["letters"]


def test_dead_letters_tell_where_when_why_and_how_many(refusing):
    letters = _letters(refusing.client("admin"))
    assert [(one["reason"], one["connection"], one["points"]) for one in letters] == [
        ("refused 14", None, None), ("refused 13", None, 40), ("refused 12", "press_1", 40),
        ("refused 11", "furnace_9", 40),
    ]  # fmt: skip
    assert letters[2] == {
        "id": letters[2]["id"], "edge": "line_1", "connection": "press_1", "received": 12, "code": "ingest.kind",
        "reason": "refused 12", "bytes": 12, "points": 40, "from": 5, "to": 9,
    }  # fmt: skip
    other = refusing.client("viewer", "other").get("/api/v1/health/dead-letters").json()
    assert (len(other["letters"]), other["kept"]) == (1, 1), "only of the own firm"
    assert refusing.client(None).get("/api/v1/health/dead-letters").status_code == 401


@pytest.mark.parametrize("role", ["viewer", "operator", "builder"])
def test_dead_letters_of_connections_that_a_role_does_not_see_are_left_out(refusing, role):
    assert [one["reason"] for one in _letters(refusing.client(role))] == ["refused 12"]
