"""From a published app over platform, broker and agent to a Modbus device and back; and every way it may not go."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import yaml

from connectors.peers.modbus_peer import ModbusPeer, RegisterUnit
from edge_agent.commands.switch import WriteSwitch
from platform_core.services.write_stop import STOP_FILE
from tests.integration.test_write_end_to_end import FILES
from tests.support.broker import Broker, start_broker
from tests.support.platform_client import PlatformClient
from tests.support.processes import Process, Processes
from tests.support.stack import create_token
from tests.support.waiting import wait_until

TAG = {
    "name": "speed_setpoint", "address": "holding:0", "type": "uint16", "scale": 0.1, "unit": "1/min",
    "asset": "press_1", "asset_type": "press", "role": "speed_setpoint",
    "write": {"min": 0, "max": 70, "change_max": 30, "tolerance": 0.01, "per_minute": 60},
}  # fmt: skip
ASKED = {"app": "speed", "release": 1, "page": "main", "element": "el_aaaaaaaa", "event": "press", "step": 0,
         "asset": "press_1", "role": "speed_setpoint"}  # fmt: skip


class Way:
    """Broker, platform and agent as processes, and a person who writes."""

    def __init__(
        self,
        folder: Path,
        processes: Processes,
        device_port: int,
        more: Sequence[dict[str, Any]] = (),
        files: dict[str, Any] = FILES,
    ) -> None:
        self.folder, self.processes = folder, processes
        self.broker: Broker = start_broker(processes, folder)
        self.data = folder / "platform"
        self.platform = processes.module(
            "platform_core", "serve", "--data", self.data, "--listen", "127.0.0.1:0", "--no-built-in-apps",
            "--broker", self.broker.url, "--broker-user", self.broker.core_user,
            "--broker-password-file", self.broker.core_password_file,
        )  # fmt: skip
        connection = {"id": "press_1", "driver": "modbus_tcp", "config": {"host": "127.0.0.1", "port": device_port},
                      "scan_ms": 100, "tags": [TAG, *more]}  # fmt: skip
        broker = {"url": self.broker.url, "username": self.broker.edge_user(),
                  "password_file": str(self.broker.edge_password_file())}  # fmt: skip
        document = {"version": 1, "tenant": "factory", "edge": "line_1", "broker": broker, "data_dir": "data",
                    "spool": {"disk_free_min_mb": 0}, "connections": [connection]}  # fmt: skip
        (folder / "agent.yaml").write_text(yaml.safe_dump(document))
        self.switch = WriteSwitch(folder / "data")
        self.agent: Process = processes.module("edge_agent", "run", "-c", folder / "agent.yaml", name="agent")
        status = self.data / "status.json"
        wait_until(status.exists, timeout_s=60, what=f"the platform serves: {self.platform.log()}")
        self.url = json.loads(status.read_text())["url"]
        self.operator, self.builder, self.admin = (
            PlatformClient(self.url, create_token(folder, role)) for role in ("operator", "builder", "admin")
        )
        wait_until(lambda: self.operator.tags("press_1"), timeout_s=60, what=f"the tag: {self.agent.log()}")
        self.publish(files)

    def publish(self, files: dict[str, Any]) -> None:
        for path, document in files.items():
            place = f"{self.url}/api/v1/apps/speed/draft/files/{path}"
            request = urllib.request.Request(place, data=json.dumps(document).encode(), method="PUT")
            request.add_header("Authorization", f"Bearer {self.builder.token}")
            request.add_header("Content-Type", "application/json")
            request.add_header("If-None-Match", "*")
            urllib.request.urlopen(request, timeout=30).close()
        self.builder.call("POST", "/apps/speed/releases", {"note": ""})

    def prepare(self, value: float) -> dict[str, Any]:
        answer: dict[str, Any] = self.operator.call("POST", "/writes/prepare", ASKED | {"value": value})
        return answer

    def confirm(self, prepared: dict[str, Any]) -> dict[str, Any]:
        body = {"confirmed": prepared["confirm"]}
        answer: dict[str, Any] = self.operator.call("POST", f"/writes/{prepared['token']}", body)
        return answer

    def refused(self, ask: Callable[[], Any]) -> str:
        try:
            ask()
        except AssertionError as error:
            return str(error)
        raise AssertionError("it was let through")

    def audit(self) -> list[dict[str, Any]]:
        rows = self.admin.call("GET", "/audit?limit=100")
        return [row for row in rows["rows"] if row["action"] == "write.execute"]


async def test_a_write_reaches_the_device_and_nothing_else_does(tmp_path: Path, processes: Processes) -> None:
    frames: list[tuple[int, list[int]]] = []

    def on_write(address: int, words: Sequence[int]) -> bool:
        frames.append((address, list(words)))
        return True

    unit = RegisterUnit(1, [(0, 10)], on_write=on_write)
    async with ModbusPeer([unit]) as peer:
        unit.put(0, [100])
        way = await asyncio.to_thread(Way, tmp_path, processes, peer.port)
        try:
            await asyncio.to_thread(_every_way, way, frames)
        finally:
            await asyncio.to_thread(processes.close)


def _every_way(way: Way, frames: list[tuple[int, list[int]]]) -> None:
    # Nobody has enabled writing at the machine.
    ended = way.confirm(way.prepare(20))
    assert (ended["outcome"], ended["value"]) == ("refused", None)
    assert "not enabled on this machine" in ended["reason"]
    assert frames == []
    way.switch.turn_on("tester")
    ended = way.confirm(way.prepare(33.5))
    assert (ended["outcome"], ended["value"], ended["reason"]) == ("done", 33.5, "")
    assert frames == [(0, [335])]
    ends = [row for row in way.audit() if row["outcome"] == "done"]
    assert [(row["body"]["before"], row["body"]["after"]) for row in ends] == [(10.0, 33.5)]
    # The agent's bounds are told before anybody confirms; what only it can judge comes back in its words.
    assert "write.limit" in way.refused(lambda: way.prepare(71))
    # What only the agent can judge comes back in its words: 0 is further from 33.5 than 30.
    ended = way.confirm(way.prepare(0))
    assert ended["outcome"] == "refused"
    assert "may change by 30 at once" in ended["reason"]
    # The kill switch holds what is prepared already.
    prepared = way.prepare(20)
    (way.data / STOP_FILE).write_text("")
    assert "write.stopped" in way.refused(lambda: way.confirm(prepared))
    (way.data / STOP_FILE).unlink()
    # Nobody is there to be asked: told at once, and nothing waits for the agent to come back.
    way.agent.kill()
    wait_until(lambda: "write.offline" in way.refused(lambda: way.prepare(20)), what="the agent is missed")
    assert frames == [(0, [335])]
