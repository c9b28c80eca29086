"""Block planner: which contiguous ranges to request so that every tag is covered by exactly one of them.

Pure. Addresses are registers or bits of one table of one device; a range is `[start, start + count)`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

__all__ = ["Block", "Hole", "Holes", "Span", "plan_blocks"]

#: A range that must not be requested, `[from, to)`.
Hole = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Span:
    """The addresses of one tag; `index` is the tag's place in the plan."""

    index: int
    start: int
    count: int

    @property
    def end(self) -> int:
        """First address after the tag."""
        return self.start + self.count


@dataclass(frozen=True, slots=True)
class Block:
    """One request: its range and the tags it brings."""

    start: int
    count: int
    spans: tuple[Span, ...]

    @property
    def end(self) -> int:
        """First address after the block."""
        return self.start + self.count

    @classmethod
    def around(cls, spans: Sequence[Span]) -> Self:
        """The smallest block with these tags, one at least."""
        start = min(span.start for span in spans)
        return cls(start, max(span.end for span in spans) - start, tuple(spans))

    def halves(self) -> list[Self]:
        """The same tags in two blocks, cut near the middle; empty where all tags lie at the same place.

        Tags at the same place stay together: a device that refuses the place refuses it for each of them.
        """
        spans = self.spans
        cuts = [
            i for i in range(1, len(spans)) if (spans[i].start, spans[i].end) != (spans[i - 1].start, spans[i - 1].end)
        ]
        if not cuts:
            return []
        middle = min(cuts, key=lambda cut: abs(cut - len(spans) / 2))
        return [self.around(spans[:middle]), self.around(spans[middle:])]


def plan_blocks(spans: Sequence[Span], *, gap_max: int, length_max: int, holes: Sequence[Hole] = ()) -> list[Block]:
    """The fewest blocks that cover every span, in rising order of address.

    Two spans share a block if at most `gap_max` unused addresses lie between neighbours, no hole lies
    there and the block is at most `length_max` long. Raises ValueError for a span that is longer than
    `length_max`, or that touches a hole: the caller reports those before.

    A span that lies inside another needs no request of its own. Once those are set aside, starts and
    ends both rise, so filling each block as far as it goes is optimal.
    """
    avoided = Holes(holes)
    for span in spans:
        if not 1 <= span.count <= length_max:
            raise ValueError(f"{span} does not fit a block of {length_max}")
        if avoided.touch(span.start, span.end):
            raise ValueError(f"{span} touches a hole")
    blocks: list[Block] = []
    group: list[Span] = []
    start = end = 0
    for span in sorted(spans, key=lambda item: (item.start, -item.end)):
        inside = bool(group) and span.end <= end
        if group and not inside and not _joins(span, start, end, gap_max, length_max, avoided):
            blocks.append(Block(start, end - start, tuple(group)))
            group = []
        if not group:
            start, end = span.start, span.end
        group.append(span)
        end = max(end, span.end)
    if group:
        blocks.append(Block(start, end - start, tuple(group)))
    return blocks


class Holes:
    """Ranges that must not be requested, asked for quickly."""

    def __init__(self, holes: Iterable[Hole]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(holes):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def touch(self, start: int, end: int) -> bool:
        """Whether an address of `[start, end)` lies in a hole."""
        place = bisect_right(self._ends, start)
        return start < end and place < len(self._starts) and self._starts[place] < end


def _joins(span: Span, start: int, end: int, gap_max: int, length_max: int, avoided: Holes) -> bool:
    if span.end - start > length_max or span.start - end > gap_max:
        return False
    return not avoided.touch(end, span.start)
