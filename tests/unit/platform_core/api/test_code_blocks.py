"""Blocks of other makers by HTTP: looked at, installed, served to their frame alone, pinned, granted, carried."""

import copy
import json

import pytest

from platform_core.services.documents.block_packages import open_block
from platform_core.services.documents.packages import open_package, pack
from platform_core.services.documents.signing import PrivateKey
from tests.unit.platform_core.documents.blocks import RING, document, packed

from .conftest import APP, PAGE
from .test_app_packages import ZIP, inspect, install, stored

BLOCKS = "/api/v1/code-blocks"
UNTRUSTED = {"state": "untrusted", "publisher": ""}
NEWER = "interlock.block({mount() {}, update() {}});"


@pytest.fixture
def site(plant):
    (plant.web / "index.html").write_text("<!doctype html><html><head></head><body></body></html>")
    (plant.web / "sandbox_blocks").mkdir()
    (plant.web / "sandbox_blocks" / "bridge.js").write_text("// bridge")
    return plant


def everything(plant):
    with plant.database.read() as session:
        rows = session.connection().exec_driver_sql("SELECT * FROM code_block").fetchall()
    return {**stored(plant), "code_block": rows}


def look(client, content):
    return client.post(f"{BLOCKS}/inspect", content=content, headers=ZIP)


def add(client, content, **options):
    told = look(client, content)
    assert told.status_code == 200, told.text
    return client.post(f"{BLOCKS}/{told.json()['upload']}/install", json={"confirm_untrusted": True, **options})


def listed(client):
    return {(one["id"], one["version"]): one for one in client.get(BLOCKS).json()}


def with_ring(block, app="ringed", props=None, **changes):
    """An app with one block of another maker on its page."""
    page = copy.deepcopy(PAGE)
    bind = copy.deepcopy(page["elements"]["el_aaaaaaaa"]["bind"])
    element = {"type": RING, "props_version": 1, "props": props or {"title": "Tank"}, "bind": bind}
    page["elements"]["el_cccccccc"] = element
    page["layout"]["lg"]["items"]["el_cccccccc"] = {"x": 6, "y": 0, "w": 3, "h": 4}
    pins = {RING: {"version": block.version, "hash": block.hash}}
    return {"app.json": {**APP, "id": app, "code_blocks": pins, **changes}, "pages/main.json": page}


def write(client, app, files):
    for path, content in files.items():
        url = f"/api/v1/apps/{app}/draft/files/{path}"
        etag = client.get(url).headers.get("etag")
        answer = client.put(url, json=content, headers={"If-Match": etag} if etag else {"If-None-Match": "*"})
        assert answer.status_code in (200, 201), answer.text


def publish(client, app):
    """Publish the draft as it is."""
    return client.post(f"/api/v1/apps/{app}/releases", json={"note": "First."})


def test_looking_tells_everything_and_writes_nothing(site):
    mona = site.client("builder")
    before = everything(site)
    told = look(mona, packed(capabilities=["clipboard"])).json()
    assert everything(site) == before
    assert (told["id"], told["version"], told["here"]) == (RING, "1.0.0", "new")
    assert told["capabilities"] == ["clipboard"]
    assert told["signature"]["state"] == "unsigned"
    assert told["licence"] == "MIT\n"
    assert listed(mona) == {}


def test_installed_by_hand_and_told_who_did(site):
    key = PrivateKey.generate()
    mona, ada = site.client("builder"), site.client("admin")
    content = packed(key, capabilities=["clipboard"])
    told = look(mona, content).json()
    assert told["signature"] == {**UNTRUSTED, "key_id": key.public.key_id, "public_key": key.public.text}
    refused = mona.post(f"{BLOCKS}/{told['upload']}/install", json={})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "package.untrusted")
    ada.post("/api/v1/publishers", json={"name": "Acme", "public_key": key.public.text})
    assert mona.post(f"{BLOCKS}/{told['upload']}/install", json={}).json()["hash"] == told["hash"]
    one = listed(mona)[(RING, "1.0.0")]
    assert one["signature"] == {"state": "trusted", "key_id": key.public.key_id, "publisher": "Acme", "public_key": ""}
    assert (one["author"], one["granted"], one["capabilities"]) == ("token test-builder", [], ["clipboard"])
    assert one["manifest"]["meta"] == document()["meta"]
    audit = ada.get("/api/v1/audit?limit=5").json()
    assert "code_block.install" in json.dumps(audit)


