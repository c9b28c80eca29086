"""After the start: what was only needed for it goes back to the system, what stays is not looked through again."""

from __future__ import annotations

import ctypes
import gc
import sys


def settle() -> None:
    """Collect, let the collector pass over all that is left, and give free memory back where the C library can.

    glibc keeps what was freed for itself; other systems have no such call and need none.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
