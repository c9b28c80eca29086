"""The embedded store: a tail in memory, segments on disk, a manifest that names them.

Promises: `applied` moves only once the samples up to it are on the medium and
named by a durable manifest; a crash at any moment leaves the last durable
manifest and its files; a reader sees one consistent state; a disk that is full
stops taking blocks and loses none. The journal replays what was not yet
applied, and a block that was is ignored.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from pathlib import Path

from platform_core.stores.base import BUCKET_FNS, UNTIL_NEXT, Between, Block, BucketFn, BucketSeries, Series, StoreStats
from platform_core.stores.embedded.damage import answering
from platform_core.stores.embedded.folder import FolderLock, recover
from platform_core.stores.embedded.footers import Footers
from platform_core.stores.embedded.options import StoreOptions
from platform_core.stores.embedded.reader import read_raw
from platform_core.stores.embedded.tail import Tail
from platform_core.stores.embedded.trends import read_buckets
from platform_core.stores.embedded.upkeep import Upkeep
from platform_core.stores.embedded.views import View, Views
from schemas.errors import ConfigError, ConnectError

TENANT = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
TAG_MAX = (1 << 32) - 1
WAIT_FOR_SEAL_S = 30.0


class EmbeddedStore:
    """See `Store`. One process per folder; one thread applies, any number read."""

    def __init__(self, folder: Path, options: StoreOptions | None = None) -> None:
        self.folder = folder
        self.options = options or StoreOptions()
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = FolderLock(folder)
        try:
            manifest = recover(folder)
        except (ConfigError, OSError):
            self._lock.release()
            raise
        self._views = Views(View(manifest, (), Tail(self.options.clock_us(), manifest.applied)))
        self._footers = Footers(folder)
        self._upkeep = Upkeep(folder, self._views, self._footers, self.options)
        self._closed = False
        self._thread: threading.Thread | None = None
        if self.options.background:
            self._thread = threading.Thread(target=self._upkeep.run, name="store-upkeep", daemon=True)
            self._thread.start()

    def apply(self, block: Block) -> None:
        """See `Store.apply`."""
        if not TENANT.fullmatch(block.tenant):
            raise ConfigError("store.tenant", f"{block.tenant!r} is no identifier of a tenant.")
        self._upkeep.make_room(wait_s=WAIT_FOR_SEAL_S if self._thread else 0.0)
        with self._upkeep.tail_lock:
            tail = self._views.current.active
            if self._closed:
                raise ConnectError("store.closed", "The store is closed.")
            if block.no <= tail.last_no:
                return
            tail.add(block)
            full = tail.row_count >= self.options.seal_rows
        if full:
            self._upkeep.tail_is_full(seal_now=self._thread is None)

    def applied(self) -> int:
        """See `Store.applied`."""
        return self._views.current.manifest.applied

    def raw(
        self,
        tenant: str,
        ids: Sequence[int],
        t0: int,
        t1: int,
        bounds: bool = False,
        limit: int | None = None,
    ) -> list[Series]:
        """See `Store.raw`."""
        with answering(self.folder), self._views.pin() as view:
            return read_raw(view, self.folder, self._footers, tenant, _known(ids), t0, t1, bounds, limit)

    def buckets(
        self,
        tenant: str,
        ids: Sequence[int],
        t0: int,
        t1: int,
        step_us: int,
        tz: str = "UTC",
        fns: Sequence[BucketFn] = BUCKET_FNS,
        between: Between = UNTIL_NEXT,
    ) -> list[BucketSeries]:
        """See `Store.buckets`."""
        with answering(self.folder), self._views.pin() as view:
            return read_buckets(
                view, self.folder, self._footers, tenant, _known(ids), t0, t1, step_us, tz, fns, between
            )

    def drop_before(self, tenant: str, t: int) -> None:
        """See `Store.drop_before`. Whole segments go at once, the rest is hidden until its next merge."""
        self._upkeep.drop_before(tenant, t)

    def stats(self) -> StoreStats:
        """See `Store.stats`."""
        view = self._views.current
        segments = view.manifest.segments
        tails = view.tails()
        tenants = {segment.tenant for segment in segments} | {
            tenant for tail in tails for tenant, _ in list(tail.chunks)
        }
        return StoreStats(
            rows=sum(segment.rows for segment in segments),
            tail_rows=sum(tail.row_count for tail in tails),
            bytes=sum(segment.size for segment in segments) + sum(ladder.bytes for ladder in view.manifest.ladders),
            segments=len(segments),
            tenants=len(tenants),
            t_min=min((segment.t_min for segment in segments), default=None),
            t_max=max((segment.t_max for segment in segments), default=None),
            applied=view.manifest.applied,
            seals=self._upkeep.seals,
            compactions=self._upkeep.compactions,
            error=self._upkeep.error,
        )

    def seal(self) -> None:
        """Put everything applied so far on disk; raises ConnectError when the disk refuses."""
        self._upkeep.seal()

    def maintain(self) -> bool:
        """Do one piece of due work (seal, merge, tidy); False when there was none."""
        return self._upkeep.step()

    def close(self) -> None:
        """See `Store.close`. What cannot be written now stays in the journal: `applied` says so."""
        if self._closed:
            return
        self._closed = True
        self._upkeep.stop()
        if self._thread is not None:
            self._thread.join()
        try:
            self._upkeep.seal()
        except ConnectError:
            pass
        finally:
            self._views.unlink_retired()
            self._lock.release()

    def __enter__(self) -> EmbeddedStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _known(ids: Sequence[int]) -> list[int]:
    """Each id once, in the order given; numbers that can be no tag's are left out."""
    return [int(id) for id in dict.fromkeys(ids) if 0 <= id <= TAG_MAX]