def test_the_same_again_changes_nothing_and_other_files_of_a_version_are_refused(site):
    mona = site.client("builder")
    assert add(mona, packed()).status_code == 200
    before = everything(site)
    assert look(mona, packed()).json()["here"] == "here"
    assert add(mona, packed()).status_code == 200
    assert add(mona, packed(PrivateKey.generate())).status_code == 200  # another signature, the same files
    assert look(mona, packed(code=NEWER)).json()["here"] == "other"
    refused = add(mona, packed(code=NEWER))
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "code_block.other")
    assert everything(site) == before
    assert add(mona, packed(code=NEWER, version="1.1.0")).status_code == 200
    assert set(listed(mona)) == {(RING, "1.0.0"), (RING, "1.1.0")}


def test_what_is_no_package_is_refused_and_nothing_is_written(site):
    mona = site.client("builder")
    before = everything(site)
    for content in (b"", b"PK", b"x" * (2 << 20), pack({"app.json": APP, "pages/main.json": PAGE}, {})):
        assert look(mona, content).status_code == 422, len(content)
    assert look(mona, b"x" * ((2 << 20) + 1)).status_code == 413
    assert mona.post(f"{BLOCKS}/{'0' * 64}/install", json={"confirm_untrusted": True}).status_code == 422
    assert mona.post(f"{BLOCKS}/inspect", content=packed(), headers={"Content-Type": "text/plain"}).status_code == 422
    assert everything(site) == before


def test_it_is_served_to_its_frame_by_its_hash_and_to_nothing_else(site):
    mona = site.client("builder")
    add(mona, packed())
    digest = open_block(packed()).hash
    anyone = site.client()
    page = anyone.get(f"/sandbox/{RING}/{digest}/frame.html")
    assert page.status_code == 200
    policy = dict(part.strip().partition(" ")[::2] for part in page.headers["content-security-policy"].split(";"))
    assert policy["script-src"] == f"http://localhost/sandbox/{RING}/{digest}/"
    assert (policy["default-src"], policy["sandbox"]) == ("'none'", "allow-scripts")
    script = anyone.get(f"/sandbox/{RING}/{digest}/block.js")
    assert script.text.startswith("for (const name of Object.getOwnPropertyNames(globalThis))")
    assert "interlock.block" in script.text
    assert script.headers["content-security-policy"].startswith("default-src 'none'")
    assert anyone.get(f"/sandbox/{RING}/{digest}/bridge.js").text.endswith("// bridge")
    for path in (
        f"{RING}/1.0.0/frame.html",
        f"{RING}/{digest}/component.json",
        f"{RING}/{digest}/LICENSE",
        f"{RING}/{digest}/other.js",
        f"{RING}/{digest}/page.html",
        f"{RING}/{'0' * 64}/frame.html",
        f"acme.other/{digest}/frame.html",
        f"acme.other/{digest}/block.js",
        f"value/{digest}/block.js",
    ):
        assert anyone.get(f"/sandbox/{path}").status_code == 404, path
    mona.delete(f"{BLOCKS}/{RING}/1.0.0")
    assert anyone.get(f"/sandbox/{RING}/{digest}/block.js").status_code == 404


def test_roles_and_tenants(site):
    ada, mona, theirs = site.client("admin"), site.client("builder"), site.client("admin", "other")
    for role in ("viewer", "operator"):
        assert site.client(role).get(BLOCKS).status_code == 403
        assert look(site.client(role), packed()).status_code == 403
        assert site.client(role).delete(f"{BLOCKS}/{RING}/1.0.0").status_code == 403
    assert site.client().get(BLOCKS).status_code == 401
    content = packed(capabilities=["clipboard", "download"])
    upload = look(mona, content).json()["upload"]
    foreign = theirs.post(f"{BLOCKS}/{upload}/install", json={"confirm_untrusted": True})
    assert foreign.json()["errors"][0]["code"] == "package.upload"
    add(mona, content)
    assert listed(theirs) == {}
    grant = f"{BLOCKS}/{RING}/1.0.0/capabilities"
    assert mona.put(grant, json={"granted": ["clipboard"]}).status_code == 403
    assert theirs.put(grant, json={"granted": ["clipboard"]}).status_code == 404
    assert theirs.delete(f"{BLOCKS}/{RING}/1.0.0").status_code == 404
    assert ada.put(grant, json={"granted": ["fullscreen"]}).status_code == 422
    assert ada.put(grant, json={"granted": ["everything"]}).status_code == 422
    assert listed(ada)[(RING, "1.0.0")]["granted"] == []
    assert ada.put(grant, json={"granted": ["clipboard"]}).status_code == 204
    assert listed(ada)[(RING, "1.0.0")]["granted"] == ["clipboard"]
    assert ada.put(grant, json={"granted": []}).status_code == 204
    assert listed(ada)[(RING, "1.0.0")]["granted"] == []


