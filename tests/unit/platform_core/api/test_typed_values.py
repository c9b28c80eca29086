"""Values that people type: durable, once, checked, and shown like any other."""

import contextlib
import json
import threading

import numpy as np
import pytest
from sqlmodel import select

from platform_core.auth.clock import now_us
from platform_core.db.accounts import AuditRow
from platform_core.journal.errors import JournalFull
from schemas.identifiers import MANUAL_EDGE

DAY = 86_400_000_000


@pytest.fixture
def typing(plant):
    plant.start_ingest()
    return plant


def _make(plant, role="scrap_kg", kind="f", **more):
    body = {"asset": "press_1", "role": role, "kind": kind, **more}
    answer = plant.client("builder").post("/api/v1/tags/manual", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def _type(plant, key, *values, role="operator"):
    return plant.client(role).post("/api/v1/values/manual", json={"key": key, "values": list(values)})


def _raw(plant, tag_id):
    series = plant.store.raw("factory", [tag_id], 0, 2**52)
    return (
        [] if not series else list(zip(series[0].ts.tolist(), series[0].v.tolist(), series[0].q.tolist(), strict=True))
    )


def test_a_typed_value_is_a_tag_like_any_other(typing):
    tag = _make(typing, meta={"unit": "kg", "span": [0, 500]})
    assert (tag["edge"], tag["key"], tag["asset"], tag["role"]) == (MANUAL_EDGE, "manual/press_1.scrap_kg", "press_1",
                                                                    "scrap_kg")  # fmt: skip
    viewer = typing.client("viewer")
    (waiting,) = viewer.post("/api/v1/values/latest", json={"ids": [tag["id"]]}).json()["values"]
    assert (waiting["v"], waiting["q"], waiting["fresh"]) == (None, 140, 0)

    before = now_us()
    (stored,) = _type(typing, "key-00001", {"id": tag["id"], "v": 12}).json()["stored"]
    assert (stored["v"], stored["q"]) == (12.0, 1)
    assert before <= stored["ts"] <= now_us()
    (latest,) = viewer.post("/api/v1/values/latest", json={"ids": [tag["id"]]}).json()["values"]
    assert (latest["v"], latest["q"], latest["ts"], latest["fresh"]) == (12.0, 1, stored["ts"], 0)
    assert _raw(typing, tag["id"]) == [(stored["ts"], 12.0, 1)]
    assert {edge.id for edge in typing.ingest.edges()} == {"line_1"}  # it is no agent that could be off line


def test_the_same_key_stores_once_and_another_use_of_it_is_refused(typing):
    tag = _make(typing)
    first = _type(typing, "key-00001", {"id": tag["id"], "v": 1.5}).json()
    again = _type(typing, "key-00001", {"id": tag["id"], "v": 1.5}).json()
    assert again == {**first, "repeated": True}
    assert len(_raw(typing, tag["id"])) == 1
    other = _type(typing, "key-00001", {"id": tag["id"], "v": 2})
    assert (other.status_code, other.json()["errors"][0]["code"]) == (422, "values.key")
    _type(typing, "key-00002", {"id": tag["id"], "v": 1.5})
    assert len(_raw(typing, tag["id"])) == 2  # the negative control: a new key is a new entry


def test_the_same_key_at_once_from_many_stores_once(typing):
    tag = _make(typing)
    typing.client("operator")  # its token is made before the threads ask for it
    answers = []

    def send():
        answers.append(_type(typing, "key-00001", {"id": tag["id"], "v": 7}).json()["stored"])

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({json.dumps(answer) for answer in answers}) == 1
    assert len(_raw(typing, tag["id"])) == 1


def test_all_problems_come_at_once_and_then_nothing_is_stored(typing):
    number = _make(typing, meta={"span": [0, 10]})["id"]
    state = _make(typing, "reason", "i", meta={"texts": {"1": "No material", "2": "No operator"}})["id"]
    flag = _make(typing, "checked", "b")["id"]
    answer = _type(
        typing, "key-00001",
        {"id": number, "v": 11}, {"id": number, "v": "many"}, {"id": state, "v": 3}, {"id": flag, "v": 1},
        {"id": typing.ids[0], "v": 1}, {"id": number, "v": 1, "ts": now_us() + 60_000_000},
        {"id": number, "v": 1, "ts": now_us() - 40 * DAY}, {"id": number, "v": 5},
    )  # fmt: skip
    assert answer.status_code == 422
    codes = [(one["path"], one["code"]) for one in answer.json()["errors"]]
    assert codes == [
        ("/values/0", "value.span"), ("/values/1", "value.kind"), ("/values/2", "value.text"),
        ("/values/3", "value.kind"), ("/values/4", "values.not_manual"), ("/values/5", "value.time"),
        ("/values/6", "value.time"),
    ]  # fmt: skip
    assert _raw(typing, number) == []
    good = _type(typing, "key-00002", {"id": number, "v": 5}, {"id": state, "v": 2}, {"id": flag, "v": True})
    assert [one["v"] for one in good.json()["stored"]] == [5.0, 2, True]


def test_a_value_of_earlier_goes_into_history_and_not_over_a_newer_one(typing):
    tag = _make(typing)["id"]
    (newer,) = _type(typing, "key-00001", {"id": tag, "v": 2}).json()["stored"]
    hour_ago = newer["ts"] - 3_600_000_000
    _type(typing, "key-00002", {"id": tag, "v": 1, "ts": hour_ago})
    assert [row[:2] for row in _raw(typing, tag)] == [(hour_ago, 1.0), (newer["ts"], 2.0)]
    (latest,) = typing.client("viewer").post("/api/v1/values/latest", json={"ids": [tag]}).json()["values"]
    assert latest["v"] == 2.0


def test_a_viewer_types_nothing_and_an_operator_makes_no_tags(typing):
    tag = _make(typing)["id"]
    assert _type(typing, "key-00001", {"id": tag, "v": 1}, role="viewer").status_code == 403
    body = {"asset": "press_1", "role": "x", "kind": "f"}
    assert typing.client("operator").post("/api/v1/tags/manual", json=body).status_code == 403
    assert _raw(typing, tag) == []


def test_a_taken_role_is_not_taken_over_by_accident(typing):
    body = {"asset": "press_1", "role": "temperature", "kind": "f"}
    refused = typing.client("builder").post("/api/v1/tags/manual", json=body)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "role.taken")
    made = typing.client("builder").post("/api/v1/tags/manual", json=body | {"replace": True}).json()
    rows = typing.client("viewer").get("/api/v1/roles?asset=press_1&role=temperature").json()
    assert [row["tag_id"] for row in rows] == [typing.ids[0], made["id"]]
    assert rows[0]["valid_from"] == 0 < rows[1]["valid_from"]


