"""The store's own work: sealing tails, merging segments, dropping what is too old.

All changes of the manifest go through here, one at a time. A disk that refuses
leaves everything as it was; the work is tried again at the next occasion.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from platform_core.stores.embedded import files, ladder
from platform_core.stores.embedded import manifest as manifests
from platform_core.stores.embedded.compaction import Interrupted, Merge, plan_merge, run_merge
from platform_core.stores.embedded.footers import Footers
from platform_core.stores.embedded.manifest import Manifest
from platform_core.stores.embedded.options import StoreOptions
from platform_core.stores.embedded.tail import Tail
from platform_core.stores.embedded.views import View, Views
from platform_core.stores.embedded.writing import seal_tail
from schemas.errors import ConnectError

IDLE_S = 1.0
RETRY_S = 5.0


class Upkeep:
    """`tail_lock` guards which tail is being filled, `_work_lock` the manifest."""

    def __init__(self, folder: Path, views: Views, footers: Footers, options: StoreOptions) -> None:
        self.folder, self.views, self.footers, self.options = folder, views, footers, options
        self.tail_lock = threading.Lock()
        self._work_lock = threading.RLock()
        self._wake = threading.Condition()
        self._stopping = False
        self.seals = 0
        self.compactions = 0
        self.error = ""

    # -- from apply -------------------------------------------------------------------------

    def make_room(self, wait_s: float) -> None:
        """Return when the tails may take another block; raises ConnectError when they cannot in time."""
        if self._tail_rows() < self.options.tail_rows_max:
            return
        if wait_s:
            with self._wake:
                self._wake.notify_all()
                self._wake.wait_for(
                    lambda: self._tail_rows() < self.options.tail_rows_max or bool(self.error) or self._stopping, wait_s
                )
        else:
            self.seal()
        if self._tail_rows() >= self.options.tail_rows_max:
            raise ConnectError(
                "store.full",
                f"The store cannot write: {self.error or 'the disk is too slow'}.",
                hint="Free disk space.",
            )

    def tail_is_full(self, seal_now: bool) -> None:
        """Put the tail aside and have it sealed; a disk that refuses shows when there is no room left."""
        self._freeze()
        if seal_now:
            with contextlib.suppress(ConnectError):
                self.seal()
        else:
            with self._wake:
                self._wake.notify_all()

    # -- the thread -------------------------------------------------------------------------

    def run(self) -> None:
        """Work until stopped, waiting when there is none or when the disk refuses."""
        while not self._stopping:
            busy = self.step()
            with self._wake:
                self._wake.notify_all()
                waiting = bool(self.views.current.frozen) and not self.error
                if not (busy or waiting or self._stopping):
                    self._wake.wait(RETRY_S if self.error else IDLE_S)

    def stop(self) -> None:
        """Let `run` return after the piece of work at hand."""
        with self._wake:
            self._stopping = True
            self._wake.notify_all()

    def step(self) -> bool:
        """One piece of due work; False when there was none or the disk refused."""
        self.views.unlink_retired()
        try:
            return self._seal_due() or self._merge_due() or self._ladder_due()
        except Interrupted:
            return False
        except OSError as error:
            self._failed(error)
            return False

    # -- pieces of work ---------------------------------------------------------------------

    def seal(self) -> None:
        """Seal everything taken so far; raises ConnectError when the disk refuses."""
        try:
            self._freeze()
            while self._seal_oldest():
                pass
        except OSError as error:
            self._failed(error)
            raise ConnectError("store.full", f"The store cannot write: {error}.", hint="Free disk space.") from error

    def drop_before(self, tenant: str, t: int) -> None:
        """Raise the tenant's floor and forget the segments that lie below it."""
        with self._work_lock:
            manifest = self.views.current.manifest
            if t <= manifest.floors.get(tenant, t - 1):
                return
            gone = {one.no for one in manifest.segments if one.tenant == tenant and one.t_max < t}
            changed = manifest.changed(drop=gone, add=[], floors={**manifest.floors, tenant: t})
            try:
                self._commit(ladder.without_empty(changed), manifest)
            except OSError as error:
                raise ConnectError("store.full", f"The store cannot write: {error}.") from error

    def _seal_due(self) -> bool:
        view = self.views.current
        age_us = self.options.clock_us() - view.active.born_us
        if view.active.row_count >= self.options.seal_rows or (
            view.active.last_no > view.manifest.applied and age_us >= self.options.seal_age_s * 1e6
        ):
            self._freeze()
        return self._seal_oldest()

    def _freeze(self) -> None:
        with self.tail_lock:
            view = self.views.current
            if view.active.last_no > (view.frozen[-1].last_no if view.frozen else view.manifest.applied):
                fresh = Tail(self.options.clock_us(), view.active.last_no)
                self.views.publish(View(view.manifest, (*view.frozen, view.active), fresh))

    def _seal_oldest(self) -> bool:
        with self._work_lock:
            view = self.views.current
            if not view.frozen:
                return False
            tail, manifest = view.frozen[0], view.manifest
            made = seal_tail(self.folder, tail, manifest.next_no, manifest.floors, self.options)
            changed = manifest.changed(drop=set(), add=made, applied=tail.last_no, next_no=manifest.next_no + len(made))
            self._commit(changed, manifest, sealed=tail)
            self.seals += 1
            self.error = ""
            return True

    def _merge_due(self) -> bool:
        with self._work_lock:
            manifest = self.views.current.manifest
            merge = plan_merge(manifest, self.options)
            if merge is None:
                return False
            self._run(merge, manifest)
            self.compactions += 1
            self.error = ""
            return True

    def _run(self, merge: Merge, manifest: Manifest) -> None:
        floor = manifest.floors.get(merge.sources[0].tenant)
        made = run_merge(
            self.folder, self.footers, merge, manifest.next_no, floor, self.options, lambda: self._stopping
        )
        changed = manifest.changed(
            drop={segment.no for segment in merge.sources},
            add=[made] if made is not None else [],
            next_no=manifest.next_no + 1,
        )
        self._commit(changed, manifest)

    def _ladder_due(self) -> bool:
        with self._work_lock:
            manifest = self.views.current.manifest
            rungs = ladder.plan(manifest, self.options)
            if rungs is None:
                return False
            made = ladder.build(self.folder, self.footers, rungs, manifest.next_no)
            kept = tuple(one for one in manifest.ladders if not rungs.replaces(one))
            self._commit(replace(manifest, ladders=(*kept, made), next_no=manifest.next_no + 1), manifest)
            return True

    # -- the one way a manifest changes -----------------------------------------------------

    def _commit(self, changed: Manifest, before: Manifest, sealed: Tail | None = None) -> None:
        """Make `changed` durable, then show it to readers; the files only `before` names go."""
        try:
            manifests.save(self.folder, changed)
        except OSError:
            self._remove(changed.paths() - before.paths())
            raise
        retired = [self.folder / path for path in sorted(before.paths() - changed.paths())]
        with self.tail_lock:
            view = self.views.current
            frozen = tuple(tail for tail in view.frozen if tail is not sealed)
            self.views.publish(View(changed, frozen, view.active), retired)

    def _remove(self, names: Iterable[str]) -> None:
        for name in sorted(names):
            files.remove(self.folder / name)

    def _failed(self, error: OSError) -> None:
        self.error = str(error) or type(error).__name__

    def _tail_rows(self) -> int:
        return sum(tail.row_count for tail in self.views.current.tails())
