"""Totals against golden vectors, through restarts at every step, and against exact sums."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.calculated.totals import Rule, Total, counted

SECOND = 1_000_000
T0 = 1_700_000_000 * SECOND
CASES = json.loads((Path(__file__).parents[2] / "golden" / "totals.json").read_text("utf-8"))["cases"]


#: The window of a rate begins anew with each run.
RESTARTED = [case for case in CASES if case["rule"]["method"] != "rate"]


@pytest.mark.parametrize(
    ("case", "restarts"),
    [*((case, False) for case in CASES), *((case, True) for case in RESTARTED)],
    ids=lambda one: one["name"] if isinstance(one, dict) else "restarted" if one else "one run",
)
def test_golden_vectors(case: dict[str, Any], restarts: bool) -> None:
    rule = Rule(**case["rule"])
    total = Total(rule)
    for at, value, q, expected, quality, gap in case["steps"]:
        result = total.step(value, q, T0 + at * SECOND)
        assert result.q == quality, at
        assert result.v == (None if expected is None else pytest.approx(expected, rel=1e-12, abs=1e-12)), at
        assert result.gap == (None if gap is None else (T0 + gap[0] * SECOND, T0 + gap[1] * SECOND))
        if restarts:
            total = Total(rule, total.dump())


@given(st.lists(st.integers(0, 2**14), max_size=50), st.sampled_from([16, 32]), st.integers(0, 2**32))
def test_a_count_that_wraps_loses_and_doubles_nothing(steps: list[int], bits: int, begin: int) -> None:
    true = begin % 2**bits
    total = Total(Rule("counter", bits=bits))
    total.step(true, 0, T0)
    for n, step in enumerate(steps):
        true += step
        result = total.step(true % 2**bits, 0, T0 + (n + 1) * SECOND)
        assert result.v == sum(steps[: n + 1])


@given(st.lists(st.tuples(st.integers(1, 4 * SECOND), st.floats(0, 1e6)), min_size=1, max_size=60))
def test_an_integral_is_the_exact_sum_of_its_trapezoids(steps: list[tuple[int, float]]) -> None:
    total = Total(Rule("integral"))
    exact, at, before = Fraction(0), T0, 1.0
    total.step(before, 0, at)
    for dt, value in steps:
        at += dt
        exact += (Fraction(before) + Fraction(value)) / 2 * Fraction(dt, SECOND)
        before = value
        result = total.step(value, 0, at)
        assert result.v is not None
        assert abs(Fraction(result.v) - exact) <= exact / 10**14 + Fraction(1, 10**12)


def test_a_year_of_small_parts_does_not_drift() -> None:
    total = Total(Rule("integral"), json.dumps({"total": 1e9, "rest": 0.0, "last": 0.1, "ts": T0}))
    for n in range(1, 200_001):
        result = total.step(0.1, 0, T0 + n * SECOND)
    assert result.v == pytest.approx(1e9 + 20_000, abs=2e-7)


def test_a_fall_is_a_wrap_only_from_the_end_of_the_range_to_its_beginning() -> None:
    assert counted(49_152, 16_383, 16) == 32_767
    assert counted(49_151, 16_383, 16) == 16_383
    assert counted(49_152, 16_384, 16) == 16_384


@pytest.mark.parametrize("saved", ["", "[]", "{}", '{"total": "x", "rest": 0, "last": 1, "ts": 1}'])
def test_a_damaged_state_begins_anew(saved: str) -> None:
    assert Total(Rule("counter", start=5), saved).step(3, 0, T0).v == 5
