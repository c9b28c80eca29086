"""An agent's connections are changed in the browser: read, tried, pushed, taken, gone back, refused, not allowed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.axe import Survey
from tests.e2e.builder import DESKTOP, PART_MS
from tests.e2e.test_first_app import PASSWORD
from tests.integration.test_remote_config import RemoteRig
from tests.support.processes import ROOT, free_port
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]
#: The least a person can choose is a minute; the test waits for the verdict and not for the minute.
WATCH_S = 1.0


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[RemoteRig]:
    made = RemoteRig(tmp_path, tags=6, devices=3, period_ms=500)
    yield made
    made.close()


def account(rig: RemoteRig, name: str, role: str) -> None:
    line = [sys.executable, "-m", "platform_core", "user", "add", name, "--role", role, "--password-stdin"]
    line += ["--data", str(rig.platform_data)]
    done = subprocess.run(line, input=PASSWORD, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def opened(browser: Browser, rig: RemoteRig, name: str, locale: str = "en-GB") -> Page:
    context = browser.new_context(
        base_url=f"http://127.0.0.1:{rig.port}", viewport=DESKTOP, locale=locale, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto("/login?next=/edges/line_1/config")
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url("**/edges/line_1/config", timeout=PART_MS)
    return page


def button(page: Page | Locator, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def standing(page: Page) -> Locator:
    return page.get_by_role("region", name="Runs now")


def quick(page: Page) -> None:
    """The watch is as short as the wire allows, so that the test waits for no minute."""
    page.route(
        "**/configs/*/push",
        lambda route: route.continue_(post_data={**route.request.post_data_json, "watch_s": WATCH_S}),
    )


def push(page: Page, text: str, note: str) -> None:
    page.locator("textarea").fill(text)
    button(page, "Dry run").click()
    expect(page.get_by_text("The agent can take this")).to_be_visible(timeout=PART_MS)
    page.get_by_label("Why (the history shows it)").fill(note)
    button(page, "Push to line_1").click()


def begun(survey: Survey, rig: RemoteRig) -> str:
    """Never pushed; what runs is read from the machine; a dry run says that nothing changes."""
    page = survey.page
    expect(standing(page)).to_contain_text("The connections of its own agent.yaml", timeout=PART_MS)
    expect(standing(page)).to_contain_text("Nothing was pushed yet")
    expect(page.get_by_text("No version yet")).to_be_visible()
    survey.look("never pushed")
    button(page, "Read from the machine").click()
    area = page.locator("textarea")
    expect(area).not_to_have_value("", timeout=PART_MS)
    assert yaml.safe_load(area.input_value()) == rig.plant
    button(page, "Dry run").click()
    expect(page.get_by_text("Nothing changes: it runs this already.")).to_be_visible(timeout=PART_MS)
    expect(button(page, "Push to line_1")).to_have_count(0)
    assert rig.client.call("GET", "/edges/line_1/configs")["versions"] == []  # a dry run makes no version
    return area.input_value()


def wrong(survey: Survey, rig: RemoteRig, text: str) -> None:
    """All problems at once, each at its line, which a press goes to; a password never leaves the page."""
    page = survey.page
    bad = text.replace("driver: ", "driver: no_", 1) + "edge: other\n"
    page.locator("textarea").fill(bad)
    button(page, "Dry run").click()
    alert = page.get_by_role("main").get_by_role("alert")
    last = bad.count("\n")
    expect(button(alert, f"Line {last}")).to_be_visible(timeout=PART_MS)
    survey.look("problems", button(alert, f"Line {last}").click)
    start = page.locator("textarea").evaluate("area => area.value.slice(area.selectionStart, area.selectionEnd)")
    assert start == "edge: other"
    expect(standing(page)).to_contain_text("Nothing was pushed yet")
    assert rig.state() == {}  # a dry run that fails is no state of the agent
    page.locator("textarea").fill(f"# password: hunter2\n{text}")
    button(page, "Dry run").click()
    expect(alert).to_contain_text("Line 1: A password stands in the text.", timeout=PART_MS)


def test_a_configuration_from_the_first_look_to_the_way_back(rig: RemoteRig, browser: Browser) -> None:
    rig.start()
    account(rig, "anna", "admin")
    account(rig, "otto", "operator")
    page = opened(browser, rig, "anna")
    quick(page)
    survey = Survey(page)
    text = begun(survey, rig)
    wrong(survey, rig, text)
    fewer = rig.text(connections=rig.connections(0, 1))
    gone = rig.plant["connections"][2]["id"]
    push(page, fewer, "Third press is sold")
    expect(standing(page)).to_contain_text("Taken: version 1", timeout=PART_MS)
    expect(standing(page)).to_contain_text("Version 1 of anna")
    assert gone not in rig.ups()
    survey.look("taken")
    worse = rig.connections(0, 1)
    worse[1]["with"]["port"] = free_port()
    push(page, rig.text(connections=worse), "A wrong port")
    expect(standing(page)).to_contain_text("Gone back by itself from version 2", timeout=PART_MS)
    expect(standing(page)).to_contain_text(f"more connections than before were bad: {worse[1]['id']}")
    expect(standing(page)).to_contain_text("Version 1 of anna")
    second = page.get_by_role("article", name="Version 2")
    second.get_by_role("button", name="What it changed, version 2").click()
    expect(second.get_by_role("region", name="What it changed")).to_contain_text(str(worse[1]["with"]["port"]))
    survey.look("gone back", page.get_by_role("button", name="Use this version, version 1").click)
    expect(page.locator("textarea")).to_have_value(fewer, timeout=PART_MS)
    assert survey.report() == ""
    moved(page, rig, text)
    other = opened(browser, rig, "otto")
    expect(other.get_by_text("Your role does not see this list")).to_be_visible(timeout=PART_MS)
    expect(other.locator("textarea")).to_have_count(0)


def moved(page: Page, rig: RemoteRig, text: str) -> None:
    """The machine's file is changed between dry run and push: the push is refused, and says why, in Chinese too."""
    page.locator("textarea").fill(text)
    button(page, "Dry run").click()
    expect(page.get_by_text("The agent can take this")).to_be_visible(timeout=PART_MS)
    own = rig.folder / "agent" / "agent.yaml"
    own.write_text(own.read_text("utf-8") + "# somebody was here\n", "utf-8")
    button(page, "Push to line_1").click()
    expect(page.get_by_text("It was changed since the dry run").first).to_be_visible(timeout=PART_MS)
    assert len(rig.ups()) == 2  # what ran goes on
    page.evaluate("localStorage.setItem('interlock.language', 'zh-CN')")
    page.reload()
    expect(page.get_by_role("region", name="当前运行")).to_contain_text("版本 1", timeout=PART_MS)


