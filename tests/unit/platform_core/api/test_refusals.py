"""Refusals by HTTP: English as before, and beside it what a Chinese screen shows, with the same values in it."""

import copy

import pytest

from platform_core.services.refusals import problem, refusal, say

from .conftest import APP, PAGE, log_in

APPS = "/api/v1/apps"
FILES = APPS + "/line/draft/files/"
ZIP = {"Content-Type": "application/zip"}


@pytest.fixture
def mona(plant):
    plant.user("mona", "builder")
    return log_in(plant, "mona")


def put(client, path, document):
    read = client.get(FILES + path)
    headers = {"If-Match": read.headers["etag"]} if read.status_code == 200 else {"If-None-Match": "*"}
    return client.put(FILES + path, json=document, headers=headers)


def test_a_package_that_is_none(mona):
    told = mona.post("/api/v1/packages/inspect", content=b"no zip", headers=ZIP).json()
    assert told["detail"] == "This package is not taken: it is not a zip file."
    assert told["detail_i18n"] == {"zh-CN": "未接受此文件包：不是 zip 文件。"}
    (error,) = told["errors"]
    assert (error["code"], error["hint"]) == ("package.damaged", "Nothing was written.")
    assert (error["message_i18n"], error["hint_i18n"]) == (told["detail_i18n"], {"zh-CN": "未写入任何内容。"})


def test_a_body_that_is_too_large(mona):
    told = mona.put(FILES + "app.json", content=b" " * (3 << 20), headers={"If-None-Match": "*"}).json()
    assert told["detail_i18n"] == {"zh-CN": "请求内容太大。"}


def test_a_draft_that_was_changed(mona):
    told = mona.put(FILES + "app.json", json=APP, headers={"If-Match": '"old"'}).json()
    assert told["errors"][0]["code"] == "document.changed"
    assert told["detail_i18n"]["zh-CN"].startswith("文件在读取之后已被更改")


def test_each_problem_that_keeps_an_app_from_being_published(mona):
    page = copy.deepcopy(PAGE)
    page["elements"]["el_aaaaaaaa"]["props"] = {"decimals": 99}
    page["elements"]["el_aaaaaaaa"]["bind"]["/value"]["role"] = "pressure"
    put(mona, "pages/main.json", page)
    told = mona.post(APPS + "/line/releases", json={}).json()
    assert told["detail_i18n"] == {"zh-CN": "应用有 2 处问题。"}
    chinese = {error["code"]: error["message_i18n"]["zh-CN"] for error in told["errors"]}
    assert set(chinese) == {"props.maximum", "reference.role"}
    assert "pressure" in chinese["reference.role"]
    assert all(error["hint_i18n"]["zh-CN"] for error in told["errors"] if error["hint"])


def test_the_apps_own_tests_that_fail(mona):
    expect = [{"kind": "input", "element": "el_aaaaaaaa", "name": "value", "v": 99}]
    given = [{"asset": "press_1", "role": "temperature", "v": 1}]
    test = {"format": 1, "id": "hot", "name": "Hot", "page": "main", "given": given, "expect": expect}
    assert put(mona, "tests/hot.json", test).json()["problems"] == []
    told = mona.post(APPS + "/line/releases", json={}).json()
    assert told["errors"][0]["code"] == "test.failed", told
    assert told["detail_i18n"] == {"zh-CN": "应用自带的测试有 1 个未通过。"}
    assert told["errors"][0]["message_i18n"]["zh-CN"].startswith("Hot：")


def test_assets_types_and_lines_of_a_sheet(mona):
    told = mona.put("/api/v1/assets/hall", json={"id": "hall", "name": "Hall", "type": "nothing"}).json()
    assert told["errors"][0]["code"] == "asset_type.unknown", told
    assert told["detail_i18n"] == {"zh-CN": "没有设备类型 'nothing'。"}
    rows = [{"asset": name, "role": "speed", "tag_id": 999_999, "valid_from": 0} for name in ("nowhere", "neither")]
    told = mona.put("/api/v1/roles", json={"rows": rows}).json()
    assert told["detail_i18n"] == {"zh-CN": "有 4 处错误，未写入任何内容。"}
    assert told["errors"][1]["message_i18n"] == {"zh-CN": "没有标签 999999。"}
    sheet = "asset,role,tag\npress_1,Speed!,a/b\n"
    read = mona.post("/api/v1/roles/import", json={"text": sheet}).json()
    assert read["errors"][0]["message_i18n"]["zh-CN"].startswith("'Speed!' 不是有效的标识")


def test_a_request_that_does_not_fit(mona):
    told = mona.post(APPS, json={"id": 1}).json()
    assert told["detail_i18n"] == {"zh-CN": f"请求中有 {len(told['errors'])} 处问题。"}
    assert "message_i18n" not in told["errors"][0]  # the framework speaks English


def test_values_stand_in_every_language_and_stay_short():
    error = refusal("app.taken", app="{line}" + "x" * 999)
    assert error.said.message_i18n["zh-CN"].startswith("已有应用 {line}xxx")
    assert len(error.message) < 350
    by_language = {"en": "not this", "zh-CN": "不是这个"}
    assert say("document.json/place", detail=by_language).message_i18n == {"zh-CN": "这不是 JSON：不是这个"}
    one = problem("test.failed", "/tests~1a.json/expect/0", test="A", failure=by_language)
    assert (one.code, one.message, one.message_i18n) == ("test.failed", "A: not this", {"zh-CN": "A：不是这个"})
