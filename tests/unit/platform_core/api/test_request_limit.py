"""Too many requests of one caller are refused, before their body is read, and nobody else's."""

import asyncio

import pytest

from platform_core.api.request_limit import CALLERS_MAX, RequestLimit, TooManyRequestsError
from platform_core.auth.policy import Principal

ANN = Principal("factory", "ann", "viewer", "session")
BOB = Principal("factory", "bob", "viewer", "session")


class HandClock:
    def __init__(self):
        self.now_s = 1000.0

    def __call__(self):
        return self.now_s


def allowed(limit, who, address, tries):
    """How many of so many requests at once go through."""
    passed = 0
    for _ in range(tries):
        try:
            limit.take(who, address)
        except TooManyRequestsError:
            continue
        passed += 1
    return passed


def test_a_burst_then_a_steady_pace():
    clock = HandClock()
    limit = RequestLimit(rate_per_s=10, burst=30, clock=clock)
    assert allowed(limit, ANN, "10.0.0.1", 100) == 30
    clock.now_s += 1
    assert allowed(limit, ANN, "10.0.0.1", 100) == 10
    clock.now_s += 3600
    assert allowed(limit, ANN, "10.0.0.1", 100) == 30


def test_each_user_and_address_has_a_bucket_of_its_own():
    limit = RequestLimit(rate_per_s=10, burst=5, clock=HandClock())
    assert allowed(limit, ANN, "10.0.0.1", 9) == 5
    assert allowed(limit, BOB, "10.0.0.1", 9) == 5
    assert allowed(limit, ANN, "10.0.0.2", 9) == 5
    assert allowed(limit, None, "10.0.0.1", 9) == 5
    assert allowed(limit, None, "fd00::1", 9) == 5
    assert allowed(limit, None, "fd00::2", 9) == 0  # the same machine for all we know


def test_it_remembers_a_bounded_number_of_callers():
    limit = RequestLimit(clock=HandClock())
    for number in range(CALLERS_MAX + 500):
        limit.take(None, f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(limit._buckets) == CALLERS_MAX


def test_the_answer_is_429_with_retry_after_and_others_go_on(plant):
    plant.services.request_limit = RequestLimit(rate_per_s=0.5, burst=3)
    viewer, builder = plant.client("viewer"), plant.client("builder")
    answers = [viewer.get("/api/v1/tags") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert answers[-1].headers["Retry-After"] == "2"
    assert answers[-1].json()["errors"][0]["code"] == "request.rate"
    assert builder.get("/api/v1/tags").status_code == 200


def test_requests_without_a_valid_login_count_for_their_address(plant):
    plant.services.request_limit = RequestLimit(rate_per_s=0.5, burst=3)
    anonymous = plant.client()
    wrong = [f"Bearer il_{number}" for number in range(4)]
    codes = [anonymous.get("/api/v1/tags", headers={"Authorization": text}).status_code for text in wrong]
    assert codes == [401, 401, 401, 429]
    assert anonymous.get("/api/v1/auth/setup").status_code == 429
    assert anonymous.get("/healthz").status_code == 200  # not of the API
    assert plant.client("viewer").get("/api/v1/tags").status_code == 200


@pytest.mark.parametrize(("burst", "status", "is_read"), [(1, 429, False), (2, 422, True)])
def test_it_is_refused_before_its_body_is_read(plant, burst, status, is_read):
    # With one request more allowed, the same request is read: what reading would look like.
    plant.services.request_limit = RequestLimit(rate_per_s=0.001, burst=burst)
    client = plant.client("viewer")
    assert client.get("/api/v1/tags").status_code == 200
    token = client.headers["Authorization"].encode()
    reads, sent = [], []

    async def receive():
        reads.append(1)
        return {"type": "http.request", "body": b"{}", "more_body": False}

    async def send(message):
        sent.append(message)

    headers = [(b"host", b"localhost"), (b"authorization", token), (b"content-type", b"application/json")]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/api/v1/values/latest",
        "raw_path": b"/api/v1/values/latest",
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("testclient", 50000),
        "server": ("localhost", 80),
    }
    asyncio.run(plant.asgi(scope, receive, send))
    assert sent[0]["status"] == status
    assert bool(reads) is is_read
