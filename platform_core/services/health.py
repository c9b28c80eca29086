"""Health: agents and connections, backlog, gaps, store, journal, disk, broker."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

from platform_core.auth.clock import now_us
from platform_core.ingest.catalog import Catalog
from platform_core.ingest.health import EdgeHealth, IngestStatus
from platform_core.services.gaps import Gaps
from platform_core.services.write_stop import WriteStop
from platform_core.stores.base import Store

GAPS_SHOWN = 100
#: An edge and a connection of it.
Place = tuple[str, str]


class Ingest(Protocol):
    """What is asked of ingest."""

    def status(self) -> IngestStatus:
        """Everything at once."""
        ...


class Health:
    """Puts the health page together; cheap enough to be asked every few seconds."""

    def __init__(
        self, ingest: Ingest, catalog: Catalog, gaps: Gaps, store: Store, folder: Path, stop: WriteStop
    ) -> None:
        self._ingest = ingest
        self._catalog = catalog
        self._gaps = gaps
        self._store = store
        self._folder = folder
        self._stop = stop

    def view(
        self, tenant: str, hidden: Collection[Place] = frozenset(), drifted: Collection[str] = frozenset()
    ) -> dict[str, Any]:
        """The health of everything that is the tenant's, and of the platform it runs on; without the ``hidden``
        connections. ``drifted``: edges whose configuration was changed at the machine.
        """
        status = self._ingest.status()
        disk = shutil.disk_usage(self._folder)
        journal = {
            "bytes": status.journal_bytes,
            "segments": status.journal_segments,
            "last_no": status.journal_last_no,
            "damaged": status.journal_damaged,
            "torn_bytes": status.journal_torn_bytes,
            "error": status.journal_error,
        }
        return {
            "now": now_us(),
            "edges": [_edge(edge, hidden, drifted) for edge in status.edges if edge.tenant == tenant],
            "gaps": self._gaps.recent(tenant, GAPS_SHOWN, hidden),
            "store": {**_store(self._store), "lag_blocks": status.lag_blocks, "refused": status.store_error},
            "journal": journal,
            "impossible_times": status.impossible_times,
            "dead_letters": self._catalog.dead_letters(tenant),
            "disk": {"free": disk.free, "total": disk.total},
            "broker": {"up": status.broker_up},
            "writes": asdict(self._stop.state(tenant)),
        }


def _edge(edge: EdgeHealth, hidden: Collection[Place], drifted: Collection[str]) -> dict[str, Any]:
    return {
        "id": edge.id,
        "online": edge.online,
        "offline_since": edge.offline_since or None,
        "last_value_ts": edge.last_value_ts or None,
        "clock_offset_ms": edge.clock_offset_ms if edge.heard_ts else None,
        "agent_version": edge.agent_version,
        "changed_at_machine": edge.id in drifted,
        "backlog": {
            "points": edge.pending,
            "bytes": edge.backlog_bytes,
            "oldest_ts": edge.backlog_oldest_ts or None,
        },
        "identity": {name: getattr(edge, name) for name in ("accepted", "acked", "pending", "dropped", "dead")},
        "disk_free": edge.disk_free or None,
        "spool_room_s": edge.spool_room_s if edge.spool_room_s >= 0 else None,
        "connections": [
            {
                **asdict(connection),
                "since": connection.since or None,
                "error": connection.error or None,
                "last_read_ts": connection.last_read_ts or None,
            }
            for connection in edge.connections
            if (edge.id, connection.id) not in hidden
        ],
    }


def _store(store: Store) -> dict[str, Any]:
    """Sizes of the store; the number of tenants is nobody's business."""
    stats = asdict(store.stats())
    stats.pop("tenants", None)
    return stats
