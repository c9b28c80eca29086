"""One process per journal folder: a second one is refused, a killed one leaves no lock behind."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

from schemas.errors import ConfigError

FILE_NAME: Final = "journal.lock"


class FolderLock:
    """An operating-system lock on a file in the folder; it ends with the process, however that ends."""

    def __init__(self, folder: Path) -> None:
        """Raises ConfigError (`journal.in_use`) when another process holds it."""
        self._descriptor = os.open(folder / FILE_NAME, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(self._descriptor)
        except OSError as error:
            os.close(self._descriptor)
            raise ConfigError(
                "journal.in_use",
                f"Another process uses the journal in {folder.name}.",
                hint="Stop the other platform, or give this one its own data folder.",
            ) from error

    def release(self) -> None:
        """Let another process have the folder."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
