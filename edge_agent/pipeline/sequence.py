"""Row numbers of a device: a new sample only when the number changes, a jump is a gap with its count.

The device counts its rows from 1 in the same block as the values. The last accepted number is kept
in the spool in the same transaction as the batch, so that a restart of the agent is seen as a jump
like any other. A number that falls means the device began again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from edge_agent.buffer.rows import SequenceKey
from schemas.wire.gap import GapRecord

#: The spool keeps numbers in 64 bits with a sign.
ROW_MAX = 2**63 - 1
Verdict = Literal["new", "same", "none"]


@dataclass(slots=True, frozen=True)
class Step:
    """What a row number means: `same` row as before, `none` served yet, or a `new` one."""

    verdict: Verdict
    gap: GapRecord | None = None


class SequenceTracker:
    """Follows one row counter; `last` is the last accepted number, None where none is known."""

    def __init__(self, key: SequenceKey, last: int | None, since: int) -> None:
        self.key = key
        self.last = last
        self._last_ts = since
        self._first_of_run = True

    def step(self, row: int, ts: int) -> Step:
        """Judges row number `row` read at `ts` (µs)."""
        if not 1 <= row <= ROW_MAX:
            return Step("none")
        if row == self.last:
            self._first_of_run = False
            self._last_ts = ts
            return Step("same")
        gap = self._gap(row, ts)
        self.last, self._last_ts, self._first_of_run = row, ts, False
        return Step("new", gap)

    def _gap(self, row: int, ts: int) -> GapRecord | None:
        if self.last is None:
            reason, first = "before_first_contact", 1
        elif row < self.last:
            reason, first = "device_restarted", 1
        else:
            reason = "agent_down" if self._first_of_run else "sequence_jump"
            first = self.last + 1
        if row == first:
            return None
        return GapRecord(
            "not_sampled", reason, self.key.conn, min(self._last_ts or ts, ts), ts, row - first,
            "rows", first, row - 1,
        )  # fmt: skip
