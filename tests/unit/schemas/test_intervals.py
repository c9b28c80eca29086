"""IntervalSet against a plain set."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from schemas.wire.intervals import IntervalSet

RANGES = st.lists(st.tuples(st.integers(1, 60), st.integers(0, 8)), max_size=30)


@given(RANGES, st.integers(1, 30), st.integers(0, 40))
def test_same_as_a_set(ranges: list[tuple[int, int]], low: int, width: int) -> None:
    mine, model = IntervalSet(), set[int]()
    for start, length in ranges:
        if length == 0:
            assert mine.add(start) == (start not in model)
        else:
            mine.add_range(start, start + length)
        model |= set(range(start, start + length + 1))
    assert {n for lo, hi in mine for n in range(lo, hi + 1)} == model
    assert len(mine) == len(model)
    assert mine.max == max(model, default=0)
    pairs = mine.ranges()
    assert all(b[0] > a[1] + 1 for a, b in pairwise(pairs))
    for n in range(75):
        assert (n in mine) == (n in model)
    high = low + width
    missing = {n for lo, hi in mine.missing(low, high) for n in range(lo, hi + 1)}
    assert missing == set(range(low, high + 1)) - model
    assert IntervalSet(pairs) == mine
