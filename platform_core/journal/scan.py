"""Reading a segment: sound records in order, damage isolated and named, never an endless loop."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from platform_core.journal.format import (
    HEADER_BYTES,
    MARKER_BYTES,
    Head,
    Record,
    decode_body,
    decode_head,
    decode_header,
    record_of,
)


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes of a segment that hold no sound record.

    `head` is known when only the body is damaged: the batch can then be asked for again by name.
    """

    segment: str
    offset: int
    length: int
    head: Head | None
    at_end: bool

    @property
    def reason(self) -> str:
        """In words, for the log and the health page."""
        if self.at_end:
            return "torn tail"
        if self.head is not None:
            return f"record {self.head.no}: body does not fit its checksum"
        return "no sound record"


@contextmanager
def opened(path: Path) -> Iterator[memoryview]:
    """A segment's bytes without reading them all into memory."""
    if path.stat().st_size == 0:
        yield memoryview(b"")
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        view = memoryview(mapped)
        try:
            yield view
        finally:
            view.release()


def first_number(data: memoryview) -> int | None:
    """What the segment's header says (None: damaged). Raises ConfigError for a newer format."""
    return decode_header(bytes(data[:HEADER_BYTES]))


def scan(data: memoryview, segment: str, at: int = HEADER_BYTES) -> Iterator[tuple[int, Record | Damage]]:
    """Records and damage from offset `at`, each with the offset after it."""
    while at < len(data):
        head = decode_head(data, at)
        body = decode_body(data, head) if head is not None else None
        if head is not None and body is not None:
            at = head.end
            yield at, record_of(head, body)
            continue
        begin = at
        # A sound head tells where the next record begins, unless its body was cut off with the file.
        if head is not None and head.end <= len(data):
            at = head.end
            yield at, Damage(segment, begin, at - begin, head, at_end=False)
            continue
        at = _next_sound(data, begin + 1)
        yield at, Damage(segment, begin, at - begin, head, at_end=at >= len(data))


def _next_sound(data: memoryview, at: int) -> int:
    """Offset of the next record with a sound head, or the end of the data."""
    whole = data.obj if isinstance(data.obj, mmap.mmap) else bytes(data)
    while True:
        at = whole.find(MARKER_BYTES, at)
        if at < 0:
            return len(data)
        if decode_head(data, at) is not None:
            return at
        at += 1
