"""Bits that changed in a rollup: the samples answer instead, exactly the same; it is logged once."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from platform_core.stores.base import Between
from platform_core.stores.embedded.manifest import DAY_US
from platform_core.stores.embedded.options import StoreOptions
from platform_core.stores.embedded.store import EmbeddedStore
from platform_core.stores.testing.conformance import T0, TENANT
from platform_core.stores.testing.model import HOUR_US, ModelStore, check_buckets
from tests.unit.platform_core.stores.test_damaged_file import spoil
from tests.unit.platform_core.stores.test_rollups import DAYS, HOLD_US, MINUTE_US, Clock, fill, forbid_samples

LONG = (TENANT, [1, 2], T0, T0 + DAYS * DAY_US, 12 * HOUR_US, HOLD_US)
SHORT = (TENANT, [1, 2], T0 + DAY_US, T0 + 2 * DAY_US, 30 * MINUTE_US, HOLD_US)


def opened(folder: Path, clock: Clock) -> EmbeddedStore:
    options = StoreOptions(background=False, clock_us=clock, minute_rollup_min_rows=2, late_settle_s=0)
    return EmbeddedStore(folder, options)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], ModelStore, Clock]:
    """A store of seventy days as files, so that each test spoils a copy of its own."""
    folder, clock = tmp_path_factory.mktemp("made"), Clock()
    with opened(folder, clock) as store:
        model = fill(store, clock)
        manifest = store._views.current.manifest
        assert manifest.ladders
        assert all(segment.hour_bytes and segment.minute_bytes for segment in manifest.segments[:3])
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}, model, clock


@pytest.fixture
def folder(tmp_path: Path, made: tuple[dict[str, bytes], ModelStore, Clock]) -> Path:
    for name, content in made[0].items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    return tmp_path


def paths(folder: Path, clock: Clock, what: str) -> list[Path]:
    with opened(folder, clock) as store:
        manifest = store._views.current.manifest
        if what == "ladder":
            return [folder / ladder.path for ladder in manifest.ladders]
        return [folder / getattr(segment, f"{what}_path") for segment in manifest.segments if segment.hour_bytes]


@pytest.mark.parametrize("footer", [False, True])
@pytest.mark.parametrize("what", [["ladder"], ["hour"], ["minute"], ["ladder", "hour"], ["ladder", "hour", "minute"]])
def test_a_damaged_rollup_is_answered_by_the_samples(folder, made, caplog, what, footer) -> None:
    _, model, clock = made
    spoilt = [path for kind in what for path in paths(folder, clock, kind)]
    assert spoilt
    for path in spoilt:
        spoil(path, footer=footer)
    with caplog.at_level(logging.ERROR), opened(folder, clock) as store:
        for question in (LONG, SHORT, LONG):
            check_buckets(store, model, *question)
    told = [record.getMessage() for record in caplog.records if "samples are read instead" in record.getMessage()]
    assert len(told) == len(set(told))  # not with every question
    assert told or what == ["hour"]  # hours stand in the ladders as well


def test_the_spoilt_files_would_have_been_read(folder, made, monkeypatch) -> None:
    """The control: these questions are answered by rollups, and only damage leads them to the samples."""
    _, _, clock = made
    with monkeypatch.context() as patch, opened(folder, clock) as store:
        forbid_samples(patch)
        whole = (TENANT, [1, 2], T0, T0 + 60 * DAY_US, 12 * HOUR_US)
        store.buckets(*whole, between=Between(24 * HOUR_US))
    for kind in ("ladder", "hour", "minute"):
        for path in paths(folder, clock, kind):
            spoil(path, footer=False)
    with monkeypatch.context() as patch, opened(folder, clock) as store:
        forbid_samples(patch)
        with pytest.raises(AssertionError, match="samples were read"):
            store.buckets(*whole, between=Between(24 * HOUR_US))
