"""Packages by HTTP: the same hash elsewhere, told before it is written, mapped, trusted or confirmed."""

import copy
import io
import zipfile

import pytest

from platform_core.api.boundary import BODY_MAX_BY_PATH, BODY_MAX_BYTES
from platform_core.services.documents.packages import sign
from platform_core.services.documents.signing import PrivateKey
from platform_core.services.uploads import UPLOAD_TTL_S, UPLOADS_MAX
from schemas.errors import ConfigError
from tests.unit.platform_core.documents.pictures import png

from .conftest import APP, PAGE

ZIP = {"Content-Type": "application/zip"}


def export(plant, tenant="factory", app="line", of="current"):
    answer = plant.client("builder", tenant).get(f"/api/v1/apps/{app}/package?of={of}")
    assert answer.status_code == 200, answer.text
    return answer


def stored(plant):
    """Everything the platform keeps of apps."""
    tables = [
        "app",
        "app_draft_file",
        "app_release",
        "app_snapshot",
        "app_block",
        "app_media",
        "publisher",
        "asset",
        "role_map",
        "audit",
    ]
    with plant.database.read() as session:
        return {name: session.connection().exec_driver_sql(f"SELECT * FROM {name}").fetchall() for name in tables}


def inspect(client, content):
    return client.post("/api/v1/packages/inspect", content=content, headers=ZIP)


def install(client, upload, **options):
    return client.post(f"/api/v1/packages/{upload}/install", json={"mode": "release", **options})


def renamed(content, app):
    """Another app of the same content, as its maker would export it."""
    from platform_core.services.documents.packages import open_package, pack

    package = open_package(content)
    files = {**package.files, "app.json": {**package.files["app.json"], "id": app}}
    return pack(files, package.media)


def test_the_hash_is_the_same_elsewhere(plant):
    content = export(plant)
    assert content.headers["content-disposition"] == 'attachment; filename="line-1.0.0.lego.zip"'
    other = plant.client("builder", "other")
    other.put("/api/v1/apps/line/archived", json={"archived": True})
    told = inspect(other, renamed(content.content, "hall")).json()
    assert install(other, told["upload"], confirm_untrusted=True).json() == {"app": "hall", "release": 1}
    released = other.get("/api/v1/apps/hall/releases").json()[0]
    assert released["hash"] == told["hash"]
    assert released["origin"] == "package"
    again = export(plant, "other", "hall")
    assert again.content == renamed(content.content, "hall")


def test_inspecting_writes_nothing_and_tells_what_is_missing(plant):
    page = copy.deepcopy(PAGE)
    page["elements"]["el_bbbbbbbb"] = {"type": "rare", "props_version": 1}
    page["elements"]["el_aaaaaaaa"]["bind"]["/value"]["asset"] = "press_9"
    files = {"app.json": {**APP, "id": "hall"}, "pages/main.json": page}
    plant.services.apps.install("factory", "hall", files, "x")
    other = plant.client("builder", "other")
    content = export(plant, app="hall").content
    before = stored(plant)
    told = inspect(other, content).json()
    assert stored(plant) == before
    assert told["missing"] == {
        "components": ["rare"],
        "media": [],
        "assets": ["press_9"],
        "signals": [{"asset": "press_9", "role": "temperature"}],
        "asset_types": [],
    }
    assert told["app"] == {"id": "hall", "name": {"en": "Line"}, "version": "1.0.0"}
    assert told["existing"] is None
    assert told["check"]["errors"] == 0
    assert other.get("/api/v1/apps/hall/draft").status_code == 404


def test_names_are_mapped_or_made(plant):
    other = plant.client("builder", "other")
    told = inspect(other, export(plant).content).json()
    heat = {"asset": "press_7", "role": "heat", "tag_id": plant.foreign[0], "valid_from": 0}
    names = {"assets": {"press_1": "press_7"}, "roles": {"temperature": "heat"}, "create_assets": ["press_7"]}
    mapped = install(other, told["upload"], as_app="mine", signals=[heat], confirm_untrusted=True, **names)
    assert mapped.status_code == 200, mapped.text
    current = other.get("/api/v1/apps/mine/releases/current").json()
    bound = current["pages"]["main"]["elements"]["el_aaaaaaaa"]["bind"]["/value"]
    assert (bound["asset"], bound["role"]) == ("press_7", "heat")
    assert current["app"]["roles"][0]["role"] == "heat"
    assert "press_7" in {asset["id"] for asset in current["assets"]}
    assert ("press_7", "heat") in {(row["asset"], row["role"]) for row in current["roles"]}
    theirs = {"asset": "press_1", "role": "heat", "tag_id": plant.ids[0], "valid_from": 0}
    foreign = install(other, told["upload"], as_app="x", confirm_untrusted=True, signals=[theirs])
    assert foreign.status_code == 422  # a tag of another firm does not exist
    assert other.get("/api/v1/apps/x/draft").status_code == 404


