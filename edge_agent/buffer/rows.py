"""What goes into the spool and what comes out of it: plain data, no behaviour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple
from uuid import UUID

from schemas.wire.batch import BatchKind
from schemas.wire.body import Compression
from schemas.wire.gap import GapRecord


class State(IntEnum):
    """What has become of a batch in the spool."""

    PENDING = 0
    ACKED = 1
    DEAD = 2
    FOREIGN = 3  # settled under an earlier stream: never sent again, first to be deleted


class Priority(IntEnum):
    """Order of dropping when the spool is full: the highest number goes first."""

    LEDGER = 0  # dictionary and gap records: never dropped
    EVENT = 1  # events of the agent, and tags of priority high
    DATA = 2
    FAST = 3  # tags of priority low


#: How the ledger and the figures call what is dropped.
PRIORITY_NAMES = {Priority.EVENT: "high", Priority.DATA: "normal", Priority.FAST: "low"}


@dataclass(slots=True, frozen=True)
class NewBatch:
    """A closed batch on its way into the spool.

    `points` counts samples (0 for records), `t_first` and `t_last` are µs UTC, `wall` µs UTC and
    `mono` µs of the moment of closing, `conn` the connection when all samples are of one, else "".
    """

    kind: BatchKind
    prio: Priority
    conn: str
    wall: int
    mono: int
    rev: str
    z: Compression
    points: int
    t_first: int
    t_last: int
    body: bytes


@dataclass(slots=True, frozen=True)
class StoredBatch:
    """A committed batch: `seq` is its number in `stream` (from 1, never used twice)."""

    stream: UUID
    seq: int
    kind: BatchKind
    conn: str
    boot: int
    wall: int
    mono: int
    rev: str
    z: Compression
    points: int
    body: bytes


class SequenceKey(NamedTuple):
    """A row-number sequence of a connection."""

    conn: str
    tag: str


@dataclass(slots=True, frozen=True)
class Entry:
    """One append: batches, the gaps found with them, the row numbers they reach and the totals they leave, all or
    nothing."""

    batches: Sequence[NewBatch] = ()
    gaps: Sequence[GapRecord] = ()
    marks: Mapping[SequenceKey, int] = field(default_factory=dict)
    totals: Mapping[str, str] = field(default_factory=dict)
    """By the UUID of a calculated tag, what its total goes on from."""
    held: Mapping[str, bytes] = field(default_factory=dict)
    """By scan class, the body of what its doors hold back: sent by the next run if this one never does."""


@dataclass(slots=True)
class Counters:
    """Points by fate; `accepted = acked + pending + dropped + dead` holds after every transaction."""

    accepted: int = 0
    acked: int = 0
    pending: int = 0
    dropped: int = 0
    dead: int = 0
    pending_batches: int = 0
    pending_bytes: int = 0

    @property
    def balanced(self) -> bool:
        """Whether the identity of the points holds."""
        return self.accepted == self.acked + self.pending + self.dropped + self.dead
