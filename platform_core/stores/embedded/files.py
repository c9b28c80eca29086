"""Every call by which the store changes its folder, so that each can be made to fail in a test.

A segment is written under its final name and only counts once the manifest
names it; the manifest itself is replaced as a whole. Whatever a crash leaves
behind is therefore either complete or not mentioned.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO


@contextlib.contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write from the start; on the medium when the block ends, gone when it fails."""
    try:
        with path.open("wb") as file:
            yield file
            file.flush()
            sync_file(file.fileno())
    except OSError:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        raise


def sync_file(descriptor: int) -> None:
    """Put a file's bytes on the medium; raises OSError when the disk refuses."""
    os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    """Make names made or replaced in `folder` durable (Windows has no such call)."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Make `folder` and what is missing above it, durably."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def replace_file(path: Path, content: bytes) -> None:
    """Give `path` new content as a whole: a crash leaves the old or the new, nothing between."""
    fresh = path.with_name(path.name + ".tmp")
    with new_file(fresh) as file:
        file.write(content)
    swap(fresh, path)
    sync_folder(path.parent)


def swap(fresh: Path, path: Path) -> None:
    """Put `fresh` in the place of `path`."""
    os.replace(fresh, path)


def remove(path: Path) -> bool:
    """Unlink; False when the system will not have it now (open elsewhere on Windows)."""
    try:
        path.unlink(missing_ok=True)
    except PermissionError:
        return False
    return True
