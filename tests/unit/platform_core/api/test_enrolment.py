"""Bringing an agent in by HTTP: a token for administrators to make, traded once, and every refusal in plain words."""

import json
import stat

import pytest

from platform_core.services.broker_users import FILE_NAME
from platform_core.services.enrolment import LIFETIME_US, BrokerPlace, Enrolment
from schemas.errors import AuthError, ConfigError

TOKENS, ACCESS, ENROL = "/api/v1/edges/tokens", "/api/v1/edges/access", "/api/v1/enrol"


def made(client, edge="line_2"):
    answer = client.post(TOKENS, json={"edge": edge})
    assert answer.status_code == 201, answer.text
    return answer.json()


def users(plant):
    path = plant.folder / FILE_NAME
    return json.loads(path.read_text())["users"] if path.exists() else []


def code(answer):
    return answer.status_code, answer.json()["errors"][0]["code"]


def test_a_token_is_traded_once_for_the_edges_own_credentials(plant):
    admin, nobody = plant.client("admin"), plant.client()
    token = made(admin)
    assert users(plant) == []
    got = nobody.post(ENROL, json={"token": token["token"], "machine": "m1"})
    assert got.status_code == 200, got.text
    broker = got.json()["broker"]
    assert (got.json()["tenant"], got.json()["edge"], got.json()["site"]) == ("factory", "line_2", "main")
    assert users(plant) == [
        {"tenant": "factory", "edge": "line_2", "user": broker["username"], "password": broker["password"]}
    ]
    assert len(broker["password"]) >= 32
    assert stat.S_IMODE((plant.folder / FILE_NAME).stat().st_mode) == 0o600
    again = nobody.post(ENROL, json={"token": token["token"]})
    assert code(again) == (403, "enrol.used")
    assert len(users(plant)) == 1
    (row,) = admin.get(ACCESS).json()
    assert (row["edge"], row["revoked_ts"], row["token_expires_ts"]) == ("line_2", None, None)
    assert row["enrolled_ts"]


def test_neither_token_nor_password_is_kept_where_they_could_be_read(plant):
    admin = plant.client("admin")
    token = made(admin)["token"]
    password = plant.client().post(ENROL, json={"token": token}).json()["broker"]["password"]
    for path in ("/api/v1/audit", ACCESS, "/api/v1/health"):
        text = admin.get(path).text
        assert token not in text
        assert password not in text
    database = (plant.folder / "platform.db").read_bytes()
    assert token.encode() not in database
    assert password.encode() not in database


def test_a_new_password_replaces_the_old_one_and_revoking_takes_it_away(plant):
    admin, nobody = plant.client("admin"), plant.client()
    first = nobody.post(ENROL, json={"token": made(admin)["token"]}).json()["broker"]["password"]
    second = nobody.post(ENROL, json={"token": made(admin)["token"]}).json()["broker"]["password"]
    assert [user["password"] for user in users(plant)] == [second] != [first]
    assert admin.delete("/api/v1/edges/line_2/access").status_code == 204
    assert users(plant) == []
    assert admin.delete("/api/v1/edges/line_2/access").status_code == 404
    assert admin.get(ACCESS).json()[0]["revoked_ts"]


def test_a_waiting_token_ends_when_a_newer_one_is_made_or_the_edge_is_revoked(plant):
    admin, nobody = plant.client("admin"), plant.client()
    old, new = made(admin)["token"], made(admin)["token"]
    assert code(nobody.post(ENROL, json={"token": old})) == (403, "enrol.token")
    assert admin.delete("/api/v1/edges/line_2/access").status_code == 204
    assert code(nobody.post(ENROL, json={"token": new})) == (403, "enrol.token")


@pytest.mark.parametrize("role", ["viewer", "operator", "builder"])
def test_only_administrators_make_tokens(plant, role):
    client = plant.client(role)
    assert client.post(TOKENS, json={"edge": "line_2"}).status_code == 403
    assert client.get(ACCESS).status_code == 403
    assert client.delete("/api/v1/edges/line_2/access").status_code == 403


