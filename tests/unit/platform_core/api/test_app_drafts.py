"""Drafts by HTTP: whole, checked, compared, restored, shared; blocks that never change; old elements lifted."""

import copy
import json

import pytest

from platform_core.db.apps import AppRow
from platform_core.services import app_rows
from platform_core.services.app_presence import TTL_S, Presence, Presences
from platform_core.services.app_rows import Origin, add_release, texts_of
from platform_core.services.apps import Apps
from platform_core.services.component_catalog import ComponentCatalog
from platform_core.services.document_paths import KIND_MAX
from schemas.errors import ConfigError
from schemas.models.component import ComponentManifest

from .conftest import APP, PAGE, VALUE_MANIFEST, log_in

APPS = "/api/v1/apps"
FILES = APPS + "/line/draft/files/"
BLOCK = {
    "format": 1,
    "id": "machine",
    "version": 1,
    "name": {"en": "Machine"},
    "size": {"grid": {"w": 3, "h": 3}, "compact": {"span": 1, "h": 3}},
    "layout": {"kind": "grid"},
}


@pytest.fixture
def mona(plant):
    plant.user("mona", "builder")
    return log_in(plant, "mona")


def put(client, path, document, etag=None):
    headers = {"If-Match": etag} if etag else {"If-None-Match": "*"}
    return client.put(FILES + path, json=document, headers=headers)


def edit(client, path="app.json", **changes):
    read = client.get(FILES + path)
    return put(client, path, {**read.json(), **changes}, read.headers["etag"])


def draft(client):
    return {file["path"]: file for file in client.get(APPS + "/line/draft").json()["files"]}


def test_the_whole_draft_has_content_and_etags(mona):
    files = draft(mona)
    assert {path: file["content"] for path, file in files.items()} == {"app.json": APP, "pages/main.json": PAGE}
    listed = {file["path"]: file["etag"] for file in mona.get(APPS + "/line/draft/files").json()}
    assert listed == {path: file["etag"] for path, file in files.items()}
    assert edit(mona, version="1.1.0").status_code == 200
    again = {file["path"]: file["etag"] for file in mona.get(APPS + "/line/draft/files").json()}
    assert [path for path in again if again[path] != listed[path]] == ["app.json"]


def test_the_check_tells_place_and_words(mona):
    page = copy.deepcopy(PAGE)
    page["elements"]["el_aaaaaaaa"]["props"] = {"decimals": 99}
    edit(mona, "pages/main.json", **page)
    found = mona.post(APPS + "/line/check").json()
    assert found["errors"] == 1
    first = found["findings"][0]
    assert (first["severity"], first["page"], first["element"]) == ("error", "main", "el_aaaaaaaa")
    assert first["message"]["zh-CN"] == "此设置不符合要求：数值太大"
    assert mona.get(APPS + "/line/releases/current").json()["release"]["no"] == 1


def test_publishing_needs_green_tests(mona):
    test = {
        "format": 1,
        "id": "shows",
        "name": "The value shows the temperature",
        "page": "main",
        "given": [{"asset": "press_1", "role": "temperature", "v": 20}],
        "expect": [{"kind": "input", "element": "el_aaaaaaaa", "name": "value", "v": 21}],
    }
    put(mona, "tests/shows.json", test)
    (result,) = mona.post(APPS + "/line/tests/run").json()
    assert not result["ok"]
    assert result["failures"][0]["found"] == 20
    refused = mona.post(APPS + "/line/releases", json={})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["code"] == "test.failed"
    test["expect"][0]["v"] = 20
    edit(mona, "tests/shows.json", **test)
    assert mona.post(APPS + "/line/tests/run?only=shows").json()[0]["ok"]
    made = mona.post(APPS + "/line/releases", json={})
    assert (made.status_code, made.json()["unjudged"]) == (201, [])
    # What only a browser can judge does not hold it up, and is not passed over in silence either.
    test["expect"].append({"kind": "cell", "element": "el_aaaaaaaa", "name": "1/1", "v": "85"})
    edit(mona, "tests/shows.json", **test)
    made = mona.post(APPS + "/line/releases", json={})
    assert (made.status_code, made.json()["unjudged"]) == (201, ["/tests~1shows.json/expect/1"])
    assert "tests" not in json.dumps(list(mona.get(APPS + "/line/releases/current").json()))


