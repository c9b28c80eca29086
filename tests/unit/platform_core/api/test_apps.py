"""Apps by HTTP: drafts with ETags, releases that never change, all problems when publishing."""

import copy
import json

import pytest

from .conftest import APP, PAGE, log_in

FILES = "/api/v1/apps/{}/draft/files/{}"


def _put(client, app, path, document, **headers):
    return client.put(FILES.format(app, path), json=document, headers=headers)


def _published(plant, app="line"):
    return plant.client("viewer").get(f"/api/v1/apps/{app}/releases/current").json()


def test_the_current_release_brings_everything(plant):
    answer = plant.client("viewer").get("/api/v1/apps/line/releases/current")
    content = answer.json()
    assert content["app"]["id"] == "line"
    assert list(content["pages"]) == ["main"]
    assert content["release"]["no"] == 1
    assert content["roles"] == [{"asset": "press_1", "role": "temperature", "tag_id": plant.ids[0], "valid_from": 0}]
    assert [asset["id"] for asset in content["assets"]] == ["press_1"]
    etag = answer.headers["etag"]
    headers = {"If-None-Match": etag}
    assert plant.client("viewer").get("/api/v1/apps/line/releases/current", headers=headers).status_code == 304
    plant.client("builder").put("/api/v1/roles/press_1/temperature", json={"tag_id": plant.ids[1], "valid_from": 5})
    assert plant.client("viewer").get("/api/v1/apps/line/releases/current", headers=headers).status_code == 200


def test_a_draft_begins_as_the_release_and_changes_file_by_file(plant):
    builder = plant.client("builder")
    listed = {file["path"]: file["etag"] for file in builder.get("/api/v1/apps/line/draft/files").json()}
    assert set(listed) == {"app.json", "pages/main.json"}
    page = {**PAGE, "title": {"en": "Changed"}}
    written = _put(builder, "line", "pages/main.json", page, **{"If-Match": listed["pages/main.json"]})
    assert written.status_code == 200, written.text
    assert written.headers["etag"] == written.json()["etag"]
    read = builder.get(FILES.format("line", "pages/main.json"))
    assert read.json()["title"] == {"en": "Changed"}
    assert read.headers["etag"] == written.headers["etag"]
    assert _published(plant)["pages"]["main"]["title"] == {"en": "Main"}  # not yet
    assert {file["path"] for file in builder.get("/api/v1/apps/line/draft/files").json()} == set(listed)


def test_saving_unchanged_is_byte_identical(plant):
    builder = plant.client("builder")
    first = builder.get(FILES.format("line", "pages/main.json"))
    scrambled = json.loads(first.text, object_pairs_hook=lambda pairs: dict(reversed(pairs)))
    _put(builder, "line", "pages/main.json", scrambled, **{"If-Match": first.headers["etag"]})
    second = builder.get(FILES.format("line", "pages/main.json"))
    assert second.content == first.content
    assert second.headers["etag"] == first.headers["etag"]


def test_nobody_overwrites_what_another_has_changed(plant):
    builder = plant.client("builder")
    old = builder.get(FILES.format("line", "app.json")).headers["etag"]
    mine = {**APP, "version": "1.1.0"}
    assert _put(builder, "line", "app.json", mine, **{"If-Match": old}).status_code == 200
    theirs = _put(builder, "line", "app.json", {**APP, "version": "1.2.0"}, **{"If-Match": old})
    assert theirs.status_code == 412
    assert builder.get(FILES.format("line", "app.json")).json()["version"] == "1.1.0"
    assert _put(builder, "line", "app.json", mine, **{"If-None-Match": "*"}).status_code == 412
    assert _put(builder, "line", "app.json", mine).status_code == 428


def test_a_new_app_from_nothing_to_published(plant):
    builder, viewer = plant.client("builder"), plant.client("viewer")
    new = {"If-None-Match": "*"}
    assert _put(builder, "hall", "app.json", {**APP, "id": "hall", "name": {"en": "Hall"}}, **new).status_code == 200
    assert [app["id"] for app in viewer.get("/api/v1/apps").json()] == ["line"]
    assert [(app["id"], app["release"]) for app in builder.get("/api/v1/apps").json()] == [("hall", None), ("line", 1)]
    assert viewer.get("/api/v1/apps/hall/releases/current").status_code == 404
    refused = builder.post("/api/v1/apps/hall/releases", json={})
    assert refused.status_code == 422
    assert [error["code"] for error in refused.json()["errors"]] == ["reference.page"]
    _put(builder, "hall", "pages/main.json", PAGE, **new)
    assert builder.post("/api/v1/apps/hall/releases", json={"note": "First"}).status_code == 201
    assert _published(plant, "hall")["release"]["note"] == "First"
    menu = {"id": "hall", "name": {"en": "Hall"}, "icon": "", "release": 1, "archived": False}
    assert menu in viewer.get("/api/v1/apps").json()


