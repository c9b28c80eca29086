"""Critical writes: vouched for by the writer's own password, or by a second person, or not done."""

from __future__ import annotations

import json
from typing import Any

import pytest

from platform_core.db.tags import TagRow
from platform_core.services import write_guard

from .conftest import PASSWORD, log_in
from .test_writes import control, plant  # noqa: F401 - fixtures

KEY = ("factory", "press_1", "speed_setpoint")


class Floor:
    """An operator's session, and whom they can call."""

    def __init__(self, plant: Any, approval: str, roles: tuple[str, ...] = ("operator", "admin")) -> None:  # noqa: F811
        self.plant = plant
        with plant.bench.database.write() as session:
            row = session.get(TagRow, plant.ids[KEY])
            row.meta = json.dumps({**json.loads(row.meta), "write": {"approval": approval, "roles": roles}})
            session.add(row)
        for name, role in (("olga", "operator"), ("piet", "operator"), ("vera", "viewer"), ("bob", "builder")):
            plant.bench.accounts.add_user("factory", name, PASSWORD, role, "test")
        plant.bench.accounts.add_user("other", "xena", PASSWORD, "operator", "test")
        self.client = log_in(plant.bench, "olga")

    def write(self, approval: dict[str, str] | None, value: float = 42.0) -> tuple[str, str]:
        """How a write with this approval ends: outcome, or `no` and its code."""
        self.plant.now += 20_000_000
        prepared = self.client.post("/api/v1/writes/prepare", json=self.plant.asked(value=value))
        assert prepared.status_code == 200, prepared.text
        body = {"confirmed": "dialog"} | ({} if approval is None else {"approval": approval})
        answer = self.client.post(f"/api/v1/writes/{prepared.json()['token']}", json=body)
        if answer.status_code == 200:
            return answer.json()["outcome"], ""
        return "no", answer.json()["errors"][0]["code"]


def test_ones_own_password_again(plant: Any) -> None:  # noqa: F811
    floor = Floor(plant, "password")
    before = plant.writes
    assert floor.write(None) == ("no", "write.approval")
    assert floor.write({"password": "wrong"}) == ("no", "write.password")
    assert floor.write({"name": "piet", "password": PASSWORD}) == ("no", "write.approval")
    assert plant.writes == before
    assert floor.write({"password": PASSWORD}) == ("done", "")
    assert plant.writes == before + 1
    _, outcome, body = plant.audit()[-1]
    assert (outcome, body["approved_by"]) == ("done", "olga")
    assert PASSWORD not in json.dumps([one for _, _, one in plant.audit()])


def test_a_second_person_who_may_write_it(plant: Any) -> None:  # noqa: F811
    floor = Floor(plant, "second_person")
    before = plant.writes
    for name, code in (
        ("", "approval"), ("OLGA", "approval"), ("vera", "approval"), ("bob", "approval"), ("xena", "password"),
        ("nobody", "password"),
    ):  # fmt: skip
        assert floor.write({"name": name, "password": PASSWORD}) == ("no", f"write.{code}"), name
    assert plant.writes == before
    assert floor.write({"name": "piet", "password": PASSWORD}) == ("done", "")
    assert plant.audit()[-1][2]["approved_by"] == "piet"


def test_a_program_with_a_token_vouches_for_nothing(plant: Any) -> None:  # noqa: F811
    Floor(plant, "password")
    prepared = plant.prepare().json()
    assert (prepared["approval"], prepared["expires_in_s"]) == ("password", 90)
    answer = plant.bench.client("operator").post(
        f"/api/v1/writes/{prepared['token']}", json={"confirmed": "dialog", "approval": {"password": PASSWORD}}
    )
    assert answer.json()["errors"][0]["code"] == "write.approval"


def test_guessing_has_to_wait(plant: Any) -> None:  # noqa: F811
    floor = Floor(plant, "password")
    for _ in range(6):
        assert floor.write({"password": "wrong"}) == ("no", "write.password")
    assert floor.write({"password": PASSWORD}) == ("no", "write.password"), "a right one has to wait as well"


def test_with_the_guard_taken_out_it_would_be_written(plant: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    floor = Floor(plant, "second_person")
    monkeypatch.setattr(write_guard.WriteGuard, "_approved", lambda *_: "")
    assert floor.write(None) == ("done", "")