def test_what_has_changed_in_words(mona):
    assert mona.get(APPS + "/line/diff").json()["changes"] == []
    edit(mona, "pages/main.json", title={"en": "Changed"})
    (change,) = mona.get(APPS + "/line/diff").json()["changes"]
    assert (change["op"], change["subject"], change["page"]) == ("changed", "page", "main")
    assert change["text"]["en"] == 'Page main: page title.en changed from "Main" to "Changed"'
    mona.post(APPS + "/line/releases", json={})
    assert mona.get(APPS + "/line/diff").json()["changes"] == []
    assert len(mona.get(APPS + "/line/diff?from=1&to=2").json()["changes"]) == 1
    assert mona.get(APPS + "/line/diff?from=1&to=9").status_code == 404
    assert mona.get(APPS + "/line/diff?from=x").status_code == 422


def test_restoring_is_taken_back_by_restoring(mona):
    edit(mona, version="1.1.0")
    mine = draft(mona)
    restored = mona.post(APPS + "/line/draft/restore", json={"no": 1})
    assert restored.json()["files"] == list(draft(mona).values())
    assert draft(mona)["app.json"]["content"]["version"] == "1.0.0"
    (kept,) = mona.get(APPS + "/line/draft/snapshots").json()
    assert (kept["reason"], kept["author"]) == ("restore", "mona")
    mona.post(APPS + "/line/draft/restore", json={"snapshot": kept["no"]})
    assert {p: f["etag"] for p, f in draft(mona).items()} == {p: f["etag"] for p, f in mine.items()}
    assert mona.post(APPS + "/line/draft/restore", json={"no": 9}).status_code == 404
    assert mona.post(APPS + "/line/draft/restore", json={}).status_code == 422
    assert mona.post(APPS + "/line/draft/restore", json={"no": 1, "snapshot": 1}).status_code == 422


def test_snapshots_do_not_grow_without_end(plant, mona, monkeypatch):
    monkeypatch.setattr(app_rows, "SNAPSHOTS_MAX", 5)
    for n in range(8):
        edit(mona, version=f"1.{n}.0")
        plant.services.apps.drafts.restore("factory", "line", "mona", release=1)
    kept = [snapshot["no"] for snapshot in mona.get(APPS + "/line/draft/snapshots").json()]
    assert len(kept) == 5
    assert kept == list(range(kept[0], kept[0] - 5, -1))


def test_choosing_a_release_does_not_touch_an_unedited_draft(plant, mona):
    files = {"app.json": {**APP, "version": "2.0.0"}, "pages/main.json": PAGE}
    plant.services.apps.install("factory", "line", files, "second")
    before = draft(mona)
    assert before["app.json"]["content"]["version"] == "2.0.0"
    mona.put(APPS + "/line/releases/current", json={"no": 1})
    assert {p: f["etag"] for p, f in draft(mona).items()} == {p: f["etag"] for p, f in before.items()}


def test_a_file_leaves_the_draft_and_stays_in_the_release(mona):
    etag = mona.get(FILES + "pages/main.json").headers["etag"]
    assert mona.delete(FILES + "pages/main.json").status_code == 428
    assert mona.delete(FILES + "pages/main.json", headers={"If-Match": '"old"'}).status_code == 412
    assert mona.delete(FILES + "pages/main.json", headers={"If-Match": etag}).status_code == 204
    assert list(draft(mona)) == ["app.json"]
    assert list(mona.get(APPS + "/line/releases/1").json()["files"]) == ["app.json", "pages/main.json"]
    app = mona.get(FILES + "app.json").headers["etag"]
    assert mona.delete(FILES + "app.json", headers={"If-Match": app}).json()["errors"][0]["code"] == "document.needed"


def test_a_released_version_of_a_block_never_changes(mona):
    assert put(mona, "blocks/machine.1.json", BLOCK).status_code == 200
    assert edit(mona, "blocks/machine.1.json", note="still mine").status_code == 200  # not released yet
    mona.post(APPS + "/line/releases", json={})
    refused = edit(mona, "blocks/machine.1.json", note="changed")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "block.released")
    assert edit(mona, "blocks/machine.1.json").status_code == 200  # the same is no change
    assert put(mona, "blocks/machine.2.json", {**BLOCK, "version": 2}).status_code == 200
    etag = mona.get(FILES + "blocks/machine.1.json").headers["etag"]
    assert mona.delete(FILES + "blocks/machine.1.json", headers={"If-Match": etag}).status_code == 204
    assert put(mona, "blocks/machine.1.json", {**BLOCK, "note": "another"}).status_code == 409
    assert mona.get(APPS + "/line/releases/current").json()["blocks"]["machine.1"]["note"] == "still mine"


