"""Trusted publishers by HTTP: looked at, trusted, told apart by fingerprint, and what each signed of what is here."""

from platform_core.services.documents.packages import sign
from platform_core.services.documents.signing import KEY_TEXT_MAX, PrivateKey
from tests.unit.platform_core.documents.blocks import RING, packed

from .test_app_packages import export, inspect, install
from .test_code_blocks import add

PUBLISHERS = "/api/v1/publishers"


def trust(client, key, name="Acme", **more):
    return client.post(PUBLISHERS, json={"name": name, "public_key": key.public.text, **more})


def look(client, text):
    return client.post(f"{PUBLISHERS}/inspect", json={"public_key": text})


def audited(client, action):
    return [row for row in client.get("/api/v1/audit").json()["rows"] if row["action"] == action]


def test_a_key_is_looked_at_before_it_is_trusted(plant):
    admin, key = plant.client("admin"), PrivateKey.generate()
    told = look(admin, f"\n{key.public.text}\n").json()
    assert told == {"key_id": key.public.key_id, "public_key": key.public.text, "publisher": ""}
    assert admin.get(PUBLISHERS).json() == []
    for text in ("", "x", "A" * 44, key.pem.decode(), "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"):
        refused = look(admin, text)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "key.public")
        assert ".pub" in refused.json()["errors"][0]["hint"]
    assert look(admin, "A" * (KEY_TEXT_MAX + 1)).status_code == 422
    made = trust(admin, key, note="  By phone with Ms Li  ").json()
    assert (made["name"], made["note"], made["author"]) == (
        "Acme",
        "By phone with Ms Li",
        admin.get("/api/v1/auth/session").json()["user"]["name"],
    )
    assert look(admin, key.public.text).json()["publisher"] == "Acme"
    assert trust(admin, key, " ").status_code == 422
    assert trust(admin, key, "Acme GmbH").json()["note"] == ""
    assert [one["name"] for one in admin.get(PUBLISHERS).json()] == ["Acme GmbH"]
    rows = audited(admin, "publisher.trust")
    assert {row["resource"] for row in rows} == {key.public.key_id}
    assert {row["detail"] for row in rows} == {"Acme", "Acme GmbH"}


def test_each_says_what_it_signed_of_what_is_here(plant):
    admin, one, other = plant.client("admin"), PrivateKey.generate(), PrivateKey.generate()
    assert trust(admin, one, "One").status_code == trust(admin, other, "Other").status_code == 201
    assert add(admin, packed(one)).status_code == 200
    assert add(admin, packed(other, version="1.1.0")).status_code == 200
    upload = inspect(admin, sign(export(plant).content, other)).json()["upload"]
    assert install(admin, upload, as_app="hall").json()["release"] == 1
    told = {row["name"]: row for row in admin.get(PUBLISHERS).json()}
    assert told["One"]["blocks"] == [{"id": RING, "version": "1.0.0"}]
    assert told["One"]["apps"] == []
    assert told["Other"]["blocks"] == [{"id": RING, "version": "1.1.0"}]
    assert told["Other"]["apps"] == [{"id": "hall", "version": "1"}]
    assert admin.delete(f"{PUBLISHERS}/{one.public.key_id}").status_code == 204
    assert [row["name"] for row in admin.get(PUBLISHERS).json()] == ["Other"]
    states = {block["version"]: block["signature"]["state"] for block in admin.get("/api/v1/code-blocks").json()}
    assert states == {"1.0.0": "untrusted", "1.1.0": "trusted"}  # it stays, and says that nobody vouches for it
    assert [row["resource"] for row in audited(admin, "publisher.distrust")] == [one.public.key_id]


def test_a_draft_says_whose_package_it_was_taken_from(plant):
    admin, key, unknown = plant.client("admin"), PrivateKey.generate(), PrivateKey.generate()
    assert trust(admin, key).status_code == 201
    content = export(plant).content

    def taken(package, **options):
        upload = inspect(admin, package).json()["upload"]
        return install(admin, upload, mode="draft", as_app="hall", replace_draft=True, **options).status_code

    def drafts():
        return [(row["name"], row["drafts"], row["apps"]) for row in admin.get(PUBLISHERS).json()]

    assert taken(sign(content, key)) == 200
    assert drafts() == [("Acme", ["hall"], [])]  # nothing is published, and yet the key is used
    assert audited(admin, "app.draft.import")[0]["detail"] == "signed by Acme"
    file = next(f for f in admin.get("/api/v1/apps/hall/draft").json()["files"] if f["path"] == "pages/main.json")
    changed = {**file["content"], "title": {"en": "Changed"}}
    headers = {"If-Match": '"' + file["etag"].strip('"') + '"'}
    assert admin.put("/api/v1/apps/hall/draft/files/pages/main.json", json=changed, headers=headers).status_code == 200
    assert drafts() == [("Acme", ["hall"], [])]  # where it comes from does not change by an edit
    assert taken(content, confirm_untrusted=True) == 200
    assert drafts() == [("Acme", [], [])]
    (kept,) = admin.get("/api/v1/apps/hall/draft/snapshots").json()
    assert admin.post("/api/v1/apps/hall/draft/restore", json={"snapshot": kept["no"]}).status_code == 200
    assert drafts() == [("Acme", ["hall"], [])]
    assert taken(sign(content, unknown), confirm_untrusted=True) == 200
    assert drafts() == [("Acme", [], [])]
    assert trust(admin, unknown, "Later").status_code == 201
    assert drafts() == [("Acme", [], []), ("Later", ["hall"], [])]  # it was recorded before anybody trusted it
    theirs = plant.client("admin", "other")
    assert trust(theirs, unknown).status_code == 201
    assert theirs.get(PUBLISHERS).json()[0]["drafts"] == []


def test_only_an_administrator_changes_the_list_and_each_tenant_has_its_own(plant):
    key = PrivateKey.generate()
    assert trust(plant.client("admin"), key).status_code == 201
    mona, theirs = plant.client("builder"), plant.client("admin", "other")
    assert [one["name"] for one in mona.get(PUBLISHERS).json()] == ["Acme"]
    assert look(mona, key.public.text).status_code == 403
    assert trust(mona, key).status_code == 403
    assert mona.delete(f"{PUBLISHERS}/{key.public.key_id}").status_code == 403
    for role in ("viewer", "operator"):
        assert plant.client(role).get(PUBLISHERS).status_code == 403
    assert theirs.get(PUBLISHERS).json() == []
    assert look(theirs, key.public.text).json()["publisher"] == ""
    assert theirs.delete(f"{PUBLISHERS}/{key.public.key_id}").status_code == 404
