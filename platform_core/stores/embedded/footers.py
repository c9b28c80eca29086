"""Footers of files read before: parsing one costs more than reading a tag."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from pathlib import Path

from platform_core.stores.embedded.damage import DamagedFile
from platform_core.stores.embedded.parquet import Footer, read_footer

FOOTERS_MAX = 256
_LOG = logging.getLogger(__name__)


class Footers:
    """A bounded cache, the least recently used out first; a file's name never gets other content."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Footer] = OrderedDict()
        self._told: set[str] = set()

    def get(self, path: str) -> Footer:
        """The footer of a file, `path` relative to the store's folder."""
        with self._lock:
            footer = self._known.get(path)
            if footer is not None:
                self._known.move_to_end(path)
                return footer
        footer = read_footer(self.folder / path)
        with self._lock:
            self._known[path] = footer
            while len(self._known) > FOOTERS_MAX:
                self._known.popitem(last=False)
        return footer

    def tell(self, path: str, error: DamagedFile) -> None:
        """Log, once for each file, that a rollup is damaged and its samples are read instead."""
        with self._lock:
            if path in self._told:
                return
            self._told.add(path)
        _LOG.error("%s. Its samples are read instead: answers stay right and take longer.", error)
