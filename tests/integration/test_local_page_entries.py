"""Values typed on the agent's page: kept with the session's right alone, judged at the agent, each once."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from tests.integration.test_local_page import Page
from tests.support.processes import Processes, free_port
from tests.support.waiting import wait_until

HAND = {
    "id": "hand", "driver": "manual_entry", "scan_ms": 100,
    "tags": [
        {"name": "weight", "address": "weight; every 1 h", "type": "float64", "unit": "kg", "span": [0, 500],
         "description": "Weight of the batch", "description_i18n": {"zh-CN": "批次重量"}},
        {"name": "grade", "address": "grade", "type": "int16", "texts": {"1": "First", "2": "Second"},
         "texts_i18n": {"zh-CN": {"1": "一等", "2": "二等"}}},
        {"name": "note", "address": "note", "type": "string", "length": 30},
        {"name": "clean", "address": "clean", "type": "bool"},
    ],
}  # fmt: skip


@pytest.fixture
def page(tmp_path: Path, processes: Processes) -> Page:
    made = Page(tmp_path, processes, free_port(), more=[HAND])
    made.set_password()
    made.log_in()
    return made


def enter(page: Page, key: str, value: str, *, at: str = "", once: str = "0123456789abcdef") -> tuple[int, Any]:
    status, told, _ = page.call("POST", "/api/enter", {"key": key, "value": value, "at": at, "once": once})
    return status, told


def fields(page: Page) -> dict[str, Any]:
    return {one["tag"]: one for one in page.call("GET", "/api/entries")[1]["fields"]}


def test_a_value_goes_from_the_page_to_the_tag_and_once(page: Page, tmp_path: Path) -> None:
    assert [(name, one["kind"], one["last"]) for name, one in fields(page).items()] == [
        ("weight", "number", None), ("grade", "choice", None), ("note", "text", None), ("clean", "truth", None),
    ]  # fmt: skip
    status, kept = enter(page, "hand/weight", "12.5")
    assert (status, kept["value"], kept["replaced"]) == (200, "12.5", None)
    assert enter(page, "hand/weight", "12.5") == (200, kept)  # sent again: the answer was lost
    assert fields(page)["weight"]["last"] == {"value": "12.5", "ts": kept["ts"]}
    assert fields(page)["weight"]["holds_us"] == 3_600_000_000

    def states() -> dict[str, Any]:
        return {one["tag"]: one for one in page.call("GET", "/api/tags?connection=hand")[1]["tags"]}

    wait_until(lambda: states()["weight"]["value"] == 12.5, what="the tag has it")
    assert states()["weight"]["quality"] == 1
    status, other = enter(page, "hand/weight", "14.5", at=kept["ts"], once="f" * 16)
    assert (status, other["ts"], other["replaced"]) == (200, kept["ts"], "12.5")
    wait_until(lambda: states()["weight"]["value"] == 14.5, what="the correction")
    assert enter(page, "hand/grade", "Second", once="a" * 16)[1]["value"] == "2"
    assert enter(page, "hand/grade", "一等", once="b" * 16)[1]["value"] == "1"
    lines = (tmp_path / "data" / "entries").glob("entries-*.jsonl")
    assert sum(len(one.read_text("utf-8").splitlines()) for one in lines) == 4


def test_what_cannot_be_is_refused_and_leaves_nothing(page: Page, tmp_path: Path) -> None:
    ahead = str(time.time_ns() // 1000 + 60_000_000)
    refused = [
        (("hand/weight", "501"), "entry.span"), (("hand/weight", "12,5"), "entry.comma"),
        (("hand/weight", "heavy"), "entry.kind"), (("hand/weight", " "), "entry.empty"),
        (("hand/grade", "3"), "entry.choice"), (("hand/note", "x" * 31), "entry.length"),
        (("hand/note", "a\nb"), "entry.characters"), (("press_1/speed", "1"), "entry.unknown"),
    ]  # fmt: skip
    for words, code in refused:
        status, told = enter(page, *words)
        assert (status, told["code"]) == (422, code)
    assert enter(page, "hand/weight", "1", at=ahead)[1]["code"] == "entry.ahead"
    assert enter(page, "hand/weight", "1", at="1000000")[1]["code"] == "entry.too_old"
    assert enter(page, "hand/weight", "1", at="yesterday")[1]["code"] == "entry.time"
    assert enter(page, "hand/weight", "1", once="")[1]["code"] == "entry.key"
    assert page.call("POST", "/api/enter", {"key": 7})[0] == 422
    assert not list((tmp_path / "data").glob("entries/*.jsonl"))


def test_nobody_types_without_the_password(page: Page, tmp_path: Path) -> None:
    cookie, page.cookie = page.cookie, ""
    assert enter(page, "hand/weight", "1")[0] == 401
    assert page.call("GET", "/api/entries")[0] == 401
    body = {"key": "hand/weight", "value": "1", "at": "", "once": "0123456789abcdef"}
    assert page.call("POST", "/api/enter", body, headers={"Cookie": cookie})[0] == 403  # a form of another page
    assert not list((tmp_path / "data").glob("entries/*.jsonl"))
