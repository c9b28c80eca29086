"""What was inspected and waits for its installation: a few packages, for some minutes, for the one who sent them."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from platform_core.services.refusals import refusal

UPLOADS_MAX = 8
UPLOADS_MAX_BYTES = 96 << 20
UPLOAD_TTL_S = 600.0

#: Tenant, who sent it, SHA-256 of the content.
UploadKey = tuple[str, str, str]


class Uploads:
    """Contents by key, in memory. ``clock_s`` gives monotonic seconds."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._lock = threading.Lock()
        self._held: OrderedDict[UploadKey, tuple[float, bytes]] = OrderedDict()

    def remember(self, key: UploadKey, content: bytes) -> None:
        """Keep a content; the oldest go when there are too many."""
        now_s = self._clock_s()
        with self._lock:
            self._held.pop(key, None)
            self._held[key] = (now_s, content)
            for old in [old for old, (at_s, _) in self._held.items() if now_s - at_s > UPLOAD_TTL_S]:
                del self._held[old]
            while len(self._held) > UPLOADS_MAX or (
                len(self._held) > 1 and sum(len(body) for _, body in self._held.values()) > UPLOADS_MAX_BYTES
            ):
                self._held.popitem(last=False)

    def recall(self, key: UploadKey) -> bytes:
        """The content. Raises ``ConfigError`` (``package.upload``) when it is no longer known."""
        with self._lock:
            found = self._held.get(key)
        if found is None or self._clock_s() - found[0] > UPLOAD_TTL_S:
            raise refusal("package.upload")
        return found[1]
