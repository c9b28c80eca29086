"""The agent's page by its forms: what it says in the reader's language, what is emptied and so removed, and a node of
an OPC UA server that becomes a tag."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from connectors.peers.opcua_peer import Variable
from edge_agent.spreadsheet.csv_file import read_csv
from tests.e2e.test_device_writes import Device
from tests.integration.test_local_page import Page
from tests.integration.test_local_page_changes import ask, tags
from tests.support.opcua_thread import OpcuaThread
from tests.support.processes import Processes
from tests.support.waiting import wait_until

CHINESE = re.compile(r"[\u4e00-\u9fff]")
LEVEL = {
    "name": "level", "address": "holding:1", "type": "uint16", "scale": "0.1", "unit": "mm", "description": "oil",
    "deadband": "2",
}  # fmt: skip


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


def said(page: Page, method: str, path: str, body: Any = None, language: str = "zh-CN,zh;q=0.9") -> Any:
    """What the agent answers to a reader of this language."""
    headers = {"Cookie": page.cookie, "X-Interlock-Page": "1", "Accept-Language": language}
    return page.call(method, path, body, headers)[1]


def test_what_the_agent_says_is_in_the_readers_language(page: Page) -> None:
    head = b"connection,name,address,type,scale,span_low,length\n"
    sheets = [
        head + b'press_1,b,holding:2,uint16,"1,5",,x\nnone,c,holding:3,,,,\n',
        head + b"press_1,b/c,holding:2,float99,,5,\npress_1,d,holding:3,string,,,700\n",
        head + b"press_1,e,nowhere,uint16,,,\npress_1,f,holding:99999,uint16,,,\n",
        b"tag,colour\na,b\n",
    ]
    ours = [one for sheet in sheets for one in said(page, "POST", "/api/import", sheet)["problems"]]
    theirs = [one for sheet in sheets for one in said(page, "POST", "/api/import", sheet, "en-GB")["problems"]]
    assert len(theirs) >= 9
    for one, other in zip(ours, theirs, strict=True):
        assert [one[key] for key in ("row", "column", "code")] == [other[key] for key in ("row", "column", "code")]
        for key in ("message", "hint"):
            assert not CHINESE.search(other[key])
            assert bool(CHINESE.search(one[key])) == bool(other[key]), other[key]
    found = said(page, "POST", "/api/doctor", {"connection": "off"})["findings"]
    (wrong,) = [one for one in found if one["severity"] == "problem"]
    assert wrong["code"] == "network.port_closed"
    assert "主机在线，但端口 1 上没有服务" in wrong["what"]
    assert all(CHINESE.search(wrong[key]) for key in ("evidence", "next_step"))
    told = said(page, "POST", "/api/browse", {"connection": "press_1"})
    assert (told["code"], told["message"]) == ("page.browse", "驱动“modbus_tcp”不能列出地址")

    def error() -> str:
        shown = said(page, "GET", "/api/overview")["connections"]
        return next(str(one["error"]) for one in shown if one["id"] == "off")

    wait_until(lambda: CHINESE.search(error()) is not None, what="the connection tells in Chinese why it is down")
    wait_until(lambda: tags(page).get("gone", {}).get("error"), what="the device refused an address")
    shown = said(page, "GET", "/api/tags?connection=press_1")["tags"]
    assert CHINESE.search(next(one["error"] for one in shown if one["tag"] == "gone"))
    tried = said(page, "POST", "/api/tag/try", {"connection": "off", "cells": {**LEVEL, "deadband": ""}})
    assert (CHINESE.search(tried["error"]), CHINESE.search(tried["hint"])) != (None, None)
    ask(page, "/api/search/sunspec", {"connection": "press_1"})
    wait_until(lambda: page.call("GET", "/api/search")[1]["state"] == "failed", what="there is no SunSpec device")
    assert CHINESE.search(said(page, "GET", "/api/search")["message"])
    page.cookie = ""
    assert said(page, "GET", "/api/overview") == {"code": "page.login", "message": "请先登录"}


def test_what_is_emptied_leaves_the_configuration(page: Page, tmp_path: Path) -> None:
    plan = ask(page, "/api/tag/plan", {"connection": "press_1", "cells": LEVEL})
    ask(page, "/api/apply", {"token": plan["token"]})
    known = ask(page, "/api/tag", {"connection": "press_1", "name": "level"})["cells"]
    assert {key: known[key] for key in LEVEL} == LEVEL
    assert ask(page, "/api/tag", {"connection": "press_1", "name": "none"})["cells"] is None
    emptied = {"name": "level", "address": "holding:1", "unit": "", "description": "", "scale": ""}
    plan = ask(page, "/api/tag/plan", {"connection": "press_1", "cells": emptied})
    (change,) = plan["connections"][0]["changed"]
    assert {one["column"]: (one["before"], one["after"]) for one in change["fields"]} == {
        "scale": ("0.1", ""), "unit": ("mm", ""), "description": ("oil", ""),
    }  # fmt: skip
    ask(page, "/api/apply", {"token": plan["token"]})
    rows = [cells for _, cells in read_csv((tmp_path / "tags" / "press_1.csv").read_bytes()).rows]
    now = dict(zip(rows[0], rows[1], strict=True))
    assert (now["unit"], now["description"], now["scale"]) == ("", "", "")
    assert (now["type"], now["deadband"]) == ("uint16", "2")  # what was not emptied stays
    wait_until(lambda: tags(page).get("level", {}).get("value") == 140, what="the tag is read without its factor")
    for needed in ("address", "name"):
        plan = said(page, "POST", "/api/tag/plan", {"connection": "press_1", "cells": {**LEVEL, needed: ""}})
        assert plan["token"] == ""
        assert ("config.missing", needed, f"缺少“{needed}”") in {
            (one["code"], one["column"], one["message"]) for one in plan["problems"]
        }


def test_a_machine_without_what_was_emptied(page: Page, tmp_path: Path) -> None:
    fields = {one["name"]: one["usual"] for one in ask(page, "/api/template", {"base": "press_1"})["fields"]}
    assert fields["port"]
    uses = [{**fields, "id": "press_2", "prefix": "a_", "port": ""}, {"id": "press_3", "prefix": "b_"}]
    plan = ask(page, "/api/machines", {"base": "press_1", "uses": uses})
    assert plan["problems"] == []
    ask(page, "/api/apply", {"token": plan["token"]})
    document = yaml.safe_load((tmp_path / "agent.yaml").read_text("utf-8"))
    (template,) = document["templates"]
    configs = {one["id"]: {**template["config"], **one.get("config", {})} for one in document["connections"]}
    assert "port" not in configs["press_2"]
    assert str(configs["press_3"]["port"]) == fields["port"]  # nobody emptied it there
    plan = said(page, "POST", "/api/machines", {"base": "press_1", "uses": [{**uses[0], "id": "press_4", "host": ""}]})
    assert [(one["code"], one["column"], one["message"]) for one in plan["problems"]] == [
        ("template.needed", "host", "“host”不能为空")
    ]
    library = {"id": "meter", "prefix": "", "host": "127.0.0.1", "port": "502", "unit": ""}
    plan = ask(page, "/api/machines", {"base": "eastron_sdm630", "uses": [library]})
    assert [(one["code"], one["column"]) for one in plan["problems"]] == [("template.parameters", "unit")]
    plan = ask(page, "/api/machines", {"base": "eastron_sdm630", "uses": [{**library, "unit": "1"}]})
    assert plan["problems"] == []


def test_from_a_node_of_a_server_to_a_tag(tmp_path: Path, processes: Processes, device: Device) -> None:
    server = OpcuaThread([Variable("oven.temp", "float64", 180.5, "oven", "temperature")])
    try:
        oven = {"id": "oven", "driver": "opcua", "config": server.config, "scan_ms": 200, "tags": []}
        page = Page(tmp_path, processes, device.port, more=[oven])
        page.set_password()
        page.log_in()
        place, path = "", []
        for name in ("oven", "temperature"):
            items = ask(page, "/api/browse", {"connection": "oven", "parent": place})["items"]
            (item,) = [one for one in items if one["name"] == name]
            place = item["address"]
            path.append(item)
        assert [one["has_children"] for one in path] == [True, False]
        cells = {"name": item["name"], "address": item["address"], "type": item["type"], "unit": "°C"}
        tried = ask(page, "/api/tag/try", {"connection": "oven", "cells": cells})
        assert (tried["value"], tried["quality"]) == (180.5, 0)
        plan = ask(page, "/api/tag/plan", {"connection": "oven", "cells": cells})
        (added,) = plan["connections"][0]["added"]
        assert (added["name"], added["address"]) == ("temperature", item["address"])
        assert "temperature" not in (tmp_path / "agent.yaml").read_text("utf-8")  # a draft until it is applied
        assert ask(page, "/api/apply", {"token": plan["token"]})["taken_over"] is True

        def value() -> Any:
            shown = page.call("GET", "/api/tags?connection=oven")[1].get("tags", [])
            return {one["tag"]: one["value"] for one in shown}.get("temperature")

        wait_until(lambda: value() == 180.5, what="the node is read as a tag")
        gone = ask(page, "/api/tag/plan", {"connection": "oven", "cells": {**cells, "name": "x", "address": "nowhere"}})
        assert (gone["token"], len(gone["problems"])) == ("", 1)
    finally:
        server.close()
