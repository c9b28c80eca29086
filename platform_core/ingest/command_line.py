"""Commands out, answers in: who waits for which. Nothing is kept for later: a command goes now or not at all."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from schemas.errors import WireError, WriteRejected
from schemas.wire.command import Command, CommandResult
from schemas.wire.topics import cmd_topic, parse_edge_topic

log = logging.getLogger("interlock.ingest")

#: Commands under way at once: each holds a thread of the API until it is answered.
WAITING_MAX: Final = 16

#: Tenant, topic, payload → whether it went out now.
Publish = Callable[[str, str, bytes], bool]
#: Tenant, edge → the agent's present connection, "" while it is not heard.
ConnectionOf = Callable[[str, str], str]


@dataclass(slots=True)
class _Waiting:
    place: tuple[str, str]
    answered: threading.Event = field(default_factory=threading.Event)
    result: CommandResult | None = None


class CommandLine:
    """`send` waits in the caller's thread; `hear` is called by the MQTT thread, past the batches."""

    def __init__(self, publish: Publish, connection_of: ConnectionOf) -> None:
        self._publish, self._connection_of = publish, connection_of
        self._lock = threading.Lock()
        self._waiting: dict[str, _Waiting] = {}

    def connection_of(self, tenant: str, edge: str) -> str:
        """The agent's present connection, "" while it is not heard."""
        return self._connection_of(tenant, edge)

    def send(
        self, tenant: str, edge: str, command: Command, wait_s: float, last_look: Callable[[], None]
    ) -> CommandResult | None:
        """Send once and wait for the answer; None: there was none, so the outcome is not known.

        `last_look` is called right before the command goes out and raises `WriteRejected` to keep it back. Raises
        `WriteRejected` itself where nothing was sent: `write.busy`, `write.offline`.
        """
        waiting = _Waiting((tenant, edge))
        with self._lock:
            if len(self._waiting) >= WAITING_MAX:
                raise WriteRejected("write.busy", "too many writes are under way", hint="Wait a moment.")
            self._waiting[command.id] = waiting
        try:
            last_look()
            if not self._publish(tenant, cmd_topic(tenant, edge), command.pack()):
                raise WriteRejected("write.offline", "the platform has no connection to the broker")
            until = time.monotonic() + wait_s
            while not waiting.answered.wait(min(0.5, max(0.0, until - time.monotonic()))):
                if time.monotonic() >= until:
                    return None
            return waiting.result
        finally:
            with self._lock:
                self._waiting.pop(command.id, None)

    def hear(self, topic: str, payload: bytes) -> None:
        """An answer; one that nobody waits for, or from another edge than was asked, is left aside."""
        try:
            parts = parse_edge_topic(topic)
            result = CommandResult.unpack(payload)
        except WireError as error:
            log.warning("an answer to a command on %s: %s", topic[:200], error)
            return
        with self._lock:
            waiting = self._waiting.get(result.id)
            if waiting is None or waiting.place != (parts.tenant, parts.edge) or waiting.answered.is_set():
                return
            waiting.result = result
            waiting.answered.set()
