"""Points that could not even be kept in memory: counted, and declared as soon as the disk answers."""

from __future__ import annotations

from edge_agent.buffer.rows import Entry
from schemas.wire.gap import GapRecord


class RefusedPoints:
    """Merges refused entries into one gap per connection; bounded by the number of connections."""

    def __init__(self) -> None:
        self._gaps: dict[str, GapRecord] = {}

    def add(self, entry: Entry, reason: str) -> int:
        """Notes an entry that is given up; returns its points."""
        total = 0
        for batch in entry.batches:
            if not batch.points:
                continue
            old = self._gaps.get(batch.conn)
            n = batch.points + (old.n or 0 if old else 0)
            first = min(batch.t_first, old.from_ts) if old else batch.t_first
            last = max(batch.t_last + 1, old.to_ts) if old else batch.t_last + 1
            self._gaps[batch.conn] = GapRecord("not_sampled", reason, batch.conn, first, last, n, "points")
            total += batch.points
        for gap in entry.gaps:
            self._gaps.setdefault(f"{gap.conn}\0{gap.seq_from}\0{gap.from_ts}", gap)
        return total

    def take(self) -> list[GapRecord]:
        """The gaps so far; they are forgotten here and have to be stored, or given back."""
        gaps, self._gaps = list(self._gaps.values()), {}
        return gaps

    def give_back(self, gaps: list[GapRecord]) -> None:
        """Undo of `take`, after a failed commit."""
        for gap in gaps:
            self._gaps.setdefault(f"{gap.conn}\0{gap.seq_from}\0{gap.from_ts}", gap)

    def __bool__(self) -> bool:
        return bool(self._gaps)