def test_what_is_part_of_a_release_is_told_with_the_files(mona):
    put(mona, "blocks/machine.1.json", BLOCK)
    mona.post(APPS + "/line/releases", json={})
    put(mona, "blocks/machine.2.json", {**BLOCK, "version": 2})
    listed = {file["path"]: file["release"] for file in mona.get(APPS + "/line/draft/files").json()}
    number = mona.get(APPS + "/line/releases").json()[0]["no"]
    assert listed == {
        "app.json": None, "pages/main.json": None, "blocks/machine.1.json": number, "blocks/machine.2.json": None,
    }  # fmt: skip
    whole = mona.get(APPS + "/line/draft").json()["files"]
    assert {file["path"]: file["release"] for file in whole} == listed


def test_two_versions_of_a_block_are_compared_in_words_that_do_not_name_it(mona):
    put(mona, "blocks/machine.1.json", {**BLOCK, "params": {"machine": {"type": "asset", "label": {"en": "Machine"}}}})
    put(mona, "blocks/machine.2.json", {**BLOCK, "version": 2, "note": "no machine", "name": {"en": "Cell"}})
    found = mona.get(APPS + "/line/blocks/machine/diff?from=1&to=2").json()
    assert [(change["op"], change["subject"], change["path"]) for change in found["changes"]] == [
        ("changed", "block", "/blocks~1machine.2.json/name/en"),
        ("removed", "parameter", "/blocks~1machine.2.json/params"),
    ]
    assert "machine.2" not in "".join(change["text"]["en"] for change in found["changes"])
    assert mona.get(APPS + "/line/blocks/machine/diff?from=1&to=1").json()["changes"] == []
    assert mona.get(APPS + "/line/blocks/machine/diff?from=1&to=3").status_code == 404
    assert mona.get(APPS + "/line/blocks/machine/diff?from=0&to=1").status_code == 422


def test_making_copying_and_putting_away(plant, mona):
    made = mona.post(APPS, json={"id": "hall", "name": {"en": "Hall", "zh-CN": "车间"}})
    assert made.status_code == 201
    assert mona.post(APPS, json={"id": "hall", "name": {"en": "Hall"}}).status_code == 409
    assert mona.post(APPS + "/hall/check").json()["errors"] == 0
    assert mona.post(APPS + "/hall/releases", json={}).status_code == 201
    copied = mona.post(APPS + "/hall/copy", json={"id": "hall_2", "name": {"en": "Two"}})
    assert copied.json() == {"id": "hall_2", "name": {"en": "Two"}, "icon": "", "release": None, "archived": False}
    assert mona.post(APPS + "/hall_2/check").json()["errors"] == 0
    assert mona.post(APPS + "/nothing/copy", json={"id": "x"}).status_code == 404
    assert mona.delete(APPS + "/hall").json()["errors"][0]["code"] == "app.released"
    assert mona.delete(APPS + "/hall_2").status_code == 204
    assert mona.get(APPS + "/hall_2/draft").status_code == 404
    assert mona.put(APPS + "/hall/archived", json={"archived": True}).status_code == 204
    assert "hall" not in {app["id"] for app in mona.get(APPS).json()}
    assert {app["id"] for app in mona.get(APPS + "?archived=true").json()} == {"hall"}
    assert plant.client("viewer").get(APPS + "?archived=true").json() != [{"id": "hall"}]
    assert mona.put(APPS + "/hall/archived", json={"archived": False}).status_code == 204
    assert "hall" in {app["id"] for app in mona.get(APPS).json()}


