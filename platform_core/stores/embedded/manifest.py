"""The list of segments that count, and how far the journal has been taken in.

One text file, replaced as a whole: a header line with the format's version,
the length and the CRC of the rest, then the JSON body. What the manifest does
not name does not exist. A manifest from a newer program, or a damaged one, is
refused: guessing here would lose data.
"""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from platform_core.stores.embedded import files
from schemas.errors import ConfigError
from schemas.wire.columns import Kind

FORMAT = 1
NAME = "manifest.json"
MAGIC = "interlock-store"
DAY_US = 86_400_000_000

SEALED, HOUR, DAY = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Segment:
    """One file of samples (and its rollup files) of one tenant, UTC day and kind.

    `no` names the files; `order` says which segment is newer where two hold the
    same (tag, ts, seq). `unit_us` is what the times in the file count.
    `minute_bytes` and `hour_bytes` are the sizes of the rollup files, 0 without.
    """

    no: int
    tenant: str
    day: int
    kind: Kind
    level: int
    order: int
    rows: int
    tags: int
    tag_min: int
    tag_max: int
    t_min: int
    t_max: int
    bytes: int
    unit_us: int
    made_us: int
    minute_bytes: int = 0
    hour_bytes: int = 0

    @property
    def path(self) -> str:
        """Of the samples, relative to the store's folder."""
        return f"{self.stem}.parquet"

    @property
    def stem(self) -> str:
        """Folder and first part of the name of all files of the segment."""
        return f"segments/{self.tenant}/{day_text(self.day)}/{self.no:08d}-{self.kind}"

    @property
    def minute_path(self) -> str:
        """Of the 1-minute rollup."""
        return f"{self.stem}-1m.parquet"

    @property
    def hour_path(self) -> str:
        """Of the 1-hour rollup."""
        return f"{self.stem}-1h.parquet"

    def paths(self) -> list[str]:
        """All files of the segment."""
        found = [self.path]
        if self.minute_bytes:
            found.append(self.minute_path)
        if self.hour_bytes:
            found.append(self.hour_path)
        return found

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return self.bytes + self.minute_bytes + self.hour_bytes


@dataclass(frozen=True, slots=True)
class Ladder:
    """Hour rollups of a month in one file, copied from the day segments in `days` (day → number)."""

    no: int
    tenant: str
    month: int
    kind: Kind
    bytes: int
    days: dict[int, int]

    @property
    def path(self) -> str:
        """Relative to the store's folder."""
        return f"segments/{self.tenant}/ladder/{month_text(self.month)}-{self.no:08d}-{self.kind}.parquet"


@dataclass(frozen=True)
class Manifest:
    """One state of the store's folder; never changed, only followed by another."""

    applied: int = 0
    next_no: int = 1
    floors: dict[str, int] = field(default_factory=dict)
    segments: tuple[Segment, ...] = ()
    ladders: tuple[Ladder, ...] = ()

    @cached_property
    def by_day(self) -> dict[tuple[str, Kind], dict[int, list[Segment]]]:
        """Segments by (tenant, kind), then day, the oldest `order` first."""
        found: dict[tuple[str, Kind], dict[int, list[Segment]]] = defaultdict(lambda: defaultdict(list))
        for segment in sorted(self.segments, key=lambda segment: segment.order):
            found[segment.tenant, segment.kind][segment.day].append(segment)
        return found

    def days(self, tenant: str, kind: Kind) -> dict[int, list[Segment]]:
        """Segments of one tenant and kind by day."""
        return self.by_day.get((tenant, kind), {})

    def paths(self) -> set[str]:
        """Every file that counts, relative to the store's folder."""
        found = {path for segment in self.segments for path in segment.paths()}
        return found | {ladder.path for ladder in self.ladders}

    def changed(self, *, drop: set[int], add: list[Segment], **fields: Any) -> Manifest:
        """The next manifest: without the segments numbered `drop`, with those in `add`."""
        kept = tuple(segment for segment in self.segments if segment.no not in drop)
        return replace(self, segments=(*kept, *add), **fields)


def day_text(day: int) -> str:
    """`2026-11-23` for a number of days since the epoch."""
    return str(np.datetime64(day, "D"))


def month_text(month: int) -> str:
    """`2026-11` for a number of months since the epoch."""
    return str(np.datetime64(month, "M"))


def month_of(day: int) -> int:
    """Months since the epoch of a number of days since the epoch."""
    return int(np.datetime64(day, "D").astype("datetime64[M]").astype("i8"))


def save(folder: Path, manifest: Manifest) -> None:
    """Make `manifest` the one that counts, durably; raises OSError and changes nothing otherwise."""
    document = {
        "applied": manifest.applied,
        "next_no": manifest.next_no,
        "floors": manifest.floors,
        "segments": [asdict(segment) for segment in manifest.segments],
        "ladders": [asdict(ladder) for ladder in manifest.ladders],
    }
    body = json.dumps(document, separators=(",", ":"), sort_keys=True).encode()
    head = {"format": FORMAT, "magic": MAGIC, "bytes": len(body), "crc32": zlib.crc32(body)}
    files.replace_file(folder / NAME, json.dumps(head).encode() + b"\n" + body)


def load(folder: Path) -> Manifest | None:
    """The manifest of `folder`, None when there is none yet; raises ConfigError when it cannot be used."""
    try:
        content = (folder / NAME).read_bytes()
    except FileNotFoundError:
        return None
    line, _, body = content.partition(b"\n")
    try:
        head = json.loads(line)
        version, magic = int(head["format"]), head["magic"]
    except (ValueError, KeyError, TypeError):
        raise _damaged(folder, "its first line is unreadable") from None
    if magic != MAGIC:
        raise _damaged(folder, "it is no manifest of a store")
    if version > FORMAT:
        raise ConfigError(
            "store.newer",
            f"The store in {folder} has format {version}; this program knows up to {FORMAT}.",
            hint="Start the newer version of Interlock that wrote it.",
        )
    if len(body) != head.get("bytes") or zlib.crc32(body) != head.get("crc32"):
        raise _damaged(folder, "its checksum is wrong")
    return _read_body(folder, body)


def _read_body(folder: Path, body: bytes) -> Manifest:
    try:
        document = json.loads(body)
        ladders = [
            Ladder(**{**entry, "days": {int(day): no for day, no in entry["days"].items()}})
            for entry in document["ladders"]
        ]
        return Manifest(
            applied=document["applied"],
            next_no=document["next_no"],
            floors=document["floors"],
            segments=tuple(Segment(**entry) for entry in document["segments"]),
            ladders=tuple(ladders),
        )
    except (KeyError, TypeError, ValueError):
        raise _damaged(folder, "its fields are not those of format 1") from None


def _damaged(folder: Path, why: str) -> ConfigError:
    return ConfigError(
        "store.damaged",
        f"The store's manifest {folder / NAME} cannot be used: {why}.",
        hint="Restore the folder from a backup; the segments in it are untouched.",
    )