def test_publishing_tells_all_problems_at_once(plant):
    builder = plant.client("builder")
    page = copy.deepcopy(PAGE)
    element = page["elements"]["el_aaaaaaaa"]
    element["props"] = {"decimals": 99, "unknown": 1}
    element["bind"]["/value"]["role"] = "pressure"
    element["bind"]["/nothing"] = {"source": "static", "value": 1}
    page["elements"]["el_bbbbbbbb"] = {"type": "gauge", "props_version": 1}
    page["layout"]["lg"]["items"]["el_cccccccc"] = {"x": 0, "y": 0, "w": 1, "h": 1}
    etag = builder.get(FILES.format("line", "pages/main.json")).headers["etag"]
    _put(builder, "line", "pages/main.json", page, **{"If-Match": etag})
    answer = builder.post("/api/v1/apps/line/releases", json={})
    assert answer.status_code == 422
    base = "/pages~1main.json/elements/el_aaaaaaaa"
    assert {(error["code"], error["path"]) for error in answer.json()["errors"]} == {
        ("props.maximum", base + "/props/decimals"),
        ("props.additionalProperties", base + "/props"),
        ("binding.target", base + "/bind/~1nothing"),
        ("reference.role", base + "/bind/~1value/role"),
        ("reference.element", "/pages~1main.json/layout/lg/items/el_cccccccc"),
    }
    assert all(error["message"] for error in answer.json()["errors"])
    assert _published(plant)["release"]["no"] == 1


def test_a_draft_with_problems_is_kept_and_told(plant):
    builder = plant.client("builder")
    written = _put(builder, "line", "pages/new.json", {"format": 1, "id": "new"}, **{"If-None-Match": "*"})
    assert written.status_code == 200
    assert {problem["path"] for problem in written.json()["problems"]} == {"/title", "/layout"}


def test_releases_never_change_and_the_pointer_moves(plant):
    plant.user("mona", "builder")
    mona = log_in(plant, "mona")
    etag = mona.get(FILES.format("line", "app.json")).headers["etag"]
    _put(mona, "line", "app.json", {**APP, "version": "2.0.0"}, **{"If-Match": etag})
    first = _published(plant)
    made = mona.post("/api/v1/apps/line/releases", json={"note": "Two"})
    assert (made.json()["no"], made.json()["author"]) == (2, "mona")
    assert mona.post("/api/v1/apps/line/releases", json={"note": "Again"}).json()["no"] == 2
    assert _published(plant)["app"]["version"] == "2.0.0"
    assert mona.put("/api/v1/apps/line/releases/current", json={"no": 1}).status_code == 200
    assert _published(plant) == first
    assert mona.put("/api/v1/apps/line/releases/current", json={"no": 9}).status_code == 404
    assert [release["no"] for release in mona.get("/api/v1/apps/line/releases").json()] == [2, 1]
    assert mona.get(FILES.format("line", "app.json")).json()["version"] == "2.0.0"  # the draft stays


@pytest.mark.parametrize(
    "path",
    ["other.json", "pages/A.json", "pages/.json", "pages/a/b.json", "pages/a.json.bak", "APP.json", "pages/..json"],
)
def test_only_files_of_an_app_are_written(plant, path):
    answer = _put(plant.client("builder"), "line", path, {}, **{"If-None-Match": "*"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "document.path"


@pytest.mark.parametrize(
    ("content", "code", "status"),
    [
        (b"{", "document.json", 422),
        (b"[]", "document.object", 422),
        (b'{"a":1,"a":2}', "document.json", 422),
        (b'{"a":NaN}', "document.json", 422),
        (b'{"a":' * 100 + b"1" + b"}" * 100, "document.depth", 422),
        (b'{"a":"' + b"x" * (1 << 20) + b'"}', "document.size", 413),
        (b"\xff", "document.json", 422),
    ],
)
def test_what_is_no_document_is_refused(plant, content, code, status):
    headers = {"If-None-Match": "*", "Content-Type": "application/json"}
    answer = plant.client("builder").put(FILES.format("line", "pages/x.json"), content=content, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (status, code)


def test_assets_cannot_be_inside_themselves(plant):
    builder = plant.client("builder")

    def put(asset, parent):
        body = {"id": asset, "name": asset, "parent": parent}
        return builder.put(f"/api/v1/assets/{asset}", json=body)

    assert put("hall", None).status_code == 200
    assert put("press_1", "hall").status_code == 200
    answers = [put("hall", "press_1"), put("hall", "hall"), put("x", "nowhere")]
    assert [answer.json()["errors"][0]["code"] for answer in answers] == ["asset.cycle", "asset.cycle", "asset.unknown"]
