"""Folders of earlier versions are read, go on, and give the same answers. `tests/fixtures/stores` has one each."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from platform_core.stores.base import Between
from platform_core.stores.embedded.manifest import DAY_US
from platform_core.stores.embedded.options import StoreOptions
from platform_core.stores.embedded.store import EmbeddedStore
from platform_core.stores.testing.conformance import TENANT
from platform_core.stores.testing.model import HOUR_US, SECOND_US, ModelStore, block, check_buckets, check_raw
from tests.unit.platform_core.stores.test_rollups import forbid_samples

FIXTURES = Path(__file__).parents[3] / "fixtures" / "stores"
T0 = int(datetime(2026, 5, 29, tzinfo=UTC).timestamp()) * SECOND_US
LINES = Between(30 * 60 * SECOND_US, 11 * 60 * SECOND_US)


def filled() -> ModelStore:
    """What the folders were made of: three days of a tag each ten minutes, and of another for a while."""
    model = ModelStore()
    for day in range(3):
        start = T0 + day * DAY_US
        rows = [
            (1, start + i * 600 * SECOND_US, float((i * i) % 23) / 4, 129 if i % 31 == 7 else 0) for i in range(144)
        ]
        rows += [(2, start + 6 * HOUR_US + i * 20 * SECOND_US, i * 0.5, 0) for i in range(60)]
        model.apply(block(day + 1, "f", rows))
    return model


def check(store: EmbeddedStore, model: ModelStore) -> None:
    span = (T0 - DAY_US, T0 + 4 * DAY_US)
    check_raw(store, model, TENANT, [1, 2], *span)
    for step_us in (DAY_US, 6 * HOUR_US, HOUR_US, 7 * 60 * SECOND_US):
        for between in (Between(), Between(15 * 60 * SECOND_US), LINES):
            check_buckets(store, model, TENANT, [1, 2], *span, step_us, between.hold_us, line_us=between.line_us)


@pytest.mark.parametrize("version", sorted(path.name for path in FIXTURES.iterdir()))
def test_a_folder_of_an_earlier_version_is_read_and_merged_on(
    tmp_path: Path, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(FIXTURES / version, tmp_path / "store")
    now = T0 + 8 * DAY_US
    options = StoreOptions(background=False, clock_us=lambda: now, minute_rollup_min_rows=2, late_settle_s=0)
    model = filled()
    with EmbeddedStore(tmp_path / "store", options) as store:
        check(store, model)
        days = (TENANT, [2], T0, T0 + 3 * DAY_US, 6 * HOUR_US)
        with monkeypatch.context() as patch:
            forbid_samples(patch)
            store.buckets(*days, between=Between(HOUR_US))
            with pytest.raises(AssertionError, match="samples were read"):  # its hours know nothing of lines
                store.buckets(*days, between=LINES)
        late = [
            block(4 + day, "f", [(2, T0 + day * DAY_US + 6 * HOUR_US + 30 * SECOND_US, 7.25, 0)]) for day in range(3)
        ]
        for one in late:
            store.apply(one)
            model.apply(one)
        store.seal()
        while store.maintain():
            pass
        check(store, model)
        with monkeypatch.context() as patch:
            forbid_samples(patch)
            store.buckets(*days, between=LINES)  # merged anew, they do
