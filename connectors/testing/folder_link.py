"""A folder between driver and device that can go, hang and come back like a share."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from connectors.folder import disk
from connectors.folder.disk import reach
from connectors.testing.link import Link

__all__ = ["FolderLink"]

T = TypeVar("T")


class FolderLink(Link):
    """A folder instead of a line: cut is gone, held is a share that hangs. `host` is its name."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        self.host = host
        self._flowing = threading.Event()
        self._flowing.set()

    @property
    def _away(self) -> Path:
        return Path(self.host).with_name("away")

    async def __aenter__(self) -> Self:
        disk.reach = self._reach
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._flowing.set()
        disk.reach = reach

    def _reach(self, work: Callable[[], T]) -> T:
        self._flowing.wait()
        return work()

    async def cut(self) -> None:
        """The folder is gone."""
        if not self._away.exists():
            os.rename(self.host, self._away)
        self._flowing.set()

    async def mend(self) -> None:
        """It is back."""
        if self._away.exists():
            os.rename(self._away, self.host)
        self._flowing.set()

    def hold(self) -> None:
        """No call into it comes back."""
        self._flowing.clear()

    def release(self) -> None:
        """They do again."""
        self._flowing.set()
