"""A device that takes the connection and then says nothing is down, not up; plans outlive a link."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from connectors.driver import Driver, Plan, Reading
from edge_agent.device import Device, silent
from edge_agent.remarks import tell_remarks
from schemas.errors import ConnectError
from schemas.models.base import Document
from schemas.models.connection import ConnectionConfig
from schemas.models.tag import TagConfig
from schemas.quality import Quality
from schemas.wire.columns import columns


class Settings(Document):
    """None."""


class Scripted(Driver[Settings]):
    """Answers each read with the next quality of its script; the link ends after the last."""

    config_model = Settings
    plans = 0

    def __init__(self, script: list[int]) -> None:
        super().__init__(Settings())
        self.script = script

    async def connect(self) -> None: ...

    def plan(self, tags: Sequence[TagConfig]) -> Plan:
        type(self).plans += 1
        return Plan(tuple(tags))

    async def read(self, plan: Plan) -> list[Reading]:
        if not self.script:
            raise ConnectError("test.end", "the link is gone")
        q = self.script.pop(0)
        n = len(plan.tags)
        return [Reading(columns("f", range(n), [1] * n, [q] * n, [1.0] * n))]

    async def write(self, tag: TagConfig, value: Any) -> None: ...

    async def close(self) -> None: ...


class Scan:
    """As much of a scan class as a device uses."""

    scan_ms = 20

    def __init__(self) -> None:
        self.tags = (TagConfig(name="t", address="x"), TagConfig(name="u", address="y"))
        self.processed = 0

    def process(self, readings: list[Reading]) -> Any:
        self.processed += 1
        return type("Cycle", (), {"groups": [], "gaps": [], "marks": []})()

    def lost(self, quality: Quality, now: int) -> list[Any]:
        return []


class Sink:
    """Takes batches."""

    def add(self, *_: Any, **__: Any) -> None: ...


def device(script: list[int]) -> tuple[Device, Scan]:
    scan = Scan()
    connection = ConnectionConfig(id="c", driver="scripted")
    return Device(connection, [scan], lambda: Scripted(script), Sink(), place=0), scan  # type: ignore[list-item, arg-type]


@pytest.mark.parametrize("q", [Quality.TIMEOUT, Quality.NO_COMMUNICATION])
async def test_a_link_without_any_answer_is_not_up(q: int) -> None:
    one, scan = device([q])
    ups: list[bool] = []
    with pytest.raises(ConnectError, match="answers nothing"):
        await asyncio.wait_for(one.run(lambda: ups.append(True)), 5)
    assert (ups, one.up, scan.processed) == ([], False, 0)


async def test_a_refused_address_is_an_answer() -> None:
    one, scan = device([Quality.BAD_ADDRESS, Quality.TIMEOUT])
    ups: list[bool] = []
    with pytest.raises(ConnectError, match="gone"):
        await asyncio.wait_for(one.run(lambda: ups.append(True)), 5)
    # Once up, a read without an answer is samples with that quality; the driver says when the link is gone.
    assert (ups, scan.processed) == ([True], 2)


async def test_plans_are_made_once() -> None:
    Scripted.plans = 0
    one, _ = device([0, 0])
    for _ in range(3):
        with pytest.raises(ConnectError):
            await asyncio.wait_for(one.run(lambda: None), 5)
    assert Scripted.plans == 1


def test_one_answer_is_enough() -> None:
    mixed = Reading(columns("f", [0, 1], [1, 1], [Quality.TIMEOUT, Quality.GOOD], [0.0, 1.0]))
    assert not silent([mixed])
    assert not silent([])
    assert silent([Reading(mixed.columns.take(np.array([0])))])


async def test_a_goodbye_without_end_does_not_hold_the_next_try(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge_agent.device.CLOSE_TIMEOUT_S", 0.05)

    async def never(_: Scripted) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(Scripted, "close", never)
    one, _ = device([0])
    with pytest.raises(ConnectError, match="gone"):  # what ended the link, not what ended the goodbye
        await asyncio.wait_for(one.run(lambda: None), 5)


class Slow(Scan):
    """Read once a minute."""

    scan_ms = 60_000


async def asleep() -> tuple[Device, asyncio.Task[None]]:
    """A device between two reads that are a minute apart."""
    connection = ConnectionConfig(id="c", driver="scripted")
    one = Device(connection, [Slow()], lambda: Scripted([0] * 100), Sink(), place=0)  # type: ignore[list-item, arg-type]
    task = asyncio.create_task(one.run(lambda: None))
    while one._sleep is None:
        await asyncio.sleep(0.01)
    return one, task


async def test_what_is_asked_of_a_device_does_not_wait_for_its_next_read() -> None:
    one, task = await asleep()

    async def answer(_driver: Driver[Any]) -> str:
        return "done"

    reads = one.reads
    for _ in range(3):
        assert await asyncio.wait_for(one.exchange(answer, asyncio.get_running_loop().time() + 5), 2) == "done"
    assert one.reads == reads
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 2)


@pytest.mark.parametrize("call", ["_wake", "stop"])
async def test_a_device_that_is_ended_while_it_is_woken_ends(call: str) -> None:
    one, task = await asleep()
    getattr(one, call)()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 2)


async def test_who_waits_for_a_device_hears_of_the_end_of_its_link() -> None:
    one, _ = device([])

    async def nothing(_driver: Driver[Any]) -> None: ...

    with pytest.raises(ConnectError, match="no connection"):
        await one.exchange(nothing, 0)
    one.up = True
    waiting = asyncio.create_task(one.exchange(nothing, asyncio.get_running_loop().time() + 5))
    await asyncio.sleep(0)
    one.lost(ConnectError("test.end", "gone"))
    with pytest.raises(ConnectError, match="broke"):
        await asyncio.wait_for(waiting, 2)


def test_what_a_device_refuses_is_told_once_and_by_name(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="edge_agent.remarks")
    plan = Plan(tuple(TagConfig(name=f"t{n}", address="x") for n in range(15)))
    plan.remarks = {1: "holding:7: exception 2 (illegal data address)"}
    told = tell_remarks("c", plan, {})
    assert tell_remarks("c", plan, told) == told
    assert caplog.messages == [
        "connection c: the device refuses t1: holding:7: exception 2 (illegal data address); "
        "asked again from time to time."
    ]
    caplog.clear()
    plan.remarks = dict.fromkeys(range(2, 15), "no")
    tell_remarks("c", plan, told)
    assert caplog.messages[0].count(": no") == 10
    assert "and 3 more" in caplog.messages[0]
    assert caplog.messages[1] == "connection c: the device has t1 now."
