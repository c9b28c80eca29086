"""What systemd is told: ready, alive, stopping (the protocol of sd_notify(3): datagrams to `$NOTIFY_SOCKET`)."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Mapping
from typing import Final

SOCKET: Final = "NOTIFY_SOCKET"
WATCHDOG: Final = "WATCHDOG_USEC"
WATCHDOG_PID: Final = "WATCHDOG_PID"


class Notifier:
    """Tells a service manager that listens; without one it does nothing."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        env = os.environ if environment is None else environment
        path = env.get(SOCKET, "")
        #: An address that begins with @ lies in the abstract namespace of Linux.
        self._address = f"\0{path[1:]}" if path.startswith("@") else path
        self.watchdog_s = _watchdog_s(env)

    def ready(self, status: str) -> None:
        """The agent collects."""
        self._tell(f"READY=1\nSTATUS={status}")

    def stopping(self) -> None:
        """The end has begun."""
        self._tell("STOPPING=1\nSTATUS=ending in order")

    async def stay_alive(self) -> None:
        """Twice in each period of the watchdog a sign of life, from the event loop: one that hangs gives none."""
        if self.watchdog_s is None:
            return
        while True:
            self._tell("WATCHDOG=1")
            await asyncio.sleep(self.watchdog_s / 2)

    def _tell(self, text: str) -> None:
        if not self._address or not hasattr(socket, "AF_UNIX"):
            return
        # Who does not listen is not missed: the agent's work matters more than telling of it.
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to_manager:
            to_manager.setblocking(False)
            to_manager.sendto(text.encode(), self._address)


def _watchdog_s(env: Mapping[str, str]) -> float | None:
    try:
        period_s = int(env.get(WATCHDOG, "")) / 1e6
    except ValueError:
        return None
    meant_for_us = env.get(WATCHDOG_PID, str(os.getpid())) == str(os.getpid())
    return period_s if period_s > 0 and meant_for_us else None
