"""Writing one segment file: append a group, sync it once."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from platform_core.journal.durable import sync_folder
from platform_core.journal.format import HEADER_BYTES, encode_header

SUFFIX: Final = ".ilj"


@dataclass(slots=True)
class SegmentInfo:
    """A segment on disk; `last_no` is below `first_no` while it is empty; `size_bytes`: what is durable."""

    path: Path
    first_no: int
    last_no: int
    size_bytes: int


def segment_path(folder: Path, first_no: int) -> Path:
    """A name that sorts by number."""
    return folder / f"{first_no:020d}{SUFFIX}"


class SegmentWriter:
    """The one segment that grows. Every OSError leaves it closed to further use by the caller."""

    def __init__(self, folder: Path, first_no: int, created_us: int, sync: Callable[[int], None]) -> None:
        path = segment_path(folder, first_no)
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        self._descriptor = os.open(path, flags, 0o600)
        self._sync = sync
        self.info = SegmentInfo(path, first_no, first_no - 1, 0)
        try:
            self._write(encode_header(first_no, created_us))
            self._sync(self._descriptor)
            sync_folder(folder)
            self.info.size_bytes = HEADER_BYTES
        except OSError:
            self.abandon()
            with contextlib.suppress(OSError):
                path.unlink()
            raise

    def append(self, encoded: bytes, last_no: int) -> None:
        """Write a group of records and sync: durable on return. Raises OSError."""
        self._write(encoded)
        self._sync(self._descriptor)
        self.info.size_bytes += len(encoded)
        self.info.last_no = last_no

    def cut_back(self) -> None:
        """Take a group that was not made durable off the end again, as far as the disk lets us."""
        with contextlib.suppress(OSError):
            os.ftruncate(self._descriptor, self.info.size_bytes)

    def abandon(self) -> None:
        """Close without a promise: after a failed sync nothing may be assumed about this file."""
        with contextlib.suppress(OSError):
            os.close(self._descriptor)

    def _write(self, content: bytes) -> None:
        view = memoryview(content)
        while view:
            written = os.write(self._descriptor, view)
            view = view[written:]

    @property
    def is_empty(self) -> bool:
        """No record yet."""
        return self.info.size_bytes <= HEADER_BYTES
