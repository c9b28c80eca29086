"""Ingest with the embedded store: killed under load, every value is queryable exactly once."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time

import pytest

from platform_core.db.engine import open_database
from platform_core.db.tags import TagRow
from platform_core.stores import open_store
from schemas.wire.batch import encode_columns
from schemas.wire.columns import columns
from tests.integration.hand_agent import HandAgent, entry, now_us
from tests.integration.ingest_platform import running_platform
from tests.support.broker import start_broker
from tests.support.processes import ROOT, Processes
from tests.support.waiting import wait_until

RUN = """
import sys, time
from pathlib import Path
from types import SimpleNamespace
from platform_core.stores import open_store
from tests.integration.ingest_platform import running_platform
folder, url, user, password = sys.argv[1:]
broker = SimpleNamespace(url=url, core_user=user, core_password=password)
with running_platform(Path(folder), broker, open_store(Path(folder) / "store")):
    time.sleep(600)
"""
ROWS = 20
BEGIN = now_us() - 60_000_000


@pytest.fixture
def one_edge(tmp_path):
    processes = Processes(tmp_path)
    broker = start_broker(processes, tmp_path, edges=["e0"])
    agent = HandAgent(broker, edge="e0").connect()
    yield broker, agent
    agent.close()
    processes.close()


def send_rows(agent, batch_no):
    first = batch_no * ROWS
    rows = [(BEGIN + (first + i) * 1000, float(first + i)) for i in range(ROWS)]
    ts, v = zip(*rows, strict=True)
    agent.send(agent.make("data", encode_columns([columns("f", [1] * ROWS, ts, [0] * ROWS, v)])))
    return dict(rows)


@pytest.mark.slow
def test_killed_under_load_every_value_is_in_the_store_exactly_once(tmp_path, one_edge):
    broker, agent = one_edge
    folder = tmp_path / "platform"
    args = [sys.executable, "-c", RUN, str(folder), broker.url, broker.core_user, broker.core_password]
    truth: dict[int, float] = {}
    agent.declare(entry(1, "level"))
    for turn in range(4):
        child = subprocess.Popen(args, cwd=ROOT)
        try:
            agent.introduce()
            for batch_no in range(turn * 40, turn * 40 + 40):
                truth.update(send_rows(agent, batch_no))
                time.sleep(0.003)
            if turn == 3:
                agent.resend_until_acked()
        finally:
            child.send_signal(signal.SIGKILL)
            child.wait()
    store = open_store(folder / "store")
    with running_platform(folder, broker, store) as platform:
        tag_id = platform.tag("level", "e0")
        service = platform.service
        assert service.applier.wait_until_applied(service.journal.last_no, 10)
        (series,) = platform.store.raw("factory", [tag_id], 0, 2**61)
        assert dict(zip(series.ts.tolist(), series.v.tolist(), strict=True)) == truth
        assert len(series.ts) == len(truth)
        assert sorted(series.v.tolist()) == [float(i) for i in range(160 * ROWS)]
        newest = truth[max(truth)]
        wait_until(lambda: platform.now(tag_id)["v"] == newest, what="last value seeded from the store")
    store.close()


def test_tag_ids_are_never_given_twice(tmp_path, one_edge):
    broker, agent = one_edge
    with running_platform(tmp_path / "platform", broker) as platform:
        agent.introduce()
        agent.wait_acked(agent.declare(*(entry(i, f"t{i}") for i in range(1, 40))))
        highest = platform.tag("t39", "e0")
    backup = tmp_path / "backup.db"
    with running_platform(tmp_path / "platform", broker) as platform:
        shutil.copyfile(platform.database.path, backup)
        agent.introduce()
        agent.wait_acked(agent.declare(entry(40, "t40")))
        highest = platform.tag("t40", "e0")
        path = platform.database.path
    shutil.copyfile(backup, path)  # the database alone is restored, the store is not
    with running_platform(tmp_path / "platform", broker) as platform:
        agent.introduce()
        agent.wait_acked(agent.declare(entry(41, "t41")))
        assert platform.tag("t41", "e0") > highest
        highest = platform.tag("t41", "e0")
    database = open_database(tmp_path / "platform" / "db")
    with database.write() as session:
        from sqlalchemy import text

        session.execute(text("DELETE FROM tag_alias"))
        session.execute(text("DELETE FROM tag"))
        row = TagRow(tenant="factory", edge="e0", uuid="x", key="a/b", connection="a", kind="f", first_seen_ts=0)
        session.add(row)
        session.flush()
        assert row.tag_id is not None
        assert row.tag_id > highest
    database.close()
