"""Ingest as one object: started and stopped by the platform, asked for its status."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.exc import SQLAlchemyError

from platform_core.ingest.acks import AckDesk
from platform_core.ingest.applier import Applier
from platform_core.ingest.catalog import Catalog
from platform_core.ingest.command_line import CommandLine
from platform_core.ingest.config_line import ConfigLine
from platform_core.ingest.counters import Counters
from platform_core.ingest.health import EdgeHealth, IngestStatus
from platform_core.ingest.inbox import Inbox, Message
from platform_core.ingest.intake import POISON, Intake
from platform_core.ingest.link import MqttLink
from platform_core.ingest.own_stream import OwnStreams
from platform_core.ingest.places import DeadLetter
from platform_core.ingest.presence import Presence
from platform_core.ingest.replay import Replay, installation_name
from platform_core.ingest.streams import StreamTable
from platform_core.ingest.tag_numbers import TagNumbers
from platform_core.journal.journal import FLOOR_PERCENT, SEGMENT_BYTES, Journal
from platform_core.live.hub import Hub
from platform_core.live.latest import Latest
from platform_core.stores.base import Block, Store
from schemas.errors import WireError
from schemas.identifiers import MANUAL_EDGE, OWN_EDGES, SPARKPLUG_EDGE
from schemas.models.tenant import DEFAULT_TENANT
from schemas.wire.config_push import is_report
from schemas.wire.heartbeat import Heartbeat
from schemas.wire.topics import EdgeTopic, parse_edge_topic

log = logging.getLogger("interlock.ingest")

TICK_S: Final = 1.0
CHECKPOINT_S: Final = 10.0
WAIT_S: Final = 0.2


@dataclass(frozen=True, slots=True)
class IngestSettings:
    """Where from, where to. `folder` gets `journal/`."""

    folder: Path
    broker_url: str
    username: str = ""
    password: str = field(default="", repr=False)
    ca_file: Path | None = None
    client_file: Path | None = None
    tenants: tuple[str, ...] = (DEFAULT_TENANT,)
    segment_bytes: int = SEGMENT_BYTES
    floor_percent: float = FLOOR_PERCENT


class IngestService:
    """MQTT → journal → ack, store, latest values."""

    def __init__(self, settings: IngestSettings, store: Store, catalog: Catalog, latest: Latest, hub: Hub) -> None:
        """Opens the journal and reads what it holds; `start` begins to listen.

        Raises ConfigError when the journal was written by a newer program or is in use by another process.
        """
        self.core = secrets.token_hex(16)
        self.counters = Counters()
        self._settings = settings
        self._store = store
        self._catalog = catalog
        self._hub = hub
        folder = settings.folder / "journal"
        self.journal = Journal(
            folder,
            next_no_min=store.applied() + 1,
            segment_bytes=settings.segment_bytes,
            floor_percent=settings.floor_percent,
        )
        self._streams = StreamTable()
        numbers = TagNumbers(folder)
        self._replay = Replay(self.journal, catalog, self._streams, store.applied(), numbers)
        self.applier = Applier(store, self.journal, self._replay.block_of, self._stored_late, self._store_refused)
        self._inbox = Inbox()
        self.commands = CommandLine(self._publish_now, hub.freshness.connection_of)
        self.configs = ConfigLine(self._publish_now, hub.freshness.connection_of)
        user = (settings.username, settings.password)
        self._links = {
            tenant: MqttLink(
                settings.broker_url,
                *user,
                tenant,
                self.core,
                self._inbox,
                self._answered,
                settings.ca_file,
                settings.client_file,
            )
            for tenant in settings.tenants
        }
        self._acks = AckDesk(self.core, self._publish, self._credit)
        self._intake = Intake(
            catalog, self.journal, self._streams, self.applier, self._acks, hub, self.counters, numbers
        )
        self._presence = Presence(
            installation_name(folder), catalog, self._streams, self._acks, self._intake, hub.freshness
        )
        self.configs.birth_of = self._presence.birth_of
        parts = (catalog, self._streams, self._intake, self.applier, self._inbox.poke)
        self.own = OwnStreams(folder, self._presence.holder, *parts, MANUAL_EDGE)
        self.from_sparkplug = OwnStreams(folder, self._presence.holder, *parts, SPARKPLUG_EDGE)
        self._latest = latest
        self._is_stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ingest", daemon=True)
        self._seeder = threading.Thread(target=self._seed_latest, name="ingest-seed", daemon=True)
        self._checkpoint_s = 0.0

    def _answered(self, topic: str, payload: bytes) -> None:
        """In the MQTT thread: somebody waits."""
        try:
            hear = self.configs.hear if is_report(payload) else self.commands.hear
        except WireError as error:
            log.warning("an answer on %s: %s", topic[:200], error)
            return
        hear(topic, payload)

    def start(self) -> None:
        """Replay the journal, then listen. Raises SQLAlchemyError when the database does not answer."""
        self._replay.run(self._intake.learn)
        places = self._catalog.tags()
        for tenant in {place.tenant for place in places}:
            mine = [place for place in places if place.tenant == tenant]
            self._latest.define(tenant, [p.tag_id for p in mine], [p.kind for p in mine])
        for place in places:
            self._hub.freshness.place(place.tag_id, place.tenant, place.edge, place.connection, place.scan_ms)
        self._presence.seed(self._catalog.edges())
        self.applier.start()
        self._thread.start()
        self._seeder.start()
        for link in self._links.values():
            link.start()

    def stop(self) -> None:
        """Stop listening, finish what is in hand; everything acknowledged is in the journal."""
        for link in self._links.values():
            link.stop()
        self._is_stopping.set()
        if self._thread.is_alive():
            self._thread.join(10.0)
        self.applier.wait_until_applied(self.journal.last_no, 2.0)
        self.applier.stop()
        if self._seeder.is_alive():
            self._seeder.join(5.0)
        try:
            self._checkpoint()
            self._catalog.release(self._presence.holder)
        except SQLAlchemyError as error:
            log.error("the last checkpoint was not written: %s", error)
        self.journal.close()

    def wait_until_up(self, wait_s: float) -> bool:
        """Wait for the broker; False when it took longer."""
        return all(link.wait_until_up(wait_s) for link in self._links.values())

    def status(self) -> IngestStatus:
        """Everything at once; cheap enough for every second."""
        counters, recovered = self.counters, self.journal.recovered
        return IngestStatus(
            core=self.core,
            broker_up=all(link.is_up for link in self._links.values()),
            points_per_s=self._intake.rate.per_s(),
            batches=counters.batches,
            points=counters.points,
            duplicates=counters.duplicates,
            dead=counters.dead,
            refused=counters.refused,
            forks=counters.forks,
            shed=self._inbox.shed,
            impossible_times=counters.impossible_times,
            syncs=counters.syncs,
            journal_bytes=self.journal.size_bytes,
            journal_segments=self.journal.segment_count,
            journal_last_no=self.journal.last_no,
            journal_damaged=len(recovered.damage) + self.applier.damaged,
            journal_torn_bytes=recovered.torn_bytes,
            journal_free_percent=self.journal.free_percent(),
            journal_error=self._intake.journal_error,
            database_errors=counters.database_errors,
            lag_blocks=self.applier.lag_blocks,
            applied_no=self._store.applied(),
            store_error=self.applier.error,
            credit=self._credit(),
            viewers=self._hub.viewer_count,
            edges=self._presence.edges(),
        )

    @property
    def dead_thread(self) -> str:
        """The thread that a defect has ended, "" while all work: then only a new process takes anything in."""
        if self._is_stopping.is_set():
            return ""
        if self._thread.ident is not None and not self._thread.is_alive():
            return self._thread.name
        return "" if self.applier.is_alive else "ingest-apply"

    def edges(self) -> tuple[EdgeHealth, ...]:
        """The health of all edges."""
        return self._presence.edges()

    def beat_for(self, tenant: str, edge: str, heartbeat: Heartbeat) -> None:
        """A heartbeat of one of the platform's own edges, from any thread. Raises ConnectError while it ends."""

        def beat() -> None:
            now_us = time.time_ns() // 1000
            self._presence.seed([EdgeHealth(tenant, edge, offline_since=now_us)])
            message = Message("", heartbeat.pack(), now_us, time.monotonic_ns() // 1000)
            self._presence.heartbeat(EdgeTopic(tenant, edge, "hb", 0), message)

        self.from_sparkplug.with_ingest(beat)

    def _run(self) -> None:
        due_s = time.monotonic() + TICK_S
        while not self._is_stopping.is_set():
            self._take(self._inbox.take(WAIT_S))
            self.own.work()
            self.from_sparkplug.work()
            if time.monotonic() >= due_s:
                due_s = time.monotonic() + TICK_S
                self._tick()
        self._take(self._inbox.take(0.0))
        for own in (self.own, self.from_sparkplug):
            own.work()
            own.close()

    def _take(self, messages: list[Message]) -> None:
        batches: list[tuple[EdgeTopic, Message]] = []
        for message in messages:
            try:
                topic = parse_edge_topic(message.topic)
                if topic.edge in OWN_EDGES or not self._presence.is_tenant(topic.tenant):
                    self.counters.refused += 1
                elif topic.channel == "b":
                    batches.append((topic, message))
                elif message.payload:
                    self._hear(topic, message)
            except WireError as error:
                self.counters.refused += 1
                log.warning("message on %s: %s", message.topic[:200], error)
            except (SQLAlchemyError, OSError) as error:
                self._database_failed(error)
            except POISON as error:  # one edge must not end the thread that serves all of them
                self.counters.refused += 1
                log.exception("message on %s: %r", message.topic[:200], error)
        if batches:
            self._intake.take(batches)
        self._acks.send()

    def _hear(self, topic: EdgeTopic, message: Message) -> None:
        if topic.channel == "birth":
            self._presence.birth(topic, message)
        elif topic.channel == "state":
            self._presence.state(topic, message)
        elif topic.channel == "hb":
            self._presence.heartbeat(topic, message)

    def _tick(self) -> None:
        try:
            self._presence.tick(time.time_ns() // 1000, time.monotonic_ns() // 1000)
            if time.monotonic() - self._checkpoint_s > CHECKPOINT_S:
                self._checkpoint()
        except SQLAlchemyError as error:
            self._database_failed(error)
        except OSError as error:
            log.error("the journal cannot be tidied: %s", error)
        for state in self._intake.take_behind():
            self._acks.want(state, "snapshot", at_once=True)
        self._acks.tell_slowed(state for state in self._streams.all() if state.key in self._intake.served)
        self._acks.send()

    def _checkpoint(self) -> None:
        """Write down what the store durably has; then, and only then, the journal may forget it."""
        self._checkpoint_s = time.monotonic()
        applied = self._store.applied()
        changed = self._streams.settle(applied)
        if changed:
            self._catalog.checkpoint([state.mark(state.journal_no) for state in changed], time.time_ns() // 1000)
        self.journal.remove_through(applied)

    def _credit(self) -> int:
        if self.journal.is_at_floor():
            return 0
        return self.applier.credit()

    def _publish(self, tenant: str, topic: str, payload: bytes) -> None:
        link = self._links.get(tenant)
        if link is not None:
            link.publish(topic, payload)

    def _publish_now(self, tenant: str, topic: str, payload: bytes) -> bool:
        link = self._links.get(tenant)
        return link is not None and link.publish_now(topic, payload)

    def _stored_late(self, ids: NDArray[np.uint32]) -> None:
        self._hub.stored_late(ids)

    def _store_refused(self, block: Block, reason: str) -> None:
        """The store can never take this block; its batch is in the journal and goes to the dead letters."""
        for item in self.journal.records(block.no):
            record = getattr(item, "entry", None)
            if record is None or getattr(item, "no", 0) != block.no:
                continue
            letter = DeadLetter(
                record.tenant,
                record.edge,
                None,
                None,
                "store.refused",
                reason,
                record.body,
                record.received_us,
            )
            try:
                self._catalog.bury(letter)
            except SQLAlchemyError as error:
                self._database_failed(error)
            return

    def _seed_latest(self) -> None:
        """Last values from the store, for tags whose agent is away; live values are newer and win.

        Once at once, and once more when the store has what the journal held at the start.
        """
        self._replay.seed_latest(self._store, self._latest, self._hub, self._is_stopping)
        held_no = self._replay.last_no
        if held_no < self.applier.first_no:
            return
        while not self._is_stopping.is_set():
            if self.applier.wait_until_applied(held_no, 1.0):
                self._replay.seed_latest(self._store, self._latest, self._hub, self._is_stopping)
                return

    def _database_failed(self, error: SQLAlchemyError | OSError) -> None:
        self.counters.database_errors += 1
        log.error("the platform database does not answer: %s", error)
