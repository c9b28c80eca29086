"""The host application: one thread between the MQTT connection and the platform's own stream.

What nodes send goes the way of device values: a batch of the tenant's stream at the edge `sparkplug`, the journal with
one sync, latest values, store. A batch that cannot be written is tried again for as long as it takes; what the inbox
cannot hold meanwhile shows as a hole in the numbers of its node, is asked for again and written down.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from platform_core.ingest.catalog import Catalog
from platform_core.ingest.inbox import Inbox, Message
from platform_core.ingest.own_stream import own_batch
from platform_core.ingest.service import IngestService
from platform_core.sparkplug.link import SparkplugLink, SparkplugSettings
from platform_core.sparkplug.samples import Collected, LastTimes
from platform_core.sparkplug.sessions import Heard, Sessions
from platform_core.sparkplug.tag_book import TagBook
from schemas.errors import ConfigError, ConnectError, WireError
from schemas.identifiers import SPARKPLUG_EDGE
from schemas.sparkplug.payload import decode_payload
from schemas.sparkplug.topics import parse_topic
from schemas.wire.batch import BatchKind, encode_columns, encode_records, pack
from schemas.wire.columns import Columns, count
from schemas.wire.heartbeat import Heartbeat

log = logging.getLogger("interlock.sparkplug")

WAIT_S: Final = 0.1
BEAT_S: Final = 1.0
AGAIN_S: Final = 1.0
POINTS_MAX: Final = 10_000
RECORDS_MAX: Final = 2000
SPOKEN_MAX: Final = 100_000
#: What made-up bytes may raise besides WireError.
POISON: Final = (ArithmeticError, LookupError, RecursionError, TypeError, ValueError)


class SparkplugHost:
    """Started after ingest and stopped before it."""

    def __init__(self, settings: SparkplugSettings, tenant: str, ingest: IngestService, catalog: Catalog) -> None:
        """Raises ConfigError for settings that cannot be."""
        self._settings, self._tenant, self._ingest, self._catalog = settings, tenant, ingest, catalog
        self._inbox = Inbox()
        self.link = SparkplugLink(settings, self._inbox)
        self._is_stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sparkplug-host", daemon=True)
        self._stream = UUID(int=0)
        self._last: LastTimes = {}
        self._asked_s: dict[tuple[str, str], float] = {}
        self.garbage = 0
        self.rebirths_asked = 0

    def start(self) -> None:
        """Begin to listen, in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Say goodbye and write what is in hand."""
        self.link.stop()
        self._is_stopping.set()
        if self._thread.is_alive():
            self._thread.join(5.0)

    @property
    def is_alive(self) -> bool:
        """Whether it works, or was never started."""
        return self._is_stopping.is_set() or self._thread.ident is None or self._thread.is_alive()

    def _run(self) -> None:
        book = self._open_book()
        if book is None:
            return
        sessions = Sessions(book, self._settings.reorder_ms * 1000, self._ask_rebirth)
        self.link.start()
        link_session, beat_s = 0, 0.0
        while not self._is_stopping.is_set():
            messages = self._inbox.take(WAIT_S)
            if self.link.sessions != link_session:
                link_session = self.link.sessions
                sessions.forget_sessions(time.monotonic_ns() // 1000)
                for node in sorted(book.nodes):
                    self._ask_rebirth(*node)
            self._work(sessions, messages)
            if time.monotonic() - beat_s >= BEAT_S:
                beat_s = time.monotonic()
                self._beat(sessions)
                self.link.keep_told()
        self._work(sessions, self._inbox.take(0.0))

    def _open_book(self) -> TagBook | None:
        """The tags known from before; waits until the stream may be written."""
        while not self._is_stopping.wait(0.0):
            try:
                self._stream = self._ingest.from_sparkplug.stream(self._tenant)
                return TagBook(self._tenant, self._catalog.stream_tags(self._tenant, self._stream))
            except (ConnectError, SQLAlchemyError, OSError) as error:
                log.error("the Sparkplug host waits: %s", error)
                self._is_stopping.wait(AGAIN_S)
        return None

    def _work(self, sessions: Sessions, messages: Sequence[Message]) -> None:
        into = Collected(last=self._last)
        for message in messages:
            try:
                heard = Heard(
                    parse_topic(message.topic), decode_payload(message.payload), message.received_us, message.heard_us
                )
                sessions.hear(heard, into)
            except WireError as error:
                self.garbage += 1
                log.warning("a Sparkplug message on %.200s: %s", message.topic, error)
            except POISON as error:  # one node must not end the thread that serves all of them
                self.garbage += 1
                log.exception("a Sparkplug message on %.200s: %r", message.topic, error)
        sessions.tick(time.monotonic_ns() // 1000)
        self._write(into)

    def _ask_rebirth(self, group: str, node: str) -> None:
        now_s = time.monotonic()
        if now_s - self._asked_s.get((group, node), float("-inf")) < self._settings.rebirth_pause_s:
            return
        if len(self._asked_s) > SPOKEN_MAX:  # made-up nodes must not fill the memory
            self._asked_s.clear()
        self._asked_s[(group, node)] = now_s
        self.rebirths_asked += 1
        self.link.ask_rebirth(group, node)

    def _beat(self, sessions: Sessions) -> None:
        now_us = time.time_ns() // 1000
        beat = Heartbeat(
            conn_id="sparkplug", stream=self._stream, boot=1, now=now_us, mono=time.monotonic_ns() // 1000,
            connections=sessions.beats(now_us, is_heard=self.link.is_up),
        )  # fmt: skip
        try:
            self._ingest.beat_for(self._tenant, SPARKPLUG_EDGE, beat)
        except (ConnectError, SQLAlchemyError, OSError):
            log.debug("no heartbeat: ingest is busy or ends")

    # -- into the journal -------------------------------------------------------------------

    def _write(self, into: Collected) -> None:
        for first in range(0, len(into.entries), RECORDS_MAX):
            part = into.entries[first : first + RECORDS_MAX]
            self._append("dict", encode_records([entry.to_record() for entry in part]), hist=False)
        if into.gaps:
            self._append("gap", encode_records([gap.to_record() for gap in into.gaps]), hist=False)
        for hist in (True, False):
            for group in into.groups(historical=hist):
                for first in range(0, len(group), POINTS_MAX):
                    self._append_columns([group.take(slice(first, first + POINTS_MAX))], hist=hist)

    def _append_columns(self, groups: list[Columns], *, hist: bool) -> None:
        if count(groups):
            self._append("data", encode_columns(groups), hist=hist)

    def _append(self, kind: BatchKind, body: bytes, *, hist: bool) -> None:
        own = self._ingest.from_sparkplug
        seq, payload = 0, b""
        is_told = False
        while True:
            try:
                if not seq:
                    seq = own.seq()
                    payload = pack(own_batch(self._stream, seq, kind, body, hist=hist))
                own.append(self._tenant, seq, payload, wait_stored_s=0.0)
                return
            except ConfigError as error:  # kept as a dead letter: the rest goes on
                log.error("Sparkplug values are refused: %s", error)
                return
            except (ConnectError, SQLAlchemyError, OSError) as error:
                if not is_told:
                    log.error("Sparkplug values wait: %s", error)
                is_told = True
                if self._is_stopping.wait(AGAIN_S):
                    log.error("Sparkplug values in hand are lost: the platform ends while nothing can be written.")
                    return