def test_properties_are_checked_by_the_manifest_of_the_version_the_app_names(site):
    mona = site.client("builder")
    block = open_block(packed())
    add(mona, packed())
    write(mona, "ringed", with_ring(block, props={"min": "low"}))
    assert publish(mona, "ringed").status_code == 422
    write(mona, "ringed", with_ring(block))
    assert publish(mona, "ringed").status_code == 201
    unpinned = with_ring(block, code_blocks={})
    write(mona, "ringed", unpinned)
    found = mona.post("/api/v1/apps/ringed/check").json()["findings"]
    assert "code_block.unpinned" in {one["code"] for one in found}
    assert publish(mona, "ringed").status_code == 422


def test_a_release_keeps_its_version_when_another_is_installed(site):
    mona = site.client("builder")
    block = open_block(packed())
    add(mona, packed())
    write(mona, "ringed", with_ring(block))
    publish(mona, "ringed")
    before = site.client("viewer").get("/api/v1/apps/ringed/releases/current")
    step = {"from": 1, "to": 2, "ops": [{"op": "rename", "path": "/title", "to": "/heading"}]}
    step["example"] = {"before": {"title": "a"}, "after": {"heading": "a"}}
    props = document()["props"]
    props["properties"]["heading"] = props["properties"].pop("title")
    changes = {"props": props, "props_version": 2, "migrations": [step], "version": "2.0.0"}
    changes |= {"examples": [{**document()["examples"][0], "props": {"heading": "Tank 1"}}]}
    changes |= {"a11y": {**document()["a11y"], "name": "props.heading"}}
    add(mona, packed(code=NEWER, **changes))
    after = site.client("viewer").get("/api/v1/apps/ringed/releases/current")
    assert after.content == before.content
    shown = after.json()["code_blocks"]
    assert [(one["hash"], one["manifest"]["version"], one["granted"]) for one in shown] == [(block.hash, "1.0.0", [])]
    # The draft changes when its builder says so: then its settings are lifted.
    newer = listed(mona)[(RING, "2.0.0")]
    pins = {RING: {"version": "2.0.0", "hash": newer["hash"]}}
    write(mona, "ringed", {"app.json": with_ring(block, code_blocks=pins)["app.json"]})
    draft = {file["path"]: file["content"] for file in mona.get("/api/v1/apps/ringed/draft").json()["files"]}
    assert draft["pages/main.json"]["elements"]["el_cccccccc"]["props"] == {"heading": "Tank"}
    assert publish(mona, "ringed").status_code == 201
    assert (
        mona.get("/api/v1/apps/ringed/releases/1").json()["files"]["app.json"]["code_blocks"][RING]["hash"]
        == block.hash
    )


def test_only_what_nobody_uses_is_removed(site):
    mona = site.client("builder")
    block = open_block(packed())
    add(mona, packed())
    add(mona, packed(code=NEWER, version="1.1.0"))
    write(mona, "ringed", with_ring(block))
    assert listed(mona)[(RING, "1.0.0")]["apps"] == ["ringed"]
    used = mona.delete(f"{BLOCKS}/{RING}/1.0.0")
    assert (used.status_code, used.json()["errors"][0]["code"]) == (409, "code_block.used")
    publish(mona, "ringed")
    write(mona, "ringed", {"app.json": {**APP, "id": "ringed"}, "pages/main.json": PAGE})
    assert mona.delete(f"{BLOCKS}/{RING}/1.0.0").status_code == 409  # the release has it still
    assert mona.delete(f"{BLOCKS}/{RING}/1.1.0").status_code == 204
    assert mona.delete(f"{BLOCKS}/{RING}/1.1.0").status_code == 404


def exported(site, app="ringed"):
    return site.client("builder").get(f"/api/v1/apps/{app}/package")


