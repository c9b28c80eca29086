"""Every store found is put through the same promises, and compared with a brute-force model."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from platform_core.stores.testing.conformance import DAY_US, T0, TENANT, StoreConformance
from platform_core.stores.testing.model import HOUR_US, SECOND_US, ModelStore, block, check_buckets, check_raw
from platform_core.stores.testing.proving import Proving, stores

KINDS: dict[int, Any] = {1: "f", 2: "i", 3: "u", 4: "b", 5: "s", 6: "f", 70_000: "f"}
VALUES: dict[str, list[Any]] = {
    "f": [1.5, -2.25, float("nan"), 1e300, 0.1],
    "i": [-5, 3, 2**62 + 1, -(2**63)],
    "u": [3, 2**64 - 1],
    "b": [0, 1],
    "s": ["", "run", "停止"],
}

#: Beside a value of 1e300 nothing else can be told apart: one tag has none.
PLAIN: list[Any] = [1.5, -2.25, 20.0, 7.0, 0.1]


@pytest.fixture(params=sorted(stores()))
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Proving]:
    proving = stores()[request.param](tmp_path / "store")
    yield proving
    proving.close()


class TestStores(StoreConformance):
    """Runs the suite."""


def test_the_embedded_store_is_found() -> None:
    assert "embedded" in stores()


put = st.tuples(
    st.just("put"),
    st.sampled_from(sorted(KINDS)),
    st.integers(0, 72 * 60).map(lambda minute: T0 + minute * 60 * SECOND_US),
    st.sampled_from([SECOND_US, 7 * SECOND_US, 60 * SECOND_US, 20 * 60 * SECOND_US]),
    st.integers(0, 80),
    st.sampled_from([0, 0, 0, 1, 500]),
    st.integers(0, 9),
)
other = st.one_of(
    st.tuples(st.just("replay"), st.integers(0, 99)),
    st.tuples(st.just("settle"), st.integers(0, 100)),
    st.tuples(st.just("reopen")),
    st.tuples(st.just("drop"), st.integers(0, 40)),
)
look = st.tuples(
    st.integers(-3_000, 80 * 3_600),
    st.sampled_from([1, SECOND_US]),
    st.sampled_from([1, HOUR_US, DAY_US, 3 * DAY_US]),
    st.sampled_from([5 * 60 * SECOND_US, HOUR_US, 3 * HOUR_US, DAY_US]),
    st.sampled_from([None, 5 * SECOND_US, 180 * SECOND_US]),
    st.sampled_from([None, 8 * SECOND_US, HOUR_US]),
    st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe"]),
)


@pytest.mark.parametrize("name", sorted(stores()))
@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(actions=st.lists(st.one_of(put, put, other), max_size=25), looks=st.lists(look, min_size=1, max_size=4))
def test_any_history_reads_like_the_model(name: str, actions: list[Any], looks: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        bench = stores()[name](Path(folder))
        store, model = bench.open(), ModelStore()
        blocks = []
        for action in actions:
            match action:
                case ("put", tag, start, gap, count, seq, flavour):
                    tenant = "other" if flavour == 9 else TENANT
                    one = block(len(blocks) + 1, KINDS[tag], rows(tag, start, gap, count, flavour), tenant, seq)
                    blocks.append(one)
                    store.apply(one)
                    model.apply(one)
                case ("replay", which) if blocks:
                    store.apply(blocks[which % len(blocks)])
                case ("settle", hours):
                    bench.settle(T0 + hours * HOUR_US)
                case ("reopen",):
                    store = bench.open()
                case ("drop", hours):
                    store.drop_before(TENANT, T0 + hours * HOUR_US)
                    model.drop_before(TENANT, T0 + hours * HOUR_US)
        for second, odd, length, step, hold, line, zone in looks:
            t0 = T0 + second * SECOND_US + (odd == 1)
            if odd != 1:
                t0 = t0 // HOUR_US * HOUR_US
            check_raw(store, model, TENANT, [*KINDS, 99], t0, t0 + length)
            if length // step < 1_000:
                check_buckets(store, model, TENANT, [*KINDS, 99], t0, t0 + length, step, hold, zone, line)
        bench.close()


def rows(tag: int, start: int, gap: int, count: int, flavour: int) -> list[tuple[int, int, Any, int]]:
    """Samples with repeated times, jitter and bad quality, all decided by `flavour`."""
    values = PLAIN if tag == 6 else VALUES[KINDS[tag]]
    quality = [0, 0, 0, 64, 129, 0, 0, 0, 0, 0]
    found = []
    for i in range(count):
        mixed = i * 7 + flavour * 13
        at = start + (i - (mixed % 11 == 0)) * gap + (0, 0, 7, 1_000)[mixed % 4]
        found.append((tag, at, values[mixed % len(values)], quality[mixed % 10]))
    return found


@pytest.mark.parametrize("fault", ["value", "lost", "doubled", "older wins"])
def test_control_the_comparison_notices(bench: Proving, fault: str) -> None:
    store, model = bench.open(), ModelStore()
    told = [(1, T0 + i * SECOND_US, float(i), 0) for i in range(20)]
    kept = list(told)
    if fault == "value":
        kept[7] = (1, kept[7][1], 7.5, 0)
    elif fault == "lost":
        del kept[7]
    elif fault == "doubled":
        kept.insert(8, (1, kept[7][1] + 1, 7.0, 0))
    correction = [(1, T0 + 7 * SECOND_US, 99.0, 0)]
    model.apply(block(1, "f", told, seq=5))
    store.apply(block(1, "f", kept, seq=5))
    model.apply(block(2, "f", correction if fault == "older wins" else [], seq=4))
    store.apply(block(2, "f", correction if fault == "older wins" else [], seq=6 if fault == "older wins" else 4))
    with pytest.raises(AssertionError):
        check_raw(store, model, TENANT, [1], T0, T0 + HOUR_US)
    with pytest.raises(AssertionError):
        check_buckets(store, model, TENANT, [1], T0, T0 + HOUR_US, HOUR_US)
