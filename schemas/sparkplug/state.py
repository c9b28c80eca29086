"""The retained message of a host application: `{"online": true, "timestamp": ms}` (Sparkplug 3.0 §4.2.3)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from schemas.errors import WireError

STATE_MAX_BYTES: Final = 1024


@dataclass(frozen=True, slots=True)
class HostState:
    """Whether a host is there; `ts_ms` is the time of its MQTT connection, in birth and will alike."""

    online: bool
    ts_ms: int

    def pack(self) -> bytes:
        """The MQTT payload."""
        return json.dumps({"online": self.online, "timestamp": self.ts_ms}).encode()

    @classmethod
    def unpack(cls, payload: bytes) -> HostState:
        """From an MQTT payload. Raises WireError: also for version 2, whose payload is the word ONLINE."""
        try:
            content = json.loads(payload) if len(payload) <= STATE_MAX_BYTES else None
        except (ValueError, RecursionError):
            content = None
        online, ts_ms = (content.get("online"), content.get("timestamp")) if isinstance(content, dict) else (None, None)
        if not isinstance(online, bool) or isinstance(ts_ms, bool) or not isinstance(ts_ms, int) or abs(ts_ms) >> 62:
            raise WireError("sparkplug.state", "The state of a host is not {online: true or false, timestamp: ms}.")
        return cls(online, ts_ms)
