"""Two tenants with the same names: whatever is asked, nothing of the other is seen. Generated from the OpenAPI."""

import re

import pytest

from .conftest import MINUTE

FOREIGN_WORDS = (
    "other temperature",
    "Press of other",
    "other was away",
    "other runs",
    "other stops",
    "1020.0",
    "1079.0",
)


def _bodies(plant):
    ids = plant.ids + plant.foreign
    span = {"from": 0, "to": plant.t + 100 * MINUTE}
    return {
        "/api/v1/values/latest": {"ids": ids},
        "/api/v1/values/history": {"ids": ids, **span, "points": 500},
        "/api/v1/apps/{app_id}/releases": {"note": ""},
        "/api/v1/apps/{app_id}/releases/current": {"no": 1},
        "/api/v1/apps/{app_id}/draft/files/{path}": {"format": 1},
        "/api/v1/assets/{asset_id}": {"id": "press_1", "name": "Mine"},
        "/api/v1/roles/{asset_id}/{role}": {"tag_id": plant.foreign[0], "valid_from": 1},
    }


def _everything(plant, role):
    """Every operation, called with ids of both tenants; yields what was asked and answered."""
    client = plant.client(role)
    bodies = _bodies(plant)
    for path, item in plant.app.openapi()["paths"].items():
        if path.startswith("/api/v1/auth"):
            continue
        for method in item:
            urls = {
                path.replace("{tag_id}", str(tag))
                .replace("{app_id}", app)
                .replace("{path}", "app.json")
                .replace("{asset_id}", "press_1")
                .replace("{role}", "temperature")
                for tag in plant.ids + plant.foreign
                for app in ("line", "secret")
            }
            for url in sorted(urls):
                body = bodies.get(path) if method in ("post", "put") else None
                headers = {"If-None-Match": "*"} if "draft" in path else {}
                yield method, url, client.request(method, url, json=body, headers=headers)


@pytest.mark.parametrize("role", ["viewer", "admin"])
def test_nothing_of_another_tenant_is_ever_seen(plant, role):
    plant.services.apps.install("other", "secret", {"app.json": {"id": "secret", "name": {"en": "other runs"}}}, "")
    seen = 0
    for method, url, answer in _everything(plant, role):
        leaked = [word for word in FOREIGN_WORDS if word in answer.text]
        assert leaked == [], (method, url, answer.text[:500])
        assert answer.status_code < 500, (method, url, answer.text)
        seen += answer.status_code < 300
    assert seen >= 12  # there was something to see


def test_the_negative_control_would_be_found(plant):
    """The same words are there for a member of the other tenant: the search above can find them."""
    client = plant.client("admin", "other")
    body = {"ids": plant.foreign, "from": 0, "to": plant.t + 100 * MINUTE, "points": 500}
    texts = [
        client.get("/api/v1/tags").text,
        client.get("/api/v1/assets").text,
        client.post("/api/v1/values/history", json=body).text,
    ]
    assert [word for word in FOREIGN_WORDS if not any(word in text for text in texts)] == []


def test_a_foreign_id_answers_like_an_unknown_one(plant):
    client = plant.client("admin")

    def answers(tag, app):
        body = {"ids": [tag], "from": 0, "to": plant.t + 100 * MINUTE}
        yield client.get(f"/api/v1/tags/{tag}").text
        yield client.post("/api/v1/values/latest", json={"ids": [tag]}).json()["values"]
        yield client.post("/api/v1/values/history", json=body).text
        change = {"tag_id": tag, "valid_from": 1}
        yield client.put("/api/v1/roles/press_1/temperature", json=change).text
        for what in ("releases", "releases/current", "draft/files", "draft/files/app.json"):
            yield client.get(f"/api/v1/apps/{app}/{what}").text
        yield client.get("/api/v1/tags", params={"after": tag}).json()

    plant.services.apps.install("other", "secret", {"app.json": {"id": "secret", "name": {"en": "x"}}}, "")

    def anonymous(tag, app):
        return [re.sub(rf"\b({tag}|{app})\b", "ID", str(answer)) for answer in answers(tag, app)]

    assert anonymous(plant.foreign[0], "secret") == anonymous(4_000_000_000, "nosuch")


def test_a_session_stays_in_its_tenant_whatever_it_says(plant):
    client = plant.client("viewer")
    mine = client.get("/api/v1/tags").text
    for extra in ({"X-Tenant": "other"}, {"Tenant": "other"}, {"X-Interlock-Tenant": "other"}):
        assert client.get("/api/v1/tags", headers=extra).text == mine
    assert client.get("/api/v1/tags", params={"tenant": "other"}).text == mine


def test_live_values_of_another_tenant_are_not_to_be_had(plant):
    client = plant.client("viewer")
    with client.websocket_connect("ws://localhost/api/v1/live", subprotocols=["interlock.live.1"]) as socket:
        socket.send_json({"type": "sub", "req": 1, "ids": plant.ids + plant.foreign})
        snap = socket.receive_json()
        assert snap["id"] == plant.ids
        error = socket.receive_json()
        socket.send_json({"type": "sub", "req": 2, "ids": [4_000_000_000]})
        assert socket.receive_json()["id"] == []
        unknown = socket.receive_json()
    assert error["code"] == unknown["code"] == "live.unknown_tag"


def test_health_shows_only_the_own_edges(plant):
    health = plant.client("viewer").get("/api/v1/health").json()
    assert len(health["edges"]) == 1
    assert [gap["reason"] for gap in health["gaps"]] == ["factory was away"]
    assert "tenants" not in health["store"]


def test_health_tells_what_was_cut_off_and_what_cannot_be_true(plant):
    health = plant.client("viewer").get("/api/v1/health").json()
    assert (health["journal"]["torn_bytes"], health["impossible_times"]) == (17, 3)
