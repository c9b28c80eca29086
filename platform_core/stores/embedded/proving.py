"""The embedded store for the conformance suite: small files, a clock moved by hand, work done on request."""

from __future__ import annotations

from pathlib import Path

from platform_core.stores.base import Store
from platform_core.stores.embedded.options import StoreOptions
from platform_core.stores.embedded.store import EmbeddedStore


class EmbeddedProving:
    """Opens the store with sizes at which a few hundred rows make many segments and groups."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now_us = 0
        self.store: EmbeddedStore | None = None
        self.options = StoreOptions(
            seal_rows=150,
            hour_segments=3,
            rows_per_group=64,
            rows_per_small_group=16,
            merge_rows=100,
            minute_rollup_min_rows=2,
            background=False,
            clock_us=lambda: self.now_us,
        )

    def open(self) -> Store:
        """A new store on the same folder."""
        self.close()
        self.store = EmbeddedStore(self.folder, self.options)
        return self.store

    def settle(self, now_us: int) -> None:
        """Seal, merge and build ladders until nothing is due."""
        self.now_us = max(self.now_us, now_us)
        if self.store is not None:
            self.store.seal()
            while self.store.maintain():
                pass

    def close(self) -> None:
        """Close the store that is open, if any."""
        if self.store is not None:
            self.store.close()
            self.store = None


def proving(folder: Path) -> EmbeddedProving:
    """See `platform_core.stores.testing.proving`."""
    return EmbeddedProving(folder)
