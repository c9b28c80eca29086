"""Who reads and who commits within this process, in turns.

With a rollback journal a commit needs the file for itself. SQLite only tries again after a sleep that grows, so under
many readers a writer starves for seconds and readers wait behind it as long. Here a commit waits for the readers that
are there, and new ones wait for it: nobody sleeps longer than needed. The file's own locks stay what protects it; where
somebody takes longer than the limit, they decide.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Final

#: No wait here is longer than SQLite's own would be.
WAIT_MAX_S: Final = 10.0


class CommitGate:
    """Shared by readers, taken alone by a commit. A thread that reads already may read again at any time."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._readers = 0
        self._is_committing = False
        self._own = threading.local()

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """While the block runs no commit of another thread does."""
        depth = getattr(self._own, "depth", 0)
        if depth == 0:
            with self._changed:
                self._changed.wait_for(lambda: not self._is_committing, WAIT_MAX_S)
                self._readers += 1
        self._own.depth = depth + 1
        try:
            yield
        finally:
            self._own.depth = depth
            if depth == 0:
                with self._changed:
                    self._readers -= 1
                    self._changed.notify_all()

    @contextlib.contextmanager
    def committing(self) -> Iterator[None]:
        """Alone; one commit at a time, which the caller sees to. What the thread itself reads does not count."""
        mine = 1 if getattr(self._own, "depth", 0) else 0
        with self._changed:
            self._is_committing = True
            self._changed.wait_for(lambda: self._readers <= mine, WAIT_MAX_S)
        try:
            yield
        finally:
            with self._changed:
                self._is_committing = False
                self._changed.notify_all()
