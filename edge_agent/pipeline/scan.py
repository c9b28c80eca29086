"""A scan class: the tags of one connection that are read together, from a read to its samples.

shape (scale, sentinels, span) → sequences → time → report by exception or door → aliases. Columns all the
way; the loops here run over groups and sequences, never over values.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from connectors.driver import Reading
from connectors.shape import Shaper
from edge_agent.buffer.rows import SequenceKey
from edge_agent.pipeline.change import bands
from edge_agent.pipeline.door import Passed, SwingingDoor
from edge_agent.pipeline.report import Reporter
from edge_agent.pipeline.sequence import SequenceTracker
from edge_agent.pipeline.stamp import RecordedTimes, lag_ms, trusted, unique_times
from schemas.expr import Value, wide_integer
from schemas.models.connection import ConnectionConfig, SequenceConfig
from schemas.models.tag import TagConfig
from schemas.quality import BAD_FROM, Quality
from schemas.wire.body import Compression, encode_columns
from schemas.wire.columns import Columns
from schemas.wire.gap import GapRecord

#: How often what a door holds back is stored, µs: as often as the spool notes that the agent is alive.
KEEP_US = 5_000_000
KEPT_AS: Compression = "zstd"


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
        within = bands(self.reporter.thinned, "swinging_door")
        doors = SwingingDoor(self.reporter.kinds, within, self.reporter.silence_us)
        self._door = doors if doors.members.any() else None
        self._device_time = conn.time.source == "device"
        self._skew_us = None if conn.time.skew_max_s is None else int(conn.time.skew_max_s * 1e6)
        index = {tag.name: place for place, tag in enumerate(tags)}
        self._kept_at, self._kept_nothing = 0, True
        self._watched: NDArray[np.bool_] | None = None
        self.seen: dict[str, Value] = {}
        """The values of the watched tags in the read processed last."""
        self._known: dict[str, Value] = {}
        self._sequences = []
        for config in conn.sequences:
            if config.tag in index:
                key = SequenceKey(conn.id, config.tag)
                tracker = SequenceTracker(key, marks.get(key), since)
                self._sequences.append(_Sequence(config, index, tracker))

    def watch(self, names: Collection[str]) -> None:
        """From now on `seen` tells the values of these tags, whether they are reported or not."""
        self._watched = np.array([tag.name in names for tag in self.tags], dtype=np.bool_)

    def _see(self, group: Columns, device: NDArray[np.int64], recorded: NDArray[np.int64]) -> None:
        stamped = self._stamp(group, device, recorded, np.zeros(len(group), dtype=np.int64))
        rows = zip(stamped.id.tolist(), stamped.v.tolist(), stamped.q.tolist(), stamped.ts.tolist(), strict=True)
        for index, v, q, ts in rows:
            value, quality = wide_integer(bool(v) if group.kind == "b" else v, q)
            self.seen[self.tags[index].name] = Value(None if q >= BAD_FROM else value, quality, ts)
        self._known |= self.seen

    def confirmed(self, now: int) -> dict[str, Value]:
        """The watched values that a device which tells changes alone has told, unchanged at `now`."""
        return {name: Value(one.v, one.q, max(now, one.ts or 0)) for name, one in self._known.items()}

    def process(self, readings: Sequence[Reading], *, dated: bool = False) -> Cycle:
        """The samples, gaps and marks of one complete read. `dated` as in a `Delivery`."""
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
        self.seen = {}
        for group in groups:
            allowed = np.ones(len(group), dtype=np.bool_)
            if self._sequences:
                allowed = ~drop_all[group.id] & ~(drop_good[group.id] & (group.q < BAD_FROM))
            if self._watched is not None and (looked_at := self._watched[group.id] & allowed).any():
                self._see(group.take(looked_at), device, recorded)
            cycle.groups += self._report(group, allowed, device, recorded, dated)
        return cycle

    def _report(
        self, group: Columns, allowed: NDArray[np.bool_], device: NDArray[np.int64], recorded: NDArray[np.int64],
        dated: bool,
    ) -> list[Columns]:  # fmt: skip
        """The rows that become samples."""
        out: list[Columns] = []
        mask = self.reporter.select(group) & allowed
        if self._door is not None:
            behind = self._door.members[group.id]
            mask &= ~behind
            behind &= allowed
            if behind.any():
                out += self._through_door(self._door, group.take(behind), device, recorded)
        if mask.any():
            chosen = group.take(mask)
            last = self.reporter.ts[chosen.id]
            stamped = self._stamp(chosen, device, recorded, np.zeros_like(last) if dated else last)
            if dated:
                newest = stamped.ts >= last
                self.reporter.reported(stamped.take(newest), chosen.ts[newest])
            else:
                self.reporter.reported(stamped, chosen.ts)
            out.append(self._with_aliases(stamped))
        return out

    def _through_door(
        self, door: SwingingDoor, group: Columns, device: NDArray[np.int64], recorded: NDArray[np.int64]
    ) -> list[Columns]:
        last = np.maximum(door.ts[group.id], self.reporter.ts[group.id])
        stamped = self._stamp(group, device, recorded, last)
        crossed = self.reporter.sides.crossed(group.id, group.v)
        return self._passed(door.step(stamped, group.ts, crossed))

    def _passed(self, passed: Sequence[Passed]) -> list[Columns]:
        for one in passed:
            self.reporter.reported(one.columns, one.acquired)
        return [self._with_aliases(one.columns) for one in passed]

    @property
    def has_doors(self) -> bool:
        """Whether any of its tags has a door."""
        return self._door is not None

    def held(self) -> list[Columns]:
        """What the doors hold back, sent now: values may be missing from here on, or the agent ends."""
        return [] if self._door is None else self._passed(self._door.release())

    def to_keep(self, now: int) -> bytes | None:
        """The body of what the doors hold back, each KEEP_US: a kill -9 must not leave a stretch without its end. None
        where there is nothing to store. `now` in µs of any clock that does not jump."""
        if self._door is None or now - self._kept_at < KEEP_US:
            return None
        groups = [self._with_aliases(group) for group in self._door.peek()]
        if not groups and self._kept_nothing:
            return None
        self._kept_at, self._kept_nothing = now, not groups
        return encode_columns(groups, KEPT_AS) if groups else b""

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
            if self._door is not None:
                cycle.groups += self.held()
                self._door.interrupt(sequence.members)
        if device is not None:
            recorded[sequence.members] = sequence.times.unique(device[0])

    def _stamp(
        self, group: Columns, device: NDArray[np.int64], recorded: NDArray[np.int64], last: NDArray[np.int64]
    ) -> Columns:
        acquired, q, ids = group.ts, group.q, group.id
        own = recorded[ids]
        given = np.where(own > 0, own, device[ids]) if self._device_time else own
        if given.any():
            ts, q = trusted(given, acquired, q, self._skew_us)
            # Recorded times are kept apart by their sequence already.
            ts = np.where(ts == own, ts, unique_times(ts, last))
            lag = lag_ms(acquired, ts)
        else:
            ts, lag = unique_times(acquired, last), None
        return Columns(group.kind, ids, ts, q, group.v, lag)

    def lost(self, quality: Quality, now: int) -> list[Columns]:
        """One bad sample per tag that does not have it yet, when the link is gone."""
        out = self.held() + self._stated(self.reporter.mark(quality, now))
        if self._door is not None:
            self._door.interrupt(self._door.members)
        if self._watched is not None:
            names = [tag.name for tag, watched in zip(self.tags, self._watched.tolist(), strict=True) if watched]
            self.seen = {name: Value(None, int(quality), now) for name in names}
            self._known = {}
        return out

    def quiet(self, now: int) -> list[Columns]:
        """The tags whose maximum silence is over, where the device tells changes alone: unchanged at `now`."""
        return self._stated(self.reporter.quiet(now))

    def _stated(self, groups: Sequence[Columns]) -> list[Columns]:
        out = []
        for group in groups:
            ts = unique_times(group.ts, self.reporter.ts[group.id])
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
