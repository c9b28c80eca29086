"""Files that several programs append lines to: one after another, and on the disk before anybody is told so."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

__all__ = ["append_line", "give_to_owner", "one_at_a_time", "settle"]

_AGAIN_S: Final = 0.02
#: No link, and on Windows no other ends of lines.
_PLAIN: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


@contextmanager
def one_at_a_time(path: Path, timeout_s: float) -> Iterator[None]:
    """Keeps other programs out meanwhile, until the end of its holder at most. Raises TimeoutError, OSError."""
    with path.open("a+b") as file:
        give_to_owner(path)
        end = time.monotonic() + timeout_s
        while not _take(file):
            if time.monotonic() >= end:
                raise TimeoutError(f"{path.name} is held by another program")
            time.sleep(_AGAIN_S)
        yield  # closing the file lets go


def append_line(path: Path, line: bytes) -> None:
    """Appends one line, on the disk when this returns; where that fails nothing of it stays. Raises OSError.

    Half a line that a crash has left is ended first.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | _PLAIN, 0o600)
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        size = file.seek(0, os.SEEK_END)
        try:
            _write(file, (b"\n" if _is_half(file, size) else b"") + line + b"\n")
            os.fsync(file.fileno())
        except OSError:
            file.truncate(size)
            raise
    if size == 0:
        give_to_owner(path)
        _settle_folder(path.parent)


def settle(path: Path) -> None:
    """What the file holds now is on the disk when this returns, whoever wrote it. Raises OSError."""
    descriptor = os.open(path, os.O_RDWR | _PLAIN)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def give_to_owner(path: Path) -> None:
    """What an administrator makes belongs to whoever the folder belongs to: the agent must go on reading it."""
    if sys.platform != "win32" and os.geteuid() == 0:
        above = path.parent.stat()
        os.chown(path, above.st_uid, above.st_gid, follow_symlinks=False)


def _is_half(file: IO[bytes], size: int) -> bool:
    if size == 0:
        return False
    file.seek(size - 1)
    return file.read(1) != b"\n"


def _write(file: IO[bytes], data: bytes) -> None:
    file.seek(0, os.SEEK_END)
    while data:
        data = data[file.write(data) :]


def _settle_folder(folder: Path) -> None:
    if os.name == "posix":  # the name of a new file is durable only with its folder
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


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
