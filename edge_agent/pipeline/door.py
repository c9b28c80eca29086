"""The swinging door: of a straight stretch only its ends are sent. Whole columns at a time.

From the last sent sample (the pivot) a window of slopes is kept: the slopes of all straight lines that
pass every value since then within the deviation. A value whose own slope lies in the window could be
the end of the stretch: it is held back, and narrows the window. A value outside it ends the stretch:
what was held is sent, becomes the pivot, and a new window begins. So the line between two samples is
never further from a value in between than the deviation. (The classic door of Bristol, US patent
4,669,097, ends a stretch when the window closes and sends a point whose own slope may lie outside it:
its error reaches twice the deviation.) Rounding is taken off the deviation.

A first value, another quality, a time that does not advance, a crossed limit and the maximum silence
are sent at once, with what was held before them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schemas.quality import BAD_FROM
from schemas.wire.columns import VALUE_DTYPE, Columns, Kind

NEVER = 255
#: A few units in the last place: of the differences, the division and the comparison.
_ROUNDING = 16 * np.finfo(np.float64).eps


@dataclass(slots=True)
class Passed:
    """Samples of one moment that pass the door, with the times they were acquired."""

    columns: Columns
    acquired: NDArray[np.int64]


class SwingingDoor:
    """State of the tags of one scan class; `id` of the columns is the tag's index in it.

    `within`: deviation of each tag, 0 for tags without a door; `silence_us`: its maximum silence.
    """

    def __init__(self, kinds: tuple[Kind, ...], within: NDArray[np.float64], silence_us: NDArray[np.int64]) -> None:
        n = len(within)
        self.members: NDArray[np.bool_] = within > 0
        self._kinds = np.array(kinds, dtype="U1")
        self._within = within
        self._silence_us = silence_us
        self._q = np.full(n, NEVER, dtype=np.uint8)
        self._open = np.zeros(n, dtype=np.bool_)
        self._holds = np.zeros(n, dtype=np.bool_)
        self._pivot_ts = np.zeros(n, dtype=np.int64)
        self._pivot_v = np.zeros(n, dtype=np.float64)
        self._low = np.full(n, -np.inf)
        self._high = np.full(n, np.inf)
        self._held_v = np.zeros(n, dtype=np.float64)
        self._held_at = np.zeros(n, dtype=np.int64)
        self._held_lag = np.zeros(n, dtype=np.int32)
        self._sent_at = np.zeros(n, dtype=np.int64)
        self._has_lag = False
        self.ts = np.zeros(n, dtype=np.int64)
        """Time of the newest value of each tag, sent or held."""

    def step(self, group: Columns, acquired: NDArray[np.int64], crossed: NDArray[np.bool_]) -> list[Passed]:
        """What passes when these values arrive, in the order of time. One row per tag; `crossed`: rows that are sent
        whatever the door says."""
        ids, v, good = group.id, group.v.astype(np.float64), group.q < BAD_FROM
        self._has_lag = self._has_lag or group.lag is not None
        new = (group.q != self._q[ids]) | (good & ((group.ts <= self.ts[ids]) | ~self._open[ids]))
        inside = good & ~new & self._in_window(ids, group.ts, v)
        ends = self._holds[ids] & ~inside & (good | new)
        out = self._release(ids[ends])
        due = np.abs(acquired - self._sent_at[ids]) >= self._silence_us[ids]
        now = new | due | (good & crossed)
        if now.any():
            out.append(Passed(group.take(now), acquired[now]))
            self._pivot(ids[now], group.ts[now], v[now], good[now], acquired[now])
        held = good & ~now
        if held.any():
            lag = None if group.lag is None else group.lag[held]
            self._hold(ids[held], group.ts[held], v[held], acquired[held], lag)
        self._q[ids] = group.q
        self.ts[ids] = group.ts
        return out

    def release(self) -> list[Passed]:
        """Everything held back: before a link is given up, and at the end."""
        return self._release(np.flatnonzero(self._holds))

    def peek(self) -> list[Columns]:
        """Everything held back, still held."""
        return self._samples(np.flatnonzero(self._holds))

    def interrupt(self, members: NDArray[np.bool_]) -> None:
        """Values are missing before the next one of these tags: no stretch goes on over them."""
        self._q[members & self.members] = NEVER

    def _in_window(self, ids: NDArray[Any], ts: NDArray[np.int64], v: NDArray[np.float64]) -> NDArray[np.bool_]:
        with np.errstate(all="ignore"):  # what is no number is in no window, and so is sent
            slope = (v - self._pivot_v[ids]) / (ts - self._pivot_ts[ids])
            return np.asarray((slope >= self._low[ids]) & (slope <= self._high[ids]), dtype=np.bool_)

    def _release(self, ids: NDArray[Any]) -> list[Passed]:
        if not len(ids):
            return []
        out = [Passed(samples, self._held_at[samples.id]) for samples in self._samples(ids)]
        self._pivot(ids, self.ts[ids], self._held_v[ids], np.ones(len(ids), dtype=np.bool_), self._held_at[ids])
        return out

    def _samples(self, ids: NDArray[Any]) -> list[Columns]:
        out: list[Columns] = []
        for kind in np.unique(self._kinds[ids]).tolist():
            of_kind = ids[self._kinds[ids] == kind]
            lag = self._held_lag[of_kind] if self._has_lag else None
            out.append(
                Columns(
                    kind, of_kind.astype(np.uint32), self.ts[of_kind], self._q[of_kind],
                    self._held_v[of_kind].astype(VALUE_DTYPE[kind]), lag,
                )
            )  # fmt: skip
        return out

    def _pivot(
        self, ids: NDArray[Any], ts: NDArray[np.int64], v: NDArray[np.float64], good: NDArray[np.bool_],
        acquired: NDArray[np.int64],
    ) -> None:  # fmt: skip
        self._pivot_ts[ids], self._pivot_v[ids] = ts, v
        self._low[ids], self._high[ids] = -np.inf, np.inf
        self._open[ids], self._holds[ids] = good, False
        self._sent_at[ids] = acquired

    def _hold(
        self, ids: NDArray[Any], ts: NDArray[np.int64], v: NDArray[np.float64], acquired: NDArray[np.int64],
        lag: NDArray[np.int32] | None,
    ) -> None:  # fmt: skip
        from_pivot, dt = self._pivot_v[ids], ts - self._pivot_ts[ids]
        within = self._within[ids]
        with np.errstate(all="ignore"):
            within = within - _ROUNDING * (np.abs(v) + np.abs(from_pivot) + within)
            sure = within > 0  # else the rounding of so large a number is more than the deviation: no line is near it
            low, high = (v - within - from_pivot) / dt, (v + within - from_pivot) / dt
            self._low[ids] = np.where(sure, np.maximum(self._low[ids], low), np.inf)
            self._high[ids] = np.where(sure, np.minimum(self._high[ids], high), -np.inf)
        self._holds[ids], self._held_v[ids], self._held_at[ids] = True, v, acquired
        self._held_lag[ids] = 0 if lag is None else lag
