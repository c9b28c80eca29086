"""A crash at any change of the folder, a real kill -9, a lost write: nothing applied is ever missing.

The journal is played by a list: after each crash the blocks above `applied()`
are applied again. Two negative controls show that the tests can tell.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from platform_core.stores.base import Block
from platform_core.stores.embedded import files, manifest, upkeep
from platform_core.stores.embedded.options import StoreOptions
from platform_core.stores.embedded.store import EmbeddedStore
from platform_core.stores.testing.conformance import DAY_US, T0, TENANT
from platform_core.stores.testing.model import HOUR_US, SECOND_US, ModelStore, block, check_buckets, check_raw
from schemas.errors import ConfigError

#: A store stopped in the middle leaves open writers, which complain when they are collected.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

WORKER = Path(__file__).with_name("apply_until_killed.py")


class PowerCut(BaseException):
    """Not an OSError: nothing in the store may catch it."""


class Disk:
    """Counts changes of the folder and stops the world at one; remembers what was not yet synced."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, stop_at: int) -> None:
        self.count, self.stop_at, self.dead = 0, stop_at, False
        self.unsynced: set[Path] = set()
        self.real = {name: getattr(files, name) for name in ("new_file", "sync_file", "sync_folder", "swap", "remove")}
        monkeypatch.setattr(files, "new_file", self.new_file)
        monkeypatch.setattr(files, "sync_file", self.sync_file)
        monkeypatch.setattr(files, "swap", self.swap)
        for name in ("sync_folder", "remove"):
            monkeypatch.setattr(files, name, self._counted(name))

    def step(self) -> None:
        self.count += 1
        if self.dead or self.count == self.stop_at:
            self.dead = True
            raise PowerCut

    def _counted(self, name: str) -> Any:
        def call(*args: Any) -> Any:
            self.step()
            return self.real[name](*args)

        return call

    def new_file(self, path: Path) -> Any:
        self.step()
        self.unsynced.add(path)
        return self.real["new_file"](path)

    def sync_file(self, descriptor: int) -> None:
        self.step()
        self.real["sync_file"](descriptor)
        self.unsynced.discard(Path(os.readlink(f"/proc/self/fd/{descriptor}")))

    def forget_to_sync(self, _descriptor: int) -> None:
        self.step()

    def swap(self, fresh: Path, path: Path) -> None:
        self.step()
        self.real["swap"](fresh, path)
        if fresh in self.unsynced:
            self.unsynced.remove(fresh)
            self.unsynced.add(path)

    def lose_unsynced(self) -> None:
        """What a power cut may do to bytes that were never synced."""
        for path in self.unsynced:
            if path.exists():
                with path.open("r+b") as file:
                    file.truncate(path.stat().st_size // 2)


def options(now_us: int) -> StoreOptions:
    return StoreOptions(
        seal_rows=100, hour_segments=3, rows_per_group=32, rows_per_small_group=16, merge_rows=100,
        minute_rollup_min_rows=2, background=False, clock_us=lambda: now_us,
    )  # fmt: skip


def blocks() -> list[Block]:
    found = []
    for no in range(1, 8):
        start = T0 + (no % 2) * DAY_US + no * 600 * SECOND_US
        found.append(block(no, "f", [(1 + i % 3, start + i * SECOND_US, no + i / 8, 0) for i in range(60)]))
    return found


def work(folder: Path) -> None:
    """Apply, seal, merge, drop; from wherever the folder stands."""
    store = EmbeddedStore(folder, options(T0 + 9 * DAY_US))
    try:
        for one in blocks():
            if one.no > store.applied():
                store.apply(one)
            if one.no % 4 == 0:
                while store.maintain():
                    pass
        store.seal()
        while store.maintain():
            pass
    finally:
        store._lock.release()


def check(folder: Path) -> None:
    model = ModelStore()
    for one in blocks():
        model.apply(one)
    store = EmbeddedStore(folder, options(T0))
    try:
        for one in blocks():
            if one.no > store.applied():
                store.apply(one)
        check_raw(store, model, TENANT, [1, 2, 3], T0, T0 + 4 * DAY_US)
        check_buckets(store, model, TENANT, [1, 2, 3], T0, T0 + 4 * DAY_US, HOUR_US)
    finally:
        store.close()


@pytest.mark.skipif(sys.platform != "linux", reason="names open files through /proc")
@pytest.mark.parametrize("stride", [5, pytest.param(1, marks=pytest.mark.chaos)])
def test_a_power_cut_at_a_change_of_the_folder_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stride: int
) -> None:
    stop_at = 1
    while cut_and_check(tmp_path / str(stop_at), monkeypatch, stop_at):
        stop_at += stride
    assert stop_at > 40


def cut_and_check(folder: Path, monkeypatch: pytest.MonkeyPatch, stop_at: int) -> bool:
    """False when the work has fewer steps than that."""
    with monkeypatch.context() as patch:
        disk = Disk(patch, stop_at)
        try:
            work(folder)
        except PowerCut:
            disk.lose_unsynced()
    if disk.dead:
        check(folder)
        names = {path.relative_to(folder).as_posix() for path in (folder / "segments").rglob("*.parquet")}
        known = manifest.load(folder)
        assert known is not None
        assert names == known.paths()
    return disk.dead


@pytest.mark.skipif(sys.platform != "linux", reason="names open files through /proc")
@pytest.mark.parametrize("fault", ["no fsync", "manifest before segments"])
def test_control_without_its_guards_the_store_does_lose(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    broken = 0
    for stop_at in range(6, 60, 4):
        folder = tmp_path / str(stop_at)
        with monkeypatch.context() as patch:
            disk = Disk(patch, stop_at)
            if fault == "no fsync":
                patch.setattr(files, "sync_file", disk.forget_to_sync)
            else:
                patch.setattr(upkeep, "seal_tail", hasty_seal)
            try:
                work(folder)
            except PowerCut:
                disk.lose_unsynced()
        try:
            check(folder)
        except (AssertionError, ConfigError, OSError, ValueError):
            broken += 1
    assert broken


def hasty_seal(folder: Path, tail: Any, next_no: int, floors: Any, options: Any) -> Any:
    """Says that the blocks are durable before they are."""
    known = manifest.load(folder)
    assert known is not None
    manifest.save(folder, known.changed(drop=set(), add=[], applied=tail.last_no))
    from platform_core.stores.embedded.writing import seal_tail

    return seal_tail(folder, tail, next_no, floors, options)


def killed_runs(folder: Path, times: int, seed: int) -> None:
    """Start the worker and kill it at a random moment, again and again; then compare everything."""
    rng = random.Random(seed)
    for _ in range(times):
        child = subprocess.Popen(
            [sys.executable, str(WORKER), str(folder)], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
        )
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        time.sleep(rng.uniform(0.0, 0.3))
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
    with EmbeddedStore(folder) as store:
        applied = store.applied()
        assert applied > 0
        series = store.raw(TENANT, [1, 2], T0, T0 + 10_000 * DAY_US)
        for one in series:
            stamps = [T0 + no * HOUR_US + i * SECOND_US for no in range(1, applied + 1) for i in range(50)]
            assert one.ts.tolist() == stamps
            assert one.v.tolist() == [no * 1_000 + i for no in range(1, applied + 1) for i in range(50)]


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_kill_9_at_random_moments_loses_and_doubles_nothing(tmp_path: Path) -> None:
    killed_runs(tmp_path / "store", 5, seed=1)


@pytest.mark.chaos
@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_kill_9_often(tmp_path: Path) -> None:
    killed_runs(tmp_path / "store", 60, seed=2)
