"""A disk that takes no more: blocks are refused in the end, nothing is lost, and it goes on when there is room."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from platform_core.stores.embedded.options import StoreOptions
from platform_core.stores.embedded.store import EmbeddedStore
from platform_core.stores.testing.conformance import T0, TENANT
from platform_core.stores.testing.model import SECOND_US, block
from schemas.errors import ConnectError

SCRIPT = """
import resource, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from tests.unit.platform_core.stores.test_disk_full import fill
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
fill(Path(sys.argv[1]), lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY)))
"""


def fill(folder: Path, limit) -> None:
    """Runs in a child whose files the kernel keeps below a size (EFBIG: an OSError like a full disk's)."""
    options = StoreOptions(seal_rows=1_000, tail_rows_max=3_000, background=False)
    store = EmbeddedStore(folder, options)
    store.apply(numbered(1))
    store.seal()
    limit(700)
    taken, codes = 1, []
    for no in range(2, 12):
        try:
            store.apply(numbered(no))
            taken = no
        except ConnectError as error:
            codes.append(error.code)
    assert set(codes) == {"store.full"}
    assert store.applied() == 1
    assert store.stats().error
    assert len(store.raw(TENANT, [1], T0, T0 + 10**15)[0]) == taken * 500
    assert len(list(folder.rglob("*.parquet"))) == 1
    limit(1 << 40)
    store.seal()
    assert store.applied() == taken
    assert store.stats().error == ""
    store.close()


def numbered(no: int):
    return block(no, "i", [(1, T0 + (no * 500 + i) * SECOND_US, no * 500 + i, 0) for i in range(500)])


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limit to set")
def test_a_full_disk_refuses_loses_nothing_and_recovers(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[4]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "store"), str(root)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    with EmbeddedStore(tmp_path / "store") as store:
        (series,) = store.raw(TENANT, [1], T0, T0 + 10**15)
        assert series.v.tolist() == list(range(500, 500 + len(series)))
