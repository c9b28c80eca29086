"""Tick device, agent, broker and platform as real processes, each of which a test may kill, copy and restore."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from connectors.peers.tick_device.pattern import TAGS_PER_BLOCK, expected, tag_number, tick_name
from tests.support.broker import Broker, BrokerKind, start_broker
from tests.support.platform_client import PlatformClient
from tests.support.processes import Process, Processes, free_port
from tests.support.stack import create_token
from tests.support.waiting import wait_until


class PlantRig:
    """One plant in a folder; `agent()` and `platform()` start (again)."""

    def __init__(
        self,
        folder: Path,
        *,
        tags: int,
        devices: int = 1,
        period_ms: int = 1000,
        protocol: str = "modbus",
        sequence: bool = True,
        broker: BrokerKind = "nats-server",
    ) -> None:
        self.folder = folder
        self.processes = Processes(folder)
        self.broker: Broker = start_broker(self.processes, folder, kind=broker)
        self.port = free_port()
        options = ["--tags", str(tags), "--devices", str(devices), "--period-ms", str(period_ms)]
        options += ["--protocol", protocol, *(["--sequence"] if sequence else [])]
        self.device = self.processes.module(
            "connectors.peers.tick_device",
            *options,
            "--ready",
            folder / "device.json",
            "--agent-config",
            folder / "plant.yaml",
            ready=folder / "device.json",
        )
        self.device.wait_ready()
        self._client: PlatformClient | None = None

    @property
    def platform_data(self) -> Path:
        """The platform's data folder."""
        return self.folder / "platform"

    def platform(self, module: str = "platform_core") -> Process:
        """The platform, started; `module` may be one with a guard switched off."""
        process = self.processes.module(
            module,
            "serve",
            "--data",
            self.platform_data,
            "--listen",
            f"127.0.0.1:{self.port}",
            "--broker",
            self.broker.url,
            "--broker-user",
            self.broker.core_user,
            "--broker-password-file",
            self.broker.core_password_file,
            name="platform",
        )
        process.wait_port(self.port, 40)
        return process

    def agent(
        self,
        name: str = "agent",
        *,
        machine: str = "machine_1",
        module: str = "edge_agent",
        spool: Mapping[str, object] | None = None,
    ) -> Process:
        """The agent in the folder `name`, started with what it has there; `spool`: its section of the configuration."""
        home = self.folder / name
        home.mkdir(exist_ok=True)
        document = yaml.safe_load((self.folder / "plant.yaml").read_text("utf-8")) | {
            "version": 1,
            "tenant": "factory",
            "edge": "line_1",
            "data_dir": "data",
            "spool": dict(spool or {}),
            "broker": {
                "url": self.broker.url,
                "username": self.broker.edge_user(),
                "password_file": str(self.broker.edge_password_file()),
            },
        }
        (home / "agent.yaml").write_text(yaml.safe_dump(document, sort_keys=False), "utf-8")
        environment = {"INTERLOCK_MACHINE_ID": machine}
        return self.processes.module(module, "run", "-c", home / "agent.yaml", name=name, env=environment)

    @property
    def client(self) -> PlatformClient:
        """A client with a viewer's token."""
        if self._client is None:
            self._client = PlatformClient(f"http://127.0.0.1:{self.port}", create_token(self.folder))
        return self._client

    def copy(self, name: str, to: str) -> None:
        """A copy of a folder as it is now, as a disk image would be."""
        shutil.rmtree(self.folder / to, ignore_errors=True)
        shutil.copytree(self.folder / name, self.folder / to)

    def accepted(self, name: str = "agent") -> int:
        """Points the spool of an ended agent has accepted."""
        with sqlite3.connect(self.folder / name / "data" / "spool.db") as db:
            (points,) = db.execute("SELECT accepted FROM counter").fetchone()
        db.close()
        return int(points)

    def pending(self) -> int:
        """Points that wait in the spool, as the platform's health tells."""
        edges = self.client.health()["edges"]
        return int(edges[0]["identity"]["pending"]) if edges else -1

    def wait_drained(self, timeout_s: float = 60) -> None:
        """Returns once the spool has only what is under way, in four heartbeats one after the other.

        What health tells may be a heartbeat from before a cut.
        """
        seen: list[int] = []

        def drained() -> bool:
            seen.append(self.pending())
            return len(seen) >= 4 and all(0 <= points <= 2000 for points in seen[-4:])

        wait_until(drained, timeout_s=timeout_s, every_s=1.0, what="the backlog drains")

    def close(self) -> None:
        """Ends everything."""
        self.processes.close()


@dataclass
class Findings:
    """What the judge found in the store."""

    stored: int = 0
    wrong: list[str] = field(default_factory=list)
    doubled: int = 0
    ticks_missing: int = 0  # ticks count from 1
    ticks_in_gaps: int = 0


def judge_ticks(rig: PlantRig) -> Findings:
    """Every stored value against f(tag, tick); doubles; ticks that are neither stored nor in a gap."""
    found = Findings()
    tags = rig.client.tags()
    ids = [tag["id"] for tag in tags.values()]
    series = _all_raw(rig.client, ids)
    for connection in sorted({tag["connection"] for tag in tags.values()}):
        own = {key: tag for key, tag in tags.items() if tag["connection"] == connection}
        clocks = {
            key.partition("/")[2]: {ts: int(v) for ts, v, q in series[tag["id"]] if q < 128}
            for key, tag in own.items()
            if "/tick" in key
        }
        for clock in clocks.values():
            found.stored += len(clock)
            seen = set(clock.values())
            found.doubled += len(clock) - len(seen)
            found.ticks_missing += max(seen) - len(seen)
        for key, tag in own.items():
            if "/tick" not in key:
                clock = clocks[tick_name(tag_number(key) % 100_000 // TAGS_PER_BLOCK)]
                _check(found, key, [row for row in series[tag["id"]] if row[2] < 128], clock)
    clocks_of_all = [tag["id"] for key, tag in tags.items() if "/tick" in key]
    gaps = [gap for gap in rig.client.gaps(clocks_of_all[:200]) if gap["count_of"] == "rows"]
    found.ticks_in_gaps = sum(gap["n"] or 0 for gap in gaps)
    return found


def _check(found: Findings, key: str, rows: list[tuple[int, Any, int]], clock: dict[int, int]) -> None:
    found.stored += len(rows)
    number = tag_number(key)
    per_tick = Counter(clock.get(ts) for ts, _, _ in rows)
    found.doubled += sum(n - 1 for n in per_tick.values())
    if len(rows) != len(clock):
        found.wrong.append(f"{key}: {len(rows)} values for {len(clock)} ticks")
    for ts, v, _ in rows:
        tick = clock.get(ts)
        if tick is None or v != expected(number, tick):
            found.wrong.append(f"{key} at {ts}: {v} in tick {tick}")


def _all_raw(client: PlatformClient, ids: list[int]) -> dict[int, list[tuple[int, Any, int]]]:
    series: dict[int, list[tuple[int, Any, int]]] = {}
    for first in range(0, len(ids), 50):
        part = ids[first : first + 50]
        body = {"ids": part, "from": 0, "to": 4_102_444_800_000_000, "raw": True}
        for one in client.call("POST", "/values/history", body)["series"]:
            rows = list(zip(one["t"], one["v"], one["q"], strict=True))
            series[one["id"]] = client.raw(one["id"]) if one.get("truncated") else rows
    return series
