"""A whole installation as a user has it: `interlock up` in a folder of its own, and a client of its API."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path

from tests.support.platform_client import PlatformClient
from tests.support.processes import ROOT, Process, Processes, alive, children, free_port
from tests.support.waiting import wait_until

#: Part → words of its command line.
PARTS = {
    "broker": "nats-server",
    "platform": "platform_core serve",
    "agent": "edge_agent run",
    "replay": "connectors.peers.replay",
    "plant": "connectors.peers.stamping_line",
}


class Stack:
    """`interlock up` with its options; `close` ends it as Ctrl-C would."""

    def __init__(self, processes: Processes, data: Path, *options: str | Path, name: str = "interlock") -> None:
        self.data = data
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        arguments = ["up", "--data", data, "--port", str(self.port), "--mqtt-port", str(free_port()), *options]
        self.process: Process = processes.module("interlock", *arguments, name=name)
        self._client: PlatformClient | None = None

    def pid(self, part: str) -> int | None:
        """Process id of a part, None while it is not running."""
        for child in children(self.process.pid):
            if PARTS[part] in command_line(child) and alive(child):
                return child
        return None

    def wait_part(self, part: str, timeout_s: float = 60.0) -> int:
        """Process id of a part once it runs."""
        try:
            wait_until(lambda: self.pid(part) is not None, timeout_s=timeout_s, what=f"{part} runs")
        except AssertionError as error:
            raise AssertionError(f"{error}; the launcher said: {self.process.log()[-2000:]}") from None
        pid = self.pid(part)
        assert pid is not None
        return pid

    def kill(self, part: str) -> None:
        """kill -9 of one part; the launcher starts it again."""
        os.kill(self.wait_part(part), signal.SIGKILL)

    @property
    def client(self) -> PlatformClient:
        """A client with a viewer's token, made on this machine; waits for the platform."""
        if self._client is None:
            wait_until(lambda: (self.data / "platform" / "status.json").exists(), timeout_s=60, what="platform serves")
            self._client = PlatformClient(self.url, create_token(self.data))
        wait_until(self._client.reachable, timeout_s=60, what="the API answers")
        return self._client

    def setup_url(self) -> str:
        """The one-time link that makes the first administrator."""
        path = self.data / "platform" / "status.json"

        def link() -> str | None:
            try:
                found: str | None = json.loads(path.read_text("utf-8")).get("setup_url")
            except (OSError, ValueError):
                return None
            return found

        wait_until(lambda: link() is not None, timeout_s=60, what="the set-up link")
        found = link()
        assert found is not None
        return found

    def close(self) -> None:
        """Ends everything."""
        if self.process.running:
            self.process.terminate()


def command_line(pid: int) -> str:
    """Command line of a process, "" when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        return ""


def create_token(data: Path, role: str = "viewer") -> str:
    """An API token made from the machine itself."""
    line = [sys.executable, "-m", "platform_core", "token", "create", f"judge-{uuid.uuid4().hex[:8]}", "--role", role]
    line += ["--data", str(data / "platform")]
    done = subprocess.run(line, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1].split()[-1]
