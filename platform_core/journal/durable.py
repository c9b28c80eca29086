"""The three calls that make bytes survive a power cut: a file's, a folder's, a replacement's."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def sync_file(descriptor: int) -> None:
    """Put a file's bytes and length on the medium; raises OSError when the disk refuses."""
    data_only = getattr(os, "fdatasync", None)
    if data_only is None:
        os.fsync(descriptor)
    else:
        data_only(descriptor)  # the length is part of the data here; times are not worth a second write


def sync_folder(folder: Path) -> None:
    """Make created, renamed and removed names in `folder` durable (no such call on Windows)."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_replacing(path: Path, content: bytes) -> None:
    """Replace a file as a whole: after a power cut it holds the old or the new content, nothing between."""
    fresh = path.with_name(path.name + ".new")
    try:
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)
    except OSError:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
