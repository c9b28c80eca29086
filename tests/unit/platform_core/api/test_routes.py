"""Every route has a policy; who may what; cookies, CSRF, origins, headers, limits."""

import time

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from platform_core.api.app import routes_without_policy
from platform_core.api.boundary import BODY_MAX_BYTES
from platform_core.api.guard import PUBLIC, GuardedRoute, declared_policy, policy

from .conftest import PASSWORD, log_in

PUBLIC_OPERATIONS = {
    ("GET", "/api/v1/auth/setup"),
    ("POST", "/api/v1/auth/setup"),
    ("POST", "/api/v1/enrol"),  # the token is the right
    ("POST", "/api/v1/enrol/renewal"),  # the signature with the old certificate's key is the right
    ("POST", "/api/v1/auth/login"),
    ("GET", "/healthz"),
}


def _operations(app):
    for path, item in app.openapi()["paths"].items():
        for method, operation in item.items():
            yield method.upper(), path, operation


def _url(path):
    for name, value in (("{tag_id}", "1"), ("{app_id}", "line"), ("{path}", "app.json"), ("{asset_id}", "press_1")):
        path = path.replace(name, value)
    return path.replace("{role}", "temperature")


def test_every_route_declares_a_policy(bench):
    assert routes_without_policy(bench.app) == []
    assert len(list(_operations(bench.app))) >= 20


def test_a_route_without_policy_is_caught(bench):
    @bench.app.get("/api/v1/forgotten")
    def forgotten():
        return {}

    bench.app.mount("/mounted", bench.asgi)
    assert routes_without_policy(bench.app) == ["/api/v1/forgotten", "/mounted"]


def test_a_guarded_route_cannot_be_made_without_policy():
    def endpoint():
        return {}

    with pytest.raises(ValueError, match="declares no policy"):
        GuardedRoute("/x", endpoint)
    with pytest.raises(ValueError, match="no action"):
        policy("tag.raed")


def test_only_the_listed_operations_are_public(bench):
    public = {(method, path) for method, path, operation in _operations(bench.app) if operation["security"] == []}
    assert public == PUBLIC_OPERATIONS


def test_without_login_everything_else_is_401_whatever_is_sent(bench):
    client = bench.client()
    for method, path, _ in _operations(bench.app):
        if (method, path) in PUBLIC_OPERATIONS:
            continue
        for content in (None, b"{", b"[]", b'{"ids": "x"}'):
            answer = client.request(method, _url(path), content=content)
            assert answer.status_code == 401, (method, path, answer.text)
            assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("header", ["Basic bW9uYTp4", "Bearer", "Bearer wrong", "bearer  ", "Bearer il_" + "a" * 43])
def test_a_wrong_authorization_header_is_not_rescued_by_a_cookie(bench, header):
    bench.user("mona", "admin")
    client = log_in(bench, "mona")
    assert client.get("/api/v1/tags").status_code == 200
    assert client.get("/api/v1/tags", headers={"Authorization": header}).status_code == 401


def test_roles_decide(plant):
    for role, publish, read in (
        ("viewer", 403, 200),
        ("operator", 403, 200),
        ("builder", 201, 200),
        ("admin", 201, 200),
    ):
        client = plant.client(role)
        assert client.get("/api/v1/tags").status_code == read
        assert client.post("/api/v1/apps/line/releases", json={}).status_code == publish
        assert client.get("/api/v1/apps/line/draft/files").status_code == (200 if publish == 201 else 403)


def test_the_role_is_looked_at_before_the_body(plant):
    answer = plant.client("viewer").put("/api/v1/roles/press_1/temperature", content=b"{{{{")
    assert answer.status_code == 403


def test_setup_login_session_logout(bench):
    client = bench.client()
    assert client.get("/api/v1/auth/setup").json() == {"needed": True}
    token = bench.accounts.new_setup_token("factory")
    wrong = client.post("/api/v1/auth/setup", json={"token": "x", "name": "mona", "password": PASSWORD})
    assert wrong.status_code == 403
    made = client.post("/api/v1/auth/setup", json={"token": token, "name": "mona", "password": PASSWORD})
    assert made.status_code == 200
    assert made.json()["user"] == {"name": "mona", "role": "admin"}
    assert client.get("/api/v1/auth/setup").json() == {"needed": False}
    assert client.get("/api/v1/auth/session").json()["tenant"] == "factory"
    csrf = {"X-Interlock-CSRF": made.json()["csrf"]}
    assert client.delete("/api/v1/auth/session", headers=csrf).status_code == 204
    assert client.get("/api/v1/auth/session").status_code == 401
    again = client.post("/api/v1/auth/login", json={"name": "MONA", "password": PASSWORD})
    assert again.status_code == 200


