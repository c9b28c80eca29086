"""The agent as a Windows service, hosted by the Python of its own environment (docs/adr/0131).

pywin32 is imported when one of these functions runs, so that the module can be read anywhere.
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from edge_agent.config import load_config
from edge_agent.diagnostics.hiding import hider, secret_values
from edge_agent.diagnostics.log import set_up
from edge_agent.running import AgentRun
from schemas.errors import InterlockError

logger = logging.getLogger(__name__)

#: May use the network and little else; it needs rights on the data folder.
ACCOUNT: Final = r"NT AUTHORITY\LocalService"
RESTART_MS: Final = 2000
#: Failures are forgotten after a day without one.
FORGET_S: Final = 24 * 3600
#: How long Windows is asked to wait for the end; the agent takes two seconds.
STOP_HINT_MS: Final = 10_000
#: What a process ends with whose service did not stop in order: Windows then takes the action for failures.
DEFECT_EXIT: Final = 1


@dataclass(frozen=True, slots=True)
class _Pywin32:
    util: Any
    service: Any
    manager: Any


def _pywin32() -> _Pywin32:
    try:
        names = ("win32serviceutil", "win32service", "servicemanager")
        return _Pywin32(*(importlib.import_module(name) for name in names))
    except ModuleNotFoundError as error:
        hint = "On Linux use systemd: docs/how-to/install-the-agent.md."
        if sys.platform == "win32":
            hint = "Run: pip install pywin32"
        raise InterlockError("service.pywin32", "Windows services need pywin32", hint=hint) from error


def service_name(edge: str) -> str:
    """The service of an edge."""
    return f"InterlockEdge_{edge}"


def install(config: Path, account: str = ACCOUNT) -> str:
    """Registers the service for this configuration, started with Windows and after failures; its name. Raises
    InterlockError, ConfigError for a configuration with problems."""
    win = _pywin32()
    edge = load_config(config).config.edge
    name = service_name(edge)
    win.util.InstallService(
        "edge_agent.service.windows.Host", name, f"Interlock edge agent {edge}",
        startType=win.service.SERVICE_AUTO_START, exeName=sys.executable, exeArgs=command_line(config),
        userName=account, description="Collects values from machines and hands them to the platform.",
        delayedstart=True,
    )  # fmt: skip
    manager = win.service.OpenSCManager(None, None, win.service.SC_MANAGER_ALL_ACCESS)
    try:
        handle = win.service.OpenService(manager, name, win.service.SERVICE_ALL_ACCESS)
        try:
            again = (win.service.SC_ACTION_RESTART, RESTART_MS)
            actions = {"ResetPeriod": FORGET_S, "RebootMsg": None, "Command": None, "Actions": [again] * 3}
            win.service.ChangeServiceConfig2(handle, win.service.SERVICE_CONFIG_FAILURE_ACTIONS, actions)
        finally:
            win.service.CloseServiceHandle(handle)
    finally:
        win.service.CloseServiceHandle(manager)
    return name


def command_line(config: Path) -> str:
    """What follows the interpreter in the service's command line."""
    return f'-m edge_agent service host -c "{config.resolve()}"'


def remove(name: str) -> None:
    """Ends the service if it runs and takes it away. Raises InterlockError."""
    win = _pywin32()
    if win.util.QueryServiceStatus(name)[1] != win.service.SERVICE_STOPPED:
        win.util.StopService(name)
        win.util.WaitForServiceStatus(name, win.service.SERVICE_STOPPED, STOP_HINT_MS // 1000)
    win.util.RemoveService(name)


def host(config: Path) -> None:
    """What Windows starts: connects to its service manager and returns when the service has ended."""
    win = _pywin32()
    win.manager.Initialize()
    win.manager.PrepareToHostSingle(host_class(win, config))
    win.manager.StartServiceCtrlDispatcher()


def host_class(win: Any, config: Path) -> type[Any]:
    """The service class of pywin32's framework for this configuration."""

    class Host(win.util.ServiceFramework):  # type: ignore[misc]
        """Windows calls `SvcDoRun` in one thread and `SvcStop` in another."""

        _svc_name_ = "InterlockEdge"
        _svc_display_name_ = "Interlock edge agent"

        def __init__(self, arguments: list[str]) -> None:
            super().__init__(arguments)
            self._run: AgentRun | None = None
            self._stop_asked = False

        def SvcStop(self) -> None:
            """Ends the agent in order."""
            self.ReportServiceStatus(win.service.SERVICE_STOP_PENDING, waitHint=STOP_HINT_MS)
            self._stop_asked = True
            if self._run is not None:
                self._run.stop()

        #: Windows itself ends: the same, so that what was sampled is on the disk.
        SvcShutdown = SvcStop

        def SvcDoRun(self) -> None:
            """The agent; returns when it has ended. An end by an error ends the process, which Windows starts anew."""
            try:
                loaded = load_config(config)
                # Relative paths of the configuration start at its folder, not in the system's.
                os.chdir(loaded.base)
                log = set_up("text", verbose=False, hide=hider(secret_values(loaded)), data_dir=loaded.data_dir)
                self._run = AgentRun(loaded, log)
                if self._stop_asked:
                    return
                self.ReportServiceStatus(win.service.SERVICE_RUNNING)
                self._run.run(signals=False)
                log.repeats.tell_repeats(everything=True)
            except InterlockError as error:
                logger.error("%s", error)
                win.manager.LogErrorMsg(f"The Interlock edge agent ended: {error}")
                os._exit(DEFECT_EXIT)

    return Host
