"""A lock that the system lets go of when its holder dies, on POSIX and on Windows."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import IO


class FileLock:
    """Held from a successful `acquire` until `release` or the end of the process, however it ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[bytes] | None = None

    def acquire(self, timeout_s: float = 0.0) -> bool:
        """Whether the lock is ours; tries again until `timeout_s` has passed."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = self.path.open("a+b")
        end = time.monotonic() + timeout_s
        while not _take(file):
            if time.monotonic() >= end:
                file.close()
                return False
            time.sleep(0.05)
        self._file = file
        return True

    def release(self) -> None:
        """Let go; harmless when the lock is not held."""
        if self._file is not None:
            self._file.close()
            self._file = None


if sys.platform == "win32":
    import msvcrt

    def _take(file: IO[bytes]) -> bool:
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _take(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
