"""A group of received batches: check, dedupe, journal with one sync, and only then acknowledge."""

from __future__ import annotations

import logging
import time
import zlib
from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import numpy as np
from sqlalchemy.exc import SQLAlchemyError

from platform_core.ingest.acks import AckDesk
from platform_core.ingest.applier import Applier
from platform_core.ingest.catalog import Catalog
from platform_core.ingest.counters import Counters, Rate
from platform_core.ingest.envelope import (
    RETRIED_CODES,
    UnknownAliases,
    claimed_name,
    translate,
)
from platform_core.ingest.inbox import Message
from platform_core.ingest.places import DeadLetter, StreamKey, TagPlace
from platform_core.ingest.streams import ALIASES_MAX, StreamState, StreamTable
from platform_core.ingest.tag_numbers import TagNumbers
from platform_core.journal.errors import JournalFailed, JournalFull
from platform_core.journal.format import DEAD, Entry
from platform_core.journal.journal import Journal
from platform_core.live.freshness import FreshnessTable
from platform_core.live.hub import Hub
from platform_core.live.latest import Latest
from platform_core.stores.base import Block
from schemas.errors import WireError
from schemas.wire.batch import Batch, decode_columns, decode_records, unpack
from schemas.wire.columns import Columns, count
from schemas.wire.dictionary import TagEntry
from schemas.wire.gap import GapRecord
from schemas.wire.topics import EdgeTopic

log = logging.getLogger("interlock.ingest")

DAMAGED_SEEN_MAX: Final = 1000
UNNAMED_WINDOW_S: Final = 60.0
UNNAMED_MAX: Final = 20
#: What decoding made-up bytes may raise besides WireError; the batch is kept as a dead letter.
POISON: Final = (ArithmeticError, LookupError, RecursionError, TypeError, ValueError)


@dataclass(slots=True)
class Accepted:
    """A batch of a group that is to be journalled."""

    state: StreamState
    entry: Entry
    dead_code: str | None = None
    columns: list[Columns] = field(default_factory=list)
    current: list[Columns] = field(default_factory=list)