def test_when_the_disk_is_full_nothing_is_stored_and_that_is_said(typing, monkeypatch):
    tag = _make(typing)["id"]
    append = typing.ingest.journal.append

    def full(entries):
        raise JournalFull("journal.full", "The journal's disk is full.")

    monkeypatch.setattr(typing.ingest.journal, "append", full)
    refused = _type(typing, "key-00001", {"id": tag, "v": 1})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (503, "values.not_stored")
    monkeypatch.setattr(typing.ingest.journal, "append", append)
    typing.services.manual_values.resume()  # as at the next start: what was refused does not come later
    assert _raw(typing, tag) == []
    assert _type(typing, "key-00001", {"id": tag, "v": 1}).json()["repeated"] is False
    assert len(_raw(typing, tag)) == 1
    with typing.database.read() as session:
        rows = session.exec(select(AuditRow).where(AuditRow.action == "value.manual")).all()
    assert [row.outcome for row in rows] == ["done", "refused", "done"]


def test_what_was_reserved_and_not_journalled_is_finished_at_the_next_start(typing, monkeypatch):
    tag = _make(typing)["id"]

    class Killed(BaseException):
        """The process ends between database and journal."""

    def killed(*args, **more):
        raise Killed

    own = typing.ingest.own
    monkeypatch.setattr(own, "append", killed)
    with contextlib.suppress(Killed, RuntimeError):
        typing.services.manual_values.store("factory", "olga", "key-00001", [_value(tag, 4.0)])
    assert _raw(typing, tag) == []
    monkeypatch.undo()
    typing.services.manual_values.resume()
    assert _type(typing, "key-00001", {"id": tag, "v": 4.0}).json()["repeated"] is True
    typing.ingest.applier.wait_until_applied(typing.ingest.journal.last_no, 5)
    assert [row[1] for row in _raw(typing, tag)] == [4.0]


def _value(tag, value):
    from platform_core.services.manual_values import ManualValue

    return ManualValue(tag, value)


def test_no_agent_may_call_itself_manual(typing):
    from platform_core.ingest.inbox import Message

    refused = typing.ingest.counters.refused
    topic = f"il/v1/factory/edge/{MANUAL_EDGE}/b/0"
    typing.ingest._take([Message(topic, b"x", 0, 0), Message(topic.replace("b/0", "birth"), b"{}", 0, 0)])
    assert typing.ingest.counters.refused == refused + 2


def test_numbers_are_never_given_twice(tmp_path):
    from platform_core.ingest.own_stream import OwnNumbers

    first = OwnNumbers(tmp_path)
    given = [first.take() for _ in range(250)]
    second = OwnNumbers(tmp_path)  # after a kill: nothing was closed
    given += [second.take() for _ in range(5)]
    assert len(set(given)) == len(given)
    assert given == sorted(given)
    assert np.diff(given).max() <= 100
