"""Plain records that the catalog hands out: tags with their place, streams with what has arrived."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from schemas.wire.kinds import Kind

#: Tenant and UUID of a stream: a UUID of one tenant says nothing about another's.
StreamKey = tuple[str, UUID]


@dataclass(frozen=True, slots=True)
class TagPlace:
    """A tag as ingest needs it. `alias` is how the stream it was asked for calls it, 0 for none."""

    tag_id: int
    tenant: str
    edge: str
    connection: str
    kind: Kind
    scan_ms: int
    alias: int = 0


@dataclass(frozen=True, slots=True)
class StreamTag:
    """A tag as a stream has declared it; `meta` is JSON."""

    uuid: UUID
    kind: str
    alias: int
    address: str
    meta: str


@dataclass(slots=True)
class StreamMark:
    """A stream's owner and its checkpoint: ranges held and seqs refused, as of journal number `journal_no`."""

    uuid: UUID
    tenant: str
    edge: str
    machine: str = ""
    have: list[tuple[int, int]] = field(default_factory=list)
    dead: list[tuple[int, str]] = field(default_factory=list)
    max_seq: int = 0
    journal_no: int = 0

    @property
    def key(self) -> StreamKey:
        """What the stream is known by."""
        return (self.tenant, self.uuid)


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that could not be taken in, as it came."""

    tenant: str
    edge: str
    stream: UUID | None
    seq: int | None
    code: str
    reason: str
    raw: bytes
    received_us: int
