"""A file of the store that cannot be read any more: which one, and what to do."""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from schemas.errors import ConnectError


class DamagedFile(OSError):
    """`path` does not hold what was written to it: bits that changed, a page that the disk cannot read."""

    def __init__(self, path: Path, cause: Exception) -> None:
        super().__init__(f"{path} is damaged: {cause}")
        self.path = path


@contextlib.contextmanager
def naming(path: Path) -> Iterator[None]:
    """Whatever goes wrong with the content of `path` in this block becomes a `DamagedFile` with its name."""
    try:
        yield
    except (DamagedFile, MemoryError, FileNotFoundError, PermissionError):
        raise
    except (OSError, pa.ArrowException, ValueError, LookupError, TypeError, zlib.error) as error:
        raise DamagedFile(path, error) from error


@contextlib.contextmanager
def answering(folder: Path) -> Iterator[None]:
    """For what readers call: a damaged file is told as an error of the store in `folder`."""
    try:
        yield
    except DamagedFile as error:
        name = error.path.relative_to(folder).as_posix() if error.path.is_relative_to(folder) else error.path.name
        raise ConnectError(
            "store.damaged_file",
            f"The store's file {name} is damaged and cannot be read.",
            hint="Stop the platform and put this one file back from a backup; values outside its day are not touched.",
        ) from error
