"""What is refused at the door: a folder in use, a newer format, damage, files without a manifest."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from platform_core.stores import open_store
from platform_core.stores.base import Store
from platform_core.stores.embedded.options import StoreOptions
from platform_core.stores.embedded.store import EmbeddedStore
from platform_core.stores.testing.conformance import T0, TENANT
from platform_core.stores.testing.model import block
from schemas.errors import ConfigError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with EmbeddedStore(tmp_path / "store", StoreOptions(background=False)) as store:
        store.apply(block(1, "f", [(1, T0, 1.0, 0)]))
    return tmp_path / "store"


def refused(folder: Path, code: str) -> None:
    before = sorted(path.relative_to(folder) for path in folder.rglob("*"))
    for _ in range(2):  # the lock is given back by a refusal, too
        with pytest.raises(ConfigError) as caught:
            open_store(folder)
        assert caught.value.code == code
    assert sorted(path.relative_to(folder) for path in folder.rglob("*")) == before


def test_open_store_opens_what_was_closed(folder: Path) -> None:
    store = open_store(folder)
    try:
        assert isinstance(store, Store)
        assert store.applied() == 1
        assert store.stats().rows == 1
        assert len(store.raw(TENANT, [1], T0, T0 + 1)) == 1
    finally:
        store.close()


def test_one_process_at_a_time(folder: Path) -> None:
    with EmbeddedStore(folder, StoreOptions(background=False)):  # merging would change the files that are compared
        refused(folder, "store.in_use")


def test_a_newer_format_is_refused(folder: Path) -> None:
    line, _, body = (folder / "manifest.json").read_bytes().partition(b"\n")
    head = json.loads(line) | {"format": 2}
    (folder / "manifest.json").write_bytes(json.dumps(head).encode() + b"\n" + body)
    refused(folder, "store.newer")


@pytest.mark.parametrize("damage", [b"", b"{}\n{}", b"not json\n{}", b"\xff\xfe"])
def test_an_unreadable_manifest_is_refused(folder: Path, damage: bytes) -> None:
    (folder / "manifest.json").write_bytes(damage)
    refused(folder, "store.damaged")


def test_a_changed_manifest_is_refused(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"applied":1', b'"applied":9'))
    refused(folder, "store.damaged")


def test_segments_without_a_manifest_are_not_thrown_away(folder: Path) -> None:
    (folder / "manifest.json").unlink()
    refused(folder, "store.no_manifest")


def test_a_missing_or_short_segment_is_told(folder: Path) -> None:
    (path,) = folder.rglob("*.parquet")
    path.write_bytes(path.read_bytes()[:-1])
    refused(folder, "store.damaged")
    path.unlink()
    refused(folder, "store.missing")


def test_leftovers_of_a_crash_are_removed_and_nothing_else(folder: Path) -> None:
    (path,) = folder.rglob("*.parquet")
    orphan = path.with_name("00000099-f-1m.parquet")
    shutil.copy(path, orphan)
    stranger = path.with_name("my notes.parquet")
    shutil.copy(path, stranger)
    EmbeddedStore(folder, StoreOptions(background=False)).close()
    assert (orphan.exists(), stranger.exists(), path.exists()) == (False, True, True)


@pytest.mark.parametrize("tenant", ["../x", "", "A", "a" * 41, "a/b", "a\n"])
def test_a_tenant_that_is_no_identifier_never_becomes_a_path(folder: Path, tenant: str) -> None:
    with EmbeddedStore(folder, StoreOptions(background=False)) as store:
        with pytest.raises(ConfigError):
            store.apply(block(2, "f", [(1, T0, 1.0, 0)], tenant=tenant))
        assert store.raw(tenant, [1], T0, T0 + 1) == []


def test_closing_does_not_wait_for_a_merge_to_end(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path, StoreOptions(background=False, merge_rows=10))
    store.apply(block(1, "f", [(tag, T0 + i, 1.0, 0) for tag in range(20) for i in range(10)]))
    store.seal()
    store._upkeep.stop()
    assert not store.maintain()
    assert store.stats().error == ""
    assert [segment.level for segment in store._views.current.manifest.segments] == [0]
    assert len(list(tmp_path.rglob("*.parquet"))) == 1
    store.close()
    with EmbeddedStore(tmp_path, StoreOptions(background=False)) as again:
        assert again.maintain()
        assert [segment.level for segment in again._views.current.manifest.segments] == [2]