def test_logging_out_ends_the_session_on_the_server(bench):
    bench.user("mona", "viewer")
    client = log_in(bench, "mona")
    stolen = dict(client.cookies)
    client.delete("/api/v1/auth/session")
    thief = TestClient(bench.asgi, base_url="http://localhost", cookies=stolen)
    assert thief.get("/api/v1/tags").status_code == 401


def test_login_gives_a_new_session_and_ends_the_old(bench):
    bench.user("mona", "viewer")
    client = log_in(bench, "mona")
    old = client.cookies["interlock_session"]
    client.post("/api/v1/auth/login", json={"name": "mona", "password": PASSWORD})
    assert client.cookies["interlock_session"] != old
    assert bench.sessions.find(old) is None


def test_cookies_are_hidden_from_scripts_and_other_sites(bench):
    bench.user("mona", "viewer")
    answer = bench.client().post("/api/v1/auth/login", json={"name": "mona", "password": PASSWORD})
    session, csrf = sorted(answer.headers.get_list("set-cookie"), reverse=True)
    assert session.startswith("interlock_session=")
    assert "HttpOnly" in session
    assert "HttpOnly" not in csrf
    assert all("SameSite=lax" in cookie and "Path=/" in cookie for cookie in (session, csrf))


def test_with_tls_cookies_are_secure_and_bound_to_the_host(bench):
    bench.services.is_tls = True
    bench.user("mona", "viewer")
    client = TestClient(bench.asgi, base_url="https://localhost")
    answer = client.post("/api/v1/auth/login", json={"name": "mona", "password": PASSWORD})
    for cookie in answer.headers.get_list("set-cookie"):
        assert cookie.startswith("__Host-interlock_")
        assert "Secure" in cookie
        assert "Domain" not in cookie
    assert client.get("/api/v1/auth/session").status_code == 200


def test_lockout_answers_429_with_retry_after(bench):
    bench.user("mona", "viewer")
    client = bench.client()
    codes = []
    for _ in range(7):
        answer = client.post("/api/v1/auth/login", json={"name": "mona", "password": "wrong wrong wrong"})
        codes.append(answer.status_code)
    assert codes == [401] * 5 + [429, 429]
    assert int(answer.headers["retry-after"]) >= 1


@pytest.mark.parametrize("header", [None, "", "x" * 64])
def test_changing_something_with_a_cookie_needs_the_csrf_header(plant, header):
    plant.user("mona", "admin")
    client = log_in(plant, "mona")
    good = client.headers.pop("X-Interlock-CSRF")
    headers = {} if header is None else {"X-Interlock-CSRF": header}
    refused = client.post("/api/v1/apps/line/releases", json={}, headers=headers)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (403, "auth.csrf")
    assert client.post("/api/v1/apps/line/releases", json={}, headers={"X-Interlock-CSRF": good}).status_code == 201


def test_a_csrf_value_of_another_session_is_refused(plant):
    plant.user("mona", "admin")
    mine, other = log_in(plant, "mona"), log_in(plant, "mona")
    foreign = other.headers["X-Interlock-CSRF"]
    mine.cookies.set("interlock_csrf", foreign)
    refused = mine.post("/api/v1/apps/line/releases", json={}, headers={"X-Interlock-CSRF": foreign})
    assert refused.status_code == 403


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost:9", "http://localhost.evil.example"]
)
def test_foreign_origins_are_refused_even_for_login(bench, origin):
    bench.user("mona", "viewer")
    body = {"name": "mona", "password": PASSWORD}
    answer = bench.client().post("/api/v1/auth/login", json=body, headers={"Origin": origin})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "auth.origin")
    own = bench.client().post("/api/v1/auth/login", json=body, headers={"Origin": "http://localhost"})
    assert own.status_code == 200


