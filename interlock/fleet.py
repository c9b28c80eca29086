"""All parts together: started in order, watched, ended in the opposite order within a bound."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

from interlock.child import Child, Part, own_group

STOP_S = 5.0
LOOK_EVERY_S = 0.2


class Guard:
    """The process that ends our children when we are killed; started again when it dies itself."""

    def __init__(self, lock: Path) -> None:
        self._lock = lock
        self._pids: set[int] = set()
        self._popen: subprocess.Popen[bytes] | None = None

    def _pipe(self) -> IO[bytes]:
        if self._popen is None or self._popen.poll() is not None:
            self._popen = subprocess.Popen(
                [sys.executable, "-m", "interlock.guard", str(self._lock)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                **own_group(),
            )
            assert self._popen.stdin is not None
            self._popen.stdin.write("".join(f"+{pid}\n" for pid in sorted(self._pids)).encode())
        assert self._popen.stdin is not None
        return self._popen.stdin

    def _tell(self, line: str) -> None:
        for _ in range(2):  # a guard that has just died is noticed by the first write
            try:
                pipe = self._pipe()
                pipe.write(f"{line}\n".encode())
                pipe.flush()
            except OSError:
                continue
            return

    def add(self, pid: int) -> None:
        """End this process, should we be killed."""
        self._pids.add(pid)
        self._tell(f"+{pid}")

    def remove(self, pid: int) -> None:
        """This process has ended."""
        self._pids.discard(pid)
        self._tell(f"-{pid}")

    def look(self) -> None:
        """Start the guard again when it is gone."""
        self._pipe()

    def close(self) -> None:
        """End the guard; nothing is left to guard."""
        if self._popen is None or self._popen.stdin is None:
            return
        self._tell("bye")
        self._popen.stdin.close()
        self._popen.wait(5)


class Fleet:
    """The parts of one installation, in the order in which they are started."""

    def __init__(self, parts: Sequence[Part], log_folder: Path, guard_lock: Path, tell: Callable[[str], None]) -> None:
        self.children = {part.name: Child(part, log_folder / f"{part.name}.log") for part in parts}
        self.guard = Guard(guard_lock)
        self._tell = tell
        self._pid_of: dict[str, int] = {}

    def _startable(self, child: Child) -> bool:
        if child.state == "waiting":
            return all(self.children[name].state == "up" for name in child.part.after)
        return child.state == "pausing" and child.pause_left_s <= 0

    def _start(self, child: Child) -> None:
        try:
            pid = child.start()
        except OSError as error:
            child.fail(str(error))
            self._tell(f"{child.part.name} cannot be started: {error}")
            return
        self._pid_of[child.part.name] = pid
        self.guard.add(pid)

    def _gone(self, name: str) -> None:
        if (pid := self._pid_of.pop(name, None)) is not None:
            self.guard.remove(pid)

    def look(self) -> None:
        """One round: notice what died or got ready, start what is due."""
        self.guard.look()
        for name, child in self.children.items():
            match child.poll():
                case "ready":
                    start = f" (start {child.restarts + 1})" if child.restarts else ""
                    self._tell(f"{name} is up{start}: process {child.pid}")
                case "died":
                    self._gone(name)
                    self._tell(f"{name} {child.reason} (logs/{name}.log); next start in {child.pause_left_s:.1f} s")
                case "ended":
                    self._gone(name)
                    self._tell(f"{name} {child.reason}; it is not started again")
                case None:
                    pass
            if self._startable(child):
                self._start(child)

    def run(self, stopping: threading.Event, each_round: Callable[[], None]) -> None:
        """Look after the parts until `stopping` is set."""
        while not stopping.is_set():
            self.look()
            each_round()
            stopping.wait(LOOK_EVERY_S)

    def stop(self) -> None:
        """End every part, turn by turn, all within `STOP_S`."""
        deadline = time.monotonic() + STOP_S - 0.5
        for turn in sorted({child.part.stop_turn for child in self.children.values()}):
            named = [(name, child) for name, child in self.children.items() if child.part.stop_turn == turn]
            for _, child in named:
                child.ask_to_end()
            for name, child in named:
                child.wait_end(deadline)
                self._gone(name)
        self.guard.close()
