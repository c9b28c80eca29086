"""`interlock up` with every real part: values arrive, parts come back, and nothing is left behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.support.processes import Process, Processes, alive, children, free_port
from tests.support.waiting import wait_until

MOSQUITTO = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


class Installation:
    """One data folder and the launcher on it."""

    def __init__(self, processes: Processes, folder: Path, *options: str) -> None:
        self.folder = folder / "data"
        self.port = free_port()
        self.processes = processes
        self.options = options
        self.launcher = self.start()

    def start(self, name: str = "up") -> Process:
        line = [sys.executable, "-m", "interlock", "up", "--data", str(self.folder), "--port", str(self.port)]
        return self.processes.command(name, [*line, "--mqtt-port", str(free_port()), *self.options])

    def status(self) -> dict[str, Any]:
        try:
            document: dict[str, Any] = json.loads((self.folder / "platform/status.json").read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return document

    def wait_values(self, timeout_s: float = 30) -> None:
        """Return once values of the plant arrive."""

        def arriving() -> bool:
            assert self.launcher.running, self.launcher.log()
            status = self.status()
            return status.get("points_per_s", 0) > 0 and any(edge["online"] for edge in status["edges"])

        wait_until(arriving, timeout_s=timeout_s, what="values arrive")

    def pid_of(self, module: str) -> int:
        for pid in children(self.launcher.pid):
            if module.encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                return pid
        raise AssertionError(f"{module} does not run:\n{self.launcher.log()}")


@pytest.fixture
def installation(processes: Processes, tmp_path: Path) -> Installation:
    return Installation(processes, tmp_path)


def test_values_arrive_and_ctrl_c_leaves_nothing_behind(installation: Installation) -> None:
    installation.wait_values()
    assert installation.status()["tags"] >= 60
    with urllib.request.urlopen(f"http://127.0.0.1:{installation.port}/healthz", timeout=5) as answer:
        assert answer.status == 200
    assert "/setup#token=" in installation.launcher.log()
    everyone = children(installation.launcher.pid)
    assert len(everyone) >= 5
    began = time.monotonic()
    os.kill(installation.launcher.pid, signal.SIGINT)
    assert installation.launcher.popen is not None
    assert installation.launcher.popen.wait(8) == 0
    assert time.monotonic() - began <= 5
    assert not [pid for pid in everyone if alive(pid)]


def test_each_killed_part_comes_back_and_values_go_on(installation: Installation) -> None:
    installation.wait_values()
    for module in ("nats-server", "platform_core", "edge_agent", "stamping_line"):
        old = installation.pid_of(module)
        os.kill(old, signal.SIGKILL)
        wait_until(lambda pid=old: not alive(pid), what="it is dead")
        wait_until(
            lambda name=module, pid=old: installation.pid_of(name) != pid if _runs(installation, name) else False,
            what=f"{module} is started again",
        )
        installation.wait_values()


def _runs(installation: Installation, module: str) -> bool:
    try:
        installation.pid_of(module)
    except (AssertionError, OSError):
        return False
    return True


def test_a_killed_launcher_leaves_nothing_behind_and_starts_again(installation: Installation) -> None:
    installation.wait_values()
    everyone = children(installation.launcher.pid)
    installation.launcher.kill()
    wait_until(lambda: not any(alive(pid) for pid in everyone), timeout_s=6, what="all parts are gone")
    installation.launcher = installation.start("again")
    installation.wait_values()


def test_accounts_and_tokens_are_made_on_the_machine(installation: Installation) -> None:
    installation.launcher.wait_log("platform is up")

    def interlock(*args: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-m", "interlock", *args, "--data", str(installation.folder)]
        return subprocess.run(line, input=typed, capture_output=True, text=True, timeout=30, check=False)

    word = "correct horse battery staple"
    done = interlock("user", "add", "ada", "--role", "admin", "--password-stdin", typed=word + "\n")
    assert done.returncode == 0, done.stderr
    wait_until(lambda: installation.status().get("setup_url", "") is None, what="the set-up link is gone")
    login = urllib.request.Request(
        f"http://127.0.0.1:{installation.port}/api/v1/auth/login",
        json.dumps({"name": "ada", "password": word}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(login, timeout=10) as answer:
        assert answer.status == 200
    done = interlock("token", "create", "reader", "--role", "viewer")
    assert done.returncode == 0, done.stderr
    token = max(done.stdout.split(), key=len)
    tags = urllib.request.Request(
        f"http://127.0.0.1:{installation.port}/api/v1/tags", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(tags, timeout=10) as answer:
        assert "tags" in json.load(answer)


def test_a_second_launcher_is_refused_with_one_line(installation: Installation) -> None:
    installation.launcher.wait_log("broker is up")
    second = installation.start("second")
    assert second.popen is not None
    assert second.popen.wait(10) == 2
    assert "already runs on" in second.log()
    assert f"http://127.0.0.1:{installation.port}" in second.log()
    assert "Traceback" not in second.log()


@pytest.mark.skipif(MOSQUITTO is None, reason="mosquitto is not installed")
def test_an_outside_broker_takes_the_place_of_ours(processes: Processes, tmp_path: Path) -> None:
    port = free_port()
    config = tmp_path / "mosquitto.conf"
    config.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n")
    assert MOSQUITTO is not None
    processes.command("mosquitto", [MOSQUITTO, "-c", str(config)]).wait_port(port)
    installation = Installation(processes, tmp_path, "--broker", f"mqtt://127.0.0.1:{port}")
    installation.wait_values()
    assert not _runs(installation, "nats-server")