def test_a_cross_site_form_is_refused(bench):
    form = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "cross-site"}
    assert bench.client().post("/api/v1/auth/login", content=b"a=b", headers=form).status_code == 403
    form.pop("Sec-Fetch-Site")
    assert bench.client().post("/api/v1/auth/login", content=b"a=b", headers=form).status_code in (415, 422)


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "", "[::1", "a@localhost"]
)
def test_foreign_host_names_are_refused(bench, host):
    assert bench.client().get("/healthz", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8080", "[::1]:8080", "192.168.1.20:8080"])
def test_addresses_and_our_own_names_are_served(bench, host):
    assert bench.client().get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("name", ["X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Referer", "X-User"])
def test_headers_that_anyone_can_write_change_nothing(bench, name):
    assert bench.client().get("/api/v1/tags", headers={name: "127.0.0.1"}).status_code == 401
    override = {"X-HTTP-Method-Override": "GET"}
    assert bench.client("viewer").post("/api/v1/tags", headers=override).status_code == 405


def test_security_headers_are_on_every_answer(bench):
    client = bench.client("viewer")
    for path in ("/api/v1/tags", "/api/v1/nothing", "/healthz", "/", "/x.js"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "server" not in headers


def test_bodies_are_limited_declared_or_not(bench):
    client = bench.client("viewer")
    big = b"[" + b"1," * BODY_MAX_BYTES
    assert client.post("/api/v1/values/latest", content=big).status_code == 413

    def pieces():
        for _ in range(BODY_MAX_BYTES // 65536 + 2):
            yield b"1" * 65536

    json = {"Content-Type": "application/json"}
    assert client.post("/api/v1/values/latest", content=pieces(), headers=json).status_code == 413


def test_an_unexpected_error_says_nothing_about_its_cause(bench):
    @bench.app.get("/api/v1/broken")
    @policy(PUBLIC)
    def broken():
        raise RuntimeError("the secret path is /etc/shadow")

    bench.app.router.routes.insert(0, bench.app.router.routes.pop())
    answer = bench.client().get("/api/v1/broken")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "RuntimeError" not in answer.text
    assert answer.json()["errors"][0]["code"] == "internal"


def _live(client, **headers):
    return client.websocket_connect("ws://localhost/api/v1/live", subprotocols=["interlock.live.1"], headers=headers)


def _close_code(socket):
    with pytest.raises(WebSocketDisconnect) as caught:
        socket.receive_text()
    return caught.value.code


def test_the_websocket_needs_login_and_its_own_origin(plant):
    plant.user("mona", "viewer")
    mona = log_in(plant, "mona")
    with _live(plant.client()) as socket:
        assert _close_code(socket) == 4401
    for headers in ({}, {"origin": "https://evil.example"}):
        with _live(mona, **headers) as socket:
            assert _close_code(socket) == 4403
    with _live(mona, origin="http://localhost") as socket:
        socket.send_json({"type": "sub", "req": 1, "ids": plant.ids})
        snap = socket.receive_json()
        assert (snap["type"], snap["req"], snap["id"]) == ("snap", 1, plant.ids)


def test_the_websocket_speaks_its_subprotocol_only(plant):
    with plant.client("viewer").websocket_connect("ws://localhost/api/v1/live") as socket:
        assert _close_code(socket) == 1002


def test_who_is_logged_out_sees_nothing_more(plant, monkeypatch):
    from platform_core.api.routes import live

    monkeypatch.setattr(live, "REVIEW_S", 0.05)
    plant.user("mona", "viewer")
    mona = log_in(plant, "mona")
    with _live(mona, origin="http://localhost") as socket:
        plant.sessions.end(mona.cookies["interlock_session"])
        assert _close_code(socket) == 4401


def test_a_busy_database_does_not_end_the_review_of_who_may_look(plant, monkeypatch):
    from sqlalchemy.exc import OperationalError

    from platform_core.api.routes import live

    monkeypatch.setattr(live, "REVIEW_S", 0.05)
    plant.user("mona", "viewer")
    mona = log_in(plant, "mona")
    honest, failures = plant.sessions.find, [OperationalError("SELECT", {}, Exception("locked"))]
    with _live(mona, origin="http://localhost") as socket:
        socket.send_json({"type": "ping"})
        assert socket.receive_json()["type"] == "beat"

        def find(secret):
            if failures:
                raise failures.pop()
            return honest(secret)

        monkeypatch.setattr(plant.sessions, "find", find)
        time.sleep(0.3)
        assert not failures
        plant.sessions.end(mona.cookies["interlock_session"])
        assert _close_code(socket) == 4401


def test_the_websocket_policy_is_the_declared_one():
    from platform_core.api.routes.live import follow

    assert declared_policy(follow) == "live.subscribe"


def test_the_number_of_viewers_is_limited(plant, monkeypatch):
    from platform_core.api.routes import live

    monkeypatch.setattr(live, "VIEWERS_MAX", 1)
    client = plant.client("viewer")
    with _live(client) as first:
        first.send_json({"type": "ping"})
        assert first.receive_json()["type"] == "beat"
        with _live(client) as second:
            assert _close_code(second) == 1013
        first.send_json({"type": "ping"})
        assert first.receive_json()["type"] == "beat"
