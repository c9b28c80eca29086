"""Ends the launcher's children when the launcher itself was killed: `python -m interlock.guard LOCK`.

The launcher writes `+PID` and `-PID` lines to the guard's standard input. End of input without a `bye` line means
that the launcher is gone, however it went; the guard then ends every process still on the list, asking first and
killing after two seconds. It holds LOCK meanwhile, so that the next launcher can wait for the old parts to be gone.
A pipe is the one signal of a parent's death that works alike on Linux, macOS and Windows, and the children need
not know of it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from interlock.filelock import FileLock

GRACE_S = 2.0


def listen(lines: Iterable[str]) -> set[int]:
    """Processes to end, once the lines are over; none after `bye`."""
    pids: set[int] = set()
    for line in lines:
        word = line.strip()
        if word == "bye":
            return set()
        if word[:1] == "+":
            pids.add(int(word[1:]))
        elif word[:1] == "-":
            pids.discard(int(word[1:]))
    return pids


def exists(pid: int) -> bool:
    """Whether the process group (POSIX) or process (Windows) is still there."""
    if sys.platform == "win32":
        # os.kill(pid, 0) would end the process on Windows; opening its handle is what tells.
        import ctypes

        handle = ctypes.windll.kernel32.OpenProcess(0x00100000, False, pid)  # SYNCHRONIZE
        if not handle:
            return False
        running: bool = ctypes.windll.kernel32.WaitForSingleObject(handle, 0) != 0
        ctypes.windll.kernel32.CloseHandle(handle)
        return running
    try:
        os.killpg(pid, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return True


def send(pid: int, *, hard: bool) -> None:
    """Ask the process and its group to end, or end them; silent when they are gone."""
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            os.kill(pid, signal.SIGTERM if hard else signal.CTRL_BREAK_EVENT)
        else:
            os.killpg(pid, signal.SIGKILL if hard else signal.SIGTERM)


def end(pids: set[int], grace_s: float = GRACE_S) -> None:
    """End all of them: asked first, killed after `grace_s`."""
    for pid in pids:
        send(pid, hard=False)
    until = time.monotonic() + grace_s
    while time.monotonic() < until and any(exists(pid) for pid in pids):
        time.sleep(0.05)
    for pid in pids:
        if exists(pid):
            send(pid, hard=True)


def main() -> None:
    """Wait for the end of input, then clean up."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    lock = FileLock(Path(sys.argv[1]))
    lock.acquire(10)
    end(listen(sys.stdin))


if __name__ == "__main__":
    main()
