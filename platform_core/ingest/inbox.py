"""Messages between the MQTT thread and the ingest thread: bounded; agents resend what did not fit."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import Final

MESSAGES_MAX: Final = 4096
HELD_MAX_BYTES: Final = 64 << 20
#: Far above what an agent sends; a broker may let more through.
PAYLOAD_MAX_BYTES: Final = 2 << 20
GROUP_MAX: Final = 512
GROUP_MAX_BYTES: Final = 8 << 20


@dataclass(frozen=True, slots=True)
class Message:
    """One MQTT message: wall clock and monotonic µs of its arrival."""

    topic: str
    payload: bytes
    received_us: int
    heard_us: int


class Inbox:
    """First in, first out."""

    def __init__(self) -> None:
        self._ready = threading.Condition()
        self._messages: deque[Message] = deque()
        self._held_bytes = 0
        self._is_poked = False
        self.shed = 0

    def put(self, message: Message) -> None:
        """Never waits: what does not fit is dropped and counted, its sender gets no ack and sends again."""
        with self._ready:
            is_huge = len(message.payload) > PAYLOAD_MAX_BYTES
            if is_huge or len(self._messages) >= MESSAGES_MAX or self._held_bytes > HELD_MAX_BYTES:
                self.shed += 1
                return
            self._messages.append(message)
            self._held_bytes += len(message.payload)
            self._ready.notify()

    def poke(self) -> None:
        """Let `take` return at once: there is something else to do."""
        with self._ready:
            self._is_poked = True
            self._ready.notify()

    def take(self, wait_s: float) -> list[Message]:
        """All that is waiting, up to a group's size; after `wait_s` possibly nothing."""
        with self._ready:
            if not self._messages and not self._is_poked:
                self._ready.wait(wait_s)
            self._is_poked = False
            group: list[Message] = []
            size = 0
            while self._messages and len(group) < GROUP_MAX and size < GROUP_MAX_BYTES:
                message = self._messages.popleft()
                size += len(message.payload)
                group.append(message)
            self._held_bytes -= size
            return group