@pytest.mark.parametrize("edge", ["Line 2", "", "../x", "manual", "a" * 41, "#", "x.y"])
def test_what_cannot_be_an_edge_gets_no_token(plant, edge):
    assert plant.client("admin").post(TOKENS, json={"edge": edge}).status_code == 422


def test_guessing_has_to_wait(plant):
    nobody = plant.client()
    codes = [code(nobody.post(ENROL, json={"token": f"ile_{n}"})) for n in range(7)]
    assert codes[0] == (403, "enrol.token")
    assert codes[-1] == (429, "auth.wait")
    token = made(plant.client("admin"))["token"]
    assert nobody.post(ENROL, json={"token": token}).status_code == 429, "a right one has to wait as well"


def test_what_was_done_and_refused_is_in_the_audit(plant):
    admin, nobody = plant.client("admin"), plant.client()
    token = made(admin)["token"]
    nobody.post(ENROL, json={"token": token})
    nobody.post(ENROL, json={"token": token})
    admin.delete("/api/v1/edges/line_2/access")
    rows = [row for row in admin.get("/api/v1/audit").json()["rows"] if row["action"].startswith("edge.")]
    told = [(row["action"], row["outcome"], row["resource"]) for row in rows]
    assert sorted(told) == [
        ("edge.enrol", "done", "line_2"), ("edge.enrol", "refused", "line_2"), ("edge.revoke", "done", "line_2"),
        ("edge.token", "done", "line_2"),
    ]  # fmt: skip


def test_a_token_ends_after_15_minutes(bench):
    now = [1_000_000_000_000]
    desk = Enrolment(bench.database, bench.folder, BrokerPlace("mqtts://b:8883", "PEM"), lambda: now[0])
    token = desk.new_token("factory", "line_2", "mona").token
    now[0] += LIFETIME_US
    with pytest.raises(AuthError) as caught:
        desk.trade(token, "10.0.0.9")
    assert caught.value.code == "enrol.expired"
    fresh = desk.new_token("factory", "line_2", "mona")
    now[0] += LIFETIME_US - 1
    got = desk.trade(fresh.token, "10.0.0.9")
    assert got.broker == BrokerPlace("mqtts://b:8883", "PEM")
    assert fresh.token not in repr(fresh)
    assert got.password not in repr(got)


def test_a_token_stays_good_when_the_users_cannot_be_written(bench):
    desk = Enrolment(bench.database, bench.folder, BrokerPlace("mqtt://b"))
    token = desk.new_token("factory", "line_2", "mona").token
    (bench.folder / FILE_NAME).write_text("not ours")
    with pytest.raises(ConfigError):
        desk.trade(token, "10.0.0.9")
    (bench.folder / FILE_NAME).unlink()
    assert desk.trade(token, "10.0.0.9").edge == "line_2"


def test_tenants_do_not_see_each_other(bench):
    desk = Enrolment(bench.database, bench.folder, BrokerPlace("mqtt://b"))
    token = desk.new_token("other", "line_2", "mona").token
    assert desk.all_access("factory") == []
    assert not desk.revoke("factory", "line_2", "mona")
    assert desk.trade(token, "10.0.0.9").tenant == "other"
    assert not desk.revoke("factory", "line_2", "mona")
    assert desk.revoke("other", "line_2", "mona")


def test_the_same_edge_of_two_tenants_is_two_users_of_the_broker(bench):
    desk = Enrolment(bench.database, bench.folder, BrokerPlace("mqtt://b"))
    tokens = [desk.new_token(tenant, "line_2", "mona").token for tenant in ("factory", "other")]
    names = [desk.trade(token, "10.0.0.9").user for token in tokens]
    assert names == ["edge_line_2", "edge_other.line_2"]
