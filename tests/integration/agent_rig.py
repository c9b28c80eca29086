"""Broker, tick devices, ack peer and the agent as a real process, wired together for one test."""

from __future__ import annotations

import sqlite3
import urllib.request
from pathlib import Path
from typing import Any

import yaml

from tests.integration.agent_support import AckPeer
from tests.support.broker import BrokerKind, start_broker
from tests.support.processes import Process, Processes
from tests.support.waiting import wait_until


class Rig:
    """`agent()` starts the agent; everything ends with `close`."""

    def __init__(
        self, folder: Path, *, tags: int = 10, devices: int = 1, period_ms: int = 100, sequence: bool = False,
        broker: BrokerKind = "nats-server",
    ) -> None:  # fmt: skip
        self.folder = folder
        self.processes = Processes(folder)
        self.broker = start_broker(self.processes, folder, kind=broker)
        self.peer = AckPeer(self.broker.port, self.broker.core_user, self.broker.core_password)
        arguments = ["--tags", str(tags), "--devices", str(devices), "--period-ms", str(period_ms)]
        self.device = self.processes.module(
            "connectors.peers.tick_device", *arguments, *(["--sequence"] if sequence else []),
            "--ready", folder / "device.json", "--agent-config", folder / "plant.yaml",
            ready=folder / "device.json",
        )  # fmt: skip
        self.device_ready = self.device.wait_ready()
        self.config = folder / "agent.yaml"
        self.write_config()

    def write_config(self, **changes: Any) -> None:
        plant = yaml.safe_load((self.folder / "plant.yaml").read_text())
        broker = {
            "url": self.broker.url, "username": self.broker.edge_user(),
            "password_file": str(self.broker.edge_password_file()),
        }  # fmt: skip
        document = {
            **plant, "version": 1, "tenant": "factory", "edge": "line_1", "broker": broker,
            "data_dir": "data", "metrics": {"listen": "127.0.0.1:0"}, "spool": {"disk_free_min_mb": 0}, **changes,
        }  # fmt: skip
        self.config.write_text(yaml.safe_dump(document, sort_keys=False))

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def agent(self, *, config: Path | None = None, name: str = "agent", machine: str = "m1") -> Process:
        """The agent, started; returns when its metrics answer."""
        address = (config or self.config).parent / "data" / "metrics.addr"
        address.unlink(missing_ok=True)
        process = self.processes.module(
            "edge_agent", "run", "-c", config or self.config, name=name, env={"INTERLOCK_MACHINE_ID": machine}
        )
        wait_until(address.exists, timeout_s=60, what=f"agent runs: {process.log()}")
        return process

    def metrics(self, data: Path | None = None) -> dict[str, float]:
        """Metrics without labels, by name without the prefix."""
        address = ((data or self.data) / "metrics.addr").read_text().strip()
        with urllib.request.urlopen(f"http://{address}/metrics", timeout=5) as answer:
            text = answer.read().decode()
        pairs = [line.rsplit(" ", 1) for line in text.splitlines() if line and line[0] != "#" and "{" not in line]
        return {name.removeprefix("interlock_agent_"): float(value) for name, value in pairs}

    def metrics_of_spool(self, data: Path) -> int:
        """Accepted points as the spool file of an ended agent says."""
        db = sqlite3.connect(data / "spool.db")
        try:
            accepted: int = db.execute("SELECT accepted FROM counter").fetchone()[0]
            return accepted
        finally:
            db.close()

    def wait_total(self, points: int, timeout_s: float = 20.0) -> None:
        wait_until(lambda: self.peer.total() >= points, timeout_s=timeout_s, what=f"{points} points")

    def close(self) -> None:
        self.peer.stop()
        self.processes.close()
