"""The embedded store against its budgets: `python -m tests.bench.bench_store`.

The data are like those of the reference measurements: 250 tags at 1 Hz and
1,750 once a minute, times jittered to the millisecond, 40 % of the tags a sine
with noise rounded to 0.01, 20 % the same unrounded, 20 % steps, 10 % counters,
10 % constant. Disk use stays below 1 GB, in a temporary folder.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from platform_core.stores.base import Between, Block
from platform_core.stores.embedded.options import StoreOptions
from platform_core.stores.embedded.store import EmbeddedStore
from schemas.wire.columns import Columns
from tests.bench.row import Row, table

SECOND = 1_000_000
DAY = 86_400 * SECOND
DAY_0 = 20_600 * DAY
FAST, TAGS = 250, 2_000
TENANT = "factory"
BETWEEN = Between(180 * SECOND)


class Clock:
    """The store's clock, moved by hand."""

    now_us = DAY_0

    def __call__(self) -> int:
        return self.now_us


class Plant:
    """Makes samples of all tags, a stretch of time after another, in the order they would arrive."""

    def __init__(self) -> None:
        self.rng = np.random.default_rng(7)
        self.shape = np.arange(TAGS) % 10
        self.counter = np.zeros(TAGS)

    def columns(self, t0: int, seconds: int) -> Columns:
        fast = np.repeat(np.arange(seconds), FAST)
        minutes = np.arange(0, seconds, 60)
        tag = np.concatenate([np.tile(np.arange(FAST), seconds), np.tile(np.arange(FAST, TAGS), len(minutes))])
        second = np.concatenate([fast, np.repeat(minutes, TAGS - FAST)])
        order = np.argsort(second, kind="stable")
        tag, second = tag[order], second[order]
        jitter = self.rng.normal(0, 3, len(tag)).astype("i8") * 1_000
        at = t0 + second * SECOND + jitter
        return Columns("f", tag.astype("u4") + 1, at, np.zeros(len(tag), "u1"), self._values(tag, at))

    def _values(self, tag: np.ndarray, at: np.ndarray) -> np.ndarray:
        shape = self.shape[tag]
        seconds = at / SECOND
        sine = 50 + tag % 17 + 20 * np.sin(seconds / 3_000 + tag) + self.rng.normal(0, 0.3, len(tag))
        v = np.where(shape < 4, np.round(sine, 2), sine)
        v = np.where((shape == 6) | (shape == 7), (seconds // 300 + tag) * 7_919 % 6, v)
        v = np.where(shape == 8, np.floor((seconds - DAY_0 / SECOND) * 1.1), v)
        return np.where(shape == 9, 21.5, v)


def run() -> list[Row]:
    """Measure everything; takes about a minute."""
    with tempfile.TemporaryDirectory(prefix="bench_store_") as folder:
        return [*apply_rows(Path(folder) / "a"), *plant_rows(Path(folder) / "b"), *year_rows(Path(folder) / "c")]


def apply_rows(folder: Path) -> list[Row]:
    """Points per second through `apply` in batches of 2,000, sealing in the background included."""
    batches = []
    for i in range(2_000):
        at = np.full(2_000, DAY_0 + i * SECOND, "i8")
        v = np.round(np.random.default_rng(i).normal(50, 5, 2_000), 2)
        batches.append(Columns("f", np.arange(1, 2_001, dtype="u4"), at, np.zeros(2_000, "u1"), v))
    store = EmbeddedStore(folder)
    took = []
    begun = time.perf_counter()
    for no, columns in enumerate(batches, 1):
        t = time.perf_counter()
        store.apply(Block(no, TENANT, no, False, [columns]))
        took.append(time.perf_counter() - t)
    applied_s = time.perf_counter() - begun
    store.close()
    durable_s = time.perf_counter() - begun
    points = 2_000 * len(batches)
    budget, peer = "≥ 1 M with the journal", "InfluxDB 147 k, ClickHouse 227 k, VictoriaMetrics 507 k"
    return [
        Row("apply, batches of 2,000", points / applied_s / 1e6, "M points/s", budget, peer),
        Row("apply until all is sealed", points / durable_s / 1e6, "M points/s", budget, peer),
        Row("apply of one batch, p99", float(np.quantile(took, 0.99)) * 1e3, "ms", "", ""),
    ]


def plant_rows(folder: Path) -> list[Row]:
    """A compacted day and a day in progress of 2,000 tags."""
    clock, plant = Clock(), Plant()
    options = StoreOptions(background=False, clock_us=clock, seal_rows=10**9, tail_rows_max=10**9)
    store = EmbeddedStore(folder, options)
    no = 0
    for minute in range(0, 24 * 60, 5):
        no += 1
        _step(store, clock, plant, no, DAY_0 + minute * 60 * SECOND)
    clock.now_us = DAY_0 + DAY + 2 * 3_600 * SECOND
    begun = time.perf_counter()
    while store.maintain():
        pass
    merge_s = time.perf_counter() - begun
    stats = store.stats()
    samples = sum((folder / segment.path).stat().st_size for segment in store._views.current.manifest.segments)
    rows = [
        Row(
            "bytes per point, compacted, with rollups",
            stats.bytes / stats.rows,
            "B",
            "≤ 4.3",
            "VM 2.2, CH 2.9, Influx 8.5",
        ),
        Row("bytes per point, samples alone", samples / stats.rows, "B", "", ""),
        Row("merging a day of 24.1 M points", merge_s, "s", "", ""),
    ]
    whole = _trend(store, DAY_0, DAY_0 + DAY)
    peer = "DuckDB 6, ClickHouse 14, VictoriaMetrics 17, InfluxDB 112"
    rows.append(Row("24 h of 1 Hz → 1,000 points, compacted, p50", whole, "ms", "≤ 10", peer))
    nice = _trend(store, DAY_0, DAY_0 + DAY, 120 * SECOND)
    rows.append(Row("24 h of 1 Hz → 720 points (2 min), compacted, p50", nice, "ms", "≤ 10", peer))
    rows.append(Row("20 tags × 24 h hourly, compacted, p50", _many(store), "ms", "", "VM 33, DuckDB 81, CH 95"))
    rows.append(Row("raw 1 h of 1 Hz, compacted, p50", _raw(store), "ms", "", "DuckDB 1.9, VM 3.9, CH 5.2"))
    for minute in range(0, 24 * 60 - 5, 5):
        no += 1
        _step(store, clock, plant, no, DAY_0 + DAY + minute * 60 * SECOND)
    no += 1
    last = DAY_0 + 2 * DAY - 300 * SECOND
    store.apply(Block(no, TENANT, no, False, [plant.columns(last, 300)]))
    today = _trend(store, DAY_0 + DAY, DAY_0 + 2 * DAY)
    rows.append(Row(f"today's 24 h, {store.stats().segments - 1} segments + tail, p50", today, "ms", "≤ 40", ""))
    return [*rows, *_reopen_and_drop(store, folder, options)]


def year_rows(folder: Path) -> list[Row]:
    """One tag at 1 Hz for 365 days."""
    clock = Clock()
    store = EmbeddedStore(folder, StoreOptions(background=False, clock_us=clock, seal_rows=10**9, tail_rows_max=10**9))
    rng = np.random.default_rng(3)
    second = np.arange(86_400)
    for day in range(365):
        at = DAY_0 + day * DAY + second * SECOND + rng.normal(0, 3, 86_400).astype("i8") * 1_000 + 20_000
        v = np.round(50 + 20 * np.sin((day * 86_400 + second) / 30_000) + rng.normal(0, 0.3, 86_400), 2)
        columns = Columns("f", np.full(86_400, 7, "u4"), at, np.zeros(86_400, "u1"), v)
        ends = Columns("f", np.full(4_320, 8, "u4"), at[::20], np.zeros(4_320, "u1"), v[::20])
        store.apply(Block(day + 1, TENANT, day + 1, False, [columns, ends]))
        clock.now_us = DAY_0 + (day + 1) * DAY + 2 * 3_600 * SECOND
        store.seal()
        while store.maintain():
            pass
    times = {
        "whole days": _p50(lambda: _ask_year(store, DAY_0), 15),
        "from the middle of an hour": _p50(lambda: _ask_year(store, DAY_0 + 1_234 * SECOND), 15),
    }
    lines_ms = _p50(lambda: _ask_year(store, DAY_0, [8], Between(180 * SECOND, 62 * SECOND)), 5)
    store.close()
    with EmbeddedStore(folder) as again:
        begun = time.perf_counter()
        _ask_year(again, DAY_0)
        cold = (time.perf_counter() - begun) * 1e3
    rows = [Row(f"year of 1 Hz → 728 points, {name}, p50", ms, "ms", "≤ 100", "") for name, ms in times.items()]
    return [
        *rows,
        Row("year of 1 Hz → 728 points, first query after opening", cold, "ms", "", ""),
        Row("year behind a swinging door, a sample in 20 s → 728 points, p50", lines_ms, "ms", "", ""),
    ]


def _ask_year(store: EmbeddedStore, t0: int, tags: Sequence[int] = (7,), between: Between = BETWEEN) -> object:
    return store.buckets(TENANT, tags, t0, t0 + 364 * DAY, 12 * 3_600 * SECOND, "Europe/Berlin", between=between)


def _step(store: EmbeddedStore, clock: Clock, plant: Plant, no: int, t0: int) -> None:
    store.apply(Block(no, TENANT, no, False, [plant.columns(t0, 300)]))
    clock.now_us = t0 + 300 * SECOND
    store.seal()
    while store.maintain():
        pass


def _trend(store: EmbeddedStore, t0: int, t1: int, step_us: int = 86_400_000) -> float:
    tags = iter(range(1, 241))
    return _p50(lambda: store.buckets(TENANT, [next(tags)], t0, t1, step_us, between=BETWEEN), 30)


def _many(store: EmbeddedStore) -> float:
    def ask() -> object:
        return store.buckets(TENANT, range(1, 241, 12), DAY_0, DAY_0 + DAY, 3_600 * SECOND, between=BETWEEN)

    return _p50(ask, 10)


def _raw(store: EmbeddedStore) -> float:
    t0 = DAY_0 + 7 * 3_600 * SECOND
    tags = iter(range(1, 241))
    return _p50(lambda: store.raw(TENANT, [next(tags)], t0, t0 + 3_600 * SECOND, bounds=True), 30)


def _reopen_and_drop(store: EmbeddedStore, folder: Path, options: StoreOptions) -> list[Row]:
    store.close()
    begun = time.perf_counter()
    store = EmbeddedStore(folder, options)
    store.raw(TENANT, [1], DAY_0, DAY_0 + 60 * SECOND)
    opened_ms = (time.perf_counter() - begun) * 1e3
    begun = time.perf_counter()
    store.drop_before(TENANT, DAY_0 + DAY)
    dropped_ms = (time.perf_counter() - begun) * 1e3
    store.close()
    return [
        Row("reopen with 48 M points and read", opened_ms, "ms", "", "DuckDB 170, ClickHouse 2,100"),
        Row("drop a day of 24.1 M points", dropped_ms, "ms", "", "ClickHouse 12, DuckDB 220, SQLite 12,300"),
    ]


def _p50(ask: Callable[[], object], times: int) -> float:
    ask()
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        ask()
        took.append(time.perf_counter() - begun)
    return statistics.median(took) * 1e3


def main() -> None:
    """Print the table."""
    print(table(run()))


if __name__ == "__main__":
    main()