class Intake:
    """Works in the ingest thread alone."""

    def __init__(
        self,
        catalog: Catalog,
        journal: Journal,
        streams: StreamTable,
        applier: Applier,
        acks: AckDesk,
        hub: Hub,
        counters: Counters,
        numbers: TagNumbers,
    ) -> None:
        self._catalog = catalog
        self._journal = journal
        self._streams = streams
        self._applier = applier
        self._acks = acks
        self._hub = hub
        self._latest: Latest = hub.latest
        self._freshness: FreshnessTable = hub.freshness
        self._counters = counters
        self._numbers = numbers
        self._damaged_seen: OrderedDict[int, None] = OrderedDict()
        self._unnamed_s: deque[float] = deque()
        self._behind: dict[StreamKey, StreamState] = {}
        self.served: set[StreamKey] = set()
        self.last_value_us: dict[tuple[str, str], int] = {}
        self.rate = Rate()
        self.journal_error = ""

    def take(self, batches: Sequence[tuple[EdgeTopic, Message]]) -> None:
        """Take a group in. Whatever fails, the rest of the group goes on."""
        group: dict[tuple[StreamKey, int], Accepted] = {}
        for topic, message in batches:
            accepted = self._check(topic, message, group)
            if accepted is not None:
                group[(accepted.state.key, accepted.entry.seq)] = accepted
        if group:
            self._commit(list(group.values()))

    def learn(self, state: StreamState, places: Sequence[TagPlace]) -> None:
        """Take tags of a stream in: aliases, room for values, scan classes. Raises OSError (disk full)."""
        self._numbers.note(places)
        state.aliases.bind(place for place in places if 0 < place.alias <= ALIASES_MAX)
        ids = [place.tag_id for place in places]
        self._latest.define(state.tenant, ids, [place.kind for place in places])
        for place in places:
            self._freshness.place(place.tag_id, place.tenant, place.edge, place.connection, place.scan_ms)

    @property
    def last_no(self) -> int:
        """The newest durable number of the journal."""
        return self._journal.last_no

    def take_behind(self) -> list[StreamState]:
        """Streams whose backlog is newer than what is shown: a fresh batch that waited too long came as one."""
        behind, self._behind = self._behind, {}
        return list(behind.values())

    def _check(
        self, topic: EdgeTopic, message: Message, group: dict[tuple[StreamKey, int], Accepted]
    ) -> Accepted | None:
        try:
            batch = unpack(message.payload)
        except (WireError, *POISON) as error:
            return self._damaged(topic, message, error)
        state = self._owned(topic, batch.stream)
        if state is None:
            return None
        if batch.kind == "snapshot":
            self._snapshot(state, batch, message)
            return None
        if state.is_known(batch.seq) or (state.key, batch.seq) in group:
            self._counters.duplicates += 1
            self._acks.due(state, [batch.seq] if batch.seq in state.dead else [], batch.seq)
            return None
        entry = Entry(
            state.tenant,
            state.edge,
            state.uuid,
            batch.seq,
            batch.kind,
            batch.hist,
            message.received_us,
            message.payload,
        )
        try:
            return self._understood(state, batch, entry)
        except UnknownAliases:
            self._counters.unknown_aliases += 1
            self._acks.want(state, "dict")
            return None
        except (SQLAlchemyError, OSError) as error:
            self._database_failed(error)
            return None
        except (WireError, *POISON) as error:
            return self._bury(state, entry, error)

    def _owned(self, topic: EdgeTopic, stream: UUID) -> StreamState | None:
        """The stream, if it was introduced, belongs to the sender and is leased to this process."""
        key = (topic.tenant, stream)
        state = self._streams.get(key)
        if state is None or key not in self.served:
            if state is None or state.edge == topic.edge:
                self._acks.want_birth(topic.tenant, topic.edge, stream)
            return None
        if state.edge != topic.edge:
            self._counters.refused += 1
            self._counters.forks += 1
            self._acks.fork(topic.tenant, topic.edge, stream, [])
            return None
        return state

    def _understood(self, state: StreamState, batch: Batch, entry: Entry) -> Accepted:
        """Decode a batch and put what the database needs of it there first: then the journal may forget."""
        if batch.kind == "data":
            found = translate(decode_columns(batch.body, batch.z), state.aliases, entry.received_us)
            self._counters.impossible_times += found.impossible
            return Accepted(state, entry, None, found.columns, found.current)
        records = decode_records(batch.body, batch.z)
        if batch.kind == "dict":
            self._declare(state, batch.seq, [TagEntry.from_record(record) for record in records], entry)
        elif batch.kind == "gap":
            gaps = [GapRecord.from_record(record) for record in records]
            self._catalog.record_gaps(state.mark(0), batch.seq, gaps, entry.received_us)
        else:
            self._catalog.record_events(state.mark(0), batch.seq, records, entry.received_us)
            if any(_is_step_back(record) for record in records):
                self._latest.rewind(state.aliases.tags())
                self._acks.want(state, "snapshot", at_once=True)
        return Accepted(state, entry)

    def _declare(self, state: StreamState, seq: int, entries: list[TagEntry], entry: Entry) -> None:
        """A record that is older than what an alias is known to mean (it came late) changes nothing."""
        known = state.dictionary_seq
        newer = [item for item in entries if known.get(item.alias, 0) <= seq]
        if any(item.alias > ALIASES_MAX for item in newer):
            raise WireError("ingest.alias", f"A stream has at most {ALIASES_MAX} aliases.")
        places = self._catalog.declare(state.tenant, state.edge, state.uuid, newer, entry.received_us)
        known.update((item.alias, seq) for item in newer)
        is_new = any(not state.aliases.knows(item.alias) for item in newer)
        self.learn(state, places)
        if is_new:  # values of these tags may have come before anyone knew whose they were
            self._acks.want(state, "snapshot", at_once=True)

    def _snapshot(self, state: StreamState, batch: Batch, message: Message) -> None:
        try:
            found = translate(decode_columns(batch.body, batch.z), state.aliases, message.received_us)
        except UnknownAliases:
            self._acks.want(state, "dict")
            return
        except (WireError, *POISON) as error:
            self._counters.refused += 1
            log.warning("snapshot of %s/%s: %s", state.tenant, state.edge, error)
            return
        self._counters.snapshots += 1
        self._show(state, found.current, 0)

    def _damaged(self, topic: EdgeTopic, message: Message, error: Exception) -> Accepted | None:
        """An envelope that cannot be read. The same bytes twice are no accident of transport: dead."""
        self._counters.refused += 1
        code = error.code if isinstance(error, WireError) else "wire.envelope"
        if code in RETRIED_CODES:
            return None
        name = claimed_name(message.payload)
        digest = zlib.crc32(message.payload)
        is_repeated = digest in self._damaged_seen
        self._damaged_seen[digest] = None
        if len(self._damaged_seen) > DAMAGED_SEEN_MAX:
            self._damaged_seen.popitem(last=False)
        if name is None:
            if not is_repeated and self._may_keep_unnamed():
                self._keep(
                    DeadLetter(
                        topic.tenant, topic.edge, None, None, code, str(error), message.payload, message.received_us
                    )
                )
            return None
        state = self._owned(topic, name.stream)
        if state is None or not is_repeated:
            return None
        if state.is_known(name.seq):
            self._acks.due(state, [name.seq] if name.seq in state.dead else [])
            return None
        entry = Entry(state.tenant, state.edge, state.uuid, name.seq, DEAD, False, message.received_us, message.payload)
        return self._bury(state, entry, error)

    def _may_keep_unnamed(self) -> bool:
        """A few a minute are kept for whoever wants to look; rubbish at speed must not keep the disk busy."""
        now_s = time.monotonic()
        while self._unnamed_s and self._unnamed_s[0] < now_s - UNNAMED_WINDOW_S:
            self._unnamed_s.popleft()
        if len(self._unnamed_s) >= UNNAMED_MAX:
            return False
        self._unnamed_s.append(now_s)
        return True

    def _bury(self, state: StreamState, entry: Entry, error: Exception) -> Accepted | None:
        """Keep a batch that can never be taken in; its stream goes on."""
        code = error.code if isinstance(error, WireError) else "ingest.poison"
        letter = DeadLetter(
            state.tenant, state.edge, state.uuid, entry.seq, code, str(error), entry.body, entry.received_us
        )
        if not self._keep(letter):
            return None
        body = f"{code}\n".encode() + entry.body
        dead = Entry(entry.tenant, entry.edge, entry.stream, entry.seq, DEAD, entry.hist, entry.received_us, body)
        return Accepted(state, dead, code)

    def _keep(self, letter: DeadLetter) -> bool:
        log.error("dead letter from %s/%s: %s %s", letter.tenant, letter.edge, letter.code, letter.reason)
        try:
            self._catalog.bury(letter)
        except SQLAlchemyError as error:
            self._database_failed(error)
            return False
        return True

    def _commit(self, group: list[Accepted]) -> None:
        try:
            first = self._journal.append([accepted.entry for accepted in group])
        except (JournalFull, JournalFailed) as error:
            self._counters.journal_errors += 1
            if not self.journal_error:
                log.error("nothing is acknowledged: %s", error)
            self.journal_error = str(error)
            for accepted in group:  # no word of these batches, but of how many may come
                self._acks.due(accepted.state)
            return
        self.journal_error = ""
        self._counters.syncs += 1
        for no, accepted in enumerate(group, start=first):
            self._journalled(no, accepted)

    def _journalled(self, no: int, accepted: Accepted) -> None:
        state, entry = accepted.state, accepted.entry
        self._streams.journalled(state, no, entry.seq, accepted.dead_code)
        self._acks.due(state, [entry.seq] if accepted.dead_code is not None else [], entry.seq)
        if accepted.dead_code is not None:
            self._counters.dead += 1
        points = count(accepted.columns)
        self._counters.batches += 1
        self._counters.points += points
        self.rate.add(points)
        if not entry.hist:
            self._show(state, accepted.current, entry.seq)
        elif self._latest.is_behind(accepted.current):
            self._behind[state.key] = state
        self._applier.offer(Block(no, state.tenant, entry.seq, entry.hist, accepted.columns))

    def _show(self, state: StreamState, columns: list[Columns], seq: int) -> None:
        """Only what is current: a historical batch never gets here."""
        if not columns:
            return
        self._hub.changed(np.asarray(self._latest.update(columns, seq), dtype=np.uint32))
        newest = max(int(group.ts.max()) for group in columns)
        edge = (state.tenant, state.edge)
        self.last_value_us[edge] = max(newest, self.last_value_us.get(edge, 0))

    def _database_failed(self, error: SQLAlchemyError | OSError) -> None:
        self._counters.database_errors += 1
        log.error("the platform database does not answer: %s", error)


def _is_step_back(record: dict[str, Any]) -> bool:
    """Whether an agent's event says that its clock was set back."""
    step_ms = record.get("step_ms")
    return record.get("event") == "clock_step" and isinstance(step_ms, int) and step_ms < 0