def test_an_edited_draft_is_never_replaced_in_silence(plant):
    content = export(plant).content
    mona = plant.client("builder")
    etag = mona.get("/api/v1/apps/line/draft/files/app.json").headers["etag"]
    mine = {**APP, "version": "9.0.0"}
    mona.put("/api/v1/apps/line/draft/files/app.json", json=mine, headers={"If-Match": etag})
    told = inspect(mona, content).json()
    assert told["existing"] == {"release": 1, "draft_edited": True}
    refused = install(mona, told["upload"], mode="draft", confirm_untrusted=True)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "draft.edited")
    assert mona.get("/api/v1/apps/line/draft/files/app.json").json() == mine
    assert install(mona, told["upload"], confirm_untrusted=True).json()["release"] == 1  # a release leaves it alone
    assert mona.get("/api/v1/apps/line/draft/files/app.json").json() == mine
    done = install(mona, told["upload"], mode="draft", replace_draft=True, confirm_untrusted=True)
    assert done.json() == {"app": "line", "release": None}
    (kept,) = mona.get("/api/v1/apps/line/draft/snapshots").json()
    mona.post("/api/v1/apps/line/draft/restore", json={"snapshot": kept["no"]})
    assert mona.get("/api/v1/apps/line/draft/files/app.json").json() == mine


def test_trust(plant):
    key = PrivateKey.generate()
    signed = sign(export(plant).content, key)
    mona, admin = plant.client("builder"), plant.client("admin")
    plain = inspect(mona, export(plant).content).json()
    assert plain["signature"] == {"state": "unsigned", "key_id": "", "publisher": "", "public_key": ""}
    told = inspect(mona, signed).json()
    vouched = {"state": "untrusted", "key_id": key.public.key_id, "publisher": "", "public_key": key.public.text}
    assert told["signature"] == vouched
    assert told["hash"] == plain["hash"]
    for upload in (plain["upload"], told["upload"]):
        refused = install(mona, upload, as_app="hall")
        assert refused.json()["errors"][0]["code"] == "package.untrusted"
    body = {"name": "Acme", "public_key": key.public.text}
    assert mona.post("/api/v1/publishers", json=body).status_code == 403
    assert admin.post("/api/v1/publishers", json=body).json()["key_id"] == key.public.key_id
    assert admin.post("/api/v1/publishers", json={**body, "public_key": "x"}).status_code == 422
    assert inspect(mona, signed).json()["signature"]["state"] == "trusted"
    assert install(mona, told["upload"], as_app="hall").json()["release"] == 1
    assert mona.get("/api/v1/apps/hall/releases").json()[0]["signer"] == "Acme"
    assert plant.client("admin", "other").get("/api/v1/publishers").json() == []  # trust is a tenant's own
    assert [one["name"] for one in mona.get("/api/v1/publishers").json()] == ["Acme"]
    assert admin.delete(f"/api/v1/publishers/{key.public.key_id}").status_code == 204
    assert admin.delete(f"/api/v1/publishers/{key.public.key_id}").status_code == 404
    assert inspect(mona, signed).json()["signature"]["state"] == "untrusted"


def test_who_inspected_installs_and_not_for_ever(plant):
    packages = plant.services.packages
    now = [0.0]
    packages._uploads._clock_s = lambda: now[0]
    mona = plant.client("builder")
    upload = inspect(mona, export(plant).content).json()["upload"]
    for other in (plant.client("admin"), plant.client("builder", "other")):
        assert install(other, upload, confirm_untrusted=True).json()["errors"][0]["code"] == "package.upload"
    now[0] = UPLOAD_TTL_S + 1
    assert install(mona, upload, confirm_untrusted=True).json()["errors"][0]["code"] == "package.upload"
    for n in range(UPLOADS_MAX + 2):
        packages.inspect("factory", f"user {n}", export(plant).content)
    assert len(packages._uploads._held) == UPLOADS_MAX


