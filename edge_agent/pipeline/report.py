"""Report by exception: which of the values just read become samples. Whole columns at a time.

A value is reported when its quality changes, when it moves further than its deadband, or when its
maximum silence is over. The state kept here is also what a snapshot consists of.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schemas.models.connection import ReportConfig
from schemas.models.tag import TagConfig
from schemas.quality import BAD_FROM, Quality
from schemas.wire.columns import VALUE_DTYPE, Columns, Kind

NEVER = 255  # not a quality: nothing reported yet


class Reporter:
    """State of the tags of one scan class; `id` of the columns is the tag's index in it."""

    def __init__(self, tags: Sequence[TagConfig], report: ReportConfig) -> None:
        n = len(tags)
        self._always = report.mode == "always"
        self._silence_us = np.array(
            [int((tag.silence_max_s or report.silence_max_s) * 1e6) for tag in tags], dtype=np.int64
        )
        self._deadband = np.array([tag.deadband_absolute for tag in tags], dtype=np.float64)
        self._any_deadband = bool(self._deadband.any())
        self.kinds: tuple[Kind, ...] = tuple(tag.kind for tag in tags)
        self._values: dict[Kind, NDArray[Any]] = {kind: np.zeros(n, VALUE_DTYPE[kind]) for kind in set(self.kinds)}
        self.q = np.full(n, NEVER, dtype=np.uint8)
        self.ts = np.zeros(n, dtype=np.int64)
        self._reported_at = np.zeros(n, dtype=np.int64)

    def select(self, group: Columns) -> NDArray[np.bool_]:
        """Mask of the rows to report; `ts` of the group is the time of acquisition."""
        ids = group.id
        last_q = self.q[ids]
        bad = group.q >= BAD_FROM
        quiet_us = np.abs(group.ts - self._reported_at[ids])
        due: NDArray[np.bool_] = (group.q != last_q) | (quiet_us >= self._silence_us[ids])
        if self._always:
            # A bad sample says the same thing until it changes, in either mode.
            return due | ~bad
        return due | (self._moved(group) & ~bad)

    def _moved(self, group: Columns) -> NDArray[np.bool_]:
        last = self._values[group.kind][group.id]
        if group.kind in ("b", "s") or not self._any_deadband:
            differs: NDArray[np.bool_] = np.asarray(group.v != last, dtype=np.bool_)
            return differs
        band = self._deadband[group.id]
        if group.kind == "f":
            with np.errstate(invalid="ignore"):
                beyond: NDArray[np.bool_] = np.abs(group.v - last) > band
            return beyond
        # Integers: exact where there is no deadband, and no wrap-around of unsigned differences.
        span = np.where(group.v > last, group.v - last, last - group.v).astype(np.uint64)
        moved: NDArray[np.bool_] = np.where(band > 0, span.astype(np.float64) > band, group.v != last)
        return moved

    def reported(self, group: Columns, acquired: NDArray[np.int64]) -> None:
        """Remembers what was reported; `group.ts` as it will be sent, `acquired` for the silence."""
        ids = group.id
        self.q[ids] = group.q
        self.ts[ids] = group.ts
        self._reported_at[ids] = acquired
        self._values[group.kind][ids] = group.v

    def lost(self, now: int) -> list[Columns]:
        """One bad sample (no communication) for every tag that does not have one already."""
        return self.mark(Quality.NO_COMMUNICATION, now)

    def mark(self, quality: Quality, now: int) -> list[Columns]:
        """One sample of a bad quality for every tag that does not have it already."""
        ids = np.flatnonzero(self.q != quality)
        return [group for group in self._groups(ids, now, quality) if len(group)]

    def _groups(self, ids: NDArray[np.intp], now: int, quality: Quality) -> list[Columns]:
        kinds = np.array(self.kinds, dtype="U1")
        groups = []
        for kind in self._values:
            chosen = ids[kinds[ids] == kind]
            n = len(chosen)
            value: Any = "" if kind == "s" else 0
            groups.append(
                Columns(
                    kind, chosen.astype(np.uint32), np.full(n, now, np.int64),
                    np.full(n, quality, np.uint8), np.full(n, value, VALUE_DTYPE[kind]),
                )
            )  # fmt: skip
        return groups

    def current(self) -> list[Columns]:
        """The last reported sample of every tag that has one, with its original time."""
        kinds = np.array(self.kinds, dtype="U1")
        groups = []
        for kind, values in self._values.items():
            ids = np.flatnonzero((self.q != NEVER) & (kinds == kind))
            if len(ids):
                groups.append(Columns(kind, ids.astype(np.uint32), self.ts[ids], self.q[ids], values[ids]))
        return groups

    def quiet(self, now: int) -> list[Columns]:
        """The last sample of every tag whose maximum silence is over at `now`, with that as its time."""
        kinds = np.array(self.kinds, dtype="U1")
        due = (self.q != NEVER) & (now - self._reported_at >= self._silence_us)
        groups = []
        for kind, values in self._values.items():
            ids = np.flatnonzero(due & (kinds == kind))
            if len(ids):
                ts = np.full(len(ids), now, dtype=np.int64)
                groups.append(Columns(kind, ids.astype(np.uint32), ts, self.q[ids], values[ids]))
        return groups

    def bad_count(self) -> int:
        """Tags whose last reported sample is bad."""
        return int(np.count_nonzero((self.q >= BAD_FROM) & (self.q != NEVER)))
