"""Ingest with a real database and a store that can be told to fail, for tests with a real broker."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from platform_core.db.engine import Database, open_database
from platform_core.db.tenancy import TenantRow
from platform_core.ingest.catalog import Catalog
from platform_core.ingest.service import IngestService, IngestSettings
from platform_core.live.encode import columns_of
from platform_core.live.freshness import FreshnessTable
from platform_core.live.hub import Hub
from platform_core.live.latest import Latest
from platform_core.stores.base import Block, Series, StoreStats
from schemas.errors import ConnectError
from tests.support.broker import Broker


class ListStore:
    """Keeps blocks in memory. `durable_no` lags as told; `failure` is raised instead of taking a block."""

    def __init__(self, applied: int = 0) -> None:
        self.blocks: dict[int, Block] = {}
        self.failure: Exception | None = None
        self.durable_no: int | None = None
        self.last_no = applied
        self.lock = threading.Lock()

    def apply(self, block: Block) -> None:
        with self.lock:
            if self.failure is not None:
                raise self.failure
            if block.no > self.last_no:
                self.blocks[block.no] = block
                self.last_no = block.no

    def applied(self) -> int:
        return self.last_no if self.durable_no is None else min(self.durable_no, self.last_no)

    def raw(self, tenant: str, ids: Any, t0: int, t1: int, bounds: bool = False, limit: Any = None) -> list[Series]:
        found = []
        for tag_id in ids:
            rows = sorted(row for row in self.samples(tag_id) if row[0] < t1 and (bounds or row[0] >= t0))
            if rows:
                (ts, q, v, kind) = rows[-1]
                found.append(Series(tag_id, kind, np.array([ts]), np.array([v]), np.array([q], "u1")))
        return found

    def samples(self, tag_id: int) -> list[tuple[int, int, Any, Any]]:
        """(ts, q, v, kind) as applied, doubles and all."""
        with self.lock:
            blocks = list(self.blocks.values())
        return [
            (int(ts), int(q), v, group.kind)
            for block in blocks
            for group in block.columns
            for i, ts, q, v in zip(group.id, group.ts, group.q, group.v.tolist(), strict=True)
            if i == tag_id
        ]

    def buckets(self, *_: Any, **__: Any) -> list[Any]:
        return []

    def drop_before(self, tenant: str, t: int) -> None: ...

    def stats(self) -> StoreStats:
        return StoreStats(0, 0, 0, 0, 0, None, None, self.applied(), 0, 0)

    def close(self) -> None: ...


def disk_full() -> ConnectError:
    return ConnectError("store.full", "No space left.")


@dataclass
class Platform:
    """The parts of a running platform that ingest touches."""

    database: Database
    catalog: Catalog
    store: Any
    latest: Latest
    hub: Hub
    service: IngestService

    def tag(self, name: str, edge: str = "line_1") -> int:
        """The id of a tag by the name in its key."""
        from sqlmodel import select

        from platform_core.db.tags import TagRow

        with self.database.read() as session:
            query = select(TagRow).where(TagRow.key == f"press_1/{name}", TagRow.edge == edge)
            rows = session.exec(query.order_by(TagRow.tag_id)).all()  # type: ignore[arg-type]
        return int(rows[-1].tag_id or 0) if rows else 0

    def now(self, tag_id: int) -> dict[str, Any]:
        """The latest value of a tag as the API would give it."""
        ids = np.array([tag_id], dtype=np.uint32)
        columns = columns_of(self.latest.read(ids), self.hub.fresh_of(ids))
        return {name: values[0] for name, values in columns.items()}

    def rows(self, model: Any) -> list[Any]:
        """All rows of a table."""
        from sqlmodel import select

        with self.database.read() as session:
            return list(session.exec(select(model)).all())


@contextmanager
def running_platform(folder: Path, broker: Broker, store: Any = None, **settings: Any) -> Iterator[Platform]:
    """A platform on `folder`; stopped at the end of the block, so that it can be started again."""
    database = open_database(folder / "db")
    with database.write() as session:
        if session.get(TenantRow, "factory") is None:
            session.add(TenantRow(id="factory", name="Factory", created_ts=0))
    catalog, latest = Catalog(database), Latest()
    hub = Hub(latest, FreshnessTable())
    given = {"floor_percent": 0.0, **settings}
    service = IngestService(
        IngestSettings(folder, broker.url, broker.core_user, broker.core_password, **given),
        store if store is not None else ListStore(),
        catalog,
        latest,
        hub,
    )
    service.start()
    try:
        assert service.wait_until_up(15)
        yield Platform(database, catalog, service.applier._store, latest, hub, service)
    finally:
        service.stop()
        database.close()
