"""A file that only takes up space: given back when the disk is full, so that dropping can work."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

BALLAST_BYTES_MAX = 16 * 1024 * 1024


class Ballast:
    """Written while the disk has room; `release` frees it at once."""

    def __init__(self, folder: Path, spool_bytes_max: int) -> None:
        self._path = folder / "ballast"
        free = shutil.disk_usage(folder).free
        self._size = min(BALLAST_BYTES_MAX, spool_bytes_max // 64, free // 8)

    def take(self) -> None:
        """Takes the space, where at least four times as much is free."""
        if self._path.exists() and self._path.stat().st_size == self._size:
            return
        if shutil.disk_usage(self._path.parent).free < 4 * self._size:
            return
        try:
            with self._path.open("wb") as stream:
                block = os.urandom(65536)  # not zeros: some file systems would store nothing
                for _ in range(max(1, self._size // len(block))):
                    stream.write(block)
                stream.truncate(self._size)
        except OSError:
            self.release()

    def release(self) -> bool:
        """Gives the space back; False when there was none."""
        with contextlib.suppress(OSError):
            self._path.unlink()
            return True
        return False
