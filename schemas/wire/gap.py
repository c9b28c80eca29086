"""A gap record: samples that do not exist in the store, how many, and why."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from schemas.errors import WireError

GapKind = Literal["dropped", "not_sampled", "dead"]
CountOf = Literal["points", "rows", "cycles"]


@dataclass(frozen=True, slots=True)
class GapRecord:
    """One hole `[from_ts, to_ts)` in µs UTC.

    `dropped`: accepted, then pushed out of a full spool; `not_sampled`: never read (agent down,
    a jump in a device's sequence); `dead`: the platform could not read the batch. `n` counts
    `count_of` exactly, None where it cannot be known. `conn` "" means the whole agent;
    `seq_from`/`seq_to` are batch numbers (dropped, dead) or row numbers (a sequence).
    """

    kind: GapKind
    reason: str
    conn: str
    from_ts: int
    to_ts: int
    n: int | None
    count_of: CountOf
    seq_from: int = 0
    seq_to: int = 0

    def to_record(self) -> dict[str, Any]:
        """The record in a gap batch."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> GapRecord:
        """A gap from its record; unknown members are ignored; raises WireError."""
        try:
            n = record["n"]
            gap = cls(
                kind=record["kind"],
                reason=str(record["reason"])[:200],
                conn=str(record["conn"])[:80],
                from_ts=int(record["from_ts"]),
                to_ts=int(record["to_ts"]),
                n=None if n is None else int(n),
                count_of=record["count_of"],
                seq_from=int(record.get("seq_from", 0)),
                seq_to=int(record.get("seq_to", 0)),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise WireError("wire.gap", f"The gap record is damaged: {error!r}.") from error
        if gap.kind not in get_args(GapKind) or gap.count_of not in get_args(CountOf):
            raise WireError("wire.gap", f"Unknown gap kind {gap.kind!r} or count {gap.count_of!r}.")
        return gap
