"""One part as a child process: started, watched, started again with growing pauses, ended in time."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Literal

from interlock import guard

LOG_BYTES_MAX = 5 << 20
LOGS_KEPT = 3
PAUSE_FIRST_S = 0.5
PAUSE_MAX_S = 30.0
STEADY_S = 30.0

State = Literal["waiting", "starting", "up", "pausing", "ended", "stopped"]


def always() -> bool:
    """Ready as soon as it runs."""
    return True


@dataclass(frozen=True)
class Part:
    """What to start and when.

    `command` is asked at each start, so that it may write a configuration file from what other parts have told.
    `ready` tells whether the running part serves. A part with `restart` off is left ended: playing a recording from
    its first row again would store it twice. A part is not called up before it has lived for `settle_s`.
    Parts with a lower `stop_turn` have ended before those with a higher one are asked to.
    """

    name: str
    command: Callable[[], Sequence[str]]
    ready: Callable[[], bool] = always
    after: tuple[str, ...] = ()
    stop_s: float = 2.0
    restart: bool = True
    settle_s: float = 0.0
    stop_turn: int = 0


@dataclass
class Child:
    """The life of one part."""

    part: Part
    log_path: Path
    state: State = "waiting"
    restarts: int = 0
    reason: str = ""
    popen: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _started: float = 0.0
    _next_start: float = 0.0
    _pause_s: float = PAUSE_FIRST_S
    _last_lines: deque[str] = field(default_factory=lambda: deque(maxlen=5), repr=False)
    _reader: threading.Thread | None = field(default=None, repr=False)
    _log: io.FileIO | None = field(default=None, repr=False)

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return self.popen.pid if self.popen is not None and self.popen.returncode is None else None

    def start(self) -> int:
        """Start the process; its id."""
        self.popen = subprocess.Popen(
            list(self.part.command()),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"},
            **own_group(),
        )
        assert self.popen.stdout is not None
        self._started = time.monotonic()
        self.state = "starting"
        self._reader = threading.Thread(target=self._copy_log, args=(self.popen.stdout,), daemon=True)
        self._reader.start()
        return self.popen.pid

    def _copy_log(self, source: IO[bytes]) -> None:
        """Write what the process says into its rotated log.

        It is read to its end whatever the disk says: a process whose output nobody takes stands still.
        """
        with source:
            for line in iter(lambda: source.readline(65536), b""):
                if text := line.decode("utf-8", "replace").strip():
                    self._last_lines.append(text[:300])
                with contextlib.suppress(OSError):  # a full disk; on Windows a log that someone has open
                    self._write_log(line)
        if self._log is not None:
            with contextlib.suppress(OSError):
                self._log.close()
            self._log = None

    def _write_log(self, line: bytes) -> None:
        if self._log is None:
            self._log = self.log_path.open("ab", buffering=0)
        self._log.write(line)
        if self._log.tell() >= LOG_BYTES_MAX:
            self._log.close()
            self._log = None
            rotate(self.log_path)

    def poll(self) -> Literal["ready", "died", "ended", None]:
        """What happened since the last look."""
        if self.popen is None or self.state not in ("starting", "up"):
            return None
        code = self.popen.poll()
        if code is None:
            lived = time.monotonic() - self._started
            if self.state == "starting" and lived >= self.part.settle_s and self.part.ready():
                self.state = "up"
                self.reason = ""
                return "ready"
            if lived > STEADY_S:
                self._pause_s = PAUSE_FIRST_S
            return None
        if self._reader is not None:
            self._reader.join(1)
        guard.send(self.popen.pid, hard=True)  # whatever it started itself
        self.reason = f"{_ending(code)}: {self._last_lines[-1]}" if self._last_lines else _ending(code)
        if not self.part.restart:
            self.state = "ended"
            return "ended"
        self._pause()
        return "died"

    def fail(self, reason: str) -> None:
        """It could not even be started: try again after the pause."""
        self.reason = reason
        self._pause()

    def _pause(self) -> None:
        self._next_start = time.monotonic() + self._pause_s
        self._pause_s = min(self._pause_s * 2, PAUSE_MAX_S)
        self.restarts += 1
        self.state = "pausing"

    @property
    def pause_left_s(self) -> float:
        """Seconds until the next start."""
        return max(0.0, self._next_start - time.monotonic())

    def ask_to_end(self) -> None:
        """Ask it to end; it is not started again."""
        self.state = "stopped"
        if self.popen is not None and self.popen.poll() is None:
            _ask(self.popen)

    def wait_end(self, deadline: float) -> None:
        """Wait for its end for its own time, at most until `deadline` (monotonic); then kill it."""
        popen = self.popen
        if popen is None:
            return
        limit = min(self.part.stop_s, max(0.05, deadline - time.monotonic()))
        try:
            popen.wait(limit)
        except subprocess.TimeoutExpired:
            self.reason = f"killed after {limit:.1f} s"
        guard.send(popen.pid, hard=True)
        if popen.poll() is None:
            popen.kill()
            popen.wait(2)
        if self._reader is not None:
            self._reader.join(0.5)


def own_group() -> dict[str, Any]:
    """Arguments of Popen that keep the terminal's Ctrl-C away: the launcher ends its children in order itself."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def _ask(popen: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        popen.send_signal(signal.CTRL_BREAK_EVENT)
    else:
        popen.terminate()


def _ending(code: int) -> str:
    if code < 0:
        try:
            return f"killed by {signal.Signals(-code).name}"
        except ValueError:
            return f"killed by signal {-code}"
    return f"ended with code {code}"


def rotate(path: Path) -> None:
    """`x.log` becomes `x.log.1`, and so on up to `LOGS_KEPT`."""
    for number in range(LOGS_KEPT - 1, 0, -1):
        older = path.with_name(f"{path.name}.{number}")
        if older.exists():
            os.replace(older, path.with_name(f"{path.name}.{number + 1}"))
    os.replace(path, path.with_name(f"{path.name}.1"))
