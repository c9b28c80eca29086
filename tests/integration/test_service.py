"""The agent as a service: what systemd is told, an end within five seconds in the worst case, the Windows host."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from edge_agent.cli import run_cli
from edge_agent.service import windows
from edge_agent.systemd import Notifier
from tests.integration.agent_rig import Rig
from tests.support.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
posix = pytest.mark.skipif(sys.platform == "win32", reason="systemd is of Linux")


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path)
    try:
        yield made
    finally:
        made.close()


class Manager:
    """As much of systemd as listens to its services."""

    def __init__(self, path: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.socket.setblocking(False)
        self.path = str(path)
        self.told: list[str] = []

    def look(self) -> list[str]:
        while True:
            try:
                self.told += self.socket.recv(4096).decode().splitlines()
            except BlockingIOError:
                return self.told


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    made = Manager(tmp_path / "notify")
    yield made
    made.socket.close()


@posix
def test_systemd_is_told_ready_alive_and_stopping(rig: Rig, manager: Manager, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", manager.path)
    monkeypatch.setenv("WATCHDOG_USEC", "400000")
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    agent = rig.agent()
    wait_until(lambda: manager.look().count("WATCHDOG=1") >= 3, what="signs of life")
    assert manager.told[0] == "READY=1"
    assert "STOPPING=1" not in manager.told
    agent.terminate()
    assert "STOPPING=1" in manager.look()


@posix
async def test_a_loop_that_hangs_gives_no_sign_of_life(manager: Manager) -> None:
    notifier = Notifier({"NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "100000", "WATCHDOG_PID": str(os.getpid())})
    alive = asyncio.create_task(notifier.stay_alive())
    await asyncio.sleep(0.2)
    before = manager.look().count("WATCHDOG=1")
    assert before >= 2
    time.sleep(0.3)
    assert manager.look().count("WATCHDOG=1") == before
    alive.cancel()


@posix
async def test_without_a_manager_or_meant_for_another_process_nothing_is_told(manager: Manager) -> None:
    for env in ({}, {"NOTIFY_SOCKET": manager.path + "-gone", "WATCHDOG_USEC": "junk"}):
        notifier = Notifier(env)
        notifier.ready("x")
        await notifier.stay_alive()  # returns, since there is no watchdog
    other = Notifier({"NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "1000", "WATCHDOG_PID": "1"})
    await other.stay_alive()
    assert manager.look() == []


@posix
def test_an_end_within_five_seconds_with_device_and_broker_hanging(rig: Rig) -> None:
    rig.peer.start()
    agent = rig.agent()
    rig.wait_total(50)
    hanging = [process.popen.pid for process in (rig.device, rig.broker.process) if process.popen is not None]
    assert len(hanging) == 2
    for pid in hanging:
        os.kill(pid, signal.SIGSTOP)
    try:
        time.sleep(1.5)  # reads and batches are under way and get no answer
        began = time.monotonic()
        assert agent.terminate() == 0
        assert time.monotonic() - began < 5.0
    finally:
        for pid in hanging:
            os.kill(pid, signal.SIGCONT)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze here")
def test_the_unit_is_understood_and_hardened(tmp_path: Path) -> None:
    unit = tmp_path / "edge-agent@.service"
    text = (ROOT / "deploy/systemd/edge-agent@.service").read_text()
    unit.write_text(text.replace("/opt/interlock/venv/bin/edge-agent", sys.executable))
    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "edge-agent" not in done.stderr, done.stderr
    line = ["systemd-analyze", "security", "--offline=yes", "--threshold=20", str(unit)]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-300:]


def test_the_unit_says_what_is_promised() -> None:
    text = (ROOT / "deploy/systemd/edge-agent@.service").read_text()
    for line in ("Type=notify", "Restart=always", "WatchdogSec=30", "NoNewPrivileges=yes", "ProtectSystem=strict",
                 "StateDirectory=interlock-edge/%i", "User=interlock", "CapabilityBoundingSet="):  # fmt: skip
        assert f"\n{line}\n" in text


class Shim:
    """As much of pywin32 as the host uses; keeps what it was told."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.reports: list[int] = []
        self.hosted: type[Any] | None = None
        shim = self

        class ServiceFramework:
            def __init__(self, arguments: list[str]) -> None:
                self.arguments = arguments

            def ReportServiceStatus(self, status: int, waitHint: int = 5000) -> None:
                shim.reports.append(status)

        self.util = types.ModuleType("win32serviceutil")
        self.util.ServiceFramework = ServiceFramework  # type: ignore[attr-defined]
        for name in ("InstallService", "StopService", "RemoveService", "WaitForServiceStatus"):
            setattr(self.util, name, self._keep(name))
        self.util.QueryServiceStatus = lambda name: (16, 4)  # type: ignore[attr-defined]
        self.service = types.ModuleType("win32service")
        names = ("SERVICE_STOPPED", "SERVICE_STOP_PENDING", "SERVICE_RUNNING", "SERVICE_AUTO_START",
                 "SC_ACTION_RESTART", "SERVICE_CONFIG_FAILURE_ACTIONS", "SC_MANAGER_ALL_ACCESS",
                 "SERVICE_ALL_ACCESS")  # fmt: skip
        for number, name in enumerate(names):
            setattr(self.service, name, 100 + number)
        for name in ("OpenSCManager", "OpenService", "ChangeServiceConfig2", "CloseServiceHandle"):
            setattr(self.service, name, self._keep(name))
        self.manager = types.ModuleType("servicemanager")
        for name in ("Initialize", "StartServiceCtrlDispatcher", "LogErrorMsg"):
            setattr(self.manager, name, self._keep(name))
        self.manager.PrepareToHostSingle = lambda host: setattr(self, "hosted", host)  # type: ignore[attr-defined]

    def _keep(self, name: str) -> Any:
        def call(*arguments: Any, **named: Any) -> str:
            self.calls.append((name, arguments, named))
            return name

        return call


