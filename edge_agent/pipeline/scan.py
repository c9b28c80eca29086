"""A scan class: the tags of one connection that are read together, from a read to its samples.

shape (scale, sentinels, span) → sequences → time → report by exception → aliases. Columns all the
way; the loops here run over groups and sequences, never over values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from connectors.driver import Reading
from connectors.shape import Shaper
from edge_agent.buffer.rows import SequenceKey
from edge_agent.pipeline.report import Reporter
from edge_agent.pipeline.sequence import SequenceTracker
from edge_agent.pipeline.stamp import RecordedTimes, lag_ms, trusted, unique_times
from schemas.models.connection import ConnectionConfig, SequenceConfig
from schemas.models.tag import TagConfig
from schemas.quality import BAD_FROM, Quality
from schemas.wire.columns import Columns
from schemas.wire.gap import GapRecord


@dataclass(slots=True)
class Cycle:
    """What one read yields for a batch: samples (ids are aliases), gaps and row numbers reached."""

    groups: list[Columns] = field(default_factory=list)
    gaps: list[GapRecord] = field(default_factory=list)
    marks: dict[SequenceKey, int] = field(default_factory=dict)


class _Sequence:
    """A row counter and the tags that belong to its rows."""

    def __init__(self, config: SequenceConfig, index: Mapping[str, int], tracker: SequenceTracker) -> None:
        self.row_index = index[config.tag]
        self.time_index = None if config.time_tag is None else index.get(config.time_tag)
        self.device_time = config.time == "device" and self.time_index is not None
        self.members = np.zeros(len(index), dtype=np.bool_)
        for name in config.tags or index:
            if name in index:
                self.members[index[name]] = True
        self.members[self.row_index] = True
        self.tracker = tracker
        self.times = RecordedTimes()


class ScanClass:
    """State and steps of one scan class; see the module. `aliases` in the order of `tags`."""

    def __init__(
        self, conn: ConnectionConfig, tags: Sequence[TagConfig], scan_ms: int,
        aliases: NDArray[np.uint32], marks: Mapping[SequenceKey, int], since: int,
    ) -> None:  # fmt: skip
        self.tags = tuple(tags)
        self.scan_ms = scan_ms
        self._aliases = aliases
        self._shaper = Shaper(self.tags)
        self.reporter = Reporter(self.tags, conn.report)
        self._device_time = conn.time.source == "device"
        self._skew_us = None if conn.time.skew_max_s is None else int(conn.time.skew_max_s * 1e6)
        index = {tag.name: place for place, tag in enumerate(tags)}
        self._sequences = []
        for config in conn.sequences:
            if config.tag in index:
                key = SequenceKey(conn.id, config.tag)
                tracker = SequenceTracker(key, marks.get(key), since)
                self._sequences.append(_Sequence(config, index, tracker))

    def process(self, readings: Sequence[Reading]) -> Cycle:
        """The samples, gaps and marks of one complete read."""
        cycle = Cycle()
        n = len(self.tags)
        device = np.zeros(n, dtype=np.int64)
        groups: list[Columns] = []
        for reading in self._shaper.shape(readings):
            if reading.device_ts is not None:
                device[reading.columns.id] = reading.device_ts
            groups.append(reading.columns)
        drop_good = np.zeros(n, dtype=np.bool_)
        drop_all = np.zeros(n, dtype=np.bool_)
        recorded = np.zeros(n, dtype=np.int64)
        for sequence in self._sequences:
            self._judge(sequence, groups, cycle, drop_good, drop_all, recorded)
        for group in groups:
            mask = self.reporter.select(group)
            if self._sequences:
                mask &= ~drop_all[group.id] & ~(drop_good[group.id] & (group.q < BAD_FROM))
            if mask.any():
                cycle.groups.append(self._stamp(group.take(mask), device, recorded))
        return cycle

    def _judge(
        self, sequence: _Sequence, groups: list[Columns], cycle: Cycle,
        drop_good: NDArray[np.bool_], drop_all: NDArray[np.bool_], recorded: NDArray[np.int64],
    ) -> None:  # fmt: skip
        row = _value(groups, sequence.row_index)
        if row is None:
            drop_good |= sequence.members  # values of a row that has no number belong nowhere
            return
        number, acquired = row
        device = _value(groups, sequence.time_index) if sequence.device_time else None
        step = sequence.tracker.step(number, acquired)
        if step.verdict != "new":
            drop_all |= sequence.members
            return
        cycle.marks[sequence.tracker.key] = number
        if step.gap is not None:
            cycle.gaps.append(step.gap)
        if device is not None:
            recorded[sequence.members] = sequence.times.unique(device[0])

    def _stamp(self, group: Columns, device: NDArray[np.int64], recorded: NDArray[np.int64]) -> Columns:
        acquired, q, ids = group.ts, group.q, group.id
        own = recorded[ids]
        given = np.where(own > 0, own, device[ids]) if self._device_time else own
        if given.any():
            ts, q = trusted(given, acquired, q, self._skew_us)
            # Recorded times are kept apart by their sequence already.
            ts = np.where(ts == own, ts, unique_times(ts, self._last(ids)))
            lag = lag_ms(acquired, ts)
        else:
            ts, lag = unique_times(acquired, self._last(ids)), None
        stamped = Columns(group.kind, ids, ts, q, group.v, lag)
        self.reporter.reported(stamped, acquired)
        return Columns(group.kind, self._aliases[ids], ts, q, group.v, lag)

    def _last(self, ids: NDArray[np.uint32]) -> NDArray[np.int64]:
        return self.reporter.ts[ids]

    def lost(self, quality: Quality, now: int) -> list[Columns]:
        """One bad sample per tag that does not have it yet, when the link is gone."""
        return self._stated(self.reporter.mark(quality, now))

    def quiet(self, now: int) -> list[Columns]:
        """The tags whose maximum silence is over, where the device tells changes alone: unchanged at `now`."""
        return self._stated(self.reporter.quiet(now))

    def _stated(self, groups: Sequence[Columns]) -> list[Columns]:
        out = []
        for group in groups:
            ts = unique_times(group.ts, self._last(group.id))
            stamped = Columns(group.kind, group.id, ts, group.q, group.v)
            self.reporter.reported(stamped, group.ts)
            out.append(self._with_aliases(stamped))
        return out

    def current(self) -> list[Columns]:
        """Last reported samples, for a snapshot."""
        return [self._with_aliases(group) for group in self.reporter.current()]

    def _with_aliases(self, group: Columns) -> Columns:
        return Columns(group.kind, self._aliases[group.id], group.ts, group.q, group.v, group.lag)


def _value(groups: Sequence[Columns], index: int | None) -> tuple[int, int] | None:
    """Value and time of one tag, None where it was not read or is bad."""
    if index is None:
        return None
    for group in groups:
        if group.kind == "s":
            continue
        place = np.flatnonzero(group.id == index)
        if len(place) and group.q[place[0]] < BAD_FROM:
            return int(group.v[place[0]]), int(group.ts[place[0]])
    return None
