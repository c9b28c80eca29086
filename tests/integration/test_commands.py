"""Writing back, at the edge: a real driver against a real Modbus device, and every reason not to write it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest

from connectors.peers.modbus_peer import ModbusPeer, RegisterUnit
from edge_agent.batcher import Batcher
from edge_agent.commands.desk import CommandDesk, Target
from edge_agent.commands.log import CommandLog
from edge_agent.commands.switch import WriteSwitch
from edge_agent.config import make_driver
from edge_agent.device import Device
from edge_agent.pipeline.scan import ScanClass
from edge_agent.supervisor import keep_alive
from schemas.models.connection import ConnectionConfig
from schemas.wire.command import Command, CommandResult

CONNECTION = "conn-of-now"
TAGS = [
    {"name": "speed", "address": "holding:0", "type": "uint16", "scale": 0.1, "unit": "1/min",
     "write": {"min": 0, "max": 70, "step": 0.5, "change_max": 20, "per_minute": 600, "tolerance": 0.01}},
    {"name": "guarded", "address": "holding:1", "type": "int16",
     "write": {"values": [0, 1, 2], "interlock": "door && speed < 50", "per_minute": 600,
               "interlock_tags": {"door": "door_closed", "speed": "press/speed"}}},
    {"name": "door_closed", "address": "holding:2", "type": "uint16", "bit": 0},
    {"name": "counter", "address": "holding:3", "type": "uint16"},
    {"name": "rare", "address": "holding:4", "type": "uint16", "write": {"per_minute": 2, "roles": ["admin"]}},
    {"name": "stubborn", "address": "holding:5", "type": "uint16", "write": {}},
]  # fmt: skip


@dataclass
class Rig:
    folder: Path
    desk: CommandDesk
    device: Device
    unit: RegisterUnit
    tags: dict[str, UUID]
    frames: list[tuple[int, list[int]]]
    targets: dict[UUID, Target]
    switch: WriteSwitch
    log: CommandLog

    def desk_after_a_restart(self) -> CommandDesk:
        """What a new run of the agent makes of the same data folder."""
        desk = CommandDesk(self.targets, self.switch, CommandLog(self.folder))
        desk.connection = lambda: CONNECTION
        return desk

    def command(self, tag: str, value: Any, **changed: Any) -> Command:
        whole = Command(uuid4().hex, CONNECTION, self.tags[tag], value, 2000, "anna", "operator")
        return replace(whole, **changed)

    async def send(self, command: Command, wait_s: float = 8.0) -> CommandResult:
        answer: asyncio.Future[CommandResult] = asyncio.get_running_loop().create_future()
        self.desk.receive(command.pack(), lambda result: answer.done() or answer.set_result(result))
        return await asyncio.wait_for(answer, wait_s)

    async def write(self, tag: str, value: Any, **changed: Any) -> CommandResult:
        return await self.send(self.command(tag, value, **changed))


@asynccontextmanager
async def rig(folder: Path, *, enabled: bool = True) -> AsyncIterator[Rig]:
    frames: list[tuple[int, list[int]]] = []

    def on_write(address: int, words: Sequence[int]) -> bool:
        frames.append((address, list(words)))
        return True

    # What is stubborn says yes and shows what it always did.
    unit = RegisterUnit(1, [(0, 10)], on_read=lambda _, __: unit.put(5, [9]), on_write=on_write)
    async with ModbusPeer([unit]) as peer:
        unit.put(0, [100, 0, 1, 7, 0, 9])
        config = {"host": "127.0.0.1", "port": peer.port}
        conn = ConnectionConfig.model_validate(
            {"id": "press", "driver": "modbus_tcp", "config": config, "scan_ms": 50, "tags": TAGS}
        )
        aliases = np.arange(len(TAGS), dtype=np.uint32)
        scan = ScanClass(conn, conn.tags, 50, aliases, {}, 0)
        batcher = Batcher(lambda _: True, rev="r", profile="disk")
        device = Device(conn, [scan], lambda: make_driver(conn), batcher, place=0)
        by_name = {tag.name: tag for tag in conn.tags}
        looks_at = {"door": (device, by_name["door_closed"]), "speed": (device, by_name["speed"])}
        uuids = {name: uuid4() for name in by_name}
        targets = {
            uuids[name]: Target(device, tag, looks_at if tag.write.interlock else {})
            for name, tag in by_name.items()
            if tag.write is not None
        }
        switch, log = WriteSwitch(folder), CommandLog(folder)
        if enabled:
            switch.turn_on("tester")
        desk = CommandDesk(targets, switch, log)
        desk.connection = lambda: CONNECTION
        task = asyncio.create_task(keep_alive(device))
        try:
            while not device.up:
                await asyncio.sleep(0.01)
            yield Rig(folder, desk, device, unit, uuids, frames, targets, switch, log)
        finally:
            device.stop()  # as the agent ends it: a cancellation alone may meet an answer just arriving and be lost
            await device.idle.wait()
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def test_a_write_is_scaled_read_back_and_logged_before_and_after(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        result = await it.write("speed", 12.5)
        assert (result.outcome, result.before, result.after) == ("done", 10.0, 12.5)
        assert it.frames == [(0, [125])]
        events = [line["event"] for line in it.log.recent(0)]
        assert events == ["started", "done"]
        assert it.log.first_broken() is None
        reads = it.device.reads
        await asyncio.sleep(0.3)
        assert it.device.reads > reads, "polling goes on"


async def test_what_the_device_does_not_show_is_unknown_and_not_tried_again(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        result = await it.write("stubborn", 5)
        assert (result.outcome, result.after, result.reason) == ("unknown", 9, "the device shows 9")
        assert it.frames == [(5, [5])]


async def test_an_interlock_is_judged_by_fresh_values(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        assert (await it.write("guarded", 1)).outcome == "done"
        it.unit.put(2, [0])  # the door opens; the last poll still saw it closed
        refused = await it.write("guarded", 2)
        assert (refused.outcome, refused.code) == ("refused", "command.interlock")
        it.unit.put(2, [1])
        it.unit.put(0, [600])
        assert (await it.write("guarded", 2)).code == "command.interlock"
        assert it.frames == [(1, [1])]


async def test_the_same_command_is_done_once_also_after_a_restart_of_the_desk(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        command = it.command("speed", 11.0)
        first = await it.send(command)
        assert await it.send(command) == first
        again = it.desk_after_a_restart()
        answers: list[CommandResult] = []
        again.receive(command.pack(), answers.append)
        assert [answer.outcome for answer in answers] == ["done"]
        assert len(it.frames) == 1


async def test_a_command_that_was_begun_when_the_agent_ended_is_unknown_and_stays_undone(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        command = it.command("speed", 11.0)
        it.log.append("started", durable=True, id=command.id, tag="press/speed", value=11.0)
        after_crash = it.desk_after_a_restart()
        answers: list[CommandResult] = []
        after_crash.receive(command.pack(), answers.append)
        assert [(answer.outcome, answer.code) for answer in answers] == [("unknown", "command.lost")]
        assert it.frames == []


def forbidden(it: Rig, random_: random.Random) -> tuple[Command, str]:
    """A command that must be refused, and why."""
    ways: list[tuple[Command, str]] = [
        (it.command("speed", random_.choice([-1, 70.5, 1e9])), "command.limit"),
        (it.command("speed", 12.3), "command.step"),
        (it.command("speed", 60.0), "command.change"),
        (it.command("speed", float("nan")), "command.value"),
        (it.command("speed", "11"), "command.value"),
        (it.command("speed", True), "command.value"),
        (it.command("speed", 11.0, role=random_.choice(["viewer", "root", ""])), "command.role"),
        (it.command("speed", 11.0, conn_id="another"), "command.connection"),
        (it.command("counter", 1), "command.read_only"),
        (replace(it.command("speed", 11.0), tag=uuid4()), "command.read_only"),
        (it.command("guarded", 3), "command.limit"),
        (it.command("guarded", 1), "command.interlock"),
        (it.command("rare", 1), "command.role"),
        (it.command("stubborn", 70_000), "command.limit"),
        (it.command("stubborn", 1.5), "command.step"),
    ]
    return random_.choice(ways)


async def test_ten_thousand_forbidden_attempts_send_no_frame(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        it.unit.put(2, [0])
        random_ = random.Random(7)
        ends: dict[str, int] = {}
        for _ in range(1250):
            eight = [forbidden(it, random_) for _ in range(8)]
            results = await asyncio.gather(*(it.send(command) for command, _ in eight))
            for (command, code), result in zip(eight, results, strict=True):
                # What passes the rule itself is looked at no more than so often a minute.
                assert result.outcome == "refused", command
                assert result.code in (code, "command.rate"), command
                ends[result.code] = ends.get(result.code, 0) + 1
        assert sum(ends.values()) == 10_000
        assert len(ends) == 9
        assert it.frames == []
        for damaged in (b"", b"\x00", b"\x81\xa1v\x01", b"x" * 5000):
            it.desk.receive(damaged, lambda _: pytest.fail("an answer to what is no command"))
        assert it.frames == []
        # The same rig writes what is allowed: the silence above was not that of a broken line.
        it.unit.put(2, [1])
        it.desk = it.desk_after_a_restart()  # with a minute of its own
        assert (await it.write("guarded", 1)).outcome == "done"
        assert it.frames == [(1, [1])]


async def test_read_only_until_somebody_at_the_machine_enables_it(tmp_path: Path) -> None:
    async with rig(tmp_path, enabled=False) as it:
        assert (await it.write("speed", 11.0)).code == "command.disabled"
        it.switch.turn_on("tester", minutes=10)
        assert (await it.write("speed", 11.0)).outcome == "done"
        it.switch.turn_off("tester")
        assert (await it.write("speed", 12.0)).code == "command.disabled"
        (tmp_path / "writes.json").write_text("{damaged")
        assert (await it.write("speed", 12.0)).code == "command.disabled"
        content = {"enabled": True, "by": "x", "since": 0, "until": time.time() - 1}
        (tmp_path / "writes.json").write_text(json.dumps(content))
        assert (await it.write("speed", 12.0)).code == "command.disabled"
        assert len(it.frames) == 1


async def test_what_comes_too_late_or_too_often_is_not_done(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        busy = asyncio.Event()

        async def hold(_driver: Any) -> None:
            busy.set()
            await asyncio.sleep(0.4)

        holding = asyncio.create_task(it.device.exchange(hold, time.monotonic() + 1))
        await busy.wait()
        late = await it.write("speed", 11.0, ttl_ms=100)
        await holding
        assert (late.outcome, late.code) == ("refused", "device.busy")
        ends = [(await it.write("rare", n, role="admin")).code for n in (1, 2, 3)]
        assert ends == ["", "", "command.rate"]
        assert [address for address, _ in it.frames] == [4, 4]


async def test_a_changed_log_is_noticed(tmp_path: Path) -> None:
    log = CommandLog(tmp_path)
    for n in range(5):
        log.append("refused", durable=False, n=n)
    assert log.first_broken() is None
    path = tmp_path / "commands.jsonl"
    path.write_text(path.read_text().replace('"n":2', '"n":9'))
    assert CommandLog(tmp_path).first_broken() == 3