def test_people_see_each_other(plant, mona):
    plant.user("otto", "builder")
    otto = log_in(plant, "otto")
    where = {"client": "w1", "page": "main", "element": None}
    assert mona.post(APPS + "/line/draft/presence", json=where).json() == []
    (seen,) = otto.post(APPS + "/line/draft/presence", json={**where, "element": "el_aaaaaaaa"}).json()
    assert seen == {"name": "mona", **where}
    (seen,) = mona.post(APPS + "/line/draft/presence", json=where).json()
    assert (seen["name"], seen["element"]) == ("otto", "el_aaaaaaaa")
    assert mona.post(APPS + "/nothing/draft/presence", json=where).status_code == 404
    foreign = plant.client("builder", "other").post(APPS + "/line/draft/presence", json=where)
    assert foreign.json() == []  # another firm's app of the same name


def test_who_says_nothing_is_forgotten():
    now = [0.0]
    presences = Presences(lambda: now[0])
    presences.report("t", "a", Presence("mona", "1", "main", None))
    now[0] = TTL_S + 1
    assert presences.report("t", "a", Presence("otto", "1", "main", None)) == []


NEWER = {
    **VALUE_MANIFEST,
    "props_version": 2,
    "props": {
        "type": "object",
        "additionalProperties": False,
        "properties": {"digits": {"type": "integer", "minimum": 0, "maximum": 6}},
    },
    "migrations": [
        {
            "from": 1,
            "to": 2,
            "ops": [{"op": "rename", "path": "/decimals", "to": "/digits"}],
            "example": {"before": {"decimals": 1}, "after": {"digits": 1}},
        }
    ],
}


def test_a_newer_component_lifts_what_is_read_and_keeps_what_was(plant):
    apps = Apps(plant.database, ComponentCatalog([ComponentManifest.model_validate(NEWER)]))
    drafts = apps.drafts
    read = drafts.file("factory", "line", "pages/main.json")
    page = json.loads(read.content)
    assert page["elements"]["el_aaaaaaaa"]["props"] == {"digits": 1}
    assert apps.lifted("factory", apps.current("factory", "line"))["pages/main.json"] == page
    assert apps.current("factory", "line").files["pages/main.json"] == PAGE  # the release is what it was
    same, _ = drafts.write("factory", "line", "pages/main.json", page, expected=read.hash, author="mona")
    assert (same.hash, drafts.snapshots("factory", "line")) == (read.hash, [])  # nothing was changed
    page["title"] = {"en": "New"}
    drafts.write("factory", "line", "pages/main.json", page, expected=read.hash, author="mona")
    (kept,) = drafts.snapshots("factory", "line")
    assert kept.reason == "migration"
    assert [one for one in drafts.check("factory", "line") if one.severity == "error"] == []
    assert apps.publish("factory", "line", "", "mona").no == 2
    assert Apps(plant.database, ComponentCatalog([])).current("factory", "line").no == 2


def test_a_thousand_releases_stay_readable(plant):
    apps = plant.services.apps
    with plant.database.write() as session:  # in one transaction: a thousand durable commits would take minutes
        row = session.get(AppRow, ("factory", "line"))
        for n in range(2, 998):
            files = {"app.json": {**APP, "version": f"1.{n}.0"}, "pages/main.json": PAGE}
            assert add_release(session, row, texts_of(files), Origin("publish", f"note {n}", "mona"), n).no == n
    for n in range(998, 1001):
        etag = apps.drafts.file("factory", "line", "app.json").hash
        app = {**APP, "version": f"1.{n}.0"}
        apps.drafts.write("factory", "line", "app.json", app, expected=etag, author="mona")
        assert apps.publish("factory", "line", f"note {n}", "mona").no == n
    listed = apps.releases("factory", "line")
    assert [release.no for release in listed] == list(range(1000, 0, -1))
    for release in listed[::37]:
        found = apps.release("factory", "line", release.no)
        assert found.hash == release.hash
        assert found.files["app.json"]["version"] == (f"1.{release.no}.0" if release.no > 1 else "1.0.0")


def test_an_app_has_room_for_so_many_pages(plant, monkeypatch):
    assert KIND_MAX["page"] == 200
    monkeypatch.setitem(KIND_MAX, "page", 5)
    drafts = plant.services.apps.drafts
    for n in range(4):
        drafts.write("factory", "line", f"pages/p{n}.json", {"n": n}, expected=None, author="mona")
    with pytest.raises(ConfigError) as caught:
        drafts.write("factory", "line", "pages/more.json", {}, expected=None, author="mona")
    assert caught.value.code == "app.files"
    drafts.write("factory", "line", "tests/t.json", {}, expected=None, author="mona")
