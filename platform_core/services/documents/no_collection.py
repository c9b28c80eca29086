"""Without the search for cycles of garbage while very many objects are made that are all still needed.

With a large app that search looks at millions of living objects again and again, and takes as long as the work itself.
What is no longer used is freed all the same: only cycles wait until the work is done.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class _Pause:
    """How many are at work, and whether the search was on before the first."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.running = 0
        self.was_on = False


_PAUSE = _Pause()


@contextmanager
def no_collection() -> Iterator[None]:
    """Several may run at once; the last one that ends switches it on again (if it was on)."""
    with _PAUSE.lock:
        if _PAUSE.running == 0:
            _PAUSE.was_on = gc.isenabled()
            gc.disable()
        _PAUSE.running += 1
    try:
        yield
    finally:
        with _PAUSE.lock:
            _PAUSE.running -= 1
            if _PAUSE.running == 0 and _PAUSE.was_on:
                gc.enable()
