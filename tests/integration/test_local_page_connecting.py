"""A first connection made by the agent's page: chosen, tried, shown as a difference, and read without a restart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from edge_agent.secret_store.store import SecretStore
from tests.e2e.test_device_writes import Device
from tests.integration.test_configuration import Meter
from tests.integration.test_local_page import Page
from tests.support.processes import Processes
from tests.support.waiting import wait_until

MODBUS = "modbus_tcp"


@pytest.fixture
def device() -> Iterator[Device]:
    made = Device()
    yield made
    made.close()


@pytest.fixture
def page(tmp_path: Path, processes: Processes, device: Device) -> Page:
    made = Page(tmp_path, processes, device.port, empty=True)
    made.set_password()
    made.log_in()
    return made


def ask(page: Page, path: str, body: Any, *, language: str = "en") -> Any:
    headers = {"Cookie": page.cookie, "X-Interlock-Page": "1", "Accept-Language": language}
    status, content, _ = page.call("POST", path, body, headers)
    assert status == 200, content
    return content


def asked(page: Page, path: str, cells: dict[str, str], driver: str = MODBUS) -> Any:
    return ask(page, path, {"driver": driver, "cells": cells})


def test_every_driver_is_a_form_without_files_of_the_machine(page: Page, tmp_path: Path) -> None:
    forms = {one["id"]: one for one in page.call("GET", "/api/drivers")[1]["drivers"]}
    first = [one["name"] for one in forms[MODBUS]["fields"] if one["first"]]
    assert first == ["host", "port", "unit"]
    assert {one["name"]: one["required"] for one in forms["opcua"]["fields"]}["security_policy"] is True
    assert forms["csv_folder"]["possible"] is False
    for form in forms.values():
        asked_for = {one["name"] for one in form["fields"]}
        assert not {name for name in asked_for if name.endswith(("_file", "_folder"))} - {"password_file"}
        assert not asked_for & {"headers", "folder"}
    for path in ("tls_key_file", "nothing_like_it"):
        told = asked(page, "/api/connection/plan", {"id": "a", "host": "127.0.0.1", path: "/etc/passwd"})
        assert [(one["column"], one["code"]) for one in told["problems"]] == [(path, "page.setting")]
    cells = {"id": "a", "host": "127.0.0.1", "username": "u", "password_file": "/etc/passwd"}
    told = asked(page, "/api/connection/plan", cells, "mqtt_in")
    assert [(one["column"], one["code"]) for one in told["problems"]] == [("password_file", "page.secret")]


def test_a_connection_is_tried_saved_and_taken_over(page: Page, tmp_path: Path, device: Device) -> None:
    before = (tmp_path / "agent.yaml").read_text()
    assert "connections: []" in before
    gone = asked(page, "/api/connection/try", {"host": "127.0.0.1", "port": "1"})["findings"]
    assert (gone[-1]["code"], gone[-1]["severity"]) == ("network.port_closed", "problem")
    assert gone[-1]["next_step"]
    cells = {"id": "press_1", "host": "127.0.0.1", "port": str(device.port), "scan_ms": "200", "byte_order": "CDAB"}
    found = asked(page, "/api/connection/try", cells)["findings"]
    assert {one["severity"] for one in found} == {"ok"}
    assert (tmp_path / "agent.yaml").read_text() == before
    plan = asked(page, "/api/connection/plan", cells)
    given = {one["column"]: one["after"] for one in plan["connections"][0]["settings"]}
    assert given["driver"] == MODBUS
    assert (given["byte_order"], given["scan_ms"]) == ("CDAB", "200")
    assert ask(page, "/api/apply", {"token": plan["token"], "note": "the press"})["taken_over"] is True
    one = wait_until(lambda: page.call("GET", "/api/overview")[1]["connections"], what="the connection is there")[0]
    assert (one["id"], one["tags"]) == ("press_1", 0)
    tag = {"name": "level", "address": "holding:1", "type": "uint16"}
    plan = ask(page, "/api/tag/plan", {"connection": "press_1", "cells": tag})
    assert ask(page, "/api/apply", {"token": plan["token"]})["taken_over"] is True
    wait_until(lambda: page.call("GET", "/api/overview")[1]["connections"][0]["up"], what="the device is read")
    assert page.call("GET", "/api/versions")[1]["versions"][0]["note"] == "tag press_1/level"
    again = asked(page, "/api/connection/plan", cells)
    assert (again["token"], again["problems"][0]["code"]) == ("", "config.duplicate_id")


def test_mistakes_of_a_form_are_told_by_field(page: Page) -> None:
    cells = {"id": "Not An Id", "host": "127.0.0.1", "port": "70000", "scan_ms": "often"}
    told = asked(page, "/api/connection/plan", cells)
    assert told["token"] == ""
    assert {"id", "scan_ms"} <= {one["column"] for one in told["problems"]}
    told = asked(page, "/api/connection/plan", {**cells, "id": "a", "scan_ms": ""})
    assert {one["column"] for one in told["problems"]} == {"port"}
    told = asked(page, "/api/connection/plan", {"id": "a"})
    assert [(one["column"], one["code"]) for one in told["problems"]] == [("host", "template.needed")]
    status, refused, _ = page.call("POST", "/api/connection/try", {"driver": MODBUS, "cells": {"port": "x"}})
    assert (status, refused["problems"][0]["path"]) == (422, "/host")
    assert page.call("POST", "/api/connection/try", {"driver": "none", "cells": {}})[0] == 422
    page.cookie = ""
    for path in ("/api/connection/try", "/api/connection/plan", "/api/search/hosts"):
        assert page.call("POST", path, {})[0] == 401
    assert page.call("GET", "/api/drivers")[0] == 401


def test_a_password_is_one_of_the_secrets_and_never_shown(page: Page, tmp_path: Path) -> None:
    SecretStore(tmp_path / "data").put("broker", "nobody reads this")
    status, told, _ = page.call("GET", "/api/drivers")
    assert status == 200
    fields = {one["name"]: one for form in told["drivers"] if form["id"] == "mqtt_in" for one in form["fields"]}
    assert fields["password_file"]["choices"] == ["secret:broker"]
    assert "nobody reads this" not in str(told)
    cells = {"id": "lines", "host": "127.0.0.1", "username": "u", "password_file": "secret:broker"}
    plan = asked(page, "/api/connection/plan", cells, "mqtt_in")
    assert plan["token"]
    assert "nobody reads this" not in str(plan)


def test_a_sunspec_meter_gets_the_settings_that_its_tags_need(page: Page, tmp_path: Path) -> None:
    with Meter() as meter:
        meter.set(W=1234, W_SF=-1)
        plan = asked(page, "/api/connection/plan", {"id": "roof", "host": "127.0.0.1", "port": str(meter.port)})
        assert ask(page, "/api/apply", {"token": plan["token"]})["taken_over"] is True
        ask(page, "/api/search/sunspec", {"connection": "roof"})
        done = wait_until(
            lambda: found if (found := page.call("GET", "/api/search")[1])["state"] != "running" else None,
            what="the meter is found",
        )
        (diff,) = done["result"]["connections"]
        assert [one["column"] for one in diff["settings"]] == ["gap_max", "holes"]
        assert ask(page, "/api/apply", {"token": done["result"]["token"]})["taken_over"] is True
        text = (tmp_path / "agent.yaml").read_text()
        assert "gap_max: 124" in text
        assert "holding:40002-40003" in text
        path = "/api/tags?connection=roof"
        wait_until(
            lambda: {one["tag"]: one["value"] for one in page.call("GET", path)[1]["tags"]}.get("W") == 123.4,
            what="the power is read with its factor",
        )


def test_devices_are_found_by_host(page: Page, device: Device) -> None:
    ask(page, "/api/search/hosts", {"hosts": f"127.0.0.1:{device.port}"})
    done = wait_until(
        lambda: found if (found := page.call("GET", "/api/search")[1])["state"] != "running" else None,
        what="the search ends",
    )
    (one,) = done["result"]["ports"]
    assert (one["protocol"], one["driver"]) == ("Modbus TCP", MODBUS)
    assert one["cells"] == {"host": "127.0.0.1", "port": str(device.port)}
    assert page.call("POST", "/api/search/hosts", {"hosts": " "})[0] == 422
    ask(page, "/api/search/hosts", {"hosts": "8.8.8.8"})  # never beyond the plant
    failed = wait_until(
        lambda: found if (found := page.call("GET", "/api/search")[1])["state"] != "running" else None,
        what="the search is refused",
    )
    assert (failed["state"], failed["code"]) == ("failed", "scan.hosts")


def test_the_bad_tags_of_a_connection_are_listed_alone(tmp_path: Path, processes: Processes, device: Device) -> None:
    page = Page(tmp_path, processes, device.port)
    page.set_password()
    page.log_in()
    path = "/api/tags?connection=press_1&bad=1"
    one = wait_until(
        lambda: found if len(found := page.call("GET", path)[1]["tags"]) == 1 else None, what="one tag is bad"
    )[0]
    assert (one["tag"], one["quality_label"]) == ("gone", "bad address")
    assert len(page.call("GET", "/api/tags?connection=press_1")[1]["tags"]) == 2


def test_a_register_that_is_not_there_comes_with_a_next_step(
    tmp_path: Path, processes: Processes, device: Device
) -> None:
    page = Page(tmp_path, processes, device.port)
    page.set_password()
    page.log_in()
    body = {"connection": "press_1", "address": "holding:4000"}
    told = ask(page, "/api/register", body)
    assert told["error"] == "exception 0x02 (illegal address)"
    assert "try the address before it" in told["hint"]
    assert "异常" in ask(page, "/api/register", body, language="zh-CN")["error"]
    assert ask(page, "/api/register", {**body, "address": "holding:1"})["hint"] == ""
