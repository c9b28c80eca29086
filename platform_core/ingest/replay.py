"""After a start: what the journal still holds, what each stream has sent, and the last known values."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from platform_core.ingest.catalog import Catalog
from platform_core.ingest.envelope import UnknownAliases, translate
from platform_core.ingest.places import TagPlace
from platform_core.ingest.streams import StreamState, StreamTable
from platform_core.ingest.tag_numbers import TagNumbers
from platform_core.journal.durable import write_replacing
from platform_core.journal.format import DEAD, Entry, Record
from platform_core.journal.journal import Journal
from platform_core.journal.scan import Damage
from platform_core.live.hub import Hub
from platform_core.live.latest import Latest
from platform_core.stores.base import Block, Series, Store
from schemas.errors import ConnectError, WireError
from schemas.wire.batch import decode_columns, decode_records, unpack
from schemas.wire.columns import Columns
from schemas.wire.dictionary import TagEntry
from schemas.wire.gap import GapRecord

log = logging.getLogger("interlock.ingest")

SEED_TAGS: Final = 200
AHEAD_US: Final = 3_600_000_000
_UNREADABLE: Final = (WireError, UnknownAliases, ArithmeticError, LookupError, TypeError, ValueError)

Learn = Callable[[StreamState, Sequence[TagPlace]], None]


def installation_name(folder: Path) -> str:
    """A name for this data folder that outlives the process: the holder of its leases."""
    path = folder / "installation"
    if not path.exists():
        write_replacing(path, secrets.token_hex(16).encode())
    return path.read_text().strip()


class Replay:
    """Reads the journal back; every step may be repeated without harm."""

    def __init__(
        self,
        journal: Journal,
        catalog: Catalog,
        streams: StreamTable,
        applied_no: int,
        numbers: TagNumbers,
    ) -> None:
        self._journal = journal
        self._catalog = catalog
        self._streams = streams
        self._applied_no = applied_no
        self._numbers = numbers
        self.last_no = journal.last_no
        self.forgotten = 0
        self.unreadable = 0

    def run(self, learn: Learn) -> None:
        """Rebuild streams and dictionary from checkpoints and journal. Raises SQLAlchemyError."""
        self._catalog.reserve_tag_ids(self._numbers.highest)
        is_holed = self._journal.first_no > self._applied_no + 1
        for mark in self._catalog.streams():
            state = self._streams.add(mark)
            if is_holed and mark.journal_no > self._applied_no:
                # The store is older than what the journal has forgotten (restored from a backup):
                # agents send again what they still keep, and the store takes each sample once.
                state.forget_have()
                self.forgotten += 1
            learn(state, self._catalog.aliases(mark.tenant, mark.uuid))
        for damage in self._journal.recovered.damage:
            log.error("journal %s at %d: %s", damage.segment, damage.offset, damage.reason)
        if self._journal.recovered.torn_bytes:
            log.warning("journal: %d torn bytes cut (never acknowledged)", self._journal.recovered.torn_bytes)
        for item in self._journal.records():
            if isinstance(item, Damage):
                continue  # named above; what it held is asked for again
            state_of = self._streams.get((item.entry.tenant, item.entry.stream))
            if state_of is not None:
                self._remember(state_of, item, learn)

    def block_of(self, record: Record) -> Block:
        """The store's block of a journal record; without columns where there is nothing to store."""
        entry = record.entry
        columns: list[Columns] = []
        state = self._streams.get((entry.tenant, entry.stream))
        if entry.kind == "data" and state is not None:
            try:
                batch = unpack(entry.body)
                groups = decode_columns(batch.body, batch.z)
                columns = translate(groups, state.aliases, entry.received_us).columns
            except _UNREADABLE as error:
                log.error("journal record %d cannot be applied: %r", record.no, error)
        return Block(record.no, entry.tenant, entry.seq, entry.hist, columns)

    def seed_latest(self, store: Store, latest: Latest, hub: Hub, stopping: threading.Event) -> None:
        """Last values from the store, a few tags at a time; whatever came live meanwhile is newer."""
        now_us = time.time_ns() // 1000
        by_tenant: dict[str, list[int]] = {}
        for place in self._catalog.tags():
            by_tenant.setdefault(place.tenant, []).append(place.tag_id)
        for tenant, ids in by_tenant.items():
            for at in range(0, len(ids), SEED_TAGS):
                if stopping.is_set():
                    return
                try:
                    found = store.raw(tenant, ids[at : at + SEED_TAGS], now_us, now_us + AHEAD_US, bounds=True)
                except (ConnectError, OSError) as error:
                    log.error("last values cannot be read: %s", error)
                    return
                rows = [_last(series) for series in found if len(series)]
                hub.changed(latest.update(rows, 0))

    def _remember(self, state: StreamState, record: Record, learn: Learn) -> None:
        entry = record.entry
        code = None
        if entry.kind == DEAD:
            code = entry.body.partition(b"\n")[0].decode("ascii", "replace")
        elif entry.kind != "data":
            self._repeat(state, entry, learn)
        if entry.kind == "data" and record.no > self._applied_no and not self._is_readable(state, entry):
            self.unreadable += 1  # its dictionary is gone (a restored database): not held, so it comes again
            return
        if record.no > state.journal_no or record.no > self._applied_no:
            self._streams.journalled(state, record.no, entry.seq, code)

    @staticmethod
    def _is_readable(state: StreamState, entry: Entry) -> bool:
        try:
            batch = unpack(entry.body)
            translate(decode_columns(batch.body, batch.z), state.aliases, entry.received_us)
        except _UNREADABLE:
            return False
        return True

    def _repeat(self, state: StreamState, entry: Entry, learn: Learn) -> None:
        """Records went to the database before the journal; after a restored database they do so again."""
        try:
            batch = unpack(entry.body)
            records = decode_records(batch.body, batch.z)
            if entry.kind == "dict":
                entries = [TagEntry.from_record(record) for record in records]
                known = state.dictionary_seq
                newer = [item for item in entries if known.get(item.alias, 0) <= entry.seq]
                learn(
                    state,
                    self._catalog.declare(state.tenant, state.edge, state.uuid, newer, entry.received_us),
                )
                known.update((item.alias, entry.seq) for item in newer)
            elif entry.kind == "gap":
                gaps = [GapRecord.from_record(record) for record in records]
                self._catalog.record_gaps(state.mark(0), entry.seq, gaps, entry.received_us)
            elif entry.kind == "event":
                self._catalog.record_events(state.mark(0), entry.seq, records, entry.received_us)
        except _UNREADABLE as error:
            log.error("journal record of %s seq %d cannot be repeated: %r", entry.stream, entry.seq, error)


def _last(series: Series) -> Columns:
    last = slice(-1, None)
    return Columns(
        series.kind,
        np.array([series.id], dtype=np.uint32),
        series.ts[last],
        series.q[last],
        series.v[last],
        None,
    )
