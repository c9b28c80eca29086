"""Opening a journal folder: what is sound, what was torn, what is damaged."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from platform_core.journal.durable import sync_folder, write_replacing
from platform_core.journal.format import HEADER_BYTES
from platform_core.journal.scan import Damage, first_number, opened, scan
from platform_core.journal.segment import SUFFIX, SegmentInfo

DAMAGED_FOLDER: Final = "damaged"
DAMAGED_KEPT_BYTES: Final = 64 << 20


@dataclass(slots=True)
class Recovery:
    """What opening found. Torn bytes were never acknowledged; damage may have been."""

    segments: list[SegmentInfo] = field(default_factory=list)
    records: int = 0
    torn_bytes: int = 0
    damage: list[Damage] = field(default_factory=list)

    @property
    def last_no(self) -> int:
        """Highest number seen, 0 in an empty journal."""
        return max((segment.last_no for segment in self.segments), default=0)


def recover(folder: Path) -> Recovery:
    """Scan all segments, cut the torn tail of the last, copy damaged bytes aside.

    Raises ConfigError when a segment was written by a newer program, OSError when it cannot be read.
    """
    found = Recovery()
    paths = sorted(folder.glob(f"*{SUFFIX}"))
    for path in paths:
        _recover_segment(folder, path, found, is_last=path == paths[-1])
    return found


def _recover_segment(folder: Path, path: Path, found: Recovery, *, is_last: bool) -> None:
    first_no = int(path.stem) if path.stem.isdigit() else 0
    last_no, records, torn_at = first_no - 1, 0, None
    damage: list[tuple[Damage, bytes]] = []
    with opened(path) as data:
        size = len(data)
        if first_number(data) is None and size > 0:
            length = min(HEADER_BYTES, size)
            damage.append((Damage(path.name, 0, length, None, size <= HEADER_BYTES), bytes(data[:length])))
        for _, item in scan(data, path.name):
            if isinstance(item, Damage):
                if item.at_end and is_last:
                    torn_at = item.offset
                    continue
                damage.append((item, bytes(data[item.offset : item.offset + item.length])))
            else:
                records += 1
                last_no = max(last_no, item.no)
    if size <= HEADER_BYTES and is_last:  # died while making it: nothing was ever promised from here
        found.torn_bytes += 0 if size == HEADER_BYTES and not damage else size
        path.unlink()
        sync_folder(folder)
        return
    if torn_at is not None:
        _cut(path, torn_at)
        found.torn_bytes += size - torn_at
        size = torn_at
    for item, content in damage:
        _keep_aside(folder, item, content)
        found.damage.append(item)
    found.records += records
    found.segments.append(SegmentInfo(path, first_no, last_no, size))


def _cut(path: Path, size: int) -> None:
    with path.open("r+b") as file:
        file.truncate(size)
        file.flush()
        os.fsync(file.fileno())


def _keep_aside(folder: Path, damage: Damage, content: bytes) -> None:
    """Keep the damaged bytes for whoever wants to look, within a bound."""
    aside = folder / DAMAGED_FOLDER
    aside.mkdir(exist_ok=True)
    path = aside / f"{damage.segment}.{damage.offset}.bin"
    kept = sum(file.stat().st_size for file in aside.iterdir())
    if not path.exists() and kept + len(content) <= DAMAGED_KEPT_BYTES:
        write_replacing(path, content)
