"""Which tags may be written at all: known before anybody tries, by the rules the write guard will apply.

A tag that people type may always be written; a device's only where its role in the asset's type says so and the device
takes it. What a device that cannot be asked would say is not known.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from typing import Final, Protocol

from schemas.identifiers import MANUAL_EDGE
from schemas.models.asset_type import SignalRole

SILENT_S: Final = 10.0
KEPT_MAX: Final = 10_000


class Target(Protocol):
    """A device that may be written to."""

    @property
    def edge(self) -> str:
        """The edge whose tags it has."""
        ...

    def says(self, key: str) -> bool | None:
        """Whether it lets the tag be written; None: it does not answer."""
        ...


class Writability:
    """Answers for all tenants. What a device has said is remembered: it follows from its design."""

    def __init__(self, target: Target | None = None, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._target = target
        self._clock_s = clock_s
        self._lock = threading.Lock()
        self._said: dict[str, bool] = {}
        self._silent_until_s = float("-inf")

    def of(self, edge: str, key: str, role: SignalRole | None, announced: bool = False) -> bool | None:
        """Whether a tag may be written, as ``role`` describes it; None: not known now.

        ``announced``: its agent has a ``write`` rule for it.
        """
        if edge == MANUAL_EDGE:
            return True
        if role is None or not role.writable:
            return False
        if self._target is None or edge != self._target.edge:
            return announced
        return self._device(self._target, key)

    def _device(self, target: Target, key: str) -> bool | None:
        with self._lock:  # a device that does not answer is not asked by many at once
            if key in self._said:
                return self._said[key]
            if self._clock_s() < self._silent_until_s:
                return None
            found = target.says(key)
            if found is None:
                self._silent_until_s = self._clock_s() + SILENT_S
            elif len(self._said) < KEPT_MAX:
                self._said[key] = found
            return found


def announces_write(meta: str) -> bool:
    """Whether the JSON of a tag's meta has a ``write`` rule of its agent. Cheap for the many that have none."""
    return '"write"' in meta and json.loads(meta).get("write") is not None
