"""What the check found, kept as long as it must be the same: asking again after a small change is quick."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

from platform_core.services.component_catalog import ComponentCatalog

KEPT_MAX = 4000
_Found = TypeVar("_Found")


class CheckMemory:
    """The last findings for these components. A key must hold all that what is kept under it depends on."""

    def __init__(self, components: ComponentCatalog) -> None:
        self.components = components
        self._kept: OrderedDict[tuple[str, ...], Any] = OrderedDict()
        self._lock = threading.Lock()

    def ask(self, key: tuple[str, ...], find: Callable[[], _Found]) -> _Found:
        """What is kept under the key, else what ``find`` finds."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                kept: _Found = self._kept[key]
                return kept
        found = find()
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > KEPT_MAX:
                self._kept.popitem(last=False)
        return found
