"""The configuration changed by the agent's page: difference first, then a version that the running agent takes over."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.test_device_writes import Device
from tests.integration.test_local_page import Page
from tests.support.processes import Processes
from tests.support.waiting import wait_until

CSV = "connection,name,address,type,scale,unit\npress_1,level,holding:1,uint16,0.1,mm\n"
NEW_TAG = {"name": "level", "address": "holding:1", "type": "uint16", "scale": "0.1", "unit": "mm"}


@pytest.fixture
def device() -> Iterator[Device]:
    made = Device()
    yield made
    made.close()


@pytest.fixture
def page(tmp_path: Path, processes: Processes, device: Device) -> Page:
    made = Page(tmp_path, processes, device.port)
    made.set_password()
    made.log_in()
    return made


def ask(page: Page, path: str, body: Any) -> Any:
    status, content, _ = page.call("POST", path, body)
    assert status == 200, content
    return content


def tags(page: Page) -> dict[str, Any]:
    return {one["tag"]: one for one in page.call("GET", "/api/tags?connection=press_1")[1]["tags"]}


def test_a_tag_is_tried_saved_and_read_without_a_restart(page: Page, tmp_path: Path) -> None:
    tried = ask(page, "/api/tag/try", {"connection": "press_1", "cells": NEW_TAG})
    assert (tried["value"], tried["quality"], tried["unit"]) == (14.0, 0, "mm")
    assert "level" not in (tmp_path / "agent.yaml").read_text()
    plan = ask(page, "/api/tag/plan", {"connection": "press_1", "cells": NEW_TAG})
    assert plan["connections"][0]["added"][0]["name"] == "level"
    done = ask(page, "/api/apply", {"token": plan["token"], "note": "oil level"})
    assert (done["taken_over"], done["files"]) == (True, ["tags/press_1.csv", "agent.yaml"])
    wait_until(lambda: tags(page).get("level", {}).get("value") == 14.0, what="the new tag is read")
    assert "Another configuration: 1 connections go on, 1 begin anew." in page.agent.log()
    newest = page.call("GET", "/api/versions")[1]["versions"][0]
    assert (newest["author"], newest["note"], newest["now"]) == ("local page", "oil level", True)
    status, told, _ = page.call("POST", "/api/apply", {"token": plan["token"]})
    assert (status, told["code"]) == (422, "page.plan")


def test_every_mistake_of_a_tag_is_told_at_once(page: Page) -> None:
    wrong = {"name": "a/b", "address": "holding:1", "type": "float99", "scale": "1,5"}
    status, told, _ = page.call("POST", "/api/tag/try", {"connection": "press_1", "cells": wrong})
    assert status == 422
    assert "/scale" in {one["path"] for one in told["problems"]}
    wrong["scale"] = "1.5"
    plan = ask(page, "/api/tag/plan", {"connection": "press_1", "cells": wrong})
    assert {"name", "type"} <= {one["column"] for one in plan["problems"]}
    assert plan["token"] == ""
    plan = ask(page, "/api/tag/plan", {"connection": "press_1", "cells": {"name": "x", "address": "holding:99999"}})
    assert plan["problems"]
    gone = ask(page, "/api/tag/try", {"connection": "off", "cells": {"address": "holding:1", "type": "uint16"}})
    assert gone["error"]
    assert page.call("POST", "/api/tag/try", {"connection": "press_1", "cells": {"address": 7}})[0] == 422
    assert page.call("POST", "/api/tag/try", {"connection": "press_1", "cells": {"color of it": "x"}})[0] == 422


def test_a_sheet_comes_in_and_goes_out(page: Page) -> None:
    plan = ask(page, "/api/import?name=press.csv", CSV.encode())
    assert (plan["connections"][0]["added_count"], plan["format"]) == (1, "CSV")
    assert ask(page, "/api/apply", {"token": plan["token"]})["taken_over"] is True
    wait_until(lambda: tags(page).get("level", {}).get("value") == 14.0, what="the imported tag is read")
    status, text, headers = page.call("GET", "/api/export?format=csv&connection=press_1")
    assert status == 200
    assert "attachment" in headers["content-disposition"]
    assert "press_1,level,holding:1,uint16,0.1,mm" in text
    again = ask(page, "/api/import", text.encode())
    assert (again["token"], again["connections"][0]["unchanged"]) == ("", 3)
    wrong = ask(page, "/api/import", (CSV + "press_1,level,holding:2,uint16,x,mm\nnone,a,holding:3,,,\n").encode())
    assert {(one["row"], one["column"]) for one in wrong["problems"]} == {(3, "scale"), (4, "connection")}
    assert page.call("POST", "/api/import", b"")[0] == 422
    assert page.call("POST", "/api/import?mode=all", CSV.encode())[0] == 422


def test_an_xlsx_goes_out_and_a_kepware_file_comes_in(page: Page, tmp_path: Path) -> None:
    connection = http.client.HTTPConnection(page.address, timeout=30)
    connection.request("GET", "/api/export?format=xlsx", headers={"Cookie": page.cookie})
    data = connection.getresponse().read()
    connection.close()
    assert data.startswith(b"PK")
    again = ask(page, "/api/import", data)
    assert (again["format"], again["problems"], again["token"]) == ("XLSX", [], "")
    kepware = '"Tag Name","Address","Data Type","Respect Data Type"\n"Oil.Level","400002","Word",1\n'
    plan = ask(page, "/api/import?connection=press_1", kepware.encode())
    assert (plan["format"], plan["connections"][0]["added_count"]) == ("Kepware CSV", 1)
    (tmp_path / "agent.yaml").unlink()
    status, told, _ = page.call("POST", "/api/import", CSV.encode())
    assert (status, told["code"]) == (422, "config.unreadable")


def test_ten_thousand_rows(page: Page) -> None:
    rows = "".join(f"press_1,t{n},holding:{n},uint16,0.1,mm\n" for n in range(10_000))
    began = time.perf_counter()
    plan = ask(page, "/api/import", ("connection,name,address,type,scale,unit\n" + rows).encode())
    print(f"10,000 rows compared in {time.perf_counter() - began:.2f} s")
    assert (plan["connections"][0]["added_count"], len(plan["connections"][0]["added"])) == (10_000, 200)
    assert plan["token"]


def test_who_is_not_logged_in_sends_no_file(page: Page) -> None:
    cookie, page.cookie = page.cookie, ""
    assert page.call("POST", "/api/import", CSV.encode())[0] == 401
    for path in ("/api/tag/try", "/api/tag/plan", "/api/apply", "/api/version", "/api/machines"):
        assert page.call("POST", path, {})[0] == 401
    for path in ("/api/versions", "/api/export", "/api/templates"):
        assert page.call("GET", path)[0] == 401
    large = b"x" * 200_000
    with pytest.raises((OSError, EOFError)):  # too much of somebody unknown is not even read
        page.call("POST", "/api/import", large)
    page.cookie = cookie
    with pytest.raises((OSError, EOFError)):
        page.call("POST", "/api/tag/plan", large)
    assert page.call("POST", "/api/import", CSV.encode(), headers={"Cookie": cookie})[0] == 403


def test_back_to_a_former_version(page: Page) -> None:
    for name in ("a", "b"):
        plan = ask(page, "/api/tag/plan", {"connection": "press_1", "cells": {**NEW_TAG, "name": name}})
        ask(page, "/api/apply", {"token": plan["token"]})
    versions = page.call("GET", "/api/versions")[1]["versions"]
    target = next(one["number"] for one in versions if one["note"] == "tag press_1/a")
    shown = ask(page, "/api/version", {"number": target})
    assert any(line.startswith("-b,holding:1") for line in shown["lines"])
    assert ask(page, "/api/apply", {"token": shown["token"]})["taken_over"] is True
    wait_until(lambda: "a" in tags(page) and "b" not in tags(page), what="the former version runs")
    assert page.call("POST", "/api/version", {"number": 99})[0] == 422


def test_going_back_over_a_rename_keeps_the_history_with_its_tag(page: Page, tmp_path: Path) -> None:
    def uuids() -> dict[str, str]:
        known = json.loads((tmp_path / "data" / "identity.json").read_text())["tags"]
        return {key: one["uuid"] for key, one in known.items()}

    plan = ask(page, "/api/tag/plan", {"connection": "press_1", "cells": NEW_TAG})
    assert ask(page, "/api/apply", {"token": plan["token"], "note": "level"})["taken_over"] is True
    before = uuids()["press_1/level"]
    plan = ask(page, "/api/import", CSV.replace("name,", "name,was,").replace("level,", "depth,level,").encode())
    assert ask(page, "/api/apply", {"token": plan["token"]})["taken_over"] is True
    wait_until(lambda: "depth" in tags(page), what="the new name")
    assert uuids()["press_1/depth"] == before
    versions = page.call("GET", "/api/versions")[1]["versions"]
    shown = ask(page, "/api/version", {"number": next(one["number"] for one in versions if one["note"] == "level")})
    assert ask(page, "/api/apply", {"token": shown["token"]})["taken_over"] is True
    wait_until(lambda: "level" in tags(page), what="the old name")
    assert uuids()["press_1/level"] == before


def test_machines_of_one_kind(page: Page, device: Device) -> None:
    base = ask(page, "/api/template", {"base": "press_1"})
    assert {"name": "port", "usual": str(device.port)} in base["fields"]
    uses = [{"id": f"press_{n}", "prefix": f"p{n}_", "host": "127.0.0.1"} for n in (2, 3)]
    plan = ask(page, "/api/machines", {"base": "press_1", "uses": uses})
    assert [one["connection"] for one in plan["connections"]] == ["press_2", "press_3"], plan
    assert plan["token"], plan
    assert ask(page, "/api/apply", {"token": plan["token"]})["taken_over"] is True

    def speed() -> Any:
        found = page.call("GET", "/api/tags?connection=press_3")[1].get("tags", [])
        return {one["tag"]: one["value"] for one in found}.get("p3_speed")

    wait_until(lambda: speed() == 10.0, what="the copy is read")
    twice = ask(page, "/api/machines", {"base": "press_1", "uses": uses})
    assert [one["code"] for one in twice["problems"]] == ["config.duplicate_id"] * 2
    library = page.call("GET", "/api/templates")[1]
    assert len(library["library"]) >= 20
    assert page.call("POST", "/api/machines", {"base": "press_1", "uses": []})[0] == 422


def test_the_page_makes_nothing_writable(page: Page, tmp_path: Path) -> None:
    head = "connection,name,address,type,more\n"
    rule = json.dumps({"write": {"min": 0, "max": 10}}).replace('"', '""')
    plan = ask(page, "/api/import", f'{head}press_1,set_point,holding:1,uint16,"{rule}"\n'.encode())
    assert ([one["code"] for one in plan["problems"]], plan["token"]) == (["page.write"], "")
    plan = ask(page, "/api/import", f"{head}press_1,set_point,holding:1,uint16,\n".encode())
    assert plan["token"]  # without the rule it may come in
    other = {"id": "press_9", "prefix": "", "tls_key_file": "/etc/hostname"}
    plan = ask(page, "/api/machines", {"base": "press_1", "uses": [other]})
    assert ([one["code"] for one in plan["problems"]], plan["token"]) == (["template.parameters"], "")


def test_a_change_by_somebody_else_is_not_overwritten(page: Page, tmp_path: Path) -> None:
    plan = ask(page, "/api/tag/plan", {"connection": "press_1", "cells": NEW_TAG})
    file = tmp_path / "agent.yaml"
    file.write_text(file.read_text() + "# by hand\n")
    status, told, _ = page.call("POST", "/api/apply", {"token": plan["token"]})
    assert (status, told["code"]) == (422, "config.changed")
    assert "level" not in file.read_text()


def ended(page: Page) -> dict[str, Any]:
    wait_until(lambda: page.call("GET", "/api/search")[1]["state"] != "running", what="the search ends")
    found: dict[str, Any] = page.call("GET", "/api/search")[1]
    return found


def test_a_search_tells_how_far_it_is_and_ends_when_asked(page: Page, device: Device) -> None:
    assert page.call("GET", "/api/search")[1]["state"] == "none"
    asked = {"connection": "press_1", "table": "holding", "first": 0, "last": 50}
    begun = ask(page, "/api/search/scan", asked)
    assert (begun["state"], begun["kind"]) == ("running", "scan")
    found = ended(page)
    assert found["state"] == "done"
    assert found["result"]["found"][0][0] == 0
    ask(page, "/api/search/scan", {**asked, "first": 3000, "last": 65_535})
    status, told, _ = page.call("POST", "/api/search/sunspec", {"connection": "press_1"})
    assert (status, told["code"]) == (422, "page.busy")
    wait_until(lambda: page.call("GET", "/api/search")[1]["progress"].get("requests", 0) > 2, what="it goes on")
    assert ask(page, "/api/search/end", {})["state"] == "ended"
    assert tags(page)["speed"]["quality"] == 0  # the line went on
    ask(page, "/api/search/sunspec", {"connection": "press_1"})
    found = ended(page)
    assert (found["state"], found["hint"] != "") == ("failed", True)
    for wrong in ({"table": "none"}, {"first": 9, "last": 8}, {"last": 70_000}, {"connection": "none"}):
        assert page.call("POST", "/api/search/scan", {**asked, **wrong})[0] == 422
    assert device.frames == []
    page.cookie = ""
    assert page.call("GET", "/api/search")[0] == 401
    assert page.call("POST", "/api/search/end", {})[0] == 401
