"""Bits that changed under a running store: the file is named, other days answer, the upkeep goes on living."""

from __future__ import annotations

from pathlib import Path

import pytest

from platform_core.stores.embedded.manifest import DAY_US
from platform_core.stores.embedded.options import StoreOptions
from platform_core.stores.embedded.store import EmbeddedStore
from platform_core.stores.testing.conformance import T0, TENANT
from platform_core.stores.testing.model import block
from schemas.errors import ConnectError

NEXT_DAY = T0 + DAY_US


def spoil(path: Path, *, footer: bool) -> None:
    """Turn bits over in the pages, or in the footer; the length stays."""
    content = bytearray(path.read_bytes())
    length = int.from_bytes(content[-8:-4], "little")
    lo, hi = (len(content) - 8 - length, len(content) - 8) if footer else (4, len(content) - 8 - length)
    content[lo:hi] = bytes(byte ^ 0xFF for byte in content[lo:hi])
    path.write_bytes(content)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with EmbeddedStore(tmp_path / "store", StoreOptions(background=False)) as store:
        store.apply(block(1, "f", [(1, T0 + n, float(n), 0) for n in range(100)]))
        store.seal()
        store.apply(block(2, "f", [(1, NEXT_DAY + n, float(n), 0) for n in range(100)]))
    return tmp_path / "store"


@pytest.mark.parametrize("footer", [False, True])
def test_the_damaged_file_is_named_and_other_days_answer(folder: Path, footer: bool) -> None:
    first, _ = sorted((folder / "segments").rglob("*.parquet"))
    spoil(first, footer=footer)
    with EmbeddedStore(folder, StoreOptions(background=False)) as store:
        for ask in (
            lambda: store.raw(TENANT, [1], T0, T0 + 1000),
            lambda: store.buckets(TENANT, [1], T0, T0 + 1000, 100),
        ):
            with pytest.raises(ConnectError) as caught:
                ask()
            assert caught.value.code == "store.damaged_file"
            assert first.relative_to(folder).as_posix() in caught.value.message
            assert str(folder) not in caught.value.message  # viewers need not know where
            assert caught.value.hint
        (whole,) = store.raw(TENANT, [1], NEXT_DAY, NEXT_DAY + 1000)
        assert len(whole) == 100


@pytest.mark.parametrize("footer", [False, True])
def test_the_upkeep_tells_it_and_still_seals(folder: Path, footer: bool) -> None:
    first, _ = sorted((folder / "segments").rglob("*.parquet"))
    spoil(first, footer=footer)
    later = NEXT_DAY + 30 * DAY_US
    with EmbeddedStore(folder, StoreOptions(background=False, clock_us=lambda: later)) as store:
        for _ in range(5):
            store.maintain()  # merging the day needs the file; nothing may come out of here
        assert first.name in store.stats().error
        store.apply(block(3, "f", [(1, later, 1.0, 0)]))
        store.seal()
        assert store.applied() == 3