def test_an_agent_that_does_not_allow_it_and_one_that_is_away(rig: RemoteRig, browser: Browser) -> None:
    rig.start(allowed=False)
    account(rig, "anna", "admin")
    page = opened(browser, rig, "anna")
    button(page, "Read from the machine").click()
    expect(page.get_by_text("line_1 does not answer")).to_be_visible(timeout=2 * PART_MS)
    expect(page.get_by_text("remote_config: true")).to_be_visible()
    rig.process.terminate()
    wait_until(lambda: not rig.client.health()["edges"][0]["online"], what="the agent is away")
    expect(page.get_by_text("line_1 is not heard", exact=True)).to_be_visible(timeout=PART_MS)
    button(page, "Read from the machine").click()
    expect(page.get_by_role("main").get_by_role("alert")).to_contain_text("line_1 is not heard", timeout=PART_MS)


def chosen_at_the_machine(rig: RemoteRig, number: int) -> None:
    """Back to a version by command, as somebody does who stands there; it counts from the agent's next start."""
    line = [sys.executable, "-m", "edge_agent", "config", "rollback", str(number)]
    line += ["-c", str(rig.folder / "agent" / "agent.yaml")]
    done = subprocess.run(line, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    rig.process.terminate()
    rig.restart()


def test_what_was_changed_at_the_machine_is_seen_and_settled(rig: RemoteRig, browser: Browser) -> None:
    rig.start()
    account(rig, "anna", "admin")
    assert rig.push(rig.add(rig.text(connections=rig.connections(0))), 0.5)["state"] == "watching"
    rig.wait_state("kept")
    page = opened(browser, rig, "anna")
    quick(page)
    survey = Survey(page)
    expect(standing(page)).to_contain_text("Taken: version 1", timeout=PART_MS)
    drift = page.get_by_role("region", name="Changed at the machine")
    expect(drift).to_have_count(0)
    chosen_at_the_machine(rig, 1)
    expect(drift).to_contain_text("It does not run version 1 any longer", timeout=2 * PART_MS)
    expect(standing(page)).to_contain_text("The connections of its own agent.yaml")
    expect(standing(page)).not_to_contain_text("Taken")
    wait_until(lambda: rig.client.health()["edges"][0]["online"], what="the agent is heard")
    button(drift, "See what differs").click()
    expect(drift.get_by_role("region", name="What it changed")).to_contain_text(
        rig.plant["connections"][1]["id"], timeout=PART_MS
    )
    expect(drift).to_contain_text(f"{rig.plant['connections'][1]['id']} goes")
    survey.look("changed at the machine")
    page.get_by_role("link", name="Health", exact=True).first.click()
    expect(page.get_by_text("changed at the machine", exact=True)).to_be_visible(timeout=PART_MS)
    page.go_back()
    button(drift, "See what differs").click()
    button(drift, "Push version 1 again").click()
    expect(drift).to_have_count(0, timeout=PART_MS)
    expect(standing(page)).to_contain_text("Taken: version 1", timeout=PART_MS)
    wait_until(lambda: len(rig.ups()) == 1, what="as it was pushed")
    assert survey.report() == ""
    in_chinese(page, rig)


def in_chinese(page: Page, rig: RemoteRig) -> None:
    """The machine's version is taken over, and a refused text is told, by a reader of Chinese."""
    chosen_at_the_machine(rig, 1)
    page.evaluate("localStorage.setItem('interlock.language', 'zh-CN')")
    page.reload()
    drift = page.get_by_role("region", name="已在机器上更改")
    expect(drift).to_contain_text("由", timeout=2 * PART_MS)
    wait_until(lambda: rig.client.health()["edges"][0]["online"], what="the agent is heard")
    button(drift, "查看差异").click()
    button(drift, "采用机器上运行的内容").click()
    expect(drift).to_have_count(0, timeout=PART_MS)
    expect(page.get_by_role("region", name="当前运行")).to_contain_text("版本 2", timeout=PART_MS)
    page.locator("textarea").fill(rig.text().replace("driver: ", "driver: no_", 1) + "edge: other\n")
    button(page, "试运行").click()
    alert = page.get_by_role("main").get_by_role("alert")
    expect(alert).to_contain_text("edge 只能在机器上设置，不能远程设置。", timeout=PART_MS)
