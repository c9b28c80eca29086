"""Applies numbered blocks from where the store stands, with small segments, until it is killed."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[4]))

from platform_core.stores.embedded.options import StoreOptions
from platform_core.stores.embedded.store import EmbeddedStore
from platform_core.stores.testing.conformance import T0
from platform_core.stores.testing.model import HOUR_US, SECOND_US, block


def main(folder: Path) -> None:
    store = EmbeddedStore(
        folder, StoreOptions(seal_rows=400, hour_segments=3, rows_per_small_group=64, late_settle_s=0)
    )
    first = no = store.applied()
    said = False
    while no < 50_000:
        if not said and store.applied() > first:
            print("ready", flush=True)
            said = True
        no += 1
        start = T0 + no * HOUR_US
        rows = [(tag, start + i * SECOND_US, no * 1_000 + i, 0) for tag in (1, 2) for i in range(50)]
        store.apply(block(no, "i", rows))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
