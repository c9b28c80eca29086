"""The block planner against a planner that tries everything."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.planner import Block, Holes, Span, plan_blocks


def in_hole(start, end, holes):
    return any(address in range(*hole) for hole in holes for address in range(start, end))


spans_of = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 8)), min_size=1, max_size=12).map(
    lambda pairs: [Span(index, start, count) for index, (start, count) in enumerate(pairs)]
)
holes_of = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 5)), max_size=3).map(
    lambda pairs: [(start, start + count) for start, count in pairs]
)


def fits(spans, gap_max, length_max, holes):
    """Whether these spans may share one request, told address by address."""
    start, end = min(s.start for s in spans), max(s.end for s in spans)
    used = {address for s in spans for address in range(s.start, s.end)}
    unused_run = 0
    for address in range(start, end):
        unused_run = 0 if address in used else unused_run + 1
        if unused_run > gap_max or (address not in used and in_hole(address, address + 1, holes)):
            return False
    return end - start <= length_max


def fewest(spans, gap_max, length_max, holes):
    """Fewest requests over every way to put the spans into groups."""

    @cache
    def best(left):
        if not left:
            return 0
        first, rest = left[0], left[1:]
        count = len(spans)
        for mask in range(1 << len(rest)):
            group = [first, *(s for i, s in enumerate(rest) if mask >> i & 1)]
            if fits(group, gap_max, length_max, holes):
                count = min(count, 1 + best(tuple(s for i, s in enumerate(rest) if not mask >> i & 1)))
        return count

    return best(tuple(sorted(spans, key=lambda s: s.start)))


@settings(max_examples=300, deadline=None)
@given(spans_of, st.integers(0, 6), st.integers(8, 30), holes_of)
def test_every_tag_is_covered_once_within_the_rules(spans, gap_max, length_max, holes):
    spans = [span for span in spans if not in_hole(span.start, span.end, holes)]
    blocks = plan_blocks(spans, gap_max=gap_max, length_max=length_max, holes=holes)
    covered = sorted(span.index for block in blocks for span in block.spans)
    assert covered == sorted(span.index for span in spans)
    for block in blocks:
        assert block.count <= length_max
        assert block.start == min(s.start for s in block.spans)
        assert block.end == max(s.end for s in block.spans)
        assert not in_hole(block.start, block.end, holes)
        assert fits(block.spans, gap_max, length_max, holes)


@settings(max_examples=120, deadline=None)
@given(spans_of.map(lambda spans: spans[:7]), st.integers(0, 6), st.integers(8, 30), holes_of)
def test_no_plan_has_fewer_requests(spans, gap_max, length_max, holes):
    spans = [span for span in spans if not in_hole(span.start, span.end, holes)]
    blocks = plan_blocks(spans, gap_max=gap_max, length_max=length_max, holes=holes)
    assert len(blocks) == (fewest(spans, gap_max, length_max, holes) if spans else 0)


def test_a_span_inside_another_needs_no_request():
    blocks = plan_blocks([Span(0, 0, 100), Span(1, 5, 1), Span(2, 99, 20)], gap_max=0, length_max=125)
    assert [(b.start, b.count) for b in blocks] == [(0, 119)]


def test_thousand_scattered_tags_take_few_requests():
    blocks = plan_blocks([Span(i, i * 2, 1) for i in range(1000)], gap_max=10, length_max=125)
    assert len(blocks) == 16


def test_a_declared_hole_is_never_requested_although_the_gap_would_allow_it():
    spans = [Span(0, 0, 2), Span(1, 4, 2)]
    assert len(plan_blocks(spans, gap_max=16, length_max=125)) == 1
    assert len(plan_blocks(spans, gap_max=16, length_max=125, holes=[(2, 3)])) == 2


@pytest.mark.parametrize("bad", [Span(0, 0, 126), Span(0, 0, 0), Span(0, 8, 4)])
def test_what_cannot_be_planned_is_refused(bad):
    with pytest.raises(ValueError):
        plan_blocks([bad], gap_max=0, length_max=125, holes=[(10, 12)])


@given(holes_of, st.integers(0, 70), st.integers(0, 10))
def test_holes_are_found_as_by_looking_at_each_address(holes, start, count):
    assert Holes(holes).touch(start, start + count) == in_hole(start, start + count, holes)


@settings(max_examples=300, deadline=None)
@given(spans_of)
def test_halves_bring_the_same_tags_once_and_end_at_single_places(spans):
    def split(block):
        halves = block.halves()
        if not halves:
            assert len({(span.start, span.end) for span in block.spans}) == 1
            return list(block.spans)
        left, right = halves
        assert left.spans + right.spans == block.spans
        assert left.spans
        assert right.spans
        # What is refused for its place must not stand in both halves.
        last, first = left.spans[-1], right.spans[0]
        assert (last.start, last.end) != (first.start, first.end)
        for half in halves:
            assert (half.start, half.end) == (min(s.start for s in half.spans), max(s.end for s in half.spans))
        return split(left) + split(right)

    ordered = sorted(spans, key=lambda span: (span.start, -span.end))
    assert split(Block.around(ordered)) == ordered
