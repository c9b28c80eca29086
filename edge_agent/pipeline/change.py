"""What counts as a change of a tag: its deadband or door, from its own settings or its connection's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schemas.models.connection import ReportConfig
from schemas.models.tag import TagBase, TagConfig, Thinned

#: A double holds every whole number up to 2^53: these types pass the arithmetic of a door exactly.
_WIDE = ("int64", "uint64")


def sets_change(settings: TagBase | ReportConfig) -> bool:
    """Whether any of the three is given; a tag that gives one takes none of its connection's."""
    given = (settings.deadband, settings.deadband_percent, settings.swinging_door)
    return any(one is not None for one in given)


def thinned_by(tag: TagBase, report: ReportConfig) -> Thinned | None:
    """How the samples of a tag are thinned; None: every value that is no exact repeat is a sample."""
    if report.mode == "always" or tag.kind not in ("f", "i", "u"):
        return None
    settings = tag if sets_change(tag) else report
    silence_max_s = tag.silence_max_s or report.silence_max_s
    if settings.swinging_door is not None:
        if is_wide(tag):
            return None
        return Thinned(by="swinging_door", within=settings.swinging_door, silence_max_s=silence_max_s)
    band = settings.deadband or 0.0
    if settings.deadband_percent is not None and tag.span is not None:
        band = max(band, settings.deadband_percent / 100.0 * (tag.span[1] - tag.span[0]))
    return Thinned(by="deadband", within=band, silence_max_s=silence_max_s) if band > 0 else None


def is_wide(tag: TagBase) -> bool:
    """Whether its values may be whole numbers that no double holds."""
    return isinstance(tag, TagConfig) and tag.kind in ("i", "u") and tag.type in _WIDE


def bands(thinned: Sequence[Thinned | None], by: str) -> NDArray[np.float64]:
    """The deadband (or deviation of the door) of each tag, 0 where it has none."""
    return np.array([one.within if one is not None and one.by == by else 0.0 for one in thinned], dtype=np.float64)


class LimitSides:
    """On which side of its alarm limits a value is: a thinned tag reports at once when that changes, so that no
    alarm waits for a deadband or a door."""

    def __init__(self, tags: Sequence[TagBase], thinned: Sequence[Thinned | None]) -> None:
        rows = [
            (tag.limits.lo_lo, tag.limits.lo, tag.limits.hi, tag.limits.hi_hi) if rule is not None else (None,) * 4
            for tag, rule in zip(tags, thinned, strict=True)
        ]
        self._limits = np.array([[np.nan if x is None else x for x in row] for row in rows], dtype=np.float64)
        self._limits = self._limits.reshape(len(rows), 4)
        self.any = bool(np.isfinite(self._limits).any())
        self._side = np.zeros(len(rows), dtype=np.int8)

    def of(self, ids: NDArray[np.uint32], v: NDArray[Any]) -> NDArray[np.int8]:
        """A number for the side; on a limit itself is a side of its own."""
        limits = self._limits[ids]
        value = v.astype(np.float64)[:, None]
        side: NDArray[np.int8] = ((value >= limits).sum(axis=1) + (value > limits).sum(axis=1)).astype(np.int8)
        return side

    def crossed(self, ids: NDArray[np.uint32], v: NDArray[Any]) -> NDArray[np.bool_]:
        """Rows whose value is on another side than the last reported one."""
        if not self.any:
            return np.zeros(len(ids), dtype=np.bool_)
        return np.asarray(self.of(ids, v) != self._side[ids], dtype=np.bool_)

    def reported(self, ids: NDArray[np.uint32], v: NDArray[Any]) -> None:
        """Remembers the side of what was reported."""
        if self.any:
            self._side[ids] = self.of(ids, v)
