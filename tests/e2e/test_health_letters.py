"""What a real platform refuses of a real agent stands in Health: where, why, how much; in two languages."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from edge_agent.batcher import data_batches
from edge_agent.buffer.rows import Entry
from edge_agent.buffer.spool import Spool
from schemas.wire.columns import columns
from tests.e2e.axe import Survey
from tests.e2e.builder import DESKTOP, PART_MS
from tests.e2e.test_edge_config import account
from tests.e2e.test_first_app import PASSWORD
from tests.integration.test_remote_config import RemoteRig
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[RemoteRig]:
    made = RemoteRig(tmp_path, tags=6, devices=3, period_ms=500)
    yield made
    made.close()


def spoil(rig: RemoteRig, conn: str) -> None:
    """Puts a batch of texts for tags that are numbers into the spool of the agent, which is stopped for it."""
    rig.process.terminate()
    (path,) = (rig.folder / "agent").rglob("spool.db")
    with closing(sqlite3.connect(path)) as db:
        left = dict(db.execute("SELECT key, value FROM meta WHERE key IN ('machine', 'boot')").fetchall())
    spool = Spool(path, machine=left["machine"], size_max_bytes=1 << 30, boot=int(left["boot"]))
    now = time.time_ns() // 1000
    group = columns("s", [1, 1], [now, now + 1], [0, 0], ["a", "b"])
    spool.append([Entry(data_batches([group], conn=conn, rev="r"))], alive=now)
    spool.close()
    rig.restart()


def health_of(browser: Browser, rig: RemoteRig, locale: str) -> Page:
    context = browser.new_context(
        base_url=f"http://127.0.0.1:{rig.port}", viewport=DESKTOP, locale=locale, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto("/login?next=/health")
    page.fill("input[name=username]", "anna")
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url("**/health", timeout=PART_MS)
    return page


def test_what_was_refused_is_listed_with_its_reason(browser: Browser, rig: RemoteRig) -> None:
    rig.start()
    account(rig, "anna", "viewer")
    page = health_of(browser, rig, "en-GB")
    survey = Survey(page)
    letters = page.get_by_role("region", name="Dead letters")
    expect(letters.get_by_text("No dead letters: everything that came could be taken in.")).to_be_visible(
        timeout=PART_MS
    )
    conn = rig.plant["connections"][0]["id"]
    spoil(rig, conn)
    row = letters.get_by_role("row", name=re.compile("Values of another kind than their tag has here"))
    expect(row).to_contain_text("line_1", timeout=60_000)
    # The agent's own account of it comes with its gap record; the list follows the heartbeat's count.
    expect(letters.get_by_text("line_1 counts 2 values as dead.")).to_be_visible(timeout=60_000)
    told = lambda: rig.client.call("GET", "/health/dead-letters")["letters"][0]  # noqa: E731
    wait_until(lambda: told()["connection"] == conn, timeout_s=60, what="the gap record")
    assert (told()["code"], told()["points"]) == ("ingest.kind", 2)
    expect(row).to_contain_text(f"line_1 / {conn}", timeout=PART_MS)
    survey.look("health with dead letters")
    assert survey.report() == ""
    page.context.close()
    chinese = health_of(browser, rig, "zh-CN")
    row = chinese.get_by_role("region", name="死信").get_by_role(
        "row", name=re.compile("数值类型与标签在平台上的类型不符")
    )
    expect(row).to_have_count(1, timeout=PART_MS)
    chinese.context.close()
