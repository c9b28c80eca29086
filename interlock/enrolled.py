"""Agents that were enrolled: the platform's list of broker users, followed while everything runs.

The platform writes `broker_users.json`; here it becomes the broker's configuration, which the running broker is asked
to read again (SIGHUP). Users that did not change keep their connections.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

FILE_NAME = "broker_users.json"
VERSION = 1


@dataclass(frozen=True)
class EnrolledUser:
    """A user of the broker, with the rights of one edge."""

    tenant: str
    edge: str
    user: str
    password: str = field(repr=False)


def read_enrolled(path: Path) -> list[EnrolledUser]:
    """The users in the file; none where there is no file. Raises ValueError where it cannot be understood."""
    try:
        document = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return []
    if not isinstance(document, dict) or document.get("version") != VERSION:
        raise ValueError(f"{path} is not of version {VERSION}")
    try:
        return [EnrolledUser(**{name: str(user[name]) for name in _FIELDS}) for user in document["users"]]
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path} is damaged: {error!r}") from error


_FIELDS = ("tenant", "edge", "user", "password")


def without(users: Collection[EnrolledUser], taken: Collection[str]) -> list[EnrolledUser]:
    """Those whose user name is not one of this machine's own edges, which come first."""
    return [user for user in users if user.user not in taken]


class Follower:
    """Looks at the file each round; where it changed, calls `renew` and has the broker read its configuration."""

    def __init__(self, path: Path, renew: Callable[[], object], tell: Callable[[str], None]) -> None:
        self._path = path
        self._renew = renew
        self._tell = tell
        self._seen = self._stamp()

    def look(self, broker_pid: int | None, restart: Callable[[], None]) -> None:
        """`broker_pid` is None while the broker is down: its next start reads the new users anyway."""
        stamp = self._stamp()
        if stamp == self._seen:
            return
        try:
            self._renew()
        except (OSError, ValueError) as error:
            self._tell(f"enrolled agents: {error}; the broker keeps the users it has")
            self._seen = stamp
            return
        self._seen = stamp
        if broker_pid is not None:
            reload_broker(broker_pid, restart)

    def _stamp(self) -> tuple[int, int, int]:
        try:
            found = self._path.stat()
        except OSError:
            return (0, 0, 0)
        return (found.st_mtime_ns, found.st_size, found.st_ino)


def reload_broker(pid: int, restart: Callable[[], None]) -> None:
    """Have nats-server or mosquitto read its configuration again.

    Windows has no such signal: it is started again there, and the agents send what waited meanwhile.
    """
    if sys.platform == "win32":
        restart()
    else:
        os.kill(pid, signal.SIGHUP)
