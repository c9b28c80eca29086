"""Metrics as samples: kind, quality, time; collected until they are written together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from schemas.errors import WireError
from schemas.quality import BAD_FROM, UNCERTAIN_FROM, Quality
from schemas.sparkplug.datatypes import KIND_OF, DataType
from schemas.sparkplug.payload import Metric
from schemas.sparkplug.quality import quality_of
from schemas.wire.columns import KINDS, Columns, Kind, columns
from schemas.wire.dictionary import TagEntry
from schemas.wire.gap import GapRecord

#: As the journal takes times: from 1970, before 2100.
_TS_MAX_MS: Final = 4_102_444_800_000


@dataclass(frozen=True, slots=True)
class KnownMetric:
    """A metric that a birth has declared: its number in the platform's stream, its type and kind."""

    number: int
    datatype: DataType
    kind: Kind


#: (historical, tag number) → ms as sent, µs as stored, quality and value of the last sample.
LastTimes = dict[tuple[bool, int], tuple[int, int, int, Any]]


@dataclass(slots=True)
class Collected:
    """What a group of messages brought: tags to declare, gaps, samples by (historical, kind, tag number, time)."""

    entries: list[TagEntry] = field(default_factory=list)
    gaps: list[GapRecord] = field(default_factory=list)
    rows: dict[tuple[bool, Kind, int, int], tuple[int, Any]] = field(default_factory=dict)
    last: LastTimes = field(default_factory=dict)

    def add(self, known: KnownMetric, metric: Metric, sent_ms: int | None, received_us: int) -> bool:
        """One metric's sample. False where its value is not of its type: then the sample is bad."""
        ts_ms = metric.ts_ms if metric.ts_ms is not None else sent_ms
        is_usable = ts_ms is not None and 0 < ts_ms < _TS_MAX_MS
        ts = ts_ms * 1000 if ts_ms is not None and is_usable else received_us
        fits = True
        try:
            value = metric.value(known.datatype)
            quality = quality_of(metric, value is not None)
        except WireError:
            value, quality, fits = None, Quality.TYPE_MISMATCH, False
        if not is_usable and quality < UNCERTAIN_FROM:
            quality = Quality.CLOCK
        self._put(known, ts, quality, value, metric.is_historical)
        return fits

    def lose(self, known: KnownMetric, now_us: int) -> None:
        """The sample that says that nobody reports this metric any more."""
        self._put(known, now_us, Quality.NO_COMMUNICATION, None, False)

    def _put(self, known: KnownMetric, ts: int, quality: Quality, value: Any, historical: bool) -> None:
        if value is None or quality >= BAD_FROM:
            value = "" if known.kind == "s" else 0
        ts = self._apart(historical, known.number, ts, int(quality), value)
        self.rows[(historical, known.kind, known.number, ts)] = (int(quality), value)

    def _apart(self, historical: bool, number: int, ts: int, q: int, value: Any) -> int:
        """Samples of one ms are kept 1 µs apart; what is only said again keeps its time."""
        before = self.last.get((historical, number))
        ms = ts // 1000
        if before is not None and before[0] == ms:
            ts = before[1] if before[2:] == (q, value) else before[1] + 1
        self.last[(historical, number)] = (ms, ts, q, value)
        return ts

    def groups(self, *, historical: bool) -> list[Columns]:
        """Columns of all kinds there are."""
        found: list[Columns] = []
        for kind in KINDS:
            rows = [
                (number, ts, q, v)
                for (hist, of_kind, number, ts), (q, v) in self.rows.items()
                if hist is historical and of_kind == kind
            ]
            if rows:
                found.append(columns(kind, *zip(*rows, strict=True)))
        return found


def kind_of(datatype: DataType | None) -> Kind | None:
    """The kind of value of a type, None for what is not taken in."""
    return None if datatype is None else KIND_OF.get(datatype)
