"""Totals over time: counters with wrap and reset, integrals of rates, run time, rates of counters.

What a total goes on from is written in the same transaction as its samples, so that a restart neither loses
nor doubles. Values further apart than the gap are not bridged: nothing is totalled between them, the gap is
told, and the first value after it is uncertain.
"""

from __future__ import annotations

import json
import math
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

from schemas.models.calculated import Method
from schemas.quality import BAD_FROM, Quality

#: A count that falls is a wrap where it was in the last quarter of its range and is in the first; else a reset.
_QUARTER = 4
#: Points a rate's window keeps, whatever its length.
_WINDOW_POINTS = 100


@dataclass(slots=True, frozen=True)
class Rule:
    """How a total is made: `factor` from the formula's unit (per second for an integral) to the result's, `bits` of
    the count, `gap_us` and `window_us` in µs, `start` the first total."""

    method: Method
    factor: float = 1.0
    bits: int | None = None
    gap_us: int = 5_000_000
    window_us: int = 60_000_000
    start: float = 0.0


@dataclass(slots=True)
class State:
    """What a total goes on from: its value, what its sum has lost by rounding, the last good value and its time."""

    total: float
    rest: float = 0.0
    last: float | None = None
    ts: int = 0


@dataclass(slots=True, frozen=True)
class Result:
    """One step: the value (None where bad), its quality, and the stretch (µs) over which nothing was totalled."""

    v: float | None
    q: int
    gap: tuple[int, int] | None = None


class Total:
    """One total; `saved` as `dump` gave it, from an earlier run."""

    def __init__(self, rule: Rule, saved: str | None = None) -> None:
        self.rule = rule
        self._state = _load(saved) or State(rule.start)
        self._window: deque[tuple[int, float]] = deque()
        if rule.method == "rate":
            self._state = State(0.0)

    def dump(self) -> str:
        """What the next run goes on from."""
        return json.dumps(asdict(self._state))

    def step(self, value: Any, q: int, ts: int) -> Result:
        """The total with the value of the formula at `ts` (µs); a bad value leaves it where it was."""
        if q >= BAD_FROM:
            return Result(None, q)
        number = _number(self.rule, value)
        if isinstance(number, Quality):
            return Result(None, number)
        state, rule = self._state, self.rule
        before, since = state.last, state.ts
        state.last, state.ts = number, ts
        dt = ts - since
        gap = before is not None and dt > rule.gap_us
        if before is not None:
            if rule.method in ("counter", "rate"):
                self._add(counted(before, number, rule.bits) * rule.factor)
            elif dt > 0 and not gap:
                # Trapezoid; a state is what it was at the beginning.
                height = before if rule.method == "run_time" else before / 2 + number / 2
                self._add(height * (dt / 1e6) * rule.factor)
        total = state.total + state.rest
        if not math.isfinite(total):
            state.total, state.rest = rule.start, 0.0
            return Result(None, Quality.OVERFLOW)
        if rule.method == "rate":
            return self._rate(total, q, ts, gap)
        declared = (since, ts) if gap and rule.method != "counter" else None
        return Result(total, max(q, Quality.UNCERTAIN) if gap else q, declared)

    def _add(self, part: float) -> None:
        """Neumaier's sum: a year of small parts stays exact to the last digits."""
        state = self._state
        total = state.total + part
        big, small = (state.total, part) if abs(state.total) >= abs(part) else (part, state.total)
        state.rest += (big - total) + small
        state.total = total

    def _rate(self, total: float, q: int, ts: int, gap: bool) -> Result:
        window = self._window
        if gap or (window and ts < window[-1][0]):
            window.clear()
        while len(window) > 1 and window[1][0] <= ts - self.rule.window_us:
            window.popleft()
        result = Result(None, Quality.WAITING)
        if window and ts > window[0][0]:
            result = Result((total - window[0][1]) / ((ts - window[0][0]) / 1e6), q)
        if not window or ts - window[-1][0] >= self.rule.window_us // _WINDOW_POINTS:
            window.append((ts, total))
        return result


def counted(before: float, now: float, bits: int | None) -> float:
    """How far a count went on: a fall is a wrap (the old near the end of its range, the new near its beginning), else
    the count began again at 0."""
    if now >= before:
        return now - before
    if bits is not None:
        size = float(2**bits)
        if before >= size - size / _QUARTER and now < size / _QUARTER:
            return now - before + size
    return now


def _number(rule: Rule, value: Any) -> float | Quality:
    if rule.method == "run_time":
        return float(value) if isinstance(value, bool) else Quality.TYPE_MISMATCH
    if isinstance(value, bool) or not isinstance(value, int | float):
        return Quality.TYPE_MISMATCH
    if rule.method in ("counter", "rate") and (value < 0 or (rule.bits is not None and value >= 2**rule.bits)):
        return Quality.OVERFLOW
    return float(value)


def _load(saved: str | None) -> State | None:
    if saved is None:
        return None
    try:
        content = json.loads(saved)
        last = content["last"]
        return State(
            float(content["total"]), float(content["rest"]), None if last is None else float(last), int(content["ts"])
        )
    except (ValueError, KeyError, TypeError):
        return None
