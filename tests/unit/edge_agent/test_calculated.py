"""Calculated tags: order, quality, time, type, freshness and what of them goes into the spool."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from connectors.driver import Reading
from edge_agent.buffer.rows import Entry
from edge_agent.buffer.salvage import SpoolSettings, open_spool
from edge_agent.calculated.engine import Calculator, Outcome
from edge_agent.calculated.section import Source, classes, key_of
from edge_agent.config import parse_config
from edge_agent.pipeline.scan import ScanClass
from schemas.expr import Value
from schemas.models.agent import AgentConfig
from schemas.quality import Quality
from schemas.wire.columns import columns

SECOND = 1_000_000
T0 = 1_700_000_000 * SECOND
TAGS = [
    {"name": "p", "address": "holding:0", "unit": "kW"},
    {"name": "n", "address": "holding:2", "type": "uint32"},
    {"name": "on", "address": "coil:0", "type": "bool"},
    {"name": "slow", "address": "holding:4", "scan_ms": 5000},
]


def configured(calculated: list[dict[str, Any]], **second: Any) -> AgentConfig:
    connections = [
        {"id": name, "driver": "modbus_tcp", "config": {"host": "127.0.0.1"}, "tags": TAGS, **more}
        for name, more in (("a", {}), ("b", second))
    ]
    broker = {"url": "mqtt://127.0.0.1:1883"}
    document = {"version": 1, "edge": "e", "broker": broker, "connections": connections, "calculated": calculated}
    return parse_config(yaml.safe_dump(document), base=Path()).config


class Bench:
    """A calculator and what came out of it last, by name."""

    def __init__(self, *calculated: dict[str, Any], totals: dict[str, str] | None = None, **second: Any) -> None:
        self.config = configured(list(calculated), **second)
        keys = [key_of(tag) for tag in self.config.calculated]
        self.alias_of = {key: 100 + at for at, key in enumerate(keys)}
        self.calculator = Calculator(self.config, self.alias_of, {key: f"uuid {key}" for key in keys}, totals or {})

    def read(self, conn: str, at: float, scan_ms: int = 1000, **values: Any) -> dict[str, tuple[Any, int, int]]:
        seen = {}
        for name, value in values.items():
            v, q = value if isinstance(value, tuple) else (value, 0)
            seen[name] = Value(v, q, T0 + round(at * SECOND))
        return self.said(self.calculator.read(Source(conn, scan_ms), seen))

    def said(self, outcome: Outcome) -> dict[str, tuple[Any, int, int]]:
        names = {alias: key.partition("/")[2] for key, alias in self.alias_of.items()}
        return {
            names[alias]: (v, q, (ts - T0) // SECOND)
            for group in outcome.groups
            for alias, v, q, ts in zip(
                group.id.tolist(), group.v.tolist(), group.q.tolist(), group.ts.tolist(), strict=True
            )
        }


def formula(name: str, expression: str, **how: Any) -> dict[str, Any]:
    inputs = how.pop("inputs", None) or {"p": "a/p"}
    return {"name": name, "expression": expression, "inputs": inputs, **how}


BOTH = {"x": "a/p", "y": "b/p"}


def test_a_value_waits_for_all_its_inputs_and_has_the_time_of_the_newest() -> None:
    bench = Bench(formula("sum", "x + y", inputs=BOTH, unit="kW"))
    assert bench.read("a", 1, p=2.0) == {}
    assert bench.read("b", 3, p=5.0) == {"sum": (7.0, 0, 3)}
    assert bench.read("a", 4, p=3.0) == {"sum": (8.0, 0, 4)}
    assert bench.read("a", 5, p=3.0) == {}  # no change, no sample


def test_the_worst_quality_counts_and_a_bad_input_never_looks_good() -> None:
    bench = Bench(formula("sum", "x + y", inputs=BOTH), formula("next", "s * 2", inputs={"s": "calculated/sum"}))
    bench.read("a", 1, p=2.0)
    bench.read("b", 1, p=5.0)
    assert bench.read("a", 2, p=(3.0, 66)) == {"sum": (8.0, 66, 2), "next": (16.0, 66, 2)}
    assert bench.read("b", 3, p=(None, 134)) == {"sum": (0.0, 134, 3), "next": (0.0, 134, 3)}
    lost = bench.calculator.lost(Source("a", 1000), {"p": Value(None, 129, T0 + 4 * SECOND)})
    assert bench.said(lost) == {}  # still 134, the worst
    assert bench.read("b", 5, p=1.0) == {"sum": (0.0, 129, 5), "next": (0.0, 129, 5)}


def test_the_order_in_the_file_is_not_the_order_of_the_formulas() -> None:
    chain = [
        formula("third", "v + 1", inputs={"v": "calculated/second"}),
        formula("second", "v + 1", inputs={"v": "calculated/first"}),
        formula("first", "p + 1"),
    ]
    assert Bench(*chain).read("a", 1, p=0.0) == {"first": (1, 0, 1), "second": (2, 0, 1), "third": (3, 0, 1)}


def test_a_disabled_connection_gives_values_out_of_service() -> None:
    bench = Bench(formula("sum", "x + y", inputs=BOTH), enabled=False)
    assert bench.read("a", 1, p=1.0)["sum"][1] == Quality.OUT_OF_SERVICE


@pytest.mark.parametrize(
    ("how", "value", "expected"),
    [
        ({"type": "int64"}, 2.5, (3, 0)), ({"type": "int64"}, -2.5, (-3, 0)), ({"type": "int64"}, 1e17, (0, 141)),
        ({"type": "string", "expression": "p > 1 ? 'high' : 'low'"}, 2.0, ("high", 0)),
        ({"type": "bool", "expression": "p > 1"}, 2.0, (1, 0)),
        ({"expression": "1 / p"}, 0.0, (0.0, 136)),
        ({"expression": "switch(p, 1, 5)"}, 2.0, (0.0, 128)),
        ({"span": [0, 10]}, 11.0, (11.0, 66)),
    ],
)  # fmt: skip
def test_results_have_the_type_of_the_tag(how: dict[str, Any], value: float, expected: tuple[Any, int]) -> None:
    bench = Bench(formula("t", how.pop("expression", "p"), **how))
    assert bench.read("a", 1, p=value)["t"][:2] == expected


def test_kilowatts_become_kilowatt_hours_by_their_units_and_a_gap_is_a_hole_of_that_tag_alone() -> None:
    energy = formula("energy", "p", method="integral", unit="kWh", gap_max_s=10)
    bench = Bench(energy, formula("other", "p"))
    bench.read("a", 0, p=3600.0)
    assert bench.read("a", 2, p=3600.0) == {"energy": (pytest.approx(2.0), 0, 2)}
    outcome = bench.calculator.read(Source("a", 1000), {"p": Value(3600.0, 0, T0 + 60 * SECOND)})
    rows = [(int(g.ts[0]) - T0, float(g.v[0]), int(g.q[0])) for g in outcome.groups]
    assert rows == [(2 * SECOND + 1, 0.0, 128), (60 * SECOND, pytest.approx(2.0), 64)]


def test_run_hours_of_another_calculated_tag() -> None:
    running = formula("running", "p > 1", type="bool")
    hours = formula("hours", "r", inputs={"r": "calculated/running"}, method="run_time", unit="h")
    bench = Bench(running, hours)
    for at in range(37):
        bench.read("a", at, p=5.0)
    assert bench.calculator._values["calculated/hours"].v == pytest.approx(0.01)


def test_tags_of_the_same_scan_classes_share_one_and_no_two_have_the_same_period() -> None:
    config = configured(
        [
            formula("one", "p"), formula("two", "p"), formula("both", "x + y", inputs=BOTH),
            formula("slow", "s", inputs={"s": "a/slow"}), formula("far", "t", inputs={"t": "calculated/both"}),
        ]
    )  # fmt: skip
    found = {tuple(tag.name for tag in one.tags): one.scan_ms for one in classes(config)}
    assert found == {("one", "two"): 1000, ("both", "far"): 1001, ("slow",): 5000}


def test_freshness_is_that_of_the_slowest_source_and_a_lost_one_says_nothing() -> None:
    bench = Bench(formula("both", "x + y", inputs=BOTH))
    assert bench.calculator.beat().scans[0].last == 0
    bench.read("a", 1, p=1.0)
    assert bench.calculator.beat().scans[0].last == 0
    bench.read("b", 1, p=1.0)
    first = bench.calculator.beat().scans[0].last
    bench.read("b", 2, p=1.0)
    assert bench.calculator.beat().scans[0].last == first > 0
    bench.calculator.lost(Source("a", 1000), {"p": Value(None, 129, T0)})
    bench.read("b", 3, p=1.0)
    assert bench.calculator.beat().scans[0].last > first
    assert bench.calculator.beat().bad_tags == 1


def test_a_watched_tag_is_seen_whether_it_is_reported_or_not() -> None:
    config = configured([]).connections[0]
    tags = [tag.model_copy(update={"deadband": 100.0}) for tag in config.tags[:2]]
    scan = ScanClass(config, tags, 1000, columns("f", [1, 2], [0, 0], [0, 0], [0, 0]).id, {}, 0)
    scan.watch({"p"})
    for n in range(3):
        ts = T0 + n * SECOND
        reads = [Reading(columns("f", [0], [ts], [0], [n * 1.0])), Reading(columns("u", [1], [ts], [0], [n]))]
        scan.process(reads)
        assert {name: (one.v, one.q, one.ts) for name, one in scan.seen.items()} == {"p": (n * 1.0, 0, ts)}
    scan.lost(Quality.NO_COMMUNICATION, T0)
    assert {name: (one.v, one.q) for name, one in scan.seen.items()} == {"p": (None, 129)}


COUNT = {"name": "count", "expression": "n", "inputs": {"n": "a/n"}, "method": "counter"}


def test_a_total_is_stored_with_its_samples_and_goes_on_from_there(tmp_path: Path) -> None:
    bench = Bench(COUNT)
    settings = SpoolSettings(machine="m", size_max_bytes=2**24, disk_free_min_bytes=0)
    spool, _ = open_spool(tmp_path / "spool.db", settings)
    for at, n in enumerate([5, 8, 9]):
        outcome = bench.calculator.read(Source("a", 1000), {"n": Value(n, 0, T0 + at * SECOND)})
        assert list(outcome.totals) == ["uuid calculated/count"]
        spool.append([Entry(totals=outcome.totals)], alive=1)
    spool.close(clean=False)
    spool, _ = open_spool(tmp_path / "spool.db", settings)
    again = Bench(COUNT, totals=spool.totals())
    spool.close()
    assert again.read("a", 4, n=11) == {"count": (6.0, 0, 4)}


def test_a_total_that_does_not_change_is_stored_now_and_then_and_at_the_end() -> None:
    bench = Bench(COUNT)
    stored = [bool(bench.calculator.read(Source("a", 1000), {"n": Value(5, 0, T0 + at)}).totals) for at in range(3)]
    assert stored == [True, False, False]
    assert list(bench.calculator.hand_over().totals) == ["uuid calculated/count"]
