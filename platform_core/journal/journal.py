"""The append log of received batches: one sync per group, and only then an acknowledgement."""

from __future__ import annotations

import errno
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from platform_core.journal.durable import sync_file, sync_folder
from platform_core.journal.errors import JournalFailed, JournalFull
from platform_core.journal.format import Entry, Record, encode_record
from platform_core.journal.lock import FolderLock
from platform_core.journal.recovery import Recovery, recover
from platform_core.journal.scan import Damage, opened, scan
from platform_core.journal.segment import SegmentInfo, SegmentWriter

SEGMENT_BYTES: Final = 64 << 20
FLOOR_PERCENT: Final = 5.0
_FULL: Final = (errno.ENOSPC, errno.EDQUOT)


class Journal:
    """Segments in one folder. `append` is for one thread; reading and removal may come from another."""

    def __init__(
        self,
        folder: Path,
        *,
        next_no_min: int = 1,
        segment_bytes: int = SEGMENT_BYTES,
        floor_percent: float = FLOOR_PERCENT,
        sync: Callable[[int], None] = sync_file,
    ) -> None:
        """Open or make the journal.

        `next_no_min`: the store already applied everything below it (its numbers must never come again).
        Raises ConfigError when the folder was written by a newer program or is used by another process.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._folder_lock = FolderLock(folder)
        self._folder = folder
        self._segment_bytes = segment_bytes
        self._floor_percent = floor_percent
        self._sync = sync
        self._lock = threading.Lock()
        self._writer: SegmentWriter | None = None
        try:
            self.recovered: Recovery = recover(folder)
        except BaseException:
            self._folder_lock.release()
            raise
        self._closed: list[SegmentInfo] = list(self.recovered.segments)
        self._next_no = max(self.recovered.last_no + 1, next_no_min)
        self._durable_no = self._next_no - 1

    @property
    def last_no(self) -> int:
        """The newest durable number: `records` read after this holds it. One below the first to come at first."""
        return self._durable_no

    @property
    def first_no(self) -> int:
        """The oldest number still kept (the next one in an empty journal)."""
        with self._lock:
            segments = self._segments()
            return segments[0].first_no if segments else self._next_no

    @property
    def size_bytes(self) -> int:
        """Bytes of all segments."""
        with self._lock:
            return sum(segment.size_bytes for segment in self._segments())

    @property
    def segment_count(self) -> int:
        """Number of segment files."""
        with self._lock:
            return len(self._segments())

    def append(self, entries: Sequence[Entry]) -> int:
        """Make a group durable with one sync; returns the number of its first record (+1 each).

        Raises JournalFull or JournalFailed: then nothing of the group may be acknowledged.
        """
        if not entries:
            return self._next_no
        self._check_floor()
        first = self._next_no
        encoded = b"".join(encode_record(first + i, entry) for i, entry in enumerate(entries))
        last = first + len(entries) - 1
        self._next_no = last + 1  # burnt even when the write fails: a number never means two batches
        try:
            self._write(encoded, first, last)
        except OSError as error:
            if error.errno in _FULL:
                raise JournalFull("journal.full", f"The journal's disk is full: {error}.") from error
            self._write_elsewhere(encoded, first, last, error)
        self._durable_no = last
        return first

    def records(self, from_no: int = 0) -> Iterator[Record | Damage]:
        """Records with no ≥ `from_no` in order, with the damage met between them.

        Reads what is durable when a segment's turn comes; safe beside `append`.
        """
        with self._lock:
            segments = [(segment.path, segment.size_bytes, segment.last_no) for segment in self._segments()]
        seen = 0
        for path, size, last_no in segments:
            if last_no < from_no:
                continue
            try:
                # The part is released before the file is unmapped, also when the reader stops half-way.
                with opened(path) as data, data[:size] as part:
                    for _, item in scan(part, path.name):
                        if isinstance(item, Damage):
                            yield item
                        elif item.no >= from_no and item.no > seen:
                            seen = item.no
                            yield item
            except FileNotFoundError:
                continue  # removed since: the store has it

    def remove_through(self, no: int) -> int:
        """Remove closed segments that hold nothing above `no`; returns how many.

        The caller promises that the store and the interval checkpoint durably have all up to `no`.
        """
        with self._lock:
            done = [segment for segment in self._closed if segment.last_no <= no]
        gone: list[SegmentInfo] = []
        for segment in done:
            try:
                segment.path.unlink(missing_ok=True)
            except PermissionError:
                continue  # Windows, while a reader has it open: next time
            gone.append(segment)
        if gone:
            sync_folder(self._folder)
            with self._lock:
                self._closed = [segment for segment in self._closed if segment not in gone]
        return len(gone)

    def free_percent(self) -> float:
        """Free share of the disk the journal lies on."""
        usage = shutil.disk_usage(self._folder)
        return 100.0 * usage.free / usage.total

    def is_at_floor(self) -> bool:
        """The disk is too full to take more."""
        return self.free_percent() < self._floor_percent

    def close(self) -> None:
        """Close the growing segment; everything appended is durable already."""
        with self._lock:
            self._retire()
        self._folder_lock.release()

    def _check_floor(self) -> None:
        if self.is_at_floor():
            raise JournalFull(
                "journal.floor",
                f"Less than {self._floor_percent:g} % of the journal's disk is free.",
                hint="Free space or move the data folder; agents keep their data until then.",
            )

    def _write(self, encoded: bytes, first: int, last: int) -> None:
        with self._lock:
            writer = self._writer
            if writer is None or writer.info.size_bytes + len(encoded) > self._segment_bytes:
                self._retire()
                writer = SegmentWriter(self._folder, first, time.time_ns() // 1000, self._sync)
                self._writer = writer
        try:
            writer.append(encoded, last)
        except OSError:
            writer.cut_back()
            with self._lock:
                self._retire()
            raise

    def _write_elsewhere(self, encoded: bytes, first: int, last: int, cause: OSError) -> None:
        """After a failed sync the file's state is unknown: the group goes to a fresh segment, once."""
        try:
            self._write(encoded, first, last)
        except OSError as error:
            kind = JournalFull if error.errno in _FULL else JournalFailed
            raise kind("journal.write", f"The journal's disk refused twice: {cause}; {error}.") from error

    def _retire(self) -> None:
        """Close the growing segment and keep it among the closed ones (an empty one is dropped)."""
        writer, self._writer = self._writer, None
        if writer is None:
            return
        writer.abandon()
        if writer.is_empty:
            writer.info.path.unlink(missing_ok=True)
            sync_folder(self._folder)
        else:
            self._closed.append(writer.info)

    def _segments(self) -> list[SegmentInfo]:
        return [*self._closed, self._writer.info] if self._writer is not None else list(self._closed)
