"""Real child processes in tests: started with a log, waited for by a ready file or port, killed for certain."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


#: Below those the system gives to outgoing connections: what is free now is still free when a child listens on it.
PORTS = range(20_000, 32_000)


def free_port() -> int:
    """A loopback TCP port nobody listens on now. Runs beside this one look at other ports."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % 8
    mine = PORTS[worker * len(PORTS) // 8 : (worker + 1) * len(PORTS) // 8]
    for port in random.SystemRandom().sample(mine, len(mine)):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("no free port")


def accepts(port: int, host: str = "127.0.0.1") -> bool:
    """Whether something listens on the port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((host, port)) == 0


def alive(pid: int) -> bool:
    """Whether a process runs under this id (a zombie does not)."""
    stat = Path(f"/proc/{pid}/stat")
    if stat.parent.parent.joinpath("self").exists():
        try:
            return stat.read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
        except OSError:
            return False
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def children(pid: int) -> list[int]:
    """Ids of all descendants of a process (Linux)."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            parents.setdefault(parent, []).append(int(folder.name))
    found, queue = [], [pid]
    while queue:
        for child in parents.get(queue.pop(), ()):
            found.append(child)
            queue.append(child)
    return found


@dataclass
class Process:
    """One child with its log; `args` may be given to `start` again after a kill."""

    name: str
    args: list[str]
    log_path: Path
    env: dict[str, str]
    ready_path: Path | None = None
    popen: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def pid(self) -> int:
        """Process id of the last start."""
        assert self.popen is not None
        return self.popen.pid

    @property
    def running(self) -> bool:
        """Whether the last start still runs."""
        return self.popen is not None and self.popen.poll() is None

    def start(self) -> Process:
        """Start (again); the log is appended to, an old ready file is removed."""
        assert not self.running, f"{self.name} runs already"
        if self.ready_path is not None:
            self.ready_path.unlink(missing_ok=True)
        flags: dict[str, Any] = (
            {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP} if os.name == "nt" else {"start_new_session": True}
        )
        with self.log_path.open("ab") as log:
            self.popen = subprocess.Popen(
                self.args, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.env, cwd=ROOT, **flags
            )
        return self

    def log(self) -> str:
        """Everything the process has written so far."""
        return self.log_path.read_text("utf-8", "replace") if self.log_path.exists() else ""

    def _check_alive(self) -> None:
        if not self.running:
            code = None if self.popen is None else self.popen.returncode
            raise AssertionError(f"{self.name} ended with {code}:\n{self.log()[-4000:]}")

    def wait_ready(self, timeout_s: float = 20.0) -> dict[str, Any]:
        """The JSON of the ready file."""
        assert self.ready_path is not None
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            try:
                document: dict[str, Any] = json.loads(self.ready_path.read_text("utf-8"))
                return document
            except (OSError, ValueError):
                self._check_alive()
                time.sleep(0.02)
        raise AssertionError(f"{self.name} was not ready within {timeout_s} s:\n{self.log()[-4000:]}")

    def wait_port(self, port: int, timeout_s: float = 20.0) -> None:
        """Return once something listens on the port."""
        end = time.monotonic() + timeout_s
        while not accepts(port):
            self._check_alive()
            if time.monotonic() > end:
                raise AssertionError(f"{self.name}: nothing on port {port}:\n{self.log()[-4000:]}")
            time.sleep(0.02)

    def wait_log(self, text: str, timeout_s: float = 20.0) -> None:
        """Return once the log contains `text`."""
        end = time.monotonic() + timeout_s
        while text not in self.log():
            self._check_alive()
            if time.monotonic() > end:
                raise AssertionError(f"{self.name}: no {text!r} in the log:\n{self.log()[-4000:]}")
            time.sleep(0.02)

    def kill(self) -> None:
        """End at once, as a power cut of the process would (kill -9); its descendants stay."""
        if self.popen is not None:
            if self.popen.poll() is None:
                self.popen.kill()
            self.popen.wait(10)

    def terminate(self, timeout_s: float = 10.0) -> int:
        """Ask it to end (SIGTERM) and wait; the exit code. Killed, and an AssertionError, when it does not."""
        assert self.popen is not None
        if self.popen.poll() is None:
            self.popen.terminate()
        try:
            return self.popen.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.name} did not end within {timeout_s} s:\n{self.log()[-4000:]}") from None

    def pause(self) -> None:
        """Stop it from running without ending it (SIGSTOP)."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let a paused process run again."""
        os.kill(self.pid, signal.SIGCONT)


class Processes:
    """Starts processes for one test and ends all of them, with their descendants, after it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[Process] = []

    def command(
        self,
        name: str,
        args: Sequence[str],
        *,
        ready: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> Process:
        """A process from a command line, started; its log is `<folder>/<name>.log`."""
        full = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT), **(env or {})}
        process = Process(name, [str(a) for a in args], self.folder / f"{name}.log", full, ready)
        self.started.append(process)
        return process.start()

    def module(
        self,
        module: str,
        *args: str | Path,
        name: str = "",
        ready: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> Process:
        """`python -m module args…`, started."""
        line = [sys.executable, "-m", module, *(str(a) for a in args)]
        return self.command(name or module.rpartition(".")[2], line, ready=ready, env=env)

    def close(self) -> None:
        """End everything that was started."""
        for process in reversed(self.started):
            if process.popen is None:
                continue
            if os.name != "nt":
                descendants = children(process.pid) if process.running else []
                for pid in descendants:
                    _kill(pid)
            if process.running:
                process.kill()


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except OSError:
        return
