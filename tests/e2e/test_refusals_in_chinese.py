"""A Chinese screen tells in Chinese why a package is not taken and why a draft is not published."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.e2e.axe import Survey
from tests.e2e.builder import DESKTOP, PART_MS, PHONE
from tests.e2e.test_first_app import PASSWORD, set_up
from tests.support.platform_client import PlatformClient
from tests.support.processes import Processes
from tests.support.stack import Stack, create_token

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
APP = "line_overview"
TRENDS = "pages/trends.json"
#: Two words beside each other; names of files and of Interlock may stand alone.
ENGLISH = re.compile(r"[A-Za-z]{2,} [a-z]{2,}")
Site = tuple[Page, PlatformClient]


@pytest.fixture
def site(browser: Browser, processes: Processes, tmp_path: Path) -> Iterator[Site]:
    stack = Stack(processes, tmp_path / "data")
    first = browser.new_context(base_url=stack.url, viewport=DESKTOP, locale="en-GB")
    set_up(first.new_page(), stack)
    first.close()
    context = browser.new_context(
        base_url=stack.url, viewport=DESKTOP, color_scheme="light", locale="zh-CN", reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto("/")
    page.fill("input[name=username]", "anna")
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    yield page, PlatformClient(stack.url, create_token(stack.data, "admin"))
    context.close()
    stack.close()


def refused(alert: Locator, *texts: str) -> None:
    """The alert says all of this, nothing of it in English, and lies within the screen."""
    for text in texts:
        expect(alert).to_contain_text(text, timeout=PART_MS)
    assert not ENGLISH.search(alert.inner_text()), alert.inner_text()
    for size in (PHONE, DESKTOP):
        alert.page.set_viewport_size(size)
        alert.scroll_into_view_if_needed()
        box = alert.bounding_box()
        assert box is not None
        assert 0 <= box["x"] <= size["width"] - box["width"], box


def test_a_package_that_is_not_taken(site: Site) -> None:
    page, _ = site
    page.get_by_role("button", name="导入应用").click(timeout=PART_MS)
    dialog = page.get_by_role("dialog", name="导入应用")
    survey = Survey(page)
    take(dialog, b"no zip")
    refused(dialog.get_by_role("alert"), "未接受此文件包：不是 zip 文件。未写入任何内容。")
    good = page.request.get(f"/api/v1/apps/{APP}/package?of=current").body()
    take(dialog, with_other(good, TRENDS))
    refused(dialog.get_by_role("alert"), f"{TRENDS} 与清单不符。内容被更改过。")
    survey.look("refused")
    take(dialog, good)
    expect(dialog.get_by_role("alert")).to_have_count(0)
    expect(dialog.get_by_role("button", name="安装", exact=True)).to_be_visible(timeout=PART_MS)
    assert survey.report() == ""


def take(dialog: Locator, content: bytes) -> None:
    """Choose this as the package."""
    file: Any = {"name": "line.lego.zip", "mimeType": "application/zip", "buffer": content}
    dialog.page.locator("input[name=package]").set_input_files(file)


def with_other(package: bytes, name: str) -> bytes:
    """The package with one of its files changed on its way."""
    into = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(into, "w") as new:
        for entry in old.infolist():
            body = old.read(entry)
            new.writestr(entry, body + b"\n" if entry.filename == name else body)
    return into.getvalue()


def test_a_draft_that_is_not_published(site: Site) -> None:
    """What the check found good is broken by somebody else before the press arrives."""
    page, colleague = site
    change(colleague, lambda trends: trends.update(range={"default": "1h"}))
    page.goto(f"/design/{APP}")
    page.get_by_role("banner").get_by_role("button", name="发布").click(timeout=PART_MS)
    panel = page.get_by_role("region", name="发布新版本")
    press = panel.get_by_role("button", name="发布", exact=True)
    expect(press).to_be_enabled(timeout=PART_MS)

    def first_theirs(route: Route) -> None:
        change(colleague, broken)
        route.continue_()

    # The designer must not hear of the change by itself and look at the draft anew.
    page.route(re.compile(rf"/apps/{APP}/draft/files$"), lambda route: route.abort())
    page.route(re.compile(rf"/apps/{APP}/releases$"), first_theirs)
    press.click()
    alert = panel.get_by_role("alert").filter(has_text="应用有 2 处问题。")
    refused(alert, "应用没有声明信号角色 nowhere。", "此设置不符合要求：有未知的项", "/pages~1trends.json/elements/")
    assert colleague.call("GET", f"/apps/{APP}/releases/current")["release"]["no"] == 1


def broken(trends: dict[str, Any]) -> None:
    """A role and a setting that there are not."""
    element = next(iter(trends["elements"].values()))
    element["props"]["nothing"] = 1
    element["bind"]["/series/0"]["role"] = "nowhere"


def change(client: PlatformClient, how: Any) -> None:
    """Somebody changes the page of trends in the draft."""
    draft = client.call("GET", f"/apps/{APP}/draft")["files"]
    (file,) = [one for one in draft if one["path"] == TRENDS]
    how(file["content"])
    etag = '"' + file["etag"].strip('"') + '"'
    client.call("PUT", f"/apps/{APP}/draft/files/{TRENDS}", file["content"], {"If-Match": etag})