@pytest.fixture
def shim(monkeypatch: pytest.MonkeyPatch) -> Shim:
    made = Shim()
    modules = {"win32serviceutil": made.util, "win32service": made.service, "servicemanager": made.manager}
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    return made


def test_the_windows_host_runs_the_agent_and_stops_it_in_order(
    rig: Rig, shim: Shim, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(windows, "set_up", _quiet_log)
    monkeypatch.chdir(rig.folder)
    rig.peer.start()
    assert run_cli(["service", "host", "-c", str(rig.config)]) == 0
    assert [call[0] for call in shim.calls] == ["Initialize", "StartServiceCtrlDispatcher"]
    assert shim.hosted is not None
    service = shim.hosted(["InterlockEdge_line_1"])
    thread = threading.Thread(target=service.SvcDoRun)
    thread.start()
    try:
        rig.wait_total(50)
    finally:
        began = time.monotonic()
        service.SvcStop()
        thread.join(10)
    assert not thread.is_alive()
    assert time.monotonic() - began < 5.0
    assert shim.reports == [shim.service.SERVICE_RUNNING, shim.service.SERVICE_STOP_PENDING]
    wait_until(lambda: rig.peer.states[-1].online is False, what="the broker was told")


def test_a_stop_before_the_start_is_not_forgotten(rig: Rig, shim: Shim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "set_up", _quiet_log)
    monkeypatch.chdir(rig.folder)
    run_cli(["service", "host", "-c", str(rig.config)])
    assert shim.hosted is not None
    service = shim.hosted([])
    service.SvcStop()
    service.SvcDoRun()
    assert shim.reports == [shim.service.SERVICE_STOP_PENDING]


def test_an_end_by_an_error_ends_the_process_so_that_windows_starts_it_again(
    rig: Rig, shim: Shim, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Ended(BaseException):
        pass

    def end(code: int) -> None:
        raise Ended(code)

    monkeypatch.setattr(windows.os, "_exit", end)
    run_cli(["service", "host", "-c", str(rig.config)])
    assert shim.hosted is not None
    rig.config.write_text("version: 1\n")
    with pytest.raises(Ended):
        shim.hosted([]).SvcDoRun()
    assert shim.calls[-1][0] == "LogErrorMsg"
    assert "problem" in shim.calls[-1][1][0]


def test_installing_names_this_python_the_configuration_and_an_account_without_rights(
    rig: Rig, shim: Shim, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(["service", "install", "-c", str(rig.config)]) == 0
    name, arguments, named = shim.calls[0]
    assert name == "InstallService"
    assert arguments[1] == "InterlockEdge_line_1"
    assert named["exeName"] == sys.executable
    assert named["exeArgs"] == f'-m edge_agent service host -c "{rig.config.resolve()}"'
    assert named["userName"].endswith("LocalService")
    failure = next(call for call in shim.calls if call[0] == "ChangeServiceConfig2")[1][2]
    assert [action[0] for action in failure["Actions"]] == [shim.service.SC_ACTION_RESTART] * 3
    assert "net start InterlockEdge_line_1" in capsys.readouterr().out
    assert run_cli(["service", "remove", "-c", str(rig.config)]) == 0
    assert [call[0] for call in shim.calls[-3:]] == ["StopService", "WaitForServiceStatus", "RemoveService"]


@posix
def test_elsewhere_the_service_command_says_what_to_use(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["service", "install", "-c", str(rig.config)]) == 1
    assert "use systemd" in capsys.readouterr().err


def _quiet_log(*_: Any, **__: Any) -> Any:
    """Not the log of the whole test run."""
    from collections import deque

    from edge_agent.diagnostics.log import Log, Repeats

    return Log(Repeats([]), deque())


def test_compose_and_image_agree_with_the_command_line() -> None:
    compose = yaml.safe_load((ROOT / "deploy/edge/compose.yaml").read_text())["services"]["edge"]
    assert (ROOT / "deploy/edge" / compose["build"]["context"] / compose["build"]["dockerfile"]).is_file()
    assert compose["read_only"] is True
    assert compose["cap_drop"] == ["ALL"]
