"""A set of integers kept as sorted, disjoint, inclusive ranges: what has arrived of a stream."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator


class IntervalSet:
    """Sequence numbers, cheap to add to at the end and to send as ranges."""

    __slots__ = ("_hi", "_lo")

    def __init__(self, ranges: Iterable[tuple[int, int]] = ()) -> None:
        self._lo: list[int] = []
        self._hi: list[int] = []
        for low, high in ranges:
            self.add_range(low, high)

    def __contains__(self, n: int) -> bool:
        place = bisect_right(self._lo, n) - 1
        return place >= 0 and n <= self._hi[place]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IntervalSet) and self.ranges() == other.ranges()

    def __hash__(self) -> int:
        raise TypeError("IntervalSet is mutable")

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter(self.ranges())

    def __repr__(self) -> str:
        return f"IntervalSet({self.ranges()!r})"

    def add(self, n: int) -> bool:
        """Adds one number; False when it was there already."""
        if self._hi and n == self._hi[-1] + 1:
            self._hi[-1] = n
            return True
        if n in self:
            return False
        self.add_range(n, n)
        return True

    def add_range(self, low: int, high: int) -> None:
        """Adds low … high, both included."""
        if low > high:
            raise ValueError(f"empty range {low}..{high}")
        first = bisect_right(self._hi, low - 2)
        last = bisect_right(self._lo, high + 1)
        if first < last:
            low = min(low, self._lo[first])
            high = max(high, self._hi[last - 1])
        self._lo[first:last] = [low]
        self._hi[first:last] = [high]

    def range_of(self, n: int) -> tuple[int, int] | None:
        """The range that holds a number, None where none does."""
        place = bisect_right(self._lo, n) - 1
        return (self._lo[place], self._hi[place]) if place >= 0 and n <= self._hi[place] else None

    def ranges(self) -> list[tuple[int, int]]:
        """The ranges in order, both ends included."""
        return list(zip(self._lo, self._hi, strict=True))

    def missing(self, low: int, high: int) -> list[tuple[int, int]]:
        """The ranges within low … high that are not in the set."""
        out: list[tuple[int, int]] = []
        at = low
        for lo, hi in self.ranges():
            if hi < at:
                continue
            if lo > high:
                break
            if lo > at:
                out.append((at, lo - 1))
            at = hi + 1
        if at <= high:
            out.append((at, high))
        return out

    @property
    def max(self) -> int:
        """The highest number, 0 when empty."""
        return self._hi[-1] if self._hi else 0

    def __len__(self) -> int:
        return sum(hi - lo + 1 for lo, hi in self.ranges())
