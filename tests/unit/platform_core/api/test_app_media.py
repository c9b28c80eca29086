"""Pictures by HTTP: harmless, immutable, with headers under which nothing runs; kept while anything names them."""

from tests.unit.platform_core.documents.pictures import SVG, png

from .conftest import APP

MEDIA = "/api/v1/apps/line/media"


def test_an_svg_is_cleaned_and_served_so_that_nothing_runs(plant):
    mona = plant.client("builder")
    evil = SVG.replace(b"<path", b"<script>alert(1)</script><path onload='alert(1)'")
    made = mona.post(MEDIA, content=evil, headers={"Content-Type": "image/png"})  # what it says it is does not count
    assert made.status_code == 201
    assert made.json()["name"].endswith(".svg")
    answer = plant.client("viewer").get(f"{MEDIA}/{made.json()['name']}")
    assert b"alert" not in answer.content
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["x-content-type-options"] == "nosniff"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "immutable" in answer.headers["cache-control"]
    again = {"If-None-Match": answer.headers["etag"]}
    assert plant.client("viewer").get(f"{MEDIA}/{made.json()['name']}", headers=again).status_code == 304


def test_the_same_picture_is_kept_once(plant):
    mona = plant.client("builder")
    names = {mona.post(f"{MEDIA}?title={n}", content=png()).json()["name"] for n in range(3)}
    assert len(names) == 1
    (listed,) = mona.get(MEDIA).json()
    assert (listed["title"], listed["width"], listed["used"]) == ("0", 2, False)


def test_what_is_named_is_not_removed(plant):
    mona = plant.client("builder")
    name = mona.post(MEDIA, content=png()).json()["name"]
    etag = mona.get("/api/v1/apps/line/draft/files/app.json").headers["etag"]
    app = {**APP, "theme": {"logo": name}}
    etag = mona.put("/api/v1/apps/line/draft/files/app.json", json=app, headers={"If-Match": etag}).headers["etag"]
    assert mona.delete(f"{MEDIA}/{name}").status_code == 409
    mona.post("/api/v1/apps/line/releases", json={})
    mona.put("/api/v1/apps/line/draft/files/app.json", json=APP, headers={"If-Match": etag})
    assert mona.get(MEDIA).json()[0]["used"]  # by the release
    assert mona.delete(f"{MEDIA}/{name}").json()["errors"][0]["code"] == "media.used"
    free = mona.post(MEDIA, content=SVG).json()["name"]
    assert mona.delete(f"{MEDIA}/{free}").status_code == 204
    assert mona.get(f"{MEDIA}/{free}").status_code == 404


def test_a_picture_that_is_missing_stops_publishing(plant):
    mona = plant.client("builder")
    etag = mona.get("/api/v1/apps/line/draft/files/app.json").headers["etag"]
    app = {**APP, "theme": {"logo": "ab" * 32 + ".png"}}
    mona.put("/api/v1/apps/line/draft/files/app.json", json=app, headers={"If-Match": etag})
    refused = mona.post("/api/v1/apps/line/releases", json={})
    assert refused.json()["errors"][0]["code"] == "reference.media"


def test_roles_and_tenants(plant):
    mona = plant.client("builder")
    name = mona.post(MEDIA, content=png()).json()["name"]
    assert plant.client("operator").post(MEDIA, content=png()).status_code == 403
    assert plant.client("viewer").get(MEDIA).status_code == 403
    assert plant.client("builder", "other").get(f"{MEDIA}/{name}").status_code == 404
    assert mona.post("/api/v1/apps/nothing/media", content=png()).status_code == 404
    assert mona.get(f"{MEDIA}/../../x").status_code == 404