@pytest.fixture
def package(site):
    """A package of an app with a block, as its maker exports it."""
    mona = site.client("builder")
    content = packed(capabilities=["clipboard"])
    add(mona, content)
    write(mona, "ringed", with_ring(open_block(content)))
    assert publish(mona, "ringed").status_code == 201
    answer = exported(site)
    assert answer.status_code == 200, answer.text
    return answer.content


def test_an_app_brings_its_blocks_along(site, package):
    other = site.client("builder", "other")
    told = inspect(other, package).json()
    (block,) = told["code_blocks"]
    assert (block["id"], block["version"], block["here"], block["capabilities"]) == (
        RING,
        "1.0.0",
        "new",
        ["clipboard"],
    )
    assert block["signature"]["state"] == "unsigned"
    assert told["missing"]["components"] == []
    assert told["check"]["errors"] == 0
    before = everything(site)
    refused = install(other, told["upload"], confirm_untrusted=True, create_assets=["press_1"])
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "package.blocks")
    assert everything(site) == before
    done = install(other, told["upload"], confirm_untrusted=True, confirm_blocks=True)
    assert done.status_code == 200, done.text
    assert other.get("/api/v1/apps/ringed/releases").json()[0]["hash"] == told["hash"]
    assert told["hash"] == site.client("builder").get("/api/v1/apps/ringed/releases").json()[0]["hash"]
    assert listed(other)[(RING, "1.0.0")]["granted"] == []
    again = site.client("builder", "other").get("/api/v1/apps/ringed/package")
    assert again.content == package
    # What is here already needs no consent, and nothing is done for it.
    assert inspect(other, package).json()["code_blocks"][0]["here"] == "here"
    assert install(other, told["upload"], mode="draft", confirm_untrusted=True).status_code == 200


def test_an_app_whose_block_is_here_with_other_files_is_refused_whole(site, package):
    other = site.client("builder", "other")
    add(other, packed(code=NEWER, capabilities=["clipboard"]))
    told = inspect(other, package).json()
    assert told["code_blocks"][0]["here"] == "other"
    before = everything(site)
    for mode in ("release", "draft"):
        options = {"mode": mode, "confirm_untrusted": True, "confirm_blocks": True, "create_assets": ["press_9"]}
        refused = install(other, told["upload"], **options)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "code_block.other")
    assert everything(site) == before


def test_a_draft_brings_its_blocks_too(site, package):
    other = site.client("builder", "other")
    told = inspect(other, package).json()
    done = install(other, told["upload"], mode="draft", confirm_untrusted=True, confirm_blocks=True)
    assert done.json() == {"app": "ringed", "release": None}
    assert set(listed(other)) == {(RING, "1.0.0")}
    assert publish(other, "ringed").json()["hash"] == told["hash"]


def test_without_its_block_an_app_keeps_its_data_and_says_what_is_missing(site, package):
    opened = open_package(package)
    other = site.client("builder", "other")
    write(other, "ringed", opened.files)
    found = {one["code"]: one for one in other.post("/api/v1/apps/ringed/check").json()["findings"]}
    assert found["code_block.missing"]["severity"] == "warning"
    assert "1.0.0" in found["code_block.missing"]["message"]["en"]
    assert publish(other, "ringed").json()["hash"] == opened.manifest.content_hash
    shown = other.get("/api/v1/apps/ringed/releases/current").json()
    assert shown["code_blocks"] == []
    assert shown["pages"]["main"]["elements"]["el_cccccccc"]["props"] == {"title": "Tank"}
    refused = other.get("/api/v1/apps/ringed/package")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "package.block")
    add(other, packed(capabilities=["clipboard"]))
    assert other.get("/api/v1/apps/ringed/package").content == package
    assert len(other.get("/api/v1/apps/ringed/releases/current").json()["code_blocks"]) == 1


def test_a_folder_brings_its_blocks_too(site, package, tmp_path):
    from platform_core.services.documents.packages import carried_name
    from platform_core.services.install import install_folder

    opened = open_package(package)
    folder = tmp_path / "ringed"
    for name, content in opened.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(content))
    block = opened.blocks[RING]
    carried = folder / carried_name(RING, block.version)
    carried.parent.mkdir()
    carried.write_bytes(block.content)
    release = install_folder(site.services.apps, "other", folder)
    assert release.hash == opened.manifest.content_hash
    assert set(listed(site.client("builder", "other"))) == {(RING, "1.0.0")}