def test_an_app_with_errors_does_not_become_a_release(plant):
    page = copy.deepcopy(PAGE)
    page["elements"]["el_aaaaaaaa"]["props"] = {"decimals": 99}
    plant.services.apps.install("factory", "bad", {"app.json": {**APP, "id": "bad"}, "pages/main.json": page}, "x")
    other = plant.client("builder", "other")
    told = inspect(other, export(plant, app="bad").content).json()
    assert told["check"]["errors"] == 1
    refused = install(other, told["upload"], confirm_untrusted=True)
    assert refused.json()["errors"][0]["code"] == "props.maximum"
    assert install(other, told["upload"], mode="draft", confirm_untrusted=True).json() == {
        "app": "bad",
        "release": None,
    }


def test_pictures_travel_along(plant):
    mona = plant.client("builder")
    medium = mona.post("/api/v1/apps/line/media?title=Press", content=png()).json()
    etag = mona.get("/api/v1/apps/line/draft/files/app.json").headers["etag"]
    app = {**APP, "theme": {"logo": medium["name"]}}
    mona.put("/api/v1/apps/line/draft/files/app.json", json=app, headers={"If-Match": etag})
    assert mona.post("/api/v1/apps/line/releases", json={}).status_code == 201
    other = plant.client("builder", "other")
    told = inspect(other, export(plant).content).json()
    assert (told["media"], told["missing"]["media"]) == (1, [])
    install(other, told["upload"], confirm_untrusted=True)
    assert other.get(f"/api/v1/apps/line/media/{medium['name']}").content == png()


def test_bodies_are_limited_by_address(plant):
    mona = plant.client("builder")
    assert BODY_MAX_BY_PATH["/api/v1/packages/inspect"] > BODY_MAX_BYTES
    large = b"\0" * (BODY_MAX_BYTES + 1)
    assert inspect(mona, large).status_code == 422  # read, and no package
    assert mona.post("/api/v1/apps/line/media", content=large).status_code == 413
    assert mona.post("/api/v1/packages/inspect/", content=large).status_code == 413
    huge = b"\0" * (BODY_MAX_BY_PATH["/api/v1/packages/inspect"] + 1)
    assert inspect(mona, huge).status_code == 413
    assert inspect(plant.client("operator"), b"").status_code == 403
    assert mona.post("/api/v1/packages/inspect", content=b"x").json()["errors"][0]["code"] == "document.type"


@pytest.mark.parametrize("name", ["../x.json", "/etc/x", "pages\\x.json"])
def test_attacks_are_refused_before_anything_is_written(plant, name):
    out = io.BytesIO(export(plant).content)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(name, "{}")
    before = stored(plant)
    answer = inspect(plant.client("builder"), out.getvalue())
    assert answer.json()["errors"][0]["code"] == "package.name"
    assert stored(plant) == before


@pytest.mark.parametrize("mode", ["release", "draft"])
def test_what_fails_late_leaves_no_mapping_behind(plant, monkeypatch, mode):
    other = plant.client("builder", "other")
    told = inspect(other, export(plant).content).json()
    heat = {"asset": "press_7", "role": "heat", "tag_id": plant.foreign[0], "valid_from": 0}
    options = {"create_assets": ["press_7"], "signals": [heat], "confirm_untrusted": True, "as_app": "mine"}
    before = stored(plant)

    def fail(*_args, **_options):
        raise ConfigError("app.count", "There is no room.")

    with monkeypatch.context() as broken:
        broken.setattr("platform_core.services.apps.new_app", fail)
        broken.setattr("platform_core.services.app_drafts.new_app", fail)
        assert install(other, told["upload"], mode=mode, **options).status_code in (409, 422)
    assert stored(plant) == before
    assert install(other, told["upload"], mode=mode, **options).status_code == 200
    after = stored(plant)
    assert len(after["asset"]) == len(before["asset"]) + 1
    assert len(after["role_map"]) == len(before["role_map"]) + 1
