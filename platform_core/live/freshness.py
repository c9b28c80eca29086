"""How old values are, from heartbeats: 0 fresh, 1 stale, 2 offline. Derived, never stored.

Age counts on this process's monotonic clock from the arrival of the heartbeat, plus how old the last
complete read was on the agent's own clock: a wrong clock on either side cancels out.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from schemas.identifiers import MANUAL_EDGE
from schemas.models.sample import Freshness as Code
from schemas.wire.heartbeat import Heartbeat

HEARTBEAT_LOST_US: Final = 3_000_000
STALE_MIN_US: Final = 2_000_000
STALE_PERIODS: Final = 2.5
#: Scan classes of one agent that may be remembered; made-up ones must not fill the memory.
SCANS_MAX: Final = 10_000
_NEVER: Final = -(1 << 60)

EdgeKey = tuple[str, str]
ScanKey = tuple[str, str, str, int]


@dataclass(slots=True)
class _Edge:
    """Presence of one agent; `heard_us` is on the monotonic clock."""

    heard_us: int = _NEVER
    conn_id: str = ""
    online: bool = False


class FreshnessTable:
    """Scan classes of all agents, and which tag belongs to which; times are monotonic µs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._edges: dict[EdgeKey, _Edge] = {}
        self._edge_keys: list[EdgeKey] = []
        self._scans: dict[ScanKey, int] = {}
        self._scan_count: dict[EdgeKey, int] = {}
        self._scan_edge: list[EdgeKey] = []
        self._limit_us: list[int] = []
        self._last_us: list[int] = []
        self._up: list[bool] = []
        self._scan_of = np.full(1024, -1, dtype=np.int32)

    def place(self, tag_id: int, tenant: str, edge: str, connection: str, scan_ms: int) -> None:
        """Say which scan class a tag is read in; may change with its configuration."""
        with self._lock:
            if tag_id >= len(self._scan_of):
                grown = np.full(max(tag_id + 1, 2 * len(self._scan_of)), -1, dtype=np.int32)
                grown[: len(self._scan_of)] = self._scan_of
                self._scan_of = grown
            self._scan_of[tag_id] = self._scan((tenant, edge, connection, scan_ms))

    def beat(self, tenant: str, edge: str, heartbeat: Heartbeat, heard_us: int) -> None:
        """Take a heartbeat in that arrived at `heard_us`."""
        with self._lock:
            known = self._edges.setdefault((tenant, edge), _Edge())
            known.heard_us, known.conn_id, known.online = heard_us, heartbeat.conn_id, True
            for connection in heartbeat.connections:
                for scan in connection.scans:
                    key = (tenant, edge, connection.id, scan.ms)
                    if key not in self._scans and self._scan_count.get((tenant, edge), 0) >= SCANS_MAX:
                        continue
                    row = self._scan(key)
                    self._up[row] = connection.up
                    if scan.last > 0:
                        self._last_us[row] = heard_us - max(0, heartbeat.now - scan.last)

    def state(self, tenant: str, edge: str, *, online: bool, conn_id: str, now_us: int) -> None:
        """Take a presence message in. An old connection's 'offline' does not hide a newer one's heartbeats."""
        with self._lock:
            known = self._edges.setdefault((tenant, edge), _Edge())
            is_heard = now_us - known.heard_us <= HEARTBEAT_LOST_US
            if online:
                return  # only a heartbeat makes it online: a retained message may be of any age
            if not is_heard or known.conn_id in ("", conn_id):
                known.online = False

    def is_online(self, tenant: str, edge: str, now_us: int) -> bool:
        """Whether an agent is heard now."""
        with self._lock:
            return self._is_online((tenant, edge), now_us)

    def connection_of(self, tenant: str, edge: str) -> str:
        """The MQTT connection of an agent that is heard now, "" of one that is not."""
        with self._lock:
            key = (tenant, edge)
            return self._edges[key].conn_id if self._is_online(key, time.monotonic_ns() // 1000) else ""

    def codes(self, now_us: int, size: int) -> NDArray[np.uint8]:
        """The code of every tag id below `size`; tags never placed are offline."""
        with self._lock:
            online = {key: self._is_online(key, now_us) for key in self._edges}
            of_scan = np.full(len(self._limit_us) + 1, Code.OFFLINE, dtype=np.uint8)
            for row, limit_us in enumerate(self._limit_us):
                if self._scan_edge[row][1] == MANUAL_EDGE:
                    of_scan[row] = Code.FRESH  # nobody reads it anew: what was typed holds, its time tells its age
                elif online.get(self._scan_edge[row], False) and self._up[row]:
                    is_stale = now_us - self._last_us[row] > limit_us
                    of_scan[row] = Code.STALE if is_stale else Code.FRESH
            scan_of = self._scan_of[:size]
            out = np.full(size, Code.OFFLINE, dtype=np.uint8)
            out[: len(scan_of)] = of_scan[scan_of]  # -1 takes the last row: offline
            return out

    def _is_online(self, key: EdgeKey, now_us: int) -> bool:
        edge = self._edges.get(key)
        return edge is not None and edge.online and now_us - edge.heard_us <= HEARTBEAT_LOST_US

    def _scan(self, key: ScanKey) -> int:
        row = self._scans.get(key)
        if row is None:
            row = self._scans[key] = len(self._limit_us)
            self._scan_edge.append(key[:2])
            self._scan_count[key[:2]] = self._scan_count.get(key[:2], 0) + 1
            self._limit_us.append(max(STALE_MIN_US, int(STALE_PERIODS * key[3] * 1000)))
            self._last_us.append(_NEVER)
            self._up.append(False)
        return row
