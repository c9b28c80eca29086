"""The real broker for tests: nats-server from the wheel with the configuration that `interlock up` generates, or the
mosquitto of the machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from interlock.broker import CORE_USER, edge_user, password, prepare
from tests.support.processes import Process, Processes, accepts, free_port
from tests.support.waiting import wait_until

BrokerKind = Literal["nats-server", "mosquitto"]


@dataclass
class Broker:
    """A running broker; `kill` and `start` keep its port, users and retained messages."""

    port: int
    tenant: str
    edges: list[str]
    secret_folder: Path
    process: Process

    @property
    def url(self) -> str:
        """`mqtt://host:port`, without credentials."""
        return f"mqtt://127.0.0.1:{self.port}"

    @property
    def core_user(self) -> str:
        """User name of the platform."""
        return CORE_USER

    @property
    def core_password(self) -> str:
        """Password of the platform."""
        return password(self.core_password_file)

    @property
    def core_password_file(self) -> Path:
        """File with the platform's password."""
        return self.secret_folder / "core.txt"

    def edge_user(self, edge: str = "line_1") -> str:
        """User name of an edge."""
        return edge_user(edge)

    def edge_password_file(self, edge: str = "line_1") -> Path:
        """File with an edge's password."""
        return self.secret_folder / f"{edge_user(edge)}.txt"

    def edge_password(self, edge: str = "line_1") -> str:
        """Password of an edge."""
        return password(self.edge_password_file(edge))

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()

    def stop(self) -> None:
        """End it cleanly."""
        self.process.terminate()

    def start(self) -> None:
        """Start it again on the same port and folder."""
        self.process.start()
        self.wait()

    def wait(self, timeout_s: float = 20.0) -> None:
        """Return once MQTT clients are accepted."""
        wait_until(lambda: accepts(self.port), timeout_s=timeout_s, what="broker listens")


def start_broker(
    processes: Processes,
    folder: Path,
    *,
    tenant: str = "factory",
    edges: Sequence[str] = ("line_1",),
    port: int = 0,
    kind: BrokerKind = "nats-server",
) -> Broker:
    """A broker in `folder` (conf, secrets, store) with one user per edge; ready when it returns.

    Mosquitto lets everybody in and keeps nothing on disk: a kill takes its retained messages too.
    """
    port = port or free_port()
    secret_folder = folder / "secrets"
    args = prepare(folder / "broker", secret_folder, port=port, tenant=tenant, edges=edges)
    if kind == "mosquitto":
        args = _mosquitto(folder, port)
    process = processes.command("broker", args)
    broker = Broker(port, tenant, list(edges), secret_folder, process)
    process.wait_port(port)
    return broker


def _mosquitto(folder: Path, port: int) -> list[str]:
    program = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin")
    if program is None:
        pytest.skip("mosquitto is not installed")
    config = folder / "mosquitto.conf"
    config.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n")
    return [program, "-c", str(config)]
