"""Readers beside a store that applies, seals, merges and drops: every answer is one consistent state."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np

from platform_core.stores.embedded import files
from platform_core.stores.embedded.options import StoreOptions
from platform_core.stores.embedded.store import EmbeddedStore
from platform_core.stores.testing.conformance import T0, TENANT
from platform_core.stores.testing.model import HOUR_US, SECOND_US, block

READERS = 3
BLOCKS = 400


def test_every_answer_is_a_whole_number_of_blocks_without_holes(tmp_path: Path) -> None:
    store = EmbeddedStore(
        tmp_path, StoreOptions(seal_rows=300, hour_segments=3, late_settle_s=0, rows_per_small_group=64)
    )
    done = threading.Event()
    faults: list[str] = []
    looks = [0] * READERS

    def read(which: int) -> None:
        seen = 0
        while not done.is_set() or not looks[which]:
            for one in store.raw(TENANT, [7], T0, T0 + 10**15):
                count = len(one)
                if not np.array_equal(one.v, np.arange(count)) or count < seen:
                    faults.append(f"{count} after {seen}")
                seen = count
            for buckets in store.buckets(TENANT, [7], T0, T0 + BLOCKS * HOUR_US, 24 * HOUR_US, fns=["n"]):
                assert buckets.n is not None
                if int(buckets.n.sum()) < seen:
                    faults.append(f"{buckets.n.sum()} in buckets after {seen}")
            looks[which] += 1

    readers = [threading.Thread(target=read, args=(which,)) for which in range(READERS)]
    for reader in readers:
        reader.start()
    for no in range(BLOCKS):
        rows = [(7, T0 + no * HOUR_US + i * SECOND_US, no * 20 + i, 0) for i in range(20)]
        store.apply(block(no + 1, "i", rows))
    done.set()
    for reader in readers:
        reader.join()
    store.close()
    assert not faults
    assert min(looks) > 0
    assert store._upkeep.seals > 1
    assert len(list(tmp_path.rglob("*.parquet"))) == len(store._views.current.manifest.paths())


def test_files_stay_until_the_last_reader_has_gone(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path, StoreOptions(background=False)) as store:
        store.apply(block(1, "i", [(1, T0, 5, 0)]))
        store.seal()
        (path,) = tmp_path.rglob("*.parquet")
        with store._views.pin():
            store.drop_before(TENANT, T0 + 1)
            assert path.exists()
        assert not path.exists()


def test_a_file_the_system_will_not_remove_is_removed_later(tmp_path: Path, monkeypatch: object) -> None:
    with EmbeddedStore(tmp_path, StoreOptions(background=False)) as store:
        store.apply(block(1, "i", [(1, T0, 5, 0)]))
        store.seal()
        (path,) = tmp_path.rglob("*.parquet")
        real = files.remove
        files.remove = lambda _path: False  # what Windows does while another process has the file open
        try:
            store.drop_before(TENANT, T0 + 1)
        finally:
            files.remove = real
        assert path.exists()
        store.maintain()
        assert not path.exists()
