"""A defect in a thread must not leave a platform that answers and takes nothing in."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest
from sqlalchemy.exc import OperationalError

from platform_core.assembly import Platform
from schemas.wire.batch import encode_records
from tests.integration.hand_agent import HandAgent, entry, now_us
from tests.integration.ingest_platform import ListStore, running_platform
from tests.support.broker import start_broker
from tests.support.processes import Processes
from tests.support.waiting import wait_until


@pytest.fixture
def broker(tmp_path):
    processes = Processes(tmp_path / "broker")
    yield start_broker(processes, tmp_path / "broker", edges=["e0"])
    processes.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_ended_is_named(tmp_path, broker, monkeypatch):
    with running_platform(tmp_path, broker, ListStore()) as platform:
        ingest = platform.service
        assert ingest.dead_thread == ""

        def defect(*_):
            raise AssertionError("a defect")

        monkeypatch.setattr(ingest._presence, "tick", defect)
        wait_until(lambda: ingest.dead_thread == "ingest", timeout_s=10)
    assert ingest.dead_thread == ""  # stopped on purpose


async def test_the_platform_ends_with_its_threads_and_survives_its_database(monkeypatch):
    platform = Platform.__new__(Platform)
    platform.defect, platform._server = "", SimpleNamespace(should_exit=False)
    platform.ingest, platform.sparkplug = SimpleNamespace(dead_thread=""), None
    calls = []

    def failing():
        calls.append(1)
        raise OperationalError("SELECT", {}, Exception("database is locked"))

    monkeypatch.setattr(platform, "_each_second", failing)
    monkeypatch.setattr("platform_core.assembly.STATUS_EVERY_S", 0.0)
    ticking = asyncio.create_task(platform._tick())
    await asyncio.sleep(0.5)
    assert len(calls) > 1
    assert not platform._server.should_exit
    platform.ingest.dead_thread = "ingest"
    await asyncio.sleep(0.3)
    assert platform._server.should_exit
    assert "ingest" in platform.defect
    ticking.cancel()


def test_a_clock_that_was_set_back_does_not_freeze_what_is_shown(tmp_path, broker):
    with running_platform(tmp_path, broker, ListStore()) as platform:
        agent = HandAgent(broker, edge="e0").connect()
        try:
            agent.introduce()
            agent.declare(entry(1, "level"))
            ahead = now_us() + 120_000_000
            agent.wait_acked(agent.floats(1, [(ahead, 1.0)]))
            tag = platform.tag("level", "e0")
            wait_until(lambda: platform.now(tag)["v"] == 1.0)
            step = agent.make("event", encode_records([{"ts": now_us(), "event": "clock_step", "step_ms": -120_000}]))
            agent.wait_acked(agent.send(step))
            wait_until(lambda: "snapshot" in agent.wanted())  # what changed meanwhile is asked for
            agent.wait_acked(agent.floats(1, [(now_us(), 2.0)]))
            wait_until(lambda: platform.now(tag)["v"] == 2.0)
        finally:
            agent.close()
