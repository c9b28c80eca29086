"""Configurations out, reports in. A push goes now or not at all; a report is also heard when nobody waits for it."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from platform_core.ingest.command_line import ConnectionOf, Publish
from schemas.errors import WireError, WriteRejected
from schemas.wire.config_push import ConfigPart, ConfigReport
from schemas.wire.presence import Birth
from schemas.wire.topics import cfg_topic, parse_edge_topic

log = logging.getLogger("interlock.ingest")

#: Pushes under way at once: each holds a thread of the API until it is answered.
WAITING_MAX: Final = 8
HEARD_MAX: Final = 1000

#: The birth of an agent, by tenant and edge; None while there is none.
BirthOf = Callable[[str, str], Birth | None]

#: Tenant, edge, report.
Heard = tuple[str, str, ConfigReport]


@dataclass(slots=True)
class _Waiting:
    place: tuple[str, str]
    answered: threading.Event = field(default_factory=threading.Event)
    report: ConfigReport | None = None


class ConfigLine:
    """`send` waits in the caller's thread; `hear` is called by the MQTT thread and never blocks it."""

    def __init__(self, publish: Publish, connection_of: ConnectionOf) -> None:
        self._publish, self._connection_of = publish, connection_of
        #: Set by whoever hears the births.
        self.birth_of: BirthOf = lambda _tenant, _edge: None
        self._lock = threading.Lock()
        self._waiting: dict[str, _Waiting] = {}
        #: Reports to be stored by whoever keeps them; the oldest waiting ones give way to none: a full queue drops new.
        self.heard: queue.Queue[Heard] = queue.Queue(HEARD_MAX)

    def connection_of(self, tenant: str, edge: str) -> str:
        """The agent's present connection, "" while it is not heard."""
        return self._connection_of(tenant, edge)

    def send(self, tenant: str, edge: str, parts: list[ConfigPart], wait_s: float) -> ConfigReport | None:
        """Send all parts and wait for the first report; None: there was none. Raises WriteRejected where nothing was
        sent: `edge_config.busy`, `edge_config.offline`."""
        waiting, push = _Waiting((tenant, edge)), parts[0].id
        with self._lock:
            if len(self._waiting) >= WAITING_MAX:
                raise WriteRejected("edge_config.busy", "Too many configurations are under way.", hint="Wait a moment.")
            self._waiting[push] = waiting
        try:
            for part in parts:
                if not self._publish(tenant, cfg_topic(tenant, edge), part.pack()):
                    raise WriteRejected("edge_config.offline", "The platform has no connection to the broker.")
            until = time.monotonic() + wait_s
            while not waiting.answered.wait(min(0.5, max(0.0, until - time.monotonic()))):
                if time.monotonic() >= until:
                    return None
            return waiting.report
        finally:
            with self._lock:
                self._waiting.pop(push, None)

    def hear(self, topic: str, payload: bytes) -> None:
        """A report of an agent."""
        try:
            parts = parse_edge_topic(topic)
            report = ConfigReport.unpack(payload)
        except WireError as error:
            log.warning("a report on a configuration on %s: %s", topic[:200], error)
            return
        try:
            self.heard.put_nowait((parts.tenant, parts.edge, report))
        except queue.Full:
            log.warning("a report on a configuration of %s is left out: too many wait", parts.edge)
        with self._lock:
            waiting = self._waiting.get(report.id)
            if waiting is None or waiting.place != (parts.tenant, parts.edge) or waiting.answered.is_set():
                return
            waiting.report = report
            waiting.answered.set()
