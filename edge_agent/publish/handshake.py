"""The part of the hand-shake that runs in the spool's thread."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from edge_agent.buffer import aliases, reconcile
from edge_agent.buffer.rows import Entry, NewBatch, Priority, StoredBatch
from edge_agent.buffer.spool import Spool
from schemas.wire.ack import Ack
from schemas.wire.batch import encode_records
from schemas.wire.dictionary import TagEntry

RECORDS_PER_DICT = 2000
SEQ_BEYOND = 2**62


@dataclass(slots=True, frozen=True)
class HandshakeResult:
    """Where the stream stands; `first` are the pending dictionary and gap batches."""

    stream: UUID
    boot: int
    max_seq: int
    forked: bool
    revived: int
    first: list[StoredBatch]


def shake(spool: Spool, ack: Ack, rev: str) -> HandshakeResult:
    """Judges the platform's account of the stream; a fork begins with a full dictionary."""
    if ack.stream == spool.stream:
        outcome = reconcile.reconcile(spool, ack.have, ack.max_seq)
    else:
        outcome = reconcile.Reconciled(forked=True)  # the spool began a new stream meanwhile
    if outcome.forked and ack.stream != spool.stream:
        append_dictionary(spool, aliases.read_all(spool), rev)
    return HandshakeResult(
        spool.stream, spool.boot, spool.max_seq, outcome.forked, outcome.revived_batches,
        [] if outcome.forked else _pending_records(spool),
    )  # fmt: skip


def _pending_records(spool: Spool) -> list[StoredBatch]:
    found: list[StoredBatch] = []
    while part := spool.read_pending(found[-1].seq if found else 0, SEQ_BEYOND, 100, prio=0):
        found += part
    # Dictionaries before the gaps that name their connections.
    return sorted(found, key=lambda batch: (batch.kind != "dict", batch.seq))


def append_dictionary(spool: Spool, entries: Iterable[TagEntry], rev: str) -> list[StoredBatch]:
    """Commits dictionary batches of these entries."""
    now = time.time_ns() // 1000
    coming = iter(entries)
    batches: list[NewBatch] = []
    while part := [entry.to_record() for entry in islice(coming, RECORDS_PER_DICT)]:
        batches.append(
            NewBatch(
                kind="dict", prio=Priority.LEDGER, conn="", wall=now, mono=time.monotonic_ns() // 1000,
                rev=rev, z="zstd", points=0, t_first=now, t_last=now, body=encode_records(part),
            )
        )  # fmt: skip
    return spool.append([Entry(batches)], alive=now) if batches else []
