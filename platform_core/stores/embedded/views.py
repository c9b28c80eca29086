"""What a reader sees: one consistent state, held for as long as it reads.

Writers publish a new view and hand over the files it no longer needs. Those
are unlinked once no reader holds an older view; where the system refuses (a
virus scanner has the file open on Windows) the next occasion tries again.
"""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from platform_core.stores.embedded import files
from platform_core.stores.embedded.manifest import Manifest
from platform_core.stores.embedded.tail import Tail


@dataclass(frozen=True, slots=True)
class View:
    """Segments on disk, tails being sealed (the oldest first), and the one being filled."""

    manifest: Manifest
    frozen: tuple[Tail, ...]
    active: Tail

    def tails(self) -> tuple[Tail, ...]:
        """All samples not on disk, the oldest first."""
        return (*self.frozen, self.active)


class Views:
    """The current view, and the readers of earlier ones."""

    def __init__(self, first: View) -> None:
        self.current = first
        self._lock = threading.Lock()
        self._generation = 0
        self._readers: Counter[int] = Counter()
        self._retired: list[tuple[int, Path]] = []

    @contextlib.contextmanager
    def pin(self) -> Iterator[View]:
        """The current view; its files stay until the block ends."""
        with self._lock:
            generation, view = self._generation, self.current
            self._readers[generation] += 1
        try:
            yield view
        finally:
            with self._lock:
                self._readers[generation] -= 1
                if not self._readers[generation]:
                    del self._readers[generation]
            self.unlink_retired()

    def publish(self, view: View, retired: Iterable[Path] = ()) -> None:
        """Make `view` the current one; files in `retired` go when nobody reads them any more."""
        with self._lock:
            self.current = view
            self._retired.extend((self._generation, path) for path in retired)
            self._generation += 1
        self.unlink_retired()

    def unlink_retired(self) -> None:
        """Remove the files that no reader can need."""
        if not self._retired:
            return
        with self._lock:
            oldest = min(self._readers, default=self._generation)
            due = [entry for entry in self._retired if entry[0] < oldest]
            self._retired = [entry for entry in self._retired if entry[0] >= oldest]
        left = [entry for entry in due if not files.remove(entry[1])]
        if left:
            with self._lock:
                self._retired.extend(left)
