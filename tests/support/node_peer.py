"""A foreign OPC UA server (node-opcua) as a child process; its packages are installed once, as its lock file says."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.support.processes import ROOT, free_port

FOLDER = ROOT / "tests" / "peers" / "node_opcua"
INSTALL_MAX_S = 300.0
#: Where this is set (continuous integration), a peer that cannot be installed is a failure, not a skipped test.
REQUIRED = "INTERLOCK_REQUIRE_PEERS"


def node_command() -> str:
    """Path of `node`; skips the test where there is none, or its packages cannot be had."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        _missing("Node is not installed: the tests against a foreign OPC UA server need it (18 or newer)")
    with _lock(FOLDER / "node_modules.lock"):
        _install(npm)
    return node


def _install(npm: str) -> None:
    wanted = hashlib.sha256((FOLDER / "package-lock.json").read_bytes()).hexdigest()
    stamp = FOLDER / "node_modules" / ".interlock"
    if stamp.is_file() and stamp.read_text("utf-8") == wanted:
        return
    try:
        done = subprocess.run(
            [npm, "ci", "--no-audit", "--no-fund"], cwd=FOLDER, capture_output=True, text=True, timeout=INSTALL_MAX_S,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        _missing("npm ci of tests/peers/node_opcua took too long; is there a network?")
    if done.returncode:
        _missing(f"npm ci of tests/peers/node_opcua failed; is there a network? {done.stderr[-300:]}")
    stamp.write_text(wanted, "utf-8")


def _missing(message: str) -> None:
    if os.environ.get(REQUIRED):
        pytest.fail(message)
    pytest.skip(message)


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    """Tests that run beside each other install once; a lock older than an installation is nobody's."""
    deadline = time.monotonic() + INSTALL_MAX_S
    while True:
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            break
        except FileExistsError:
            with suppress(OSError):
                if time.time() - path.stat().st_mtime > INSTALL_MAX_S:
                    path.unlink()
            if time.monotonic() > deadline:
                _missing(f"another test run has been installing for too long; remove {path}")
            time.sleep(0.2)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


class NodeServer:
    """The server; `settings` as in server.mjs. A context manager; `restart` kills it and starts it at its port."""

    def __init__(self, folder: Path, names: Sequence[str], **settings: Any) -> None:
        self._node = node_command()
        (folder / "pki").mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.settings = {"port": self.port, "names": list(names), "pki": str(folder / "pki"), **settings}
        self._log = (folder / "node.log").open("ab")
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> NodeServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._log.close()

    @property
    def pid(self) -> int:
        """Of the server's process."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Returns when it listens."""
        self._process = subprocess.Popen(
            [self._node, "server.mjs", json.dumps(self.settings)], cwd=FOLDER, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log,
        )  # fmt: skip
        self._answer("ready")

    def kill(self) -> None:
        """Without a goodbye to anybody."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
            process.wait(10)

    def restart(self) -> None:
        """Killed and started anew at the same port."""
        self.kill()
        self.start()

    def tell(self, **commands: Any) -> None:
        """Commands of server.mjs; returns when they are done."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(commands) + "\n")
        self._process.stdin.flush()
        self._answer("done")

    def _answer(self, key: str) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with suppress(ValueError):  # the library itself writes lines there
                if key in json.loads(line):
                    return
        raise RuntimeError(f"the node-opcua server ended; see {self._log.name}")
