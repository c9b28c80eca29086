"""How long the spool lasts, from the present rate and what is left."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import uuid4

import pytest

from edge_agent.buffer import room
from edge_agent.buffer.forecast import SETTLING_S, UNKNOWN, WINDOW_S, Forecast, on_disk
from edge_agent.buffer.salvage import SpoolSettings
from edge_agent.buffer.spool import Spool
from edge_agent.buffer.writer import SpoolWriter
from edge_agent.health import Health
from platform_core.ingest.health import EdgeHealth
from platform_core.services.health import _edge
from schemas.wire.heartbeat import Heartbeat
from tests.unit.edge_agent.spool_making import MIB, entry, open_at


def steady(forecast: Forecast, begin: float, end: float, bytes_per_s: int, room_bytes: int) -> int:
    told = UNKNOWN
    for now in range(int(begin) + 5, int(end) + 1, 5):
        forecast.add(5 * bytes_per_s)
        told = forecast.room_s(now, room_bytes)
    return told


def test_seconds_are_room_by_rate_and_follow_a_new_rate() -> None:
    forecast = Forecast(0.0)
    assert steady(forecast, 0, 60, 1000, 3_600_000) == 3600
    after = steady(forecast, 60, 60 + 10 * WINDOW_S, 2000, 3_600_000)
    assert after == pytest.approx(1800, abs=2)


def test_nothing_is_told_without_a_rate() -> None:
    assert steady(Forecast(0.0), 0, SETTLING_S - 5, 1000, 10**6) == UNKNOWN
    assert steady(Forecast(0.0), 0, 600, 0, 10**6) == UNKNOWN


def test_a_full_spool_has_no_time_left_and_a_look_after_a_long_pause_counts_whole() -> None:
    assert steady(Forecast(0.0), 0, 60, 1000, 0) == 0
    forecast = Forecast(0.0)
    forecast.add(2_000_000)
    assert forecast.room_s(2000.0, 5_000) == 5


def accepted_until_the_first_drop(spool: Spool, size: int) -> int:
    taken = 0
    while not spool.counters.dropped:
        spool.append([entry(at=taken + 1, size=size)], alive=1)
        taken += 1
    return on_disk(taken, taken * size)


@pytest.mark.parametrize("size", [300, 3_000, 4_060, 60_000])
def test_what_is_said_to_be_left_is_what_fits(tmp_path: Path, size: int) -> None:
    spool = open_at(tmp_path, size_max=4 * MIB, synchronous="OFF")
    for at in range(20):
        spool.append([entry(at=at + 1, size=size)], alive=1)
    spool.ack([(1, 10)])  # what is acked makes way
    left = room.left_bytes(spool)
    assert accepted_until_the_first_drop(spool, size) == pytest.approx(left, rel=0.15)


@pytest.mark.parametrize(("settling_s", "known"), [(0.0, True), (SETTLING_S, False)])
def test_it_goes_out_with_the_heartbeat_and_the_metrics(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settling_s: float, known: bool
) -> None:
    monkeypatch.setattr("edge_agent.buffer.forecast.SETTLING_S", settling_s)

    async def run() -> None:
        writer = SpoolWriter(tmp_path / "spool.db", SpoolSettings("m1", 64 * MIB), rev="r", retain_acked_s=0)
        writer.submit(entry(size=MIB))  # before the start, so that the first round of chores sees it
        writer.start()
        for _ in range(2):  # a whole round of the thread lies between two answers, with its chores
            await writer.ask(lambda _: None)
        health = Health(writer, [])
        beat = Heartbeat.unpack(health.heartbeat("c", uuid4(), 1).pack())
        assert (beat.spool.room_s >= 0) == known
        assert ("spool_room_seconds " in health.metrics()) == known
        assert await writer.stop(10)

    asyncio.run(run())


@pytest.mark.parametrize(("said", "shown"), [(7200, 7200), (0, 0), (UNKNOWN, None)])
def test_the_platform_shows_what_the_agent_says(said: int, shown: int | None) -> None:
    assert _edge(EdgeHealth("factory", "e1", spool_room_s=said), (), ())["spool_room_s"] == shown
